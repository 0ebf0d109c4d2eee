// What of the pages of a list is kept, and what the readings say of how far it was read.
#include "ingest/rest/amocrm_sweep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/rest/readers.hpp"

namespace kpistream::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr UnixSeconds kNow = 1'790'000'000;

ListPage page(std::vector<ListRow> rows, bool more = false) { return {std::move(rows), more}; }
ListRow row(const std::string& id, UnixSeconds at = 0) { return {id, at, "{\"id\":\"" + id + "\"}"}; }

// The subjects of what a page adds.
std::vector<std::string> told(AmoSweep& sweep, const ListPage& read, const std::string& body, UnixSeconds now) {
  std::vector<AmoSweep::Reading> readings;
  sweep.take(read, body, now, readings);
  std::vector<std::string> subjects;
  for (const auto& reading : readings) subjects.push_back(reading.subject);
  return subjects;
}

AmoSweep sweep_of(const char* list, std::int64_t cursor = kNow - 60) { return {*amocrm_list(list), cursor, 0}; }

TEST(AmoSweep, WhatHasToldAnythingTellsUpToWhenItWasRead) {
  AmoSweep events = sweep_of("events");
  EXPECT_THAT(told(events, page({row("a", kNow)}), "1", kNow), ElementsAre(HasSubstr("upto=")));
  EXPECT_THAT(told(events, page({row("b", kNow + 5)}, true), "2", kNow + 10), ElementsAre(HasSubstr("more=1")));
  EXPECT_THAT(told(events, page({row("a", kNow)}), "1", kNow + 10), ElementsAre(HasSubstr("upto=1790000010")))
      << "its last page has nothing that was not told before";
  EXPECT_THAT(told(events, page({row("a", kNow)}), "1", kNow + 20), IsEmpty());
  EXPECT_THAT(told(events, page({}), "", kNow + 10 + AmoSweep::kTellEvery), ElementsAre(HasSubstr("upto=")));
}

TEST(AmoSweep, OfADirectoryOnlyPagesThatHaveChangedAreKept) {
  AmoSweep users = sweep_of("users", 0);
  const auto read = [&](const std::string& first, const std::string& second) {
    auto subjects = told(users, page({row("1")}, true), first, kNow);
    for (auto& one : told(users, page({row("2")}), second, kNow)) subjects.push_back(std::move(one));
    return subjects;
  };
  EXPECT_EQ(read("anna", "boris").size(), 2U);
  EXPECT_THAT(read("anna", "boris"), IsEmpty());
  EXPECT_THAT(read("anna", "vera"), ElementsAre(HasSubstr("page=2")));
  EXPECT_THAT(told(users, page({row("1")}), "anna", kNow), IsEmpty()) << "one page less, and that is as it was";
  EXPECT_THAT(read("anna", "vera"), ElementsAre(HasSubstr("page=2")));
}

TEST(AmoLists, WhatAnAccountMayNotHaveIsNotWaitedFor) {
  EXPECT_THAT(amocrm_timed_lists(),
              ElementsAre("events", "leads", "tasks", "leads/notes", "contacts/notes", "companies/notes"));
}

TEST(AmoSweep, ABackfillGuessesItsRowsOnceItHasReadEnough) {
  AmoSweep leads(*amocrm_list("leads"), AmoSweep::Backfill{kNow - 1'000, kNow});
  EXPECT_EQ(leads.expected(), std::nullopt);
  told(leads, page({row("1", kNow - 990)}, true), "1", kNow);
  EXPECT_EQ(leads.expected(), std::nullopt) << "a hundredth of the period";
  told(leads, page({row("2", kNow - 750)}, true), "2", kNow);
  EXPECT_EQ(leads.expected(), 8U) << "two in a quarter of the period";
  told(leads, page({row("3", kNow - 100)}), "3", kNow);
  EXPECT_EQ(leads.expected(), 3U);
}

TEST(AmoSweep, ABackfillOfAListInNoOrderBeginsAgainWhereItWasInOrder) {
  AmoSweep leads(*amocrm_list("leads"), AmoSweep::Backfill{kNow - 1'000, kNow});
  told(leads, page({row("1", kNow - 900)}, true), "1", kNow);
  const auto subjects = told(leads, page({row("2", kNow - 300), row("3", kNow - 500)}, true), "2", kNow);
  EXPECT_THAT(subjects, ElementsAre(HasSubstr("upto=" + std::to_string(kNow - 900))));
}

}  // namespace
}  // namespace kpistream::ingest
