#include "stream/insight/wording.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace kpistream::insight {
namespace {

constexpr Language kRu = Language::ru;
constexpr Language kEn = Language::en;

TEST(Wording, RussianHasThreeForms) {
  const auto form = [](std::int64_t number) { return plural_form(kRu, number); };
  for (const std::int64_t one : {1, 21, 101, 1'001, -1}) EXPECT_EQ(form(one), 0U) << one;
  for (const std::int64_t few : {2, 3, 4, 22, 34, 102}) EXPECT_EQ(form(few), 1U) << few;
  for (const std::int64_t many : {0, 5, 9, 10, 11, 12, 13, 14, 15, 19, 20, 25, 100, 111, 112, 211, 1'014}) {
    EXPECT_EQ(form(many), 2U) << many;
  }
  EXPECT_EQ(form(std::numeric_limits<std::int64_t>::min()), 2U);  // ...808
}

TEST(Wording, EnglishHasTwoForms) {
  EXPECT_EQ(plural_form(kEn, 1), 0U);
  for (const std::int64_t other : {0, 2, 11, 21}) EXPECT_EQ(plural_form(kEn, other), 1U) << other;
}

TEST(Wording, NumbersAreGrouped) {
  EXPECT_EQ(grouped(kRu, 999), "999");
  EXPECT_EQ(grouped(kRu, 1'234'567), "1\u00a0234\u00a0567");
  EXPECT_EQ(grouped(kEn, 1'234'567), "1,234,567");
  EXPECT_EQ(grouped(kEn, -100), "−100");
  EXPECT_EQ(grouped(kEn, -1'000), "−1,000");
}

TEST(Wording, MoneyIsInMajorUnits) {
  EXPECT_EQ(money(kRu, 25'000'050, "RUB"), "250\u00a0001\u00a0RUB");
  EXPECT_EQ(money(kEn, 25'000'049, "USD"), "250,000\u00a0USD");
}

TEST(Wording, DurationsShowTwoUnits) {
  EXPECT_EQ(duration(kRu, 0), "0\u00a0с");
  EXPECT_EQ(duration(kRu, 59), "59\u00a0с");
  EXPECT_EQ(duration(kRu, 119), "1\u00a0мин");
  EXPECT_EQ(duration(kRu, 8'100), "2\u00a0ч 15\u00a0мин");
  EXPECT_EQ(duration(kEn, 7'200), "2\u00a0h");
  EXPECT_EQ(duration(kEn, 90'000), "1\u00a0d 1\u00a0h");
  EXPECT_EQ(duration(kEn, 86'460), "1\u00a0d");
}

TEST(Wording, RatiosAndPercents) {
  EXPECT_EQ(ratio(kRu, 0.5), "0,50");
  EXPECT_EQ(ratio(kEn, 12.345), "12.35");
  EXPECT_EQ(ratio(kEn, 1.004), "1.00");
  EXPECT_EQ(ratio(kEn, -0.25), "−0.25");
  EXPECT_EQ(ratio(kEn, 0.07), "0.07");
  EXPECT_EQ(ratio(kEn, std::nullopt), "–");
  EXPECT_EQ(percent(kRu, 0.125), "12,5\u00a0%");
  EXPECT_EQ(percent(kEn, 0.125), "12.5%");
  EXPECT_EQ(percent(kEn, std::nullopt), "–");
}

TEST(Wording, PlacesAreFilled) {
  Values values{{{"value", 1'022}, {"base", 5}, {"share", 155}, {"zero", 0}}, "RUB", Unit::count};
  const auto ru = [&](std::string_view text) { return fill(kRu, text, values); };
  EXPECT_EQ(ru(""), "");
  EXPECT_EQ(ru("без мест"), "без мест");
  EXPECT_EQ(ru("{value}, {base}."), "1\u00a0022, 5.");
  EXPECT_EQ(ru("{value|день|дня|дней}"), "1\u00a0022\u00a0дня");
  EXPECT_EQ(ru("{base|день|дня|дней}"), "5\u00a0дней");
  EXPECT_EQ(fill(kEn, "{base|day|days}", values), "5\u00a0days");
  EXPECT_EQ(ru("{value:time}"), "17\u00a0мин");
  EXPECT_EQ(ru("{share:share}"), "15,5\u00a0%");
  EXPECT_EQ(ru("{base/value}"), "0,00");
  EXPECT_EQ(ru("{value/zero}"), "–");
  EXPECT_EQ(ru("{base/value:share}"), "0,5\u00a0%");
}

TEST(Wording, AmountsHaveAUnit) {
  Values values{{{"value", 6'000}}, "RUB", Unit::count};
  EXPECT_EQ(fill(kEn, "{value:amount}", values), "6,000");
  values.unit = Unit::money;
  EXPECT_EQ(fill(kEn, "{value:amount}", values), "60\u00a0RUB");
  values.unit = Unit::seconds;
  EXPECT_EQ(fill(kEn, "{value:amount}", values), "1\u00a0h 40\u00a0min");
}

TEST(Wording, WhatIsNoPlaceStaysAsItIs) {
  const Values values{{{"value", 1}}, "RUB", Unit::count};
  EXPECT_EQ(fill(kEn, "{other} {value/other} {value", values), "{other} {value/other} {value");
}

}  // namespace
}  // namespace kpistream::insight
