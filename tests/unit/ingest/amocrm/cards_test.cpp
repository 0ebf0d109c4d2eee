// What webhooks of contacts and companies tell: which leads are theirs.
#include <gtest/gtest.h>

#include "ingest/amocrm/adapter.hpp"
#include "tests/unit/ingest/amocrm/bodies.hpp"
#include "tests/unit/ingest/amocrm/settings.hpp"
#include "tests/unit/ingest/support/records.hpp"

namespace kpistream::ingest {
namespace {

Decoded decode(const std::string& body, UnixSeconds arrived = 0) {
  Record record = delivery(body);
  record.arrived = arrived;
  return make_amocrm_adapter(demo_settings())->decode(record);
}

std::string card(const std::string& action, const std::string& fields) {
  return record("contacts[" + action + "][0]", "id=8 updated_at=100 " + fields);
}

TEST(AmoContacts, TellTheirLeadsKeyedByTheirIdsOrAsAList) {
  for (const char* links :
       {"linked_leads_id[401][ID]=401 linked_leads_id[402][ID]=402", "linked_leads_id[0]=401 linked_leads_id[7]=402",
        "linked_leads_id[]=401 linked_leads_id[]=402",
        "linked_leads_id[401]=401 linked_leads_id[402]=402 linked_leads_id[402][ID]=402"}) {
    for (const char* action : {"add", "update", "restore", "responsible"}) {
      EXPECT_EQ(describe(decode(card(action, std::string("type=contact ") + links))),
                std::string("understood contacts.") + action +
                    "\ndeal:401 version=1970-01-01T00:01:40Z card=contact:8\n"
                    "deal:402 version=1970-01-01T00:01:40Z card=contact:8")
          << links;
    }
  }
}

TEST(AmoContacts, ACompanyComesInTheirSectionOrInItsOwn) {
  const std::string expected = "\ndeal:401 version=1970-01-01T00:01:40Z card=company:8";
  EXPECT_EQ(describe(decode(card("update", "type=company linked_leads_id[401][ID]=401"))),
            "understood companies.update" + expected);
  EXPECT_EQ(describe(decode("companies[update][0][id]=8&companies[update][0][last_modified]=100&"
                            "companies[update][0][linked_leads_id][0]=401")),
            "understood companies.update" + expected);
}

TEST(AmoContacts, WithoutATimeTheArrivalCountsAndWhatIsNoIdIsNone) {
  EXPECT_EQ(describe(decode("contacts[update][0][id]=8&contacts[update][0][linked_leads_id][0]=401", 200)),
            "understood contacts.update\ndeal:401 version=1970-01-01T00:03:20Z card=contact:8");
  for (const char* none : {"", "linked_leads_id=", "linked_leads_id=401", "linked_leads_id[0]=", "linked_leads_id[0]=x",
                           "linked_leads_id[0]=0", "linked_leads_id[0][ID][x]=401"}) {
    EXPECT_EQ(describe(decode(card("update", none))), "ignored contacts.update") << none;
  }
  EXPECT_EQ(decode("contacts[update][0][linked_leads_id][0]=401", 200).observations.size(), 0U) << "whose contact?";
  EXPECT_EQ(decode(card("delete", "linked_leads_id[0]=401")).observations.size(), 0U);
}

}  // namespace
}  // namespace kpistream::ingest
