// Formulas: what they are worth, when they are worth nothing, and what is said about a wrong one.
#include "stream/kpi/formula.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "stream/kpi/duration.hpp"

namespace kpistream {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Of = CompiledFormula::Of;

Definition definition(const std::string& id, Measure measure = Measure::none) {
  Definition d;
  d.id = id;
  d.measure = measure;
  return d;
}

std::vector<Definition> definitions() {
  return {definition("won"),
          definition("lost"),
          definition("sales", Measure::money),
          definition("cycle", Measure::durations),
          definition("talk", Measure::seconds),
          definition("deals", Measure::amounts)};
}

CompiledFormula compiled(const std::string& expression, const std::string& when = "") {
  Formula formula;
  formula.expression = expression;
  formula.when = when;
  return {formula, definitions()};
}

Cell cell(std::int64_t count, std::int64_t sum = 0) {
  Cell made;
  made.add(kCountSlot, count);
  made.add(kSumSlot, sum);
  return made;
}

class Values {
 public:
  Values(std::initializer_list<std::pair<const std::string, Cell>> cells) : cells_(cells) {}
  [[nodiscard]] std::optional<double> of(const CompiledFormula& formula) const {
    return formula.evaluate([&](std::string_view id) -> const Cell* {
      const auto it = cells_.find(std::string(id));
      return it == cells_.end() ? nullptr : &it->second;
    });
  }
  [[nodiscard]] std::optional<double> of(const std::string& expression, const std::string& when = "") const {
    return of(compiled(expression, when));
  }

