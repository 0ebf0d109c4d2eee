#include "stream/processor_meters.hpp"

#include <algorithm>
#include <string_view>

namespace kpistream {
namespace {

constexpr std::array<std::string_view, kDecodeFailures> kFailures{"content", "syntax", "answer"};
constexpr std::array<std::string_view, kTopics> kTopicNames{"other", "lead",     "deal",  "contact", "company", "call",
                                                            "task",  "activity", "quote", "payment", "message", "note"};

// The CRM tells times in seconds, and of Bitrix24 a record has to be read first.
using namespace std::chrono_literals;
constexpr std::array<Durations::Time, Durations::kBucketsMax - 1> kLags{1s,   2s,   5s,   10s,    30s,    60s,
                                                                        120s, 300s, 900s, 3'600s, 14'400s};

// The CRM's own time, where it tells one that can be.
UnixSeconds since(const Record& record, const Decoded& decoded) {
  const bool believed = decoded.happened <= record.arrived && record.arrived - decoded.happened <= EventLag::kBelieved;
  return decoded.happened > 0 && believed ? decoded.happened : record.arrived;
}

}  // namespace

void Quarantine::add(Position position) {
  const std::lock_guard lock(mutex_);
  positions_.push_back(position);
  if (positions_.size() > kMost) positions_.pop_front();
}

std::size_t Quarantine::count(Position first) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(positions_.end() - std::lower_bound(positions_.begin(), positions_.end(), first));
}

PortalMeters::PortalMeters() : lag(kLags) {}

void PortalMeters::count(const Record& record, const Decoded& decoded) {
  records.add();
  if (decoded.verdict == DecodeVerdict::ignored) ignored.add();
  if (decoded.verdict == DecodeVerdict::unknown) unknown.add();
  if (decoded.verdict != DecodeVerdict::quarantined) return;
  failed[static_cast<std::size_t>(decoded.failure)].add();
  quarantine.add(record.position);
}

void PortalMeters::saw(Topic topic, UnixSeconds at) {
  last_event[static_cast<std::size_t>(topic)].store(at, std::memory_order_relaxed);
}

ProcessorMeters::ProcessorMeters(const std::vector<std::string>& portals) {
  for (const auto& portal : portals) portals_[portal];
}

void ProcessorMeters::set_definitions(const std::vector<Definition>& in_force) {
  std::vector<std::pair<std::string, std::string>> versions;
  versions.reserve(in_force.size());
  for (const auto& definition : in_force) versions.emplace_back(definition.id, definition.version());
  const std::lock_guard lock(mutex_);
  versions_ = std::move(versions);
}

namespace {

void collect_decoding(MeterSink& sink, const std::string& alias, const PortalMeters& meters, Position first) {
  const MeterLabels portal{{"portal", alias}};
  sink.counter("kpistream_events_total",
               "This counts journal records decoded since the start: webhooks and answers of the CRM.", portal,
               meters.records.value());
  for (std::size_t i = 0; i < kDecodeFailures; ++i) {
    sink.counter(
        "kpistream_events_failed_total",
        "This counts journal records since the start that could not be read and were quarantined, by why: "
        "syntax is neither a form nor JSON, content lacks what it must have, answer is not what was asked for.",
        {{"portal", alias}, {"reason", kFailures[i]}}, meters.failed[i].value());
  }
  sink.counter("kpistream_events_ignored_total",
               "This counts journal records since the start that are understood and mean nothing to any figure.",
               portal, meters.ignored.value());
  sink.counter("kpistream_events_unknown_total",
               "This counts journal records since the start that tell of events the program does not know.", portal,
               meters.unknown.value());
  sink.gauge("kpistream_quarantined_events",
             "This counts records that could not be read since the start and that the journal still keeps.", portal,
             static_cast<double>(meters.quarantine.count(first)));
}

void collect_portal(MeterSink& sink, const std::string& alias, const PortalMeters& meters) {
  const MeterLabels portal{{"portal", alias}};
  sink.counter("kpistream_duplicates_total",
               "This counts observations since the start that changed nothing, for they were repeated or outdated.",
               portal, meters.duplicates.value());
  sink.counter("kpistream_gaps_detected_total",
               "This counts differences since the start that a list of the CRM showed to what webhooks had told; each "
               "answer about them that cannot be read is one.",
               portal, meters.gaps_detected.value());
  sink.counter("kpistream_gaps_healed_total",
               "This counts changes since the start that a list of the CRM told before any reading that a webhook "
               "caused, and that are in the figures.",
               portal, meters.gaps_healed.value());
  for (std::size_t i = 0; i < kTopics; ++i) {
    const UnixSeconds last = meters.last_event[i].load(std::memory_order_relaxed);
    if (last == 0) continue;
    sink.gauge(
        "kpistream_last_event_timestamp_seconds",
        "This is when the portal's newest processed webhook arrived, by what it was about; a lead of amoCRM is a deal.",
        {{"portal", alias}, {"event", kTopicNames[i]}}, static_cast<double>(last));
  }
  meters.lag.collect(
      sink, "kpistream_event_lag_seconds",
      "This tells how long what webhooks told needed to be in the figures, from the CRM's own time of the event, or "
      "the receipt where there is none; the reading of a record that has to be read is within, and what came before "
      "the start, was healed or read as history is not.",
      portal);
}

}  // namespace

void ProcessorMeters::collect(MeterSink& sink, Position first) const {
  sink.counter("kpistream_records_processed_total",
               "This counts journal records folded into the state since the start.", {}, records.value());
  sink.counter("kpistream_records_orphaned_total",
               "This counts journal records of portals that are not configured any more, since the start.", {},
               orphans.value());
  for (const auto& [alias, meters] : portals_) {
    collect_decoding(sink, alias, meters, first);
    collect_portal(sink, alias, meters);
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [id, version] : versions_) {
    sink.gauge("kpistream_definition_version_info",
               "The labels tell the version of each KPI's definition that counts now, a hash of all that decides its "
               "figures; the value is always 1.",
               {{"kpi", id}, {"version", version}}, 1);
  }
}

bool EventLag::is_live(const Record& record) const {
  return clock_ != nullptr && record.kind == RecordKind::delivery && record.position > live_after_;
}

void EventLag::told(PortalMeters& meters, const Record& record, const Decoded& decoded) {
  if (!decoded.observations.empty() && is_live(record)) batch_.emplace_back(&meters, since(record, decoded));
}

// Of several webhooks that wait for one reading, the first has waited longest.
void EventLag::wished(const std::string& key, const Record& record, const Decoded& decoded) {
  if (!is_live(record)) return;
  if (awaited_.size() == kAwaitedMost) awaited_.clear();
  awaited_.try_emplace(key, since(record, decoded));
}

void EventLag::fulfilled(PortalMeters& meters, const std::string& key, const Decoded& answer) {
  const auto awaited = awaited_.find(key);
  if (awaited == awaited_.end()) return;
  if (answer.verdict != DecodeVerdict::quarantined) batch_.emplace_back(&meters, awaited->second);
  awaited_.erase(awaited);
}

void EventLag::counted() {
  if (batch_.empty()) return;
  const UnixSeconds now = clock_->wall();
  for (const auto& [meters, since] : batch_) {
    meters->lag.add(std::chrono::seconds(std::max<UnixSeconds>(0, now - since)));
  }
  batch_.clear();
}

}  // namespace kpistream
