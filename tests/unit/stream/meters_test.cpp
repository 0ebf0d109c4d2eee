// What the daemon tells of its own work: verdicts, gaps, how late events are counted, canaries, versions of
// definitions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <sstream>

#include "stream/canary.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::Bench;
using tests::deal;
using tests::kNoon;
using tests::point;

// Samples by name and values of labels: "kpistream_events_total acme". Of a histogram the buckets that hold something,
// by their bound, and the sum.
class Figures : public MeterSink {
 public:
  explicit Figures(const Metered& metered) { metered.collect(*this); }

  void counter(std::string_view name, std::string_view, const MeterLabels& labels, double value) override {
    values[key_of(name, labels)] = value;
  }
  void gauge(std::string_view name, std::string_view help, const MeterLabels& labels, double value) override {
    counter(name, help, labels, value);
  }
  void histogram(std::string_view name, std::string_view, const MeterLabels& labels,
                 const HistogramFigures& told) override {
    std::ostringstream text;
    for (std::size_t i = 0; i < told.counts.size(); ++i) {
      if (told.counts[i] == 0) continue;
      i < told.bounds.size() ? text << told.bounds[i] : text << "more";
      text << ':' << told.counts[i] << ' ';
    }
    text << "sum " << told.sum;
    histograms[key_of(name, labels)] = text.str();
  }

  std::map<std::string, double> values;
  std::map<std::string, std::string> histograms;

 private:
  static std::string key_of(std::string_view name, const MeterLabels& labels) {
    std::string key(name);
    for (const auto& [label, value] : labels) key.append(" ").append(value);
    return key;
  }
};

double figure(const Bench& bench, const std::string& key) {
  const Figures figures(*bench.processor);
  const auto found = figures.values.find("kpistream_" + key);
  return found == figures.values.end() ? -1 : found->second;
}

std::string lag(const Bench& bench) {
  return Figures(*bench.processor).histograms.at("kpistream_event_lag_seconds acme");
}

// Puts a record into the journal that is decoded to this.
void put(Bench& bench, const Decoded& decoded, NewRecord record = {}) {
  record.portal = "acme";
  if (record.arrived == 0) record.arrived = bench.clock.now;
  record.body = "put " + std::to_string(bench.journal.tail());
  bench.adapter->script[record.body] = decoded;
  bench.journal.add(record);
}

NewRecord answer(const std::string& subject, Position asked) {
  NewRecord record;
  record.kind = RecordKind::reading;
  record.subject = subject;
  record.asked = asked;
  return record;
}

Decoded telling(const std::string& id, UnixSeconds happened = 0) {
  Decoded decoded;
  decoded.observations = {deal(id, point(kNoon, Outcome::won, "7"))};
  decoded.happened = happened;
  return decoded;
}

Decoded failing(DecodeFailure why) {
  Decoded decoded;
  decoded.verdict = DecodeVerdict::quarantined;
  decoded.failure = why;
  return decoded;
}

Decoded wishing(const std::string& subject, UnixSeconds happened = 0) {
  Decoded decoded;
  decoded.wishes = {subject};
  decoded.happened = happened;
  return decoded;
}

TEST(Durations, HaveABucketForEveryTime) {
  using std::chrono_literals::operator""ms;
  constexpr std::array<Durations::Time, 2> kBounds{1ms, 20ms};
  Durations times(kBounds);
  for (const int us : {0, 1'000, 1'001, 20'000, 20'999, 2'999'000}) times.add(std::chrono::microseconds(us));
  class Source : public Metered {
   public:
    explicit Source(const Durations& times) : times_(times) {}
    void collect(MeterSink& sink) const override { times_.collect(sink, "x", "X.", {}); }

   private:
    const Durations& times_;
  };
  EXPECT_EQ(Figures(Source(times)).histograms.at("x"), "0.001:2 0.02:2 more:2 sum 3.042");
}

TEST(ProcessorMeters, CountAllRecordsAndApartThoseThatFail) {
  Bench bench;
  put(bench, telling("1"));
  Decoded decoded;
  decoded.verdict = DecodeVerdict::ignored;
  put(bench, decoded);
  decoded.verdict = DecodeVerdict::unknown;
  put(bench, decoded);
  put(bench, failing(DecodeFailure::syntax));
  put(bench, failing(DecodeFailure::content));
  put(bench, failing(DecodeFailure::content));
  bench.run();
  EXPECT_EQ(figure(bench, "events_total acme"), 6);
  EXPECT_EQ(figure(bench, "events_failed_total acme syntax"), 1);
  EXPECT_EQ(figure(bench, "events_failed_total acme content"), 2);
  EXPECT_EQ(figure(bench, "events_failed_total acme answer"), 0);
  EXPECT_EQ(figure(bench, "events_ignored_total acme"), 1);
  EXPECT_EQ(figure(bench, "events_unknown_total acme"), 1);
  EXPECT_EQ(figure(bench, "quarantined_events acme"), 3);
  bench.journal.expire_before(5);
  EXPECT_EQ(figure(bench, "quarantined_events acme"), 2) << "the first is not there any more";
}

TEST(ProcessorMeters, KnowWhenTheNewestWebhookCameByWhatItWasAbout) {
  Bench bench;
  bench.adapter->topics = {{"deals", Topic::deal}, {"tasks", Topic::task}};
  Decoded decoded;
  decoded.event = "deals";
  put(bench, decoded);
  bench.clock.now += 100;
  decoded.other_events = {"tasks"};
  put(bench, decoded);
  bench.clock.now += 100;
  put(bench, decoded, answer("leads", 0));
  bench.run();
  EXPECT_EQ(figure(bench, "last_event_timestamp_seconds acme deal"), kNoon + 100);
  EXPECT_EQ(figure(bench, "last_event_timestamp_seconds acme task"), kNoon + 100);
  EXPECT_EQ(figure(bench, "last_event_timestamp_seconds acme lead"), -1);
}

