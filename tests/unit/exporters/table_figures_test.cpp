// The figures of a table: of when they are, and how they stand to one another.
#include <gtest/gtest.h>

#include <algorithm>

#include "exporters/table/page.hpp"
#include "exporters/table/reader.hpp"
#include "exporters/table/text.hpp"
#include "stream/kpi/state_figures.hpp"
#include "tests/unit/exporters/table_support.hpp"

namespace kpistream::exporters {
namespace {

using tests::Bench;
using tests::column_of;
using tests::kDay;
using tests::kLastThursday;
using tests::kNoon;
using tests::member_of;
using tests::row_of;
using tests::won;

View view_of(periods::Period period, std::size_t columns = View::kColumns) {
  View view;
  view.period = period;
  view.columns = columns;
  return view;
}

TEST(ColumnsTest, OfEveryPeriodFollowOneAnotherAlsoWhereTheClocksChange) {
  for (const auto* zone : {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kamchatka"}) {
    Bench bench(zone, 1);
    bench.now = 1'793'000'000;  // a week before the clocks of Berlin are put back
    for (int day = 0; day < 16; ++day, bench.now += kDay) {
      for (int i = 0; i <= static_cast<int>(periods::kLastPeriod); ++i) {
        const auto columns = columns_of(bench.parts(), view_of(static_cast<periods::Period>(i), View::kColumnsMax));
        ASSERT_EQ(columns.size(), View::kColumnsMax);
        EXPECT_LE(columns[0].range.first * 60, bench.now);
        EXPECT_GT(columns[0].range.last * 60, bench.now);
        for (std::size_t c = 0; c < columns.size(); ++c) {
          EXPECT_EQ(columns[c].running, c == 0) << zone;
          if (c == 0) continue;
          ASSERT_EQ(columns[c].range.last, columns[c - 1].range.first) << zone << " " << columns[c].first;
        }
      }
    }
  }
}

TEST(ColumnsTest, AreKnownFromTheMinuteInWhichThePortalIs) {
  Bench bench("Europe/Moscow", kNoon - 2 * kDay - kDay / 2 + 30);  // half a minute into Saturday
  const auto columns = columns_of(bench.parts(), view_of(periods::Period::day, 4));
  EXPECT_TRUE(columns[2].known);
  EXPECT_FALSE(columns[3].known);
}

TEST(ColumnsTest, UntilIsTheDayOfTheNewest) {
  const Bench bench;
  View view = view_of(periods::Period::week, 2);
  view.until = "2026-09-09";
  EXPECT_EQ(columns_of(bench.parts(), view)[0].first, "2026-09-07");
  EXPECT_FALSE(columns_of(bench.parts(), view)[0].running);
  view.until = "2026-09-14";
  EXPECT_TRUE(columns_of(bench.parts(), view)[0].running);
  view.until = "9999-12-31";
  EXPECT_EQ(columns_of(bench.parts(), view)[0].first, "2026-09-14");
  view.until = "1970-01-01";
  EXPECT_LE(columns_of(bench.parts(), view)[0].first, "1970-01-01");
}

TEST(ColumnsTest, OfShortPeriodsSayTheDayWhenItIsNotToday) {
  Bench bench;
  const auto titles = [&](const View& view) {
    std::vector<std::string> all;
    for (const auto& column : columns_of(bench.parts(), view)) {
      all.push_back(column_title(Language::ru, column, *bench.calendar));
    }
    return all;
  };
  View view = view_of(periods::Period::hour, 26);
  const auto hours = titles(view);
  EXPECT_EQ(hours.front(), "12:00");
  EXPECT_EQ(hours[12], "00:00");
  EXPECT_EQ(hours[13], "13 сен, 23:00");
  EXPECT_EQ(hours[24], "13 сен, 12:00");
  view.until = "2026-09-10";
  EXPECT_EQ(titles(view).front(), "10 сен, 23:00");
  view.period = periods::Period::ten_minutes;
  EXPECT_EQ(titles(view).front(), "10 сен, 23:50");
  const auto cell = make_cell(bench.parts(), view_of(periods::Period::hour), {}, "calls", "2026-09-14T11:00").value();
  const auto html = cell_html(make_frame(bench.parts(), {}, {}), cell, *bench.calendar, {});
  EXPECT_NE(html.find("14 сен, 11:00"), std::string::npos) << "a cell stands alone, and so has its day";
}

TEST(ColumnsTest, OfAnHourThatComesTwiceAreTold) {
  for (const auto& [zone, now, repeated, offset] :
       {std::tuple("Europe/Berlin", 1'792'900'000L, "2026-10-25T02:00", "+01:00"),
        std::tuple("America/New_York", 1'793'534'400L, "2026-11-01T01:00", "-05:00")}) {
    Bench bench(zone, 1);
    bench.now = now;
    const View view = view_of(periods::Period::hour, 26);
    const auto columns = columns_of(bench.parts(), view);
    std::vector<std::string> found;
    std::set<std::string> firsts;
    for (const auto& column : columns) {
      EXPECT_TRUE(firsts.insert(column.first).second) << column.first;
      if (column.first.starts_with(repeated)) found.push_back(column.first);
      const auto cell = make_cell(bench.parts(), view, {}, "calls", column.first).value();
      EXPECT_EQ(cell.column.range, column.range) << column.first;
    }
    EXPECT_EQ(found, (std::vector<std::string>{std::string(repeated) + offset, repeated})) << zone;
    std::set<std::string> titles;
    for (const auto& column : columns) titles.insert(column_title(Language::en, column, *bench.calendar));
    EXPECT_EQ(titles.size(), columns.size()) << zone;
  }
}

class FiguresTest : public testing::Test {
 protected:
  FiguresTest() {
    bench_.add(won("7", kLastThursday, 50'000));
    bench_.add(won("7", kLastThursday + kDay, 70'000, "8"));
    bench_.add(won("9", kLastThursday, 90'000));
    bench_.add(won("9", kNoon - 9 * kDay, 10'000));
    bench_.add(won("9", kNoon - 60, 20'000));
  }
  Bench bench_;
};

TEST_F(FiguresTest, AreThoseOfTheStateForEveryLineAndPeriod) {
  bench_.settings.cost_field = "UF_COST";
  bench_.settings.active_time = true;
  const StateFigures figures(bench_.state, bench_.catalogue.definitions, bench_.settings, *bench_.calendar, bench_.now);
  for (const auto period : {periods::Period::hour, periods::Period::day, periods::Period::week, periods::Period::month,
                            periods::Period::quarter}) {
    View view = view_of(period);
    for (const auto& line : lines_of(bench_.catalogue)) {
      const bool plain = line.of == Line::Of::count || line.of == Line::Of::sum;
      if (plain && line.part.empty() && !line.standing) view.lines.push_back(line.id);
    }
    const Table table = bench_.table(view);
    ASSERT_EQ(table.blocks.size(), 1U);
    ASSERT_EQ(table.blocks[0].rows.size(), view.lines.size());
    for (const auto& row : table.blocks[0].rows) {
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto cell = figures.sum(row.line.kpi, table.columns[i].range);
        const auto slot = row.line.of == Line::Of::count ? kCountSlot : kSumSlot;
        const auto expected = table.columns[i].known ? std::optional(cell.at(slot)) : std::nullopt;
        EXPECT_EQ(row.figures[i].value, expected) << row.line.id << " " << table.columns[i].first;
      }
    }
  }
}

TEST_F(FiguresTest, OfPartsAddUpToTheWhole) {
  const auto whole = row_of(bench_.table(), "deals_won.sum").figures;
  const std::map<Family, std::vector<std::string>> parts{{Family::manager, {"7", "9"}}, {Family::pipeline, {"5", "8"}}};
  for (const auto& [family, ids] : parts) {
    std::vector<std::int64_t> sum(whole.size());
    View all;
    all.by = family;
    all.of = ids;
    EXPECT_EQ(row_of(bench_.table(all), "deals_won.sum").figures, whole);
    for (const auto& id : ids) {
      View one = all;
      one.of = {id};
      const auto figures = row_of(bench_.table(one), "deals_won.sum").figures;
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += figures[i].value.value_or(0);
    }
    for (std::size_t i = 0; i < sum.size(); ++i) EXPECT_EQ(sum[i], whole[i].value.value_or(0)) << i;
  }
}

TEST_F(FiguresTest, ARatioOfNothingIsNoneAndZeroIsZero) {
  const Table table = bench_.table();
  EXPECT_EQ(row_of(table, "calls").figures[1].value, 0);
  EXPECT_FALSE(row_of(table, "missed_call_ratio").figures[1].value);
  EXPECT_FALSE(row_of(table, "callback.p50").figures[1].value);
  EXPECT_EQ(row_of(table, "average_deal_amount").figures[1].value, 70'000);
  EXPECT_FALSE(row_of(table, "deals_won").figures[7].value) << "before the portal was known";
}

TEST_F(FiguresTest, AClosedPeriodKeepsItsValueAndSaysThatItWasCorrected) {
  bench_.take("weekly", periods::Period::week, bench_.last_week());
  bench_.add(won("7", kLastThursday, 1'000));
  const Table table = bench_.table();
  EXPECT_NE(table.columns[1].taken, 0);
  EXPECT_EQ(table.columns[1].table.schedule, "weekly");
  const auto& revenue = row_of(table, "deals_won.sum").figures;
  EXPECT_EQ(revenue[1], (Figure{210'000, true, 211'000, false}));
  EXPECT_EQ(row_of(table, "calls").figures[1], (Figure{0, false, {}, false}));
  EXPECT_EQ(revenue[2], (Figure{10'000, false, {}, false})) << "no table was taken of it";
  EXPECT_EQ(member_of(table.managers, "7")->figures[column_of(table.managers, "deals_won.sum")],
            (Figure{120'000, true, 121'000, false}));
}

TEST_F(FiguresTest, ACorrectionToNothingIsOneToo) {
  bench_.take("weekly", periods::Period::week, bench_.last_week());
  const auto check = [&] { return row_of(bench_.table(), "average_deal_amount").figures[1]; };
  EXPECT_EQ(check(), (Figure{70'000, false, {}, false}));
  bench_.take_all_back(bench_.last_week(), "deals_won");
  EXPECT_EQ(check(), (Figure{70'000, true, {}, false})) << "it is a quotient of nothing today";
  Bench other;
  other.take("weekly", periods::Period::week, other.last_week());
  other.add(won("7", kLastThursday, 1'000));
  EXPECT_EQ(row_of(other.table(), "average_deal_amount").figures[1], (Figure{{}, true, 1'000, false}));
}

TEST(FiguresOfTwoDefinitions, WhatATableCannotTellIsTodaysFigure) {
  Bench bench;
  auto& all = bench.catalogue.definitions;
  auto& sales = *std::find_if(all.begin(), all.end(), [](const auto& one) { return one.id == "deals_won"; });
  const auto sold = [&](bool by_manager) {  // as a KPI that is filled anew
    sales.by_manager = by_manager;
    bench.add(won("7", kLastThursday, 50'000));
  };
  sold(false);
  bench.take("weekly", periods::Period::week, bench.last_week());
  sold(true);
  const Table table = bench.table();
  EXPECT_EQ(member_of(table.managers, "7")->figures[column_of(table.managers, "deals_won.sum")],
            (Figure{50'000, false, {}, false}));
  EXPECT_EQ(row_of(table, "deals_won.sum").figures[1], (Figure{50'000, false, {}, true})) << "of all it does tell";
}

TEST_F(FiguresTest, CoverageOfAClosedPeriodIsThatOfItsTable) {
  bench_.take("weekly", periods::Period::week, bench_.last_week());
  EXPECT_EQ(bench_.table().columns[1].coverage, 1'000);
  bench_.cover("weekly", bench_.last_week(), 600);
  EXPECT_EQ(bench_.table().columns[1].coverage, 600) << "however much was compared since";
}

TEST_F(FiguresTest, WhatIsCountedInAnotherWaySinceSaysSo) {
  bench_.take("weekly", periods::Period::week, bench_.last_week());
  for (auto& definition : bench_.catalogue.definitions) {
    if (definition.id == "deals_won") definition.where.push_back({Attribute::amount, "", {}, false, 1, INT64_MAX});
  }
  const auto figure = row_of(bench_.table(), "deals_won").figures[1];
  EXPECT_EQ(figure, (Figure{3, false, {}, true}));
}

TEST_F(FiguresTest, TheTableIsFoundAmongManyOfEverySchedule) {
  for (int back = 200; back >= 0; --back) {
    const UnixSeconds at = bench_.now - back * 600;
    bench_.take("10m", periods::Period::ten_minutes,
                periods::closed_period(periods::Period::ten_minutes, *bench_.calendar, at));
  }
  for (int back = 0; back < 5; ++back) {
    const UnixSeconds at = bench_.now - back * 7 * kDay;
    bench_.take("weekly", periods::Period::week, periods::closed_period(periods::Period::week, *bench_.calendar, at));
  }
  const auto taken = [&](periods::Period period) {
    Table table = bench_.table(view_of(period, 5));
    std::size_t count = 0;
    for (const auto& column : table.columns) count += column.taken != 0 ? 1 : 0;
    return count;
  };
  EXPECT_EQ(taken(periods::Period::ten_minutes), 4U);
  EXPECT_EQ(taken(periods::Period::week), 4U);
  EXPECT_EQ(taken(periods::Period::day), 0U);
}

TEST_F(FiguresTest, OfAPeriodThatBeganBeforeThePortalWasKnownATableTellsNothing) {
  bench_.take("weekly", periods::Period::week, bench_.last_week());
  bench_.settings.known_since = kLastThursday - kDay;
  EXPECT_EQ(row_of(bench_.table(), "deals_won").figures[1], Figure{});
}

Fact task(const std::string& manager, UnixSeconds due) {
  Fact fact;
  fact.kind = FactKind::task_due;
  fact.at = due;
  fact.manager = manager;
  return fact;
}

TEST_F(FiguresTest, WhatStandsIsKnownNowAndOfTablesThatWereTakenInTime) {
  bench_.add(task("7", kNoon + kDay));
  const auto figures = [&] { return row_of(bench_.table(), "tasks_due@tomorrow").figures; };
  EXPECT_EQ(figures()[0].value, 1);
  EXPECT_FALSE(figures()[1].value);
  bench_.take("late", periods::Period::week, bench_.last_week(), 3'600);
  EXPECT_FALSE(figures()[1].value);
  const Table late = bench_.table();
  const auto column = column_of(late.managers, "tasks_due@tomorrow");
  EXPECT_FALSE(member_of(late.managers, "7")->figures[column].value) << "not known is not zero";
  Bench in_time;
  in_time.add(task("7", kNoon - kDay / 2 + kDay));  // tomorrow, seen from Monday midnight
  in_time.take("weekly", periods::Period::week, in_time.last_week());
  EXPECT_EQ(row_of(in_time.table(), "tasks_due@tomorrow").figures[1], (Figure{1, false, {}, false}));
}

TEST_F(FiguresTest, AFormulaOverWhatStandsAddsUpAllItsWindows) {
  const auto definition = std::find_if(bench_.catalogue.definitions.begin(), bench_.catalogue.definitions.end(),
                                       [](const Definition& have) { return have.windows == WindowSet::task_due; });
  ASSERT_NE(definition, bench_.catalogue.definitions.end());
  const Range all = facts_range(bench_.parts(), *definition, {}, {});
  EXPECT_LE(all.first, kNoMinute);
  EXPECT_GT(all.last, minute_of(kNoon + 400 * kDay));
}

TEST_F(FiguresTest, OfWhatThePortalIsNotConfiguredForNothingIsKnown) {
  Formula margin;
  margin.id = margin.name = "margin_ratio";
  margin.expression = "profit_sum / deals_won_sum";
  bench_.catalogue.formulas.push_back(margin);
  bench_.formulas.emplace_back(margin, CompiledFormula(margin, bench_.catalogue.definitions));
  View view;
  view.lines = {"profit.sum", "active_seconds.sum", "work_begins", "work_ends.sum", "margin_ratio"};
  bench_.take("weekly", periods::Period::week, bench_.last_week());
  const auto known = [&] {
    std::set<std::string> lines;
    const Table table = bench_.table(view);
    EXPECT_EQ(table.blocks.at(0).rows.size(), view.lines.size())
        << "what was asked for stays, and is said to be unknown";
    for (const auto& row : table.blocks.at(0).rows) {
      for (const auto& figure : row.figures) {
        if (figure.value) lines.insert(row.line.id);
      }
    }
    return lines;
  };
  EXPECT_EQ(known(), std::set<std::string>{});
  bench_.settings.cost_field = "UF_COST";
  EXPECT_EQ(known(), (std::set<std::string>{"profit.sum", "margin_ratio"}));
  bench_.settings.active_time = true;
  EXPECT_EQ(known(), std::set<std::string>(view.lines.begin(), view.lines.end()));
}

TEST_F(FiguresTest, ACellSaysWhatItIsComputedFrom) {
  const auto cell = make_cell(bench_.parts(), {}, {}, "average_deal_amount", "2026-09-07");
  ASSERT_TRUE(cell);
  EXPECT_EQ(cell->figure.value, 70'000);
  ASSERT_EQ(cell->parts.size(), 2U);
  EXPECT_EQ(cell->parts[0].line.id, "deals_won.sum");
  EXPECT_EQ(cell->parts[0].figure.value, 210'000);
  const auto days = make_cell(bench_.parts(), {}, {}, "deals_won", "2026-09-05..2026-09-13");
  ASSERT_TRUE(days);
  EXPECT_EQ(days->figure.value, 4);
  for (const auto* column : {"", "2026-09-08", "2026-09-13..2026-09-07", "2024-01-01..2026-09-13", "2026-09-07..x"}) {
    EXPECT_FALSE(make_cell(bench_.parts(), {}, {}, "deals_won", column)) << column;
  }
  EXPECT_FALSE(make_cell(bench_.parts(), {}, {}, "nothing", "2026-09-07"));
}

TEST_F(FiguresTest, WhatAFactKeepsAsSecondsIsShownForWhatItIs) {
  const auto row = [&](FactKind kind, std::int64_t seconds, Measure measure = Measure::none) {
    Definition definition;
    definition.measure = measure;
    Fact fact;
    fact.kind = kind;
    fact.seconds = seconds;
    fact.working_seconds = 60;
    FactRow made;
    add_seconds(made, definition, fact);
    return std::pair(made.seconds, made.rating);
  };
  EXPECT_EQ(row(FactKind::call, 95), std::pair(95L, 0L));
  EXPECT_EQ(row(FactKind::first_response, 3'600, Measure::working), std::pair(60L, 0L));
  EXPECT_EQ(row(FactKind::deal_won, kUnknownSeconds), std::pair(0L, 0L)) << "not known is no figure";
  EXPECT_EQ(row(FactKind::rating, 2), std::pair(0L, 2L));
  for (const auto kind : {FactKind::work_begin, FactKind::work_end}) {
    EXPECT_EQ(row(kind, 32'700, Measure::seconds), std::pair(0L, 0L)) << "the time of day";
  }
  auto cell = make_cell(bench_.parts(), {}, {}, "ratings", "2026-09-07").value();
  cell.facts = {{kNoon, "message", "1", "", "7", "", 0, 0, 2}};
  const auto html = cell_html(make_frame(bench_.parts(), {}, {}), cell, *bench_.calendar, {});
  EXPECT_NE(html.find(">Оценка</th>"), std::string::npos);
  EXPECT_EQ(html.find(">Время</th>"), std::string::npos);
  EXPECT_NE(html.find("<td class=\"figure\">2</td>"), std::string::npos);
}

}  // namespace
}  // namespace kpistream::exporters
