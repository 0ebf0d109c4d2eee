// The address of a view, the lines there are, and figures in words.
#include "exporters/table/view.hpp"

#include <gtest/gtest.h>

#include <random>

#include "app/kpi_reader.hpp"
#include "exporters/table/csv.hpp"
#include "exporters/table/html.hpp"
#include "exporters/table/lines.hpp"
#include "exporters/table/report.hpp"
#include "exporters/table/text.hpp"
#include "ingest/form/form.hpp"

namespace kpistream::exporters {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

ReadView read(const Pairs& pairs) {
  return read_view(
      [&](std::string_view name) {
        std::vector<std::string> values;
        for (const auto& [have, value] : pairs) {
          if (have == name) values.push_back(value);
        }
        return values;
      },
      Language::ru);
}

Pairs pairs_of(const std::string& address) {
  ingest::Form form;
  EXPECT_EQ(form.parse(std::string_view(address).substr(1), {}), ingest::FormStatus::ok);
  Pairs pairs;
  for (const auto& pair : form.pairs()) pairs.emplace_back(pair.path[0], pair.value);
  return pairs;
}

class RandomView {
 public:
  explicit RandomView(unsigned seed) : random_(seed) {}

  View make() {
    View view;
    view.portal = "acme";
    view.language = below(2) == 0 ? Language::ru : Language::en;
    view.period = static_cast<periods::Period>(below(6));
    view.columns = 1 + below(View::kColumnsMax);
    if (below(2) == 0) view.until = "2026-0" + std::to_string(1 + below(9)) + "-1" + std::to_string(below(10));
    if (below(2) == 0) view.at = text(0);
    if (below(2) == 0) view.sort = text(0);
    for (std::size_t i = below(4); i > 0; --i) view.lines.push_back(text(i));
    if (below(2) == 0) view.by = static_cast<Family>(below(3));
    for (std::size_t i = view.by ? 1 + below(3) : 0; i > 0; --i) view.of.push_back(text(i));
    return view;
  }

 private:
  std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_); }
  // Of any characters; the number keeps two of them apart.
  std::string text(std::size_t number) {
    static constexpr std::string_view kLetters = "a9._@&=?#%+ <>\"'/:;Ж€[]";
    std::string text = std::to_string(number);
    for (std::size_t i = below(8); i > 0; --i) text += kLetters[below(kLetters.size())];
    return text;
  }
  std::mt19937 random_;
};

TEST(ViewTest, TheAddressOfAViewIsThatView) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomView random(seed);
  for (int i = 0; i < 500; ++i) {
    const View view = random.make();
    const std::string address = address_of(view);
    SCOPED_TRACE(address);
    const auto again = read(pairs_of(address));
    EXPECT_EQ(again.error, "");
    ASSERT_EQ(again.view, view);
  }
}

TEST(ViewTest, WhatIsWrongIsNamedAndTheViewIsTheUsualOne) {
  const std::vector<std::pair<Pairs, std::string>> wrong{
      {{{"lang", "de"}}, "lang"},           {{{"period", "year"}}, "period"},
      {{{"columns", "0"}}, "columns"},      {{{"columns", "27"}}, "columns"},
      {{{"columns", "9x"}}, "columns"},     {{{"until", "yesterday"}}, "until"},
      {{{"until", "2026-02-30"}}, "until"}, {{{"until", "0000-00-00"}}, "until"},
      {{{"until", "1969-12-31"}}, "until"}, {{{"manager", "7"}, {"source", "web"}}, "manager"},
  };
  for (const auto& [pairs, name] : wrong) {
    const auto read_one = read(pairs);
    EXPECT_TRUE(read_one.error.starts_with(name)) << name << ": " << read_one.error;
    EXPECT_EQ(read_one.view, View{});
  }
  Pairs many;
  for (std::size_t i = 0; i <= View::kChosenMax; ++i) many.emplace_back("line", std::to_string(i));
  EXPECT_NE(read(many).error, "");
}