TEST(ProcessorMeters, AGapIsDetectedAndHealedByAListThatCanBeRead) {
  Bench bench;
  Decoded decoded = telling("1");
  decoded.heals = true;
  put(bench, decoded, answer("deals", 0));
  put(bench, decoded, answer("deals", 0));  // known by now
  bench.run();
  EXPECT_EQ(figure(bench, "gaps_detected_total acme"), 1);
  EXPECT_EQ(figure(bench, "gaps_healed_total acme"), 1);
  decoded = failing(DecodeFailure::content);
  decoded.heals = true;
  put(bench, decoded, answer("deals", 0));
  put(bench, decoded, answer("deals", 7));  // of a webhook, and no gap
  bench.run();
  EXPECT_EQ(figure(bench, "gaps_detected_total acme"), 2);
  EXPECT_EQ(figure(bench, "gaps_healed_total acme"), 1);
}

TEST(EventLag, IsFromTheTimeOfTheCrmToTheFigures) {
  Bench bench;
  put(bench, telling("1", kNoon - 4));
  bench.clock.now += 3;
  bench.run();
  EXPECT_EQ(lag(bench), "10:1 sum 7");
}

TEST(EventLag, IsFromTheReceiptWhereTheCrmTellsNoTimeThatCanBe) {
  Bench bench;
  put(bench, telling("1"));
  put(bench, telling("2", kNoon + 60));                       // not yet
  put(bench, telling("3", kNoon - EventLag::kBelieved - 1));  // long ago
  bench.clock.now += 2;
  bench.run();
  EXPECT_EQ(lag(bench), "2:3 sum 6");
}

TEST(EventLag, LastsUntilTheRecordWasReadWhereItHasToBe) {
  Bench bench;
  put(bench, wishing("crm.deal.get?id=1", kNoon - 1));
  bench.run();
  EXPECT_EQ(lag(bench), "sum 0");
  bench.clock.now += 10;
  put(bench, wishing("crm.deal.get?id=1", kNoon + 9));
  bench.run();
  bench.clock.now += 10;
  put(bench, telling("1"), answer("crm.deal.get?id=1", 1));
  bench.run();
  EXPECT_EQ(lag(bench), "sum 0") << "asked before the second came";
  put(bench, telling("1"), answer("crm.deal.get?id=1", 2));
  bench.run();
  EXPECT_EQ(lag(bench), "30:1 sum 21") << "the first has waited longest";
}

TEST(EventLag, IsOfWebhooksSinceTheStartOnly) {
  Bench bench;
  put(bench, telling("1", kNoon - 4));
  bench.restart();
  Decoded healing = telling("2", kNoon - 4);
  healing.heals = true;
  put(bench, healing, answer("deals", 0));
  Decoded without_meaning;
  without_meaning.verdict = DecodeVerdict::ignored;
  put(bench, without_meaning);
  bench.run();
  EXPECT_EQ(lag(bench), "sum 0");
}

TEST(DefinitionVersions, AreThoseThatCount) {
  Bench bench({}, {tests::counted("deals", FactKind::deal_won)});
  const auto shown = [&](const Definition& definition) {
    return figure(bench, "definition_version_info " + definition.id + " " + definition.version());
  };
  Definition wanted = bench.definitions.front();
  EXPECT_EQ(shown(wanted), 1);
  EXPECT_EQ(wanted.cells(), "deals#" + wanted.version());
  wanted.facts = {FactKind::deal_lost};
  bench.processor->offer({wanted}, true);
  bench.run();
  EXPECT_EQ(shown(wanted), -1) << "it is held";
  EXPECT_EQ(shown(bench.definitions.front()), 1);
  bench.processor->offer({wanted});
  bench.run();
  EXPECT_EQ(shown(wanted), 1);
  EXPECT_EQ(shown(bench.definitions.front()), -1);
}

class CanaryTest : public testing::Test {
 protected:
  double seconds() { return Figures(canary).values.at("kpistream_canary_seconds"); }
  void pass(std::chrono::seconds time) { clock.moment += time; }

  tests::ListJournal journal;
  tests::SetClock clock;
  Canary canary{journal, clock};
};

TEST_F(CanaryTest, TakesNoTimeWhereEverythingIsInTheFigures) {
  journal.add({});
  canary.shown(1);
  EXPECT_EQ(seconds(), 0);
  pass(Canary::kEvery);
  EXPECT_EQ(seconds(), 0);
}

TEST_F(CanaryTest, TakesUntilTheNewestRecordOfItsTimeIsInTheFigures) {
  for (int i = 0; i < 3; ++i) journal.add({});
  canary.shown(1);
  pass(std::chrono::seconds(5));
  journal.add({});
  canary.shown(2);
  EXPECT_EQ(seconds(), 5) << "so far";
  pass(std::chrono::seconds(2));
  canary.shown(3);
  EXPECT_EQ(seconds(), 7);
  pass(std::chrono::seconds(3));
  canary.shown(3);
  EXPECT_EQ(seconds(), 7) << "the next is not due";
  pass(Canary::kEvery);
  canary.shown(3);
  canary.shown(4);
  EXPECT_EQ(seconds(), 0) << "which was quicker";
}

TEST_F(CanaryTest, IsLateWhenNobodyPutsItIn) {
  canary.shown(0);
  pass(Canary::kEvery + std::chrono::seconds(20));
  EXPECT_EQ(seconds(), 20);
}

}  // namespace
}  // namespace kpistream
