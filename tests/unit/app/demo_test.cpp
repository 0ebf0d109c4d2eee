// The demo's past is always the same, and the ordinary computation finds in it all that was planted.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "app/config.hpp"
#include "app/demo/season.hpp"
#include "app/demo/settings.hpp"
#include "ingest/bitrix24/adapter.hpp"
#include "stream/insight/summary.hpp"
#include "stream/kpi/state_figures.hpp"
#include "stream/memory_state.hpp"
#include "stream/periods/keeper.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream::app::demo {
namespace {

using testing::Contains;
using testing::Not;
using testing::SizeIs;

UnixSeconds at(const std::string& iso_time) { return *parse_time(iso_time); }

class FixedClock : public Clock {
 public:
  [[nodiscard]] UnixSeconds wall() const override { return 0; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return {}; }
};

Config config_of(const Story& story) {
  const auto file = std::filesystem::path(testing::TempDir()) / "kpistream-demo-test.yml";
  std::ofstream(file) << config_text(story, {"/nowhere", "127.0.0.1:0", "127.0.0.1:0"});
  auto result = load_config(file.string());
  std::filesystem::remove(file);
  EXPECT_THAT(result.errors, SizeIs(0)) << result.errors.front();
  return std::move(*result.config);
}

// The demo as it stands at one moment.
class Played {
 public:
  explicit Played(UnixSeconds now) : now_(now), season_(now), config_(config_of(season_.story())) {
    std::vector<ProcessorPortal> portals;
    for (auto& portal : config_.portals) {
      portal.settings.compared_lists = {"crm.lead.list", "crm.deal.list", "crm.activity.list", "tasks.task.list"};
      portals.push_back({portal.settings, ingest::make_bitrix24_adapter(portal.settings)});
      settings_.push_back(portal.settings);
    }
    Processor processor(journal_, state_, portals, nullptr, nullptr);
    processor.offer(config_.kpis.definitions);
    const FixedClock clock;
    periods::PeriodKeeper keeper(state_, processor, settings_, config_.periods, tests::test_digest, clock);
    const auto compute = [&] {
      while (processor.step() != 0) {
      }
    };
    compute();
    season_.play([&](NewRecord record) { journal_.add(std::move(record)); },
                 [&](UnixSeconds due) {
                   compute();
                   while (keeper.tick(due)) {
                   }
                   return true;
                 });
    compute();
    weekly_corrections_ = processor.ledger().corrections("demo", "weekly");
  }

  // Rules and whom they are about: "clot", "activity_halved 14".
  [[nodiscard]] std::set<std::string> advice(std::size_t portal) const {
    std::set<std::string> found;
    for (const insight::Card& card : summary(portal).cards) {
      found.insert(card.rule + (card.subject.id.empty() ? "" : " " + card.subject.id));
    }
    return found;
  }

  [[nodiscard]] insight::Summary summary(std::size_t portal) const {
    const PortalSettings& settings = settings_[portal];
    const Calendar calendar(settings);
    return insight::summarize(StateFigures(state_, config_.kpis.definitions, settings, calendar, now_));
  }

  [[nodiscard]] std::uint64_t weekly_corrections() const { return weekly_corrections_; }

 private:
  const UnixSeconds now_;
  Season season_;
  Config config_;
  std::vector<PortalSettings> settings_;
  tests::ListJournal journal_;
  MemoryState state_;
  std::uint64_t weekly_corrections_ = 0;
};

std::string bytes_of(UnixSeconds now, std::uint64_t seed) {
  std::string bytes;
  Season season(now, seed);
  season.play(
      [&](const NewRecord& record) {
        bytes += record.portal + std::to_string(record.arrived) + record.subject + record.body;
      },
      [](UnixSeconds) { return true; });
  return bytes;
}

TEST(Demo, IsTheSameEachTime) {
  const UnixSeconds now = at("2026-11-26T16:30:00+03:00");
  const std::string bytes = bytes_of(now, kSeed);
  EXPECT_EQ(bytes.size(), bytes_of(now, kSeed).size());
  EXPECT_TRUE(bytes == bytes_of(now, kSeed));
  EXPECT_FALSE(bytes == bytes_of(now, kSeed + 1));
}

TEST(Demo, AWebhookTellsOfACallBeforeTheListDoes) {
  Season season(at("2026-11-26T16:30:00+03:00"));
  const PortalSettings settings = config_of(season.story()).portals.front().settings;
  const auto adapter = ingest::make_bitrix24_adapter(settings);
  std::set<std::string> told;
  std::size_t untold = 0;
  season.play(
      [&](NewRecord record) {
        const bool webhook = record.kind == RecordKind::delivery;
        if (record.portal != settings.alias) return;
        for (const Observation& seen : adapter->decode({std::move(record), 1}).observations) {
          if (seen.ref.kind != EntityKind::call) continue;
          if (webhook) told.insert(seen.ref.id);
          if (!told.contains(seen.ref.id)) ++untold;
        }
      },
      [](UnixSeconds) { return true; });
  EXPECT_GT(told.size(), 1'000U);
  EXPECT_EQ(untold, 0U);
}

TEST(Demo, TellsEachStory) {
  const Played played(at("2026-11-26T16:30:00+03:00"));  // a Thursday, near its end
  const auto large = played.advice(0);
  for (const char* story : {"clot", "activity_halved 14", "activity_under_team 15", "slow_first_response 16",
                            "no_tasks_tomorrow 18", "no_meetings_set 18", "missed_calls_high", "quotes_silent",
                            "source_only_refusals UC_RADIO", "target_too_easy"}) {
    EXPECT_THAT(large, Contains(story));
  }
  EXPECT_THAT(large, Not(Contains("lead_shortage")));
  EXPECT_THAT(played.advice(1), Contains("lead_shortage"));
  EXPECT_GT(played.weekly_corrections(), 0U);
}

TEST(Demo, TellsItWheneverSomebodyLooks) {
  for (const char* moment : {"2026-11-30T00:30:00+03:00", "2027-01-04T09:01:00+03:00"}) {
    const Played played(at(moment));
    const auto large = played.advice(0);
    for (const char* story : {"clot", "activity_halved 14", "activity_under_team 15", "slow_first_response 16",
                              "missed_calls_high", "quotes_silent", "source_only_refusals UC_RADIO"}) {
      EXPECT_THAT(large, Contains(story)) << moment;
    }
    EXPECT_THAT(played.advice(1), Contains("lead_shortage")) << moment;
    EXPECT_GT(played.weekly_corrections(), 0U) << moment;
  }
}

}  // namespace
}  // namespace kpistream::app::demo
