// What the value of a formula is of: money, seconds or neither.
#include "stream/kpi/unit.hpp"

#include <gtest/gtest.h>

#include "stream/kpi/formula.hpp"

namespace kpistream {
namespace {

Definition of(const std::string& id, Measure measure = Measure::none, FactKind kind = FactKind::deal_won) {
  Definition definition;
  definition.id = id;
  definition.facts = {kind};
  definition.measure = measure;
  return definition;
}

// "big_sales" has "sales" in it.
std::vector<Definition> definitions() {
  return {of("won"),
          of("sales", Measure::money),
          of("big_sales"),
          of("profit", Measure::profit),
          of("deals", Measure::amounts),
          of("cycle", Measure::durations),
          of("answer", Measure::working),
          of("talk", Measure::seconds, FactKind::call),
          of("votes", Measure::seconds, FactKind::rating)};
}

Unit unit(const std::string& expression) {
  Formula formula;
  formula.expression = expression;
  const CompiledFormula compiles(formula, definitions());
  return unit_of(formula, definitions());
}

TEST(UnitTest, OfMoney) {
  for (const auto* expression :
       {"sales_sum / won", "sales_sum", "-sales_sum * 0.03", "sales_sum - profit_sum", "(sales_sum - 500) / (won + 1)",
        "max(0, sales_sum - 1000)", "won > 5 ? sales_sum / won : 0", "deals_p50", "deals_p90 - deals_p50",
        "won < 3 && sales_sum > 1 ? 0 : min(sales_sum, profit_sum)", "sales_sum * profit_sum / sales_sum",
        "sales_sum/won/2", "abs( profit_sum )"}) {
    EXPECT_EQ(unit(expression), Unit::money) << expression;
  }
}

TEST(UnitTest, OfSeconds) {
  for (const auto* expression : {"talk_sum / won", "cycle_p50", "answer_p90 - cycle_p50", "talk_sum + cycle_sum"}) {
    EXPECT_EQ(unit(expression), Unit::seconds) << expression;
  }
}

TEST(UnitTest, OfNeither) {
  for (const auto* expression : {"profit_sum / sales_sum", "100 * profit_sum / sales_sum", "big_sales / won",
                                 "big_sales", "won - 1", "sales_sum > 5", "sales_sum > 5 || won", "won / sales_sum",
                                 "talk_sum / cycle_sum", "votes_sum / votes", "sales_sum * sales_sum", "5 + 0 * won"}) {
    EXPECT_EQ(unit(expression), Unit::number) << expression;
  }
}

TEST(UnitTest, WhatCannotBeToldIsANumber) {
  for (const auto* expression : {"sales_sum + won", "won ? sales_sum : talk_sum", "talk_sum / 60",
                                 "60 * talk_sum / won", "sales_sum / talk_sum", "(sales_sum + won) / won"}) {
    EXPECT_EQ(unit(expression), Unit::number) << expression;
  }
  Formula wrong;
  for (const auto* expression : {"", "(", "sales_sum won", "min(", "1 ? 2", "nobody_sum", "sales_sum &", "((((((("}) {
    wrong.expression = expression;
    EXPECT_EQ(unit_of(wrong, definitions()), Unit::number) << expression;
  }
}

}  // namespace
}  // namespace kpistream