TEST(ViewTest, WhatIsChosenTwiceOrNotAtAllCountsOnce) {
  const auto twice = read({{"manager", "7"}, {"manager", ""}, {"manager", "7"}, {"line", ""}, {"line", "calls"}});
  EXPECT_EQ(twice.view.of, std::vector<std::string>{"7"});
  EXPECT_EQ(twice.view.lines, std::vector<std::string>{"calls"});
}

TEST(ViewTest, DaysAreThoseOfTheCalendar) {
  EXPECT_EQ(parse_day("1970-01-02"), 1);
  EXPECT_EQ(parse_day("2024-02-29"), parse_day("2024-02-28").value() + 1);
  for (const auto* text : {"2023-02-29", "2026-13-01", "2026-00-10", "2026-1-010", "+026-01-01", "2026-01-1 "}) {
    EXPECT_FALSE(parse_day(text)) << text;
  }
}

TEST(ViewTest, TheBrowsersLanguage) {
  EXPECT_EQ(accepted_language("en-US,en;q=0.9,ru;q=0.8"), Language::en);
  EXPECT_EQ(accepted_language("de, ru;q=0.5, en;q=0.4"), Language::ru);
  EXPECT_EQ(accepted_language("en;q=0"), Language::ru);
  EXPECT_EQ(accepted_language(""), Language::ru);
}

const Catalogue& catalogue() { return app::built_in_catalogue(); }

std::set<std::string> built_in() {
  std::set<std::string> ids;
  for (const auto& definition : catalogue().definitions) ids.insert(definition.id);
  for (const auto& formula : catalogue().formulas) ids.insert(formula.id);
  return ids;
}

TEST(LinesTest, EveryIdIsThereOnceAndSaysWhatItIs) {
  std::set<std::string> ids;
  for (const auto& line : lines_of(catalogue())) {
    EXPECT_TRUE(ids.insert(line.id).second) << line.id;
    EXPECT_FALSE(line.title.ru.empty() || line.title.en.empty()) << line.id;
    EXPECT_FALSE(line.text.ru.empty() || line.text.en.empty()) << line.id;
  }
}

TEST(LinesTest, EveryPlaceOfTheBlocksIsTaken) {
  const auto lines = lines_of(catalogue());
  std::map<std::string, std::size_t> blocks;
  for (const auto& block : blocks_of(lines, built_in())) blocks.emplace(block.id, block.lines.size());
  // As many as the table in lines.cpp names: a KPI that is renamed in the catalogue may not silently leave the page.
  EXPECT_EQ(blocks, (std::map<std::string, std::size_t>{{"sales", 13}, {"calls", 11}, {"deals", 10}, {"work", 5}}));
  for (const auto& ids : {manager_lines(), source_lines()}) {
    for (const auto& id : ids) EXPECT_NE(find_line(lines, id), nullptr) << id;
  }
}

TEST(LinesTest, OnesOwnIndicatorsHaveABlockAlsoWhereTheyStandByTheirDue) {
  auto more = app::read_catalogue(
      "kpis:\n  big_deals:\n    facts: deal_won\n    title: {ru: Крупные, en: Big}\n"
      "  promises:\n    facts: task_due\n    windows: task_due\n    title: {ru: Обещания, en: Promises}\n",
      "own.yml", catalogue());
  for (const auto& error : more.errors) ADD_FAILURE() << error;
  ASSERT_TRUE(more.catalogue);
  const auto blocks = blocks_of(lines_of(*more.catalogue), built_in());
  ASSERT_EQ(blocks.back().id, "own");
  EXPECT_EQ(blocks.back().lines.front(), "big_deals");
  EXPECT_NE(std::find(blocks.back().lines.begin(), blocks.back().lines.end(), "promises@tomorrow"),
            blocks.back().lines.end());
}

