// Windows in memory: always what a plain sum over all facts gives, wherever the clock goes.
#include "stream/kpi/board.hpp"

#include <gtest/gtest.h>

#include <random>

#include "stream/kpi/teams.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::at;
using tests::Bench;
using tests::deal;
using tests::kNoon;
using tests::point;

Observation act_seen(EntityKind kind, const std::string& id, Act act, UnixSeconds when, bool done = false) {
  Observation seen;
  seen.ref = {kind, id};
  seen.version = kNoon;
  seen.details = Details{};
  seen.details->act = act;
  seen.details->owner = "9";
  seen.details->start = act == Act::meeting ? when : 0;
  seen.details->deadline = when;
  seen.details->done = done;
  seen.details->done_at = done ? when : 0;
  return seen;
}

TEST(Board, MidnightMovesTheWindowsWithoutAnyEvent) {  // T14
  Bench bench;
  bench.tell({act_seen(EntityKind::task, "1", Act::todo, kNoon + 86'400), deal("1", point(kNoon, Outcome::won, "7"))});
  bench.run();
  EXPECT_EQ(bench.window("tasks_due", "tomorrow"), 1);
  EXPECT_EQ(bench.window("deals_won", "day"), 1);
  bench.advance(kNoon + 12 * 3'600);  // 00:00
  EXPECT_EQ(bench.window("tasks_due", "tomorrow"), 0);
  EXPECT_EQ(bench.window("tasks_due", "today", kCountSlot, "9"), 1);
  EXPECT_EQ(bench.window("deals_won", "day"), 0);
  EXPECT_EQ(bench.window("deals_won", "day_prev"), 1);
  bench.advance(kNoon + 25 * 3'600);
  EXPECT_EQ(bench.window("tasks_due", "overdue"), 1);
}

// KPI.md T11, T14: the day begins at the portal's midnight, and it comes without any event.
TEST(Board, MidnightComesInEveryZoneOnItsOwn) {
  struct Row {
    const char* zone;
    const char* noon;
    const char* last_second;
    const char* midnight;
  };
  const Row rows[]{
      {"Europe/Moscow", "2026-11-16T12:00:00+03:00", "2026-11-16T23:59:59+03:00", "2026-11-17T00:00:00+03:00"},
      {"Asia/Kamchatka", "2026-11-16T12:00:00+12:00", "2026-11-16T23:59:59+12:00", "2026-11-17T00:00:00+12:00"},
      {"Europe/Kaliningrad", "2026-11-16T12:00:00+02:00", "2026-11-16T23:59:59+02:00", "2026-11-17T00:00:00+02:00"},
      {"Europe/Berlin", "2026-10-25T12:00:00+01:00", "2026-10-25T23:59:59+01:00", "2026-10-26T00:00:00+01:00"},
      {"America/Sao_Paulo", "2018-11-03T12:00:00-03:00", "2018-11-03T23:59:59-03:00", "2018-11-04T01:00:00-02:00"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.zone);
    Bench bench;
    bench.settings.zone = row.zone;
    bench.settings.known_since = at(row.noon) - 90 * 86'400;
    bench.restart();
    bench.advance(at(row.noon));
    bench.tell({deal("1", point(at(row.last_second), Outcome::won, "7", 100)),
                act_seen(EntityKind::task, "1", Act::todo, at(row.midnight) + 10 * 3'600),
                act_seen(EntityKind::activity, "2", Act::meeting, at(row.midnight) + 11 * 3'600)});
    bench.run();
    bench.advance(at(row.last_second));
    EXPECT_EQ(bench.window("deals_won", "day"), 1);
    EXPECT_EQ(bench.window("deals_won", "day_prev"), 0);
    EXPECT_EQ(bench.window("tasks_due", "tomorrow"), 1);
    EXPECT_EQ(bench.window("meetings_scheduled", "tomorrow"), 1);
    bench.advance(at(row.midnight));
    EXPECT_EQ(bench.window("deals_won", "day"), 0);
    EXPECT_EQ(bench.window("deals_won", "day_prev", kSumSlot, "7"), 100);
    EXPECT_EQ(bench.window("tasks_due", "tomorrow"), 0);
    EXPECT_EQ(bench.window("tasks_due", "today", kCountSlot, "9"), 1);
    EXPECT_EQ(bench.window("meetings_scheduled", "today", kCountSlot, "9"), 1);
  }
}

// What the windows of every KPI must be: all bucket cells of the state that lie in the range, added up.
std::map<std::string, Cell> plain_sums(const Bench& bench, UnixSeconds now) {
  std::map<std::string, Cell> sums;
  const Calendar calendar(bench.settings);
  bench.state->scan(Space::cells, "", "", [&](std::string_view key, std::string_view value) {
    if (is_total_key(key)) return true;
    const auto bucket = parse_bucket_key(key);
    if (bucket.grain == Grain::day) return true;
    const auto& all = tests::test_catalogue();
    const auto definition =
        std::find_if(all.begin(), all.end(), [&](const Definition& d) { return d.cells() == bucket.cells; });
    const auto names = Calendar::windows(definition->windows);
    std::vector<Range> ranges(names.size());
    calendar.ranges(definition->windows, now, ranges);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (bucket.bucket < ranges[i].first || bucket.bucket >= ranges[i].last) continue;
      const std::string name =
          definition->id + " " + std::string(names[i]) + " " + testing::PrintToString(bucket.labels);
      sums[name + " pipeline " + bucket.pipeline].add(Cell::decode(value));
      sums[name + " manager " + bucket.manager].add(Cell::decode(value));
      if (definition->by_source) sums[name + " source " + bucket.source].add(Cell::decode(value));
    }
    return true;
  });
  std::erase_if(sums, [](const auto& entry) { return entry.second.zero(); });
  return sums;
}

std::map<std::string, Cell> shown_sums(const Bench& bench) {
  std::map<std::string, Cell> sums;
  bench.board->read([&](const std::vector<const PortalFigures*>& portals) {
    for (const auto& [id, kpi] : portals.front()->kpis) {
      const auto names = Calendar::windows(kpi.definition.windows);
      for (const auto& [key, cells] : kpi.windows) {
        for (std::size_t i = 0; i < names.size(); ++i) {
          if (cells[i].zero()) continue;
          const char* const families[]{" pipeline ", " manager ", " source "};
          sums[id + " " + std::string(names[i]) + " " + testing::PrintToString(key.labels) +
               families[static_cast<int>(key.family)] + key.dimension] = cells[i];
        }
      }
    }
  });
  return sums;
}

Observation random_observation(std::mt19937& random) {
  const auto when = kNoon + static_cast<UnixSeconds>(random() % 3'000'000) - 1'500'000;
  const auto id = std::to_string(random() % 60);
  if (random() % 3 == 0) {
    const bool meeting = random() % 2 == 0;
    auto seen = act_seen(EntityKind::task, id, meeting ? Act::meeting : Act::todo, when, random() % 3 == 0);
    if (random() % 5 == 0) seen.details->deadline = seen.details->start = 0;
    seen.version = kNoon + static_cast<UnixSeconds>(random() % 1'000);
    return seen;
  }
  auto state = point(when, static_cast<Outcome>(1 + random() % 3), std::to_string(random() % 3),
                     static_cast<MinorUnits>(random() % 1'000));
  state.pipeline = std::to_string(random() % 2);
  auto seen = deal(id, state, when - static_cast<UnixSeconds>(random() % 100'000));
  if (random() % 8 == 0) seen.presence = random() % 2 == 0 ? Presence::gone : Presence::present;
  return seen;
}

void check_walk(const std::string& zone, std::uint32_t seed) {
  SCOPED_TRACE(zone + ", seed " + std::to_string(seed));
  std::mt19937 random(seed);
  Bench bench;
  bench.settings.zone = zone;
  bench.restart();
  UnixSeconds now = kNoon;
  for (int step = 0; step < 250; ++step) {
    for (auto n = random() % 4; n > 0; --n) bench.tell({random_observation(random)});
    bench.run();
    switch (random() % 6) {
      case 0:
        now = kNoon + static_cast<UnixSeconds>(random() % 2'000'000) - 1'000'000;  // as far as anybody sets a clock
        break;
      case 1:
        now -= static_cast<UnixSeconds>(random() % 200'000);
        break;
      case 2:
        now += static_cast<UnixSeconds>(random() % 100'000);
        break;
      case 3:
        bench.restart();
        break;
      default:
        now += static_cast<UnixSeconds>(random() % 200);
    }
    bench.advance(now);
    ASSERT_EQ(shown_sums(bench), plain_sums(bench, now)) << "step " << step << " at " << now;
  }
}

TEST(Board, EveryWindowIsAPlainSumWhereverTheClockGoes) {
  for (const std::string zone : {"Europe/Moscow", "Europe/Berlin", "Asia/Kamchatka"}) {
    check_walk(zone, std::random_device{}());
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Board, WhatIsTooOldForAnyWindowMakesNoSeries) {
  Bench bench;
  bench.tell({deal("1", point(kNoon - 300 * 86'400, Outcome::won, "long ago"), kNoon - 301 * 86'400)});
  bench.run();
  bench.board->read([](const std::vector<const PortalFigures*>& portals) {
    for (const auto& [id, kpi] : portals.front()->kpis) EXPECT_TRUE(kpi.windows.empty()) << id;
    EXPECT_TRUE(portals.front()->managers.empty());
  });
  EXPECT_EQ(bench.total("deals_won", false), 1);
}

TEST(Board, DefinitionsMayChangeWhileAnOldestIsStillToBeFound) {
  Bench bench;
  bench.tell({deal("1", point(kNoon, Outcome::open, "7"), kNoon)});
  bench.run();  // what stands has changed, and nothing has looked for the oldest yet
  const auto all = bench.definitions;
  std::erase_if(bench.definitions, [](const Definition& d) { return d.id != "deals_open"; });
  bench.definitions.front().by_manager = false;
  bench.processor->offer(bench.definitions);
  bench.run();
  bench.advance(kNoon + 60);
  bench.board->read([](const std::vector<const PortalFigures*>& portals) {
    EXPECT_EQ(portals.front()->kpis.size(), 1U);
    EXPECT_EQ(portals.front()->kpis.at("deals_open").oldest, kNoon);
  });
}

TEST(Board, NamesComeFromTheStateAsTheyCameFromTheChanges) {
  Bench bench;
  const auto named = [](EntityKind kind, const std::string& id, const std::string& name) {
    Observation seen;
    seen.ref = {kind, id};
    seen.name = name;
    if (name.empty()) seen.created = kNoon;
    return seen;
  };
  bench.tell({named(EntityKind::manager, "7", "Анна"), named(EntityKind::pipeline, "5", "Розница"),
              named(EntityKind::source, "WEB", "Сайт"), named(EntityKind::loss_reason, "45", "Дорого"),
              named(EntityKind::manager, "8", "")});
  bench.run();
  using Names = std::map<std::string, std::string>;
  const auto names = [&] {
    std::vector<Names> read;
    bench.board->read([&](const auto& portals) {
      const PortalFigures& figures = *portals.front();
      read = {figures.manager_names, figures.pipeline_names, figures.source_names, figures.loss_reason_names};
    });
    return read;
  };
  const auto before = names();
  EXPECT_EQ(before, (std::vector<Names>{{{"7", "Анна"}}, {{"5", "Розница"}}, {{"WEB", "Сайт"}}, {{"45", "Дорого"}}}));
  bench.restart();
  EXPECT_EQ(names(), before);
}

TEST(Board, KnowsTheOldestOfAStateAlsoAfterANewSetOfDefinitions) {
  Bench bench;
  bench.tell({deal("1", point(kNoon, Outcome::open, "7"))});
  bench.run();  // the board was not moved on since
  std::erase_if(bench.definitions, [](const Definition& d) { return d.id == "deals_won"; });
  bench.processor->offer(bench.definitions);
  bench.run();
  bench.advance(kNoon);
  bench.board->read([&](const auto& portals) {
    EXPECT_EQ(portals.front()->kpis.at("deals_open").oldest, std::optional<UnixSeconds>(kNoon));
  });
}

TEST(Board, AWindowFromBeforeThePortalWasKnownIsNotShown) {
  Bench bench;
  bench.settings.known_since = kNoon - 2 * 3'600;
  bench.restart();
  bench.tell({deal("1", point(kNoon, Outcome::won, "7"))});
  bench.run();
  EXPECT_TRUE(bench.visible("1h"));
  EXPECT_FALSE(bench.visible("24h"));
  EXPECT_FALSE(bench.visible("day"));
  bench.advance(kNoon + 13 * 3'600);
  EXPECT_TRUE(bench.visible("day"));
  EXPECT_FALSE(bench.visible("day_prev"));
}

TEST(Teams, AreAsConfiguredElseTheDepartmentsOfTheCrm) {
  Bench bench;
  const auto named = [](EntityKind kind, const std::string& id, const std::string& name,
                        std::vector<Field> fields = {}) {
    Observation seen;
    seen.ref = {kind, id};
    seen.name = name;
    seen.fields = std::move(fields);
    return seen;
  };
  const auto teams = [&] {
    std::map<std::string, std::string> read;
    bench.board->read([&](const std::vector<const PortalFigures*>& portals) { read = portals.front()->teams; });
    return read;
  };
  using Map = std::map<std::string, std::string>;
  bench.settings.managers["9"].team = "wholesale";
  bench.restart();
  EXPECT_EQ(teams(), (Map{{"9", "wholesale"}}));
  EXPECT_EQ(team_in(teams(), "7"), std::nullopt);
  bench.tell({named(EntityKind::manager, "7", "Anna", {{"department", "1"}, {"department", "12"}, {"department", "5"}}),
              named(EntityKind::manager, "8", "Ivan", {{"department", "77"}}),
              named(EntityKind::manager, "9", "Oleg", {{"department", "5"}})});
  bench.run();
  EXPECT_EQ(teams(), (Map{{"9", "wholesale"}})) << "ids of departments are no names";
  bench.tell({named(EntityKind::department, "1", "Company"), named(EntityKind::department, "12", "Retail"),
              named(EntityKind::department, "5", "Sales")});
  bench.run();
  EXPECT_EQ(teams(), (Map{{"7", "Retail"}, {"9", "wholesale"}}));
  bench.tell({named(EntityKind::manager, "7", "Anna", {{"department", "5"}})});
  bench.run();
  EXPECT_EQ(teams(), (Map{{"7", "Sales"}, {"9", "wholesale"}}));
  bench.restart();
  EXPECT_EQ(teams(), (Map{{"7", "Sales"}, {"9", "wholesale"}}));
  EXPECT_EQ(teams_of(*bench.state, bench.settings), teams());
  EXPECT_EQ(team_in({}, "7"), "");
}

}  // namespace
}  // namespace kpistream
