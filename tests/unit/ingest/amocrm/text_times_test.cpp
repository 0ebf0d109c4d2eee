// Times that are told as text: read again over REST where there is one, else taken in a zone.
#include "ingest/amocrm/text_times.hpp"

#include <gtest/gtest.h>

#include "ingest/amocrm/adapter.hpp"
#include "tests/unit/ingest/amocrm/settings.hpp"
#include "tests/unit/ingest/support/records.hpp"

namespace kpistream::ingest {
namespace {

PortalSettings alone(const std::string& zone = "") {
  PortalSettings settings = demo_settings();
  settings.text_times = true;
  settings.text_zone = zone;
  return settings;
}

TEST(AmoTextTimes, TheHostTellsTheZone) {
  struct Case {
    const char* what;
    const char* host;
    const char* text;
    UnixSeconds at;
  };
  // Of the two captured bodies the epochs are known.
  for (const auto& [what, host, text, at] :
       {Case{"Kommo", "acme.kommo.com", "2024-09-17 13:07:29", 1'726'578'449},
        {"amoCRM", "acme.amocrm.ru", "2020-09-28 00:26:51", 1'601'242'011},
        {"older international accounts", "acme.amocrm.com", "2024-09-17 13:07:29", 1'726'578'449},
        {"not told", "", "2020-09-28 00:26:51", 1'601'242'011},
        {"somebody else's", "notkommo.com", "2020-09-28 00:26:51", 1'601'242'011}}) {
    EXPECT_EQ(TextTimes(alone()).read(text, host), at) << what;
  }
  EXPECT_EQ(TextTimes(alone("Asia/Yekaterinburg")).read("2020-09-28 02:26:51", "acme.kommo.com"), 1'601'242'011);
}

TEST(AmoTextTimes, WhatIsNoTimeIsNone) {
  const TextTimes times(alone());
  for (const char* text :
       {"", "0", "2020-09-28", "2020-09-28T00:26:51", "28.09.2020 00:26:51", "2020-13-28 00:26:51",
        "2020-02-31 00:26:51", "2020-09-28 00:26:5x", "0000-00-00 00:00:00", "1900-01-01 00:00:00"}) {
    EXPECT_EQ(times.read(text, "x.amocrm.ru"), 0) << text;
  }
}

const char* const kTask =
    "account[_links][self]=https://acme.kommo.com&task[add][0][id]=60&task[add][0][element_type]=2&"
    "task[add][0][element_id]=5&task[add][0][task_type]=1&task[add][0][date_create]=2024-09-17+13:00:00&"
    "task[add][0][last_modified]=2024-09-17+13:07:29&task[add][0][complete_till]=2024-09-18+20:59:00&"
    "task[add][0][status]=0&task[add][0][responsible_user_id]=7";

TEST(AmoTextTimes, CountOnlyWhereNothingTellsBetter) {
  EXPECT_EQ(describe(make_amocrm_adapter(demo_settings())->decode(delivery(kTask))), "understood task.add\nwish tasks");
  EXPECT_EQ(describe(make_amocrm_adapter(alone())->decode(delivery(kTask))),
            "understood task.add\n"
            "task:60 version=2024-09-17T13:07:29Z | details owner=7 act=todo deadline=2024-09-18T20:59:00Z "
            "target=deal:5 type=1 created=2024-09-17T13:00:00Z");
}

TEST(AmoTextTimes, EpochsComeFirst) {
  const auto decoded = make_amocrm_adapter(alone())->decode(
      delivery(std::string(kTask) +
               "&task[add][0][complete_before]=200&task[add][0][updated_at]=100&task[add][0][created_at]=90"));
  EXPECT_EQ(describe(decoded),
            "understood task.add\n"
            "task:60 version=1970-01-01T00:01:40Z | details owner=7 act=todo deadline=1970-01-01T00:03:20Z "
            "target=deal:5 type=1 created=1970-01-01T00:01:30Z");
}

TEST(AmoTextTimes, ANoteOfTheYear2020IsReadWithoutRest) {
  const std::string note =
      "contacts[note][0][note][id]=31&contacts[note][0][note][note_type]=4&contacts[note][0][note][created_by]=7&"
      "contacts[note][0][note][element_type]=1&contacts[note][0][note][element_id]=8&"
      "contacts[note][0][note][date_create]=2020-09-28+00:26:51&contacts[note][0][note][text]=a+%26amp%3B+b&"
      "account[subdomain]=acme&account[_links][self]=https://acme.amocrm.ru";
  EXPECT_EQ(describe(make_amocrm_adapter(alone())->decode(delivery(note))),
            "understood contacts.note\n"
            "note:31 version=2020-09-27T21:26:51Z | details owner=7 act=comment start=2020-09-27T21:26:51Z "
            "target=contact:8 author=7 created=2020-09-27T21:26:51Z");
}

}  // namespace
}  // namespace kpistream::ingest