TEST(TextTest, FiguresInBothLanguages) {
  const auto both = [](LineUnit unit, std::int64_t value) {
    return figure_text(Language::ru, unit, value) + " | " + figure_text(Language::en, unit, value);
  };
  EXPECT_EQ(both(LineUnit::count, 12'500), "12\u00a0500 | 12,500");
  EXPECT_EQ(both(LineUnit::money, 125'050), "1\u00a0251 | 1,251");
  EXPECT_EQ(both(LineUnit::ratio, 125'000), "12,5\u00a0% | 12.5%");
  EXPECT_EQ(both(LineUnit::number, -1'250), "−1,25 | −1.25");
  EXPECT_EQ(both(LineUnit::seconds, 8'100), "2\u00a0ч 15\u00a0мин | 2\u00a0h 15\u00a0min");
  EXPECT_EQ(both(LineUnit::seconds, -8'100), "−2\u00a0ч 15\u00a0мин | −2\u00a0h 15\u00a0min");
  EXPECT_EQ(figure_text(Language::ru, LineUnit::count, std::nullopt), kNoFigure);
}

TEST(TextTest, ChangesInBothLanguages) {
  EXPECT_EQ(change_text(Language::ru, 0.125), "+13\u00a0%");
  EXPECT_EQ(change_text(Language::en, -0.5), "−50%");
  EXPECT_EQ(change_text(Language::en, 0.001), "0%");
  EXPECT_NE(change_text(Language::en, -1e300), "");
  EXPECT_FALSE(change_of({5, false, {}, false}, {0, false, {}, false}));
  EXPECT_DOUBLE_EQ(change_of({5, false, {}, false}, {10, false, {}, false}).value(), -0.5);
  EXPECT_FALSE(change_of({5, false, {}, false}, {10, false, {}, true})) << "of two different things";
}

TEST(TextTest, PeriodsInBothLanguages) {
  PortalSettings settings;
  const Calendar calendar(settings);
  const auto title = [&](periods::Period period) {
    Column column;
    column.period = period;
    column.range = periods::open_period(period, calendar, 1'789'376'400);  // 2026-09-14 12:00
    return column_title(Language::ru, column, calendar) + " | " + column_title(Language::en, column, calendar);
  };
  EXPECT_EQ(title(periods::Period::ten_minutes), "14 сен, 12:00 | 14 Sep, 12:00");
  EXPECT_EQ(title(periods::Period::day), "пн 14 сен | Mon 14 Sep");
  EXPECT_EQ(title(periods::Period::week), "14–20 сен | 14–20 Sep");
  EXPECT_EQ(title(periods::Period::month), "сентябрь 2026 | September 2026");
  EXPECT_EQ(title(periods::Period::quarter), "3 кв. 2026 | Q3 2026");
}

TEST(HtmlTest, NothingOfAUsersTextIsMarkup) {
  EXPECT_EQ(escaped("<b a=\"1\">&amp;"), "&lt;b a=&quot;1&quot;&gt;&amp;amp;");
}

Table csv_table(const std::string& name) {
  Table table;
  table.view.language = Language::ru;
  Column column;
  column.first = "2026-09-07";
  table.columns = {column};
  Line line;
  line.unit = LineUnit::money;
  line.title = {"Выручка", "Revenue"};
  table.managers.lines = {line};
  table.managers.rows = {{"7", {{-123'405, {}, false}}, {}, {}}, {"9", {{}}, {}, {}}};
  table.managers_all = {{"7", name}};
  table.currency = "RUB";
  return table;
}

TEST(CsvTest, NoTextIsAFormulaAndEveryQuoteIsDoubled) {
  for (const auto* name : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"}) {
    EXPECT_NE(table_csv(csv_table(name)).find("\"'" + std::string(name) + "\""), std::string::npos) << name;
  }
  EXPECT_NE(table_csv(csv_table("a;\"b\"\n")).find("\"a;\"\"b\"\"\n\""), std::string::npos);
}

TEST(CsvTest, NumbersAndDaysAreThoseOfTheLanguage) {
  Table table = csv_table("Анна");
  const std::string ru = table_csv(table);
  EXPECT_TRUE(ru.starts_with("\xEF\xBB\xBF\"Показатель\";\"07.09.2026\"\r\n")) << ru;
  EXPECT_NE(ru.find("\"Анна\";-1234,05\r\n"), std::string::npos) << ru;
  EXPECT_NE(ru.find("\"9\";\r\n"), std::string::npos) << "not known is empty";
  table.view.language = Language::en;
  EXPECT_NE(table_csv(table).find("\"Анна\",-1234.05\r\n"), std::string::npos);
}

TEST(CsvTest, EveryPeriodHasItsState) {
  Table table = csv_table("Анна");
  Column running;
  running.first = "2026-09-14";
  running.running = running.known = true;
  running.coverage = 1'000;
  Column closed = table.columns.front();
  closed.known = true;
  closed.coverage = 600;
  table.columns = {running, closed, table.columns.front()};
  table.blocks = {{"sales", {}, {{{}, {{1, false, {}, false}, {1, true, 2, false}, {1, false, {}, true}}}}}};
  table.managers.column = 1;
  const std::string ru = table_csv(table);
  EXPECT_NE(
      ru.find("\r\n\"Состояние периода\";\"идёт, сверено 100,0\u00a0%\";\"закрыт, сверено 60,0\u00a0%, исправлено "
              "потом: 1\";\"закрыт, начался до учёта, считалось иначе: 1\"\r\n"),
      std::string::npos)
      << ru;
  EXPECT_NE(ru.find("\"Менеджеры, 07.09.2026\";\"Выручка, ₽\"\r\n\"закрыт, сверено "
                    "60,0\u00a0%\";\r\n"),
            std::string::npos)
      << ru;
  table.view.language = Language::en;
  const std::string en = table_csv(table);
  EXPECT_NE(
      en.find("\"under way, 100.0% verified\",\"closed, 60.0% verified, corrected since: 1\",\"closed, began before "
              "the records, counted in another way: 1\"\r\n"),
      std::string::npos)
      << en;
}

TEST(SparklineTest, IsBrokenWhereNothingIsKnown) {
  const auto line = [](const std::vector<std::optional<std::int64_t>>& values) { return sparkline(values, ""); };
  const auto count = [](const std::string& text, std::string_view what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
    return n;
  };
  EXPECT_EQ(count(line({1, 2, 3, 4}), "<polyline"), 1U);
  const auto broken = line({1, 2, {}, 3, 4});
  EXPECT_EQ(count(broken, "<polyline"), 2U);
  EXPECT_NE(broken.find(R"(points="2.0,17.0 25.0,12.0"/>)"), std::string::npos) << broken;
  const auto alone = line({1, {}, 3, {}});
  EXPECT_EQ(count(alone, R"(r="1"/>)"), 2U) << "a point alone is seen too: " << alone;
  EXPECT_EQ(count(alone, R"(r="2"/>)"), 1U) << "the newest that is known";
}

TEST(ReportTest, TheTextStaysWithinItsLimitAndWhole) {
  PortalSettings settings;
  const Calendar calendar(settings);
  for (std::size_t length = 1; length < 60; ++length) {
    Table table = csv_table("Анна");
    table.columns.push_back(table.columns.front());
    for (int i = 0; i < 400; ++i) {
      TableCard card;
      card.card.problem.ru = "я";
      card.card.how.ru = std::string(length, 'x');
      table.cards.push_back(card);
    }
    for (int i = 0; i < 40; ++i) {
      Line line;
      line.id = i == 0 ? "new_leads" : "deals_won";
      line.title.ru = std::string(1'990 + length, 'y');
      table.blocks.push_back({"sales", {}, {{line, {{1, {}, false}, {1, {}, false}}}}});
    }
    const std::string text = report_text(table, calendar);
    ASSERT_LE(text.size(), kReportTextMax) << length;
    ASSERT_TRUE(text.ends_with("\n…\n")) << length;
  }
}

}  // namespace
}  // namespace kpistream::exporters