 private:
  std::map<std::string, Cell> cells_;
};

std::string error(const std::string& expression, const std::string& when = "") {
  try {
    compiled(expression, when);
  } catch (const FormulaError& e) {
    return e.what();
  }
  return "no error";
}

TEST(Formula, IsArithmeticOverCounts) {
  const Values values{{"won", cell(3)}, {"lost", cell(1)}};
  EXPECT_EQ(values.of("won / (won + lost)"), 0.75);
  EXPECT_EQ(values.of("won>lost ? 10 : 20.5"), 10);
  EXPECT_EQ(values.of("max(won, lost, 7) - min(won, lost) + abs(lost - won)"), 8);
  EXPECT_EQ(values.of("(won >= 3 && lost != 1) || won == 4"), 0);
}

TEST(Formula, AMedianOfAmountsIsInMajorUnits) {  // K7
  Cell deals = cell(3, 1'212);
  for (const std::int64_t amount : {4, 8, 1'200}) deals.add(kFirstBucketSlot + log_bucket(amount), 1);
  const Values values{{"deals", deals}};
  EXPECT_EQ(values.of("deals_p50"), 0.08);
  EXPECT_EQ(values.of("deals_sum"), 12.12);
}

TEST(Formula, MoneyIsInMajorUnitsAndDurationsInSeconds) {
  Cell cycles = cell(2, 90);
  cycles.add(kFirstBucketSlot + log_bucket(30), 1);
  cycles.add(kFirstBucketSlot + log_bucket(60), 1);
  const Values values{{"sales", cell(4, 100'050)}, {"cycle", cycles}, {"talk", cell(2, 61)}};
  EXPECT_EQ(values.of("sales_sum / sales"), 250.125);
  EXPECT_EQ(values.of("talk_sum"), 61);
  EXPECT_EQ(values.of("cycle_sum"), 90);
  EXPECT_EQ(values.of("cycle_p50"), static_cast<double>(*quantile(cycles, 0.5)));
  EXPECT_EQ(values.of("cycle_p90"), static_cast<double>(*quantile(cycles, 0.9)));
}

TEST(Formula, OfSomethingUnknownIsNothing) {
  EXPECT_EQ(Values({{"won", cell(3)}}).of("won + lost"), std::nullopt);
  EXPECT_EQ(Values({{"won", cell(3)}}).of("won", "lost > 0"), std::nullopt);
  EXPECT_EQ(Values({{"cycle", cell(0)}}).of("cycle_p50"), std::nullopt);
}

TEST(Formula, ThatHasNoNumberIsNothing) {
  const Values values{{"won", cell(3)}, {"lost", cell(0)}};
  EXPECT_EQ(values.of("won / lost"), std::nullopt);
  EXPECT_EQ(values.of("lost / lost"), std::nullopt);
  EXPECT_EQ(values.of("won", "lost / lost"), std::nullopt);
}

TEST(Formula, IsShownOnlyWhereItsConditionHolds) {
  EXPECT_EQ(Values({{"won", cell(4)}}).of("won", "won >= 5"), std::nullopt);
  EXPECT_EQ(Values({{"won", cell(5)}}).of("won", "won >= 5"), 5);
}

TEST(Formula, TellsItsPartsOnceEach) {
  EXPECT_THAT(compiled("sales_sum / sales + won", "won + cycle_p90 > sales").parts(),
              ElementsAre(CompiledFormula::Part{"sales", Of::sum}, CompiledFormula::Part{"sales", Of::count},
                          CompiledFormula::Part{"won", Of::count}, CompiledFormula::Part{"cycle", Of::p90}));
}

TEST(Formula, NamesEveryUnknownNameWithItsPlace) {
  EXPECT_EQ(error("wn / (won + lst)", "loss > 1"),
            "at character 1: there is no KPI 'wn'; at character 13: there is no KPI 'lst'; "
            "when: at character 1: there is no KPI 'loss'");
  try {
    compiled("won + lst");
    FAIL();
  } catch (const FormulaError& e) {
    EXPECT_EQ(e.mistakes().at(0).name, "lst");
    EXPECT_EQ(e.mistakes().at(0).position, 6u);
  }
}

TEST(Formula, KnowsWhatAKpiHas) {
  EXPECT_EQ(error("won_sum"), "at character 1: 'won' has no sum: its measure is count");
  EXPECT_THAT(error("1 + sales_p50"), HasSubstr("at character 5: 'sales' has no quantiles"));
  EXPECT_EQ(error("7 / 2"), "at character 1: no KPI is named in it");
}

TEST(Formula, CannotDoMoreThanCompute) {
  EXPECT_EQ(error("won = 5"), "at character 5: nothing can be assigned; write == to compare");
  EXPECT_EQ(error("won === 5"), "at character 7: nothing can be assigned; write == to compare");
  EXPECT_EQ(error("won + sin(won)"), "at character 7: 'sin' is no function; there are min, max and abs");
  EXPECT_EQ(error("won + \"x\""),
            "at character 7: '\"' has no meaning here; at character 8: there is no KPI 'x'; "
            "at character 9: '\"' has no meaning here");
  EXPECT_EQ(error("won ÷ 2"), "at character 5: '÷' has no meaning here");
  EXPECT_EQ(error("won + _pi"), "at character 7: there is no KPI '_pi'");
}

TEST(Formula, ThatIsNoArithmeticSaysWhere) {
  EXPECT_EQ(error(""), "at character 1: is empty");
  EXPECT_EQ(error("won +"), "at character 6: ends too early");
  EXPECT_EQ(error("won + * lost"), "at character 7: '*' is not expected here");
  EXPECT_EQ(error("(won"), "at character 5: a bracket is not closed");
  EXPECT_EQ(error("won)"), "at character 4: ')' is not expected here");
  EXPECT_EQ(error("won lost"), "at character 5: 'lost' is not expected here");
  EXPECT_EQ(error("won & lost"), "at character 5: '& lost' is not expected here");
  EXPECT_EQ(error("won ? 1"), "at character 1: '?' without its ':'");
  EXPECT_EQ(error("won : 1"), "at character 6: ':' without its '?'");
  EXPECT_EQ(error("1.2.3 + won"), "at character 4: '.3' is not expected here");
  EXPECT_EQ(error("min() + won"), "at character 6: 'min' takes another number of values");
  EXPECT_EQ(error("abs(won, lost)"), "at character 14: 'abs' takes another number of values");
  EXPECT_EQ(error("won, lost"), "at character 1: there are several results; a formula has one");
  EXPECT_EQ(error("won()"), "at character 1: 'won' is no function; there are min, max and abs");
  EXPECT_EQ(error("won", "won >"), "when: at character 6: ends too early");
  EXPECT_EQ(error(std::string(1'001, '(')), "at character 1001: is longer than 1000 bytes");
  EXPECT_EQ(error(std::string(490, '(') + "won" + std::string(490, ')')), "no error");
}

TEST(Formula, IsEvaluatedByManyThreads) {
  const auto formula = compiled("won / (won + lost)");
  std::vector<std::thread> threads;
  for (int n = 1; n <= 4; ++n) {
    threads.emplace_back([&formula, n] {
      const Values values{{"won", cell(n)}, {"lost", cell(4 - n)}};
      for (int i = 0; i < 2'000; ++i) ASSERT_EQ(values.of(formula), n / 4.0);
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace kpistream
