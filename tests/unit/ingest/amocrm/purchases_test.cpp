// Purchases of customers: from the account's log to payments.
#include <gtest/gtest.h>

#include "ingest/amocrm/adapter.hpp"
#include "tests/unit/ingest/amocrm/settings.hpp"
#include "tests/unit/ingest/support/records.hpp"

namespace kpistream::ingest {
namespace {

using Wishes = std::vector<std::string>;

const std::string kSubject = "customers/5/transactions";

PortalSettings counting() {
  auto settings = demo_settings();
  settings.payment_types = {"TRANSACTION"};
  return settings;
}

Decoded decode(const PortalSettings& settings, const std::string& subject, const std::string& name,
               const std::string& items, std::uint16_t status = 200) {
  const std::string body = status == 200 ? R"({"_page":1,"_embedded":{")" + name + R"(":[)" + items + "]}}" : "";
  return make_amocrm_adapter(settings)->decode(reading(subject, body, status));
}

Decoded purchases(const std::string& items) { return decode(counting(), kSubject, "transactions", items); }

std::string bought(const std::string& id, const std::string& customer, const std::string& entity = "customer") {
  return R"({"id":")" + id + R"(","type":"transaction_added","created_at":100,"created_by":9,"entity_type":")" +
         entity + R"(","entity_id":)" + customer + R"(,"value_after":[{"transaction":{"id":71}}],"value_before":[]})";
}

const std::string kEvents = bought("e1", "5") + "," + bought("e2", "6") + "," + bought("e3", "5");

TEST(AmoPurchases, TheLogTellsWhoseListIsToBeRead) {
  EXPECT_EQ(decode(counting(), "events?page=1", "events", kEvents).wishes,
            (Wishes{kSubject, "customers/6/transactions"}));
  EXPECT_EQ(decode(counting(), "events?page=1&backfill=5", "events", kEvents).wishes.size(), 2U);
  EXPECT_EQ(decode(counting(), "events?page=1", "events", bought("e1", "5", "lead")).wishes, Wishes());
  EXPECT_EQ(decode(counting(), "events?page=1", "events", bought("e1", "null")).wishes, Wishes());
}

TEST(AmoPurchases, WithoutTheMappingNothingIsAskedForAndNothingCounts) {
  const auto log = decode(demo_settings(), "events?page=1", "events", kEvents);
  EXPECT_EQ(log.verdict, DecodeVerdict::understood);
  EXPECT_EQ(log.wishes, Wishes());
  const auto list = decode(demo_settings(), kSubject, "transactions", R"({"id":71,"price":15,"completed_at":90})");
  EXPECT_EQ(describe(list), "ignored customers/transactions");
}

TEST(AmoPurchases, OneIsAPaymentOfWhoeverMadeItWhenItWasCompleted) {
  const auto seen = purchases(R"({"id":71,"price":1500,"completed_at":90,"comment":"","created_by":7,"updated_at":100,
      "is_deleted":false,"customer_id":5})");
  ASSERT_EQ(seen.observations.size(), 1U);
  const Observation& one = seen.observations[0];
  EXPECT_EQ(one.ref, (EntityRef{EntityKind::invoice, "purchase:71"}));
  EXPECT_EQ(one.presence, Presence::present);
  EXPECT_EQ(one.point->outcome, Outcome::won);
  EXPECT_EQ(one.point->entered, 90);
  EXPECT_EQ(one.point->amount, 150'000);
  EXPECT_EQ(one.point->owner, "7");
  EXPECT_EQ(one.point->author, "7");
  EXPECT_EQ(one.point->stage, "");
  EXPECT_FALSE(one.client);
}

TEST(AmoPurchases, ARobotsIsNobodysAndMayCostParts) {
  const auto seen = purchases(R"({"id":71,"price":"0.5","completed_at":90,"created_by":0})");
  EXPECT_EQ(seen.observations.at(0).point->owner, "");
  EXPECT_EQ(seen.observations.at(0).point->author, "0");
  EXPECT_EQ(seen.observations.at(0).point->amount, 50);
}

TEST(AmoPurchases, ADeletedOneIsGone) {
  EXPECT_EQ(purchases(R"({"id":71,"completed_at":90,"is_deleted":true})").observations.at(0).presence, Presence::gone);
  EXPECT_EQ(purchases(R"({"id":71,"is_deleted":true})").observations.at(0).presence, Presence::gone);
}

TEST(AmoPurchases, EveryPageIsRead) {
  const std::string item = R"({"id":71,"price":15,"completed_at":90})";
  EXPECT_EQ(decode(counting(), kSubject + "?page=1&more=1", "transactions", item).observations.size(), 1U);
  EXPECT_EQ(describe(decode(counting(), kSubject, "", "", 204)), "understood customers/transactions");
}

TEST(AmoPurchases, WhatCannotBeReadIsQuarantinedAndTheOthersAreSeen) {
  const auto seen = purchases(R"({"id":"x","completed_at":90},{"id":72},7,{"id":73,"completed_at":90})");
  EXPECT_EQ(seen.verdict, DecodeVerdict::quarantined);
  EXPECT_EQ(seen.observations.size(), 1U);
  EXPECT_EQ(decode(counting(), kSubject, "else", "").verdict, DecodeVerdict::quarantined);
  EXPECT_EQ(decode(counting(), kSubject, "", "", 500).verdict, DecodeVerdict::quarantined);
  EXPECT_EQ(decode(counting(), kSubject, "", "", 500).failure, DecodeFailure::answer);
  EXPECT_EQ(seen.failure, DecodeFailure::content);
  for (const char* other : {"customers/x/transactions", "customers//transactions", "customers/transactions",
                            "customers/5/6/transactions", "customers/5/transactions/7"}) {
    EXPECT_EQ(describe(decode(counting(), other, "transactions", "")), "quarantined other") << other;
  }
}

}  // namespace
}  // namespace kpistream::ingest
