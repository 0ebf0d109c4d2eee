#include "stream/periods/snapshot.hpp"

#include <gtest/gtest.h>

#include "stream/codec/bytes.hpp"
#include "stream/kpi/duration.hpp"
#include "tests/unit/stream/periods/support.hpp"

namespace kpistream::periods {
namespace {

using tests::deal;
using tests::kDay;
using tests::kMondayNine;
using tests::kNoon;
using tests::plan;
using tests::point;
using tests::Tables;

constexpr UnixSeconds kThursday = kNoon - 4 * kDay;

Observation task(const std::string& id, UnixSeconds deadline) {
  Observation seen;
  seen.ref = {EntityKind::task, id};
  seen.version = kThursday;
  Details details;
  details.owner = "7";
  details.act = Act::todo;
  details.deadline = deadline;
  seen.details = details;
  return seen;
}

Observation call(const std::string& id, UnixSeconds when, CallOutcome outcome) {
  Observation seen;
  seen.ref = {EntityKind::call, id};
  seen.version = when;
  Details details;
  details.owner = "7";
  details.direction = Direction::in;
  details.call = outcome;
  details.seconds = outcome == CallOutcome::talk ? 60 : 0;
  details.start = when;
  seen.details = details;
  return seen;
}

class SnapshotTest : public testing::Test {
 protected:
  SnapshotTest() : tables_({plan("weekly")}) {
    tables_.won("1", kThursday, "7", 500);
    tables_.won("2", kThursday + 3'600, "7", 700);
    tables_.won("3", kThursday + kDay, "9", 900);
    tables_.won("4", kNoon - 9 * kDay, "9", 1'000);  // the week before
    tables_.won("5", kMondayNine - 60, "9", 1'000);  // this week
    tables_.bench.tell({task("t", kMondayNine + kDay), call("a", kThursday, CallOutcome::missed),
                        call("b", kThursday, CallOutcome::talk)});
    tables_.bench.run();
  }

  Snapshot taken(UnixSeconds when) {
    tables_.tick_all(when);
    return tables_.all().at(0);
  }

  static const Cell& cell(const Snapshot& snapshot, const std::string& kpi, const RowKey& row) {
    const Rows& rows = snapshot.kpis.at(kpi).rows;
    if (rows.contains(row)) return rows.at(row);
    std::string found = kpi + " has only:";
    for (const auto& [key, each] : rows) {
      found.append("\n").append(key.window + '|' + key.dimension + '|').append(testing::PrintToString(key.labels));
    }
    throw std::out_of_range(found);
  }

  Tables tables_;
};

TEST_F(SnapshotTest, HoldsEveryKpiOverEverybodyAndByEachFamily) {
  const Snapshot week = taken(kMondayNine);
  EXPECT_EQ(week.head.id, (SnapshotId{"acme", "weekly", kMondayNine}));
  EXPECT_EQ(week.head.range, (Range{minute_of(kNoon - 7 * kDay - kDay / 2), minute_of(kNoon - kDay / 2)}));
  EXPECT_EQ(week.head.taken, kMondayNine);
  EXPECT_EQ(week.head.position, tables_.bench.journal.tail());
  EXPECT_EQ(week.head.coverage, 1'000);
  EXPECT_EQ(week.kpis.size(), kpistream::tests::test_catalogue().size());
  const Cell& all = cell(week, "deals_won", {});
  EXPECT_EQ(all.at(kCountSlot), 3);
  EXPECT_EQ(all.at(kSumSlot), 2'100);
  EXPECT_EQ(cell(week, "deals_won", {"", Family::manager, "7", {}}).at(kSumSlot), 1'200);
  EXPECT_EQ(cell(week, "deals_won", {"", Family::manager, "9", {}}).at(kCountSlot), 1);
  EXPECT_EQ(cell(week, "deals_won", {"", Family::pipeline, "5", {}}), all);
  EXPECT_EQ(cell(week, "new_leads", {"", Family::source, "none", {}}).at(kCountSlot), 4);
  EXPECT_EQ(week.kpis.at("deals_won").cells, kpistream::tests::find_definition("deals_won").cells());
  EXPECT_EQ(week.kpis.at("deals_won").measure, Measure::money);
}

TEST_F(SnapshotTest, KeepsLabelsAndQuantiles) {
  const Snapshot week = taken(kMondayNine);
  EXPECT_EQ(week.kpis.at("calls").labels, (std::vector<std::string>{"direction", "outcome"}));
  EXPECT_EQ(cell(week, "calls", {"", {}, "", {"in", "missed"}}).at(kCountSlot), 1);
  EXPECT_EQ(cell(week, "calls", {"", Family::manager, "7", {"in", "talk"}}).at(kCountSlot), 1);
  const Cell& cycle = cell(week, "deal_cycle", {"", {}, "", {"won"}});
  EXPECT_NEAR(static_cast<double>(quantile(cycle, 0.5).value()), kDay, kDay / 16.0);
  EXPECT_NEAR(static_cast<double>(quantile(cycle, 0.9).value()), kDay, kDay / 16.0);
}

TEST_F(SnapshotTest, TakenInTimeItKnowsWhatStands) {
  const Snapshot week = taken(kMondayNine + kInTimeSeconds);
  EXPECT_TRUE(week.kpis.at("tasks_due").known);
  EXPECT_EQ(cell(week, "tasks_due", {"tomorrow", {}, "", {}}).at(kCountSlot), 1);
  EXPECT_EQ(cell(week, "tasks_due", {"tomorrow", Family::manager, "7", {}}).at(kCountSlot), 1);
  EXPECT_EQ(week.kpis.at("tasks_due").rows.size(), 2U) << "in one window only";
}

TEST_F(SnapshotTest, TakenLateItIsTheSameButForWhatStands) {
  const Snapshot in_time = taken(kMondayNine);
  Tables late({plan("weekly")});
  late.bench.adapter = tables_.bench.adapter;
  for (const auto& record : tables_.bench.journal.read(0, 100, 1u << 20)) late.bench.journal.add(record);
  late.restart();
  late.bench.run();
  late.tick_all(kMondayNine + 3 * kDay);
  const Snapshot missed = late.all().at(0);
  EXPECT_EQ(missed.head.id, in_time.head.id);
  EXPECT_EQ(missed.head.range, in_time.head.range);
  EXPECT_EQ(missed.head.taken, kMondayNine + 3 * kDay);
  for (const auto& [id, kpi] : in_time.kpis) {
    if (kpi.windows == WindowSet::periods) {
      EXPECT_EQ(missed.kpis.at(id), kpi) << id;
    } else {
      EXPECT_FALSE(missed.kpis.at(id).known) << id;
      EXPECT_TRUE(missed.kpis.at(id).rows.empty()) << id;
    }
  }
}

TEST_F(SnapshotTest, IsReadAsItWasWritten) {
  const Snapshot week = taken(kMondayNine);
  const std::string bytes = encode_snapshot(week);
  EXPECT_EQ(decode_snapshot(bytes), week);
  EXPECT_EQ(encode_snapshot(decode_snapshot(bytes)), bytes);
  const Snapshot list = decode_snapshot(bytes, false);
  EXPECT_EQ(list.head, week.head);
  EXPECT_EQ(list.kpis.size(), week.kpis.size());
  EXPECT_TRUE(list.kpis.at("deals_won").rows.empty());
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    EXPECT_THROW((void)decode_snapshot(bytes.substr(0, size)), CodecError) << size;
  }
}

TEST_F(SnapshotTest, IsWrittenOnceWithItsHash) {
  const Snapshot week = taken(kMondayNine);
  const auto kept = find_snapshot(*tables_.state, week.head.id);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->bytes, encode_snapshot(week));
  EXPECT_EQ(kept->hash, tests::test_digest(kept->bytes));
  Snapshot other = week;
  other.head.taken += 1;
  StateBatch batch;
  EXPECT_FALSE(put_snapshot(*tables_.state, other, tests::test_digest, batch));
  EXPECT_TRUE(batch.puts.empty());
  EXPECT_FALSE(find_snapshot(*tables_.state, {"acme", "weekly", kMondayNine + 1}));
}

// What verify says after the stored value of the table was changed behind everybody's back.
std::vector<std::string> said_after(Tables& tables, const SnapshotId& id,
                                    const std::function<void(std::string&)>& change, const SnapshotId& to) {
  std::string value = *tables.state->get(Space::periods, id_key(Tag::snapshot, id));
  change(value);
  StateBatch batch;
  batch.erases.push_back({Space::periods, id_key(Tag::snapshot, id)});
  tables.state->apply(batch);
  batch = {};
  batch.puts.push_back({Space::periods, id_key(Tag::snapshot, to), value});
  tables.state->apply(batch);
  return tables.bench.verify_all().differences;
}

TEST_F(SnapshotTest, IsProvedToBeWhatWasTaken) {
  const SnapshotId id = taken(kMondayNine).head.id;
  EXPECT_EQ(tables_.bench.verify_all().tables, 1U);
  const auto nothing = [](std::string&) {};
  EXPECT_TRUE(said_after(tables_, id, nothing, id).empty());
  const auto hash = [](std::string& value) { value[5] = static_cast<char>(value[5] ^ 1); };
  const auto found = said_after(tables_, id, hash, id);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].find("table weekly of acme due 2026-09-14 is not what was taken"), std::string::npos) << found[0];
  EXPECT_TRUE(said_after(tables_, id, hash, id).empty()) << "put right again";
  const SnapshotId other{id.portal, id.schedule, id.due - 7 * tests::kDay};
  EXPECT_EQ(said_after(tables_, id, nothing, other).size(), 1U) << "under the name of another";
  EXPECT_FALSE(said_after(
                   tables_, other, [](std::string& value) { value.resize(value.size() / 2); }, id)
                   .empty());
}

}  // namespace
}  // namespace kpistream::periods
