// What a definition counts, and when its cells begin anew.
#include "stream/kpi/definition.hpp"

#include <gtest/gtest.h>

#include <set>

namespace kpistream {
namespace {

Fact sale() {
  Fact fact;
  fact.kind = FactKind::deal_won;
  fact.amount = 25'000'000;
  fact.seconds = 3'600;
  fact.working_seconds = 600;
  fact.pipeline = "5";
  fact.fields = {{"city", "Казань"}, {"tag", "vip"}, {"tag", "warm"}};
  return fact;
}

Definition sales() {
  Definition d;
  d.id = "sales";
  d.facts = {FactKind::deal_won};
  return d;
}

Condition one_of(Attribute attribute, std::vector<std::string> values) {
  Condition condition;
  condition.attribute = attribute;
  condition.any_of = std::move(values);
  return condition;
}

Condition of_field(const std::string& field, std::vector<std::string> values, bool negated = false) {
  Condition condition = one_of(Attribute::field, std::move(values));
  condition.field = field;
  condition.negated = negated;
  return condition;
}

Condition range(Attribute attribute, std::int64_t min, std::int64_t max) {
  Condition condition;
  condition.attribute = attribute;
  condition.min = min;
  condition.max = max;
  return condition;
}

TEST(FactKind, EveryKindHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int kind = static_cast<int>(kFirstFactKind); kind <= static_cast<int>(kLastFactKind); ++kind) {
    names.insert(fact_kind_name(static_cast<FactKind>(kind)));
  }
  EXPECT_EQ(names.size(), 35u);
  EXPECT_EQ(fact_kind_name(FactKind::new_lead), "new_lead");
  EXPECT_EQ(fact_kind_name(FactKind::inquiry_lost), "inquiry_lost");
  EXPECT_EQ(fact_kind_name(FactKind::missed_unreturned), "missed_unreturned");
  EXPECT_EQ(fact_kind_name(FactKind::work_day), "work_day");
  EXPECT_TRUE(is_state(FactKind::task_due));
  EXPECT_FALSE(is_state(FactKind::callback));
}

TEST(Label, HasTheNameOfItsAttributeOrField) {
  EXPECT_EQ((Label{Attribute::loss_reason, ""}).name(), "loss_reason");
  EXPECT_EQ((Label{Attribute::field, "city"}).name(), "city");
  EXPECT_EQ((Label{Attribute::stage, ""}).name(), "deal_stage");
}

TEST(Label, NothingIsNone) {
  EXPECT_EQ((Label{Attribute::stage, ""}).value(sale()), "none");
  EXPECT_EQ((Label{Attribute::field, "area"}).value(sale()), "none");
  EXPECT_EQ((Label{Attribute::field, "tag"}).value(sale()), "vip");
}

TEST(Label, IsCutBetweenLetters) {
  Fact fact = sale();
  fact.reason = std::string(63, 'a') + "дорого";
  EXPECT_EQ((Label{Attribute::loss_reason, ""}).value(fact), std::string(63, 'a'));
  fact.reason = std::string(62, 'a') + "дорого";
  EXPECT_EQ((Label{Attribute::loss_reason, ""}).value(fact), std::string(62, 'a') + "д");
  fact.reason = std::string(70, '\x80');
  EXPECT_EQ((Label{Attribute::loss_reason, ""}).value(fact), "none");
}

TEST(Condition, ComparesValues) {
  EXPECT_TRUE(one_of(Attribute::pipeline, {"3", "5"}).holds(sale()));
  EXPECT_FALSE(one_of(Attribute::pipeline, {"3"}).holds(sale()));
  EXPECT_TRUE(one_of(Attribute::source, {"none"}).holds(sale()));
  Condition other = one_of(Attribute::pipeline, {"5"});
  other.negated = true;
  EXPECT_FALSE(other.holds(sale()));
}

TEST(Condition, OfAFieldWithSeveralValuesNeedsOne) {
  EXPECT_TRUE(of_field("tag", {"warm"}).holds(sale()));
  EXPECT_FALSE(of_field("tag", {"cold"}).holds(sale()));
  EXPECT_FALSE(of_field("tag", {"warm"}, true).holds(sale()));
  EXPECT_TRUE(of_field("area", {"none"}).holds(sale()));
  EXPECT_TRUE(of_field("area", {"50"}, true).holds(sale()));
}

TEST(Condition, RangesIncludeBothEnds) {
  EXPECT_TRUE(range(Attribute::amount, 25'000'000, 25'000'000).holds(sale()));
  EXPECT_FALSE(range(Attribute::amount, 25'000'001, INT64_MAX).holds(sale()));
  EXPECT_FALSE(range(Attribute::seconds, 0, 3'599).holds(sale()));
  EXPECT_TRUE(range(Attribute::working_seconds, INT64_MIN, 600).holds(sale()));
}

TEST(Condition, WhatIsNotKnownIsInNoRange) {
  Fact fact = sale();
  fact.seconds = fact.working_seconds = kUnknownSeconds;
  fact.currency = "USD";
  EXPECT_FALSE(range(Attribute::seconds, INT64_MIN, 900).holds(fact));
  EXPECT_FALSE(range(Attribute::working_seconds, INT64_MIN, 900).holds(fact));
  EXPECT_FALSE(range(Attribute::amount, INT64_MIN, INT64_MAX).holds(fact));
}

TEST(Definition, CountsItsFactsUnderAllConditions) {
  Definition d = sales();
  EXPECT_TRUE(d.counts(sale()));
  d.where = {one_of(Attribute::pipeline, {"5"}), range(Attribute::amount, 0, 100)};
  EXPECT_FALSE(d.counts(sale()));
  d.where.pop_back();
  EXPECT_TRUE(d.counts(sale()));
  d.facts = {FactKind::deal_lost};
  EXPECT_FALSE(d.counts(sale()));
}

TEST(Definition, DurationsNotKnownAreNotCounted) {
  Fact fact = sale();
  fact.seconds = kUnknownSeconds;
  Definition d = sales();
  EXPECT_TRUE(d.counts(fact));
  d.measure = Measure::durations;
  EXPECT_FALSE(d.counts(fact));
  d.measure = Measure::working;
  EXPECT_TRUE(d.counts(fact));
  fact.working_seconds = kUnknownSeconds;
  EXPECT_FALSE(d.counts(fact));
}

TEST(Definition, WordsAndOrderDoNotCountAnew) {
  Definition d = sales();
  d.facts = {FactKind::deal_won, FactKind::deal_lost};
  d.where = {one_of(Attribute::pipeline, {"3", "5"}), of_field("tag", {"vip"})};
  Definition same = d;
  same.facts = {FactKind::deal_lost, FactKind::deal_won};
  same.where = {of_field("tag", {"vip"}), one_of(Attribute::pipeline, {"5", "3"})};
  same.name = same.counted = same.title.ru = same.text.en = "other words";
  same.windows = WindowSet::open;
  EXPECT_EQ(d.canonical(), same.canonical());
  EXPECT_EQ(d.cells(), same.cells());
}

TEST(Definition, WhateverDecidesItsCellsCountsAnew) {
  const Definition d = sales();
  std::set<std::string> cells{d.cells()};
  std::size_t changes = 0;
  const auto change = [&](const auto& edit) {
    Definition other = d;
    edit(other);
    cells.insert(other.cells());
    ++changes;
  };
  change([](Definition& o) { o.facts = {FactKind::deal_lost}; });
  change([](Definition& o) { o.where = {one_of(Attribute::pipeline, {"5", "6"})}; });
  change([](Definition& o) { o.where = {one_of(Attribute::pipeline, {"5\",\"6"})}; });
  change([](Definition& o) { o.where = {of_field("pipeline", {"5", "6"})}; });
  change([](Definition& o) { o.where = {of_field("pipeline", {"5", "6"}, true)}; });
  change([](Definition& o) { o.where = {range(Attribute::amount, 0, 100)}; });
  change([](Definition& o) { o.where = {range(Attribute::amount, 0, 101)}; });
  change([](Definition& o) { o.measure = Measure::money; });
  change([](Definition& o) { o.measure = Measure::profit; });
  change([](Definition& o) { o.time = Instant::created; });
  change([](Definition& o) { o.attribution = Attribution::actor; });
  change([](Definition& o) { o.by_pipeline = false; });
  change([](Definition& o) { o.by_manager = false; });
  change([](Definition& o) { o.by_source = true; });
  change([](Definition& o) { o.totals = false; });
  change([](Definition& o) { o.total_labels = {{Attribute::client, ""}}; });
  change([](Definition& o) { o.window_labels = {{Attribute::client, ""}}; });
  EXPECT_EQ(cells.size(), changes + 1);
}

// Stored in keys of the state: this name changes only together with what the cells hold.
TEST(Definition, CellsAreNamedByIdAndHash) {
  EXPECT_EQ(sales().canonical(),
            "facts deal_won; where ; measure count; time at; of owner_then; by pipeline manager; windows; totals");
  EXPECT_EQ(sales().cells(), "sales#7c782c62");
}

}  // namespace
}  // namespace kpistream
