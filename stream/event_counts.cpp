#include "stream/event_counts.hpp"

namespace kpistream {

void EventCounts::count(const std::string& portal, const Decoded& decoded) {
  const std::lock_guard lock(mutex_);
  auto& events = portals_[portal];
  add(events, decoded.event);
  for (const std::string& event : decoded.other_events) add(events, event);
}

void EventCounts::add(std::map<std::string, std::uint64_t>& events, const std::string& event) {
  const bool known = events.size() < kEventsMax || events.contains(event);
  ++events[known && !event.empty() ? event : "other"];
}

void EventCounts::collect(MeterSink& sink) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [portal, events] : portals_) {
    for (const auto& [event, count] : events) {
      sink.counter(
          "kpistream_webhooks_total",
          "This counts webhooks processed since the start, by the event they tell of; one that tells of several counts "
          "for each, and what we do not know is other.",
          {{"portal", portal}, {"event", event}}, static_cast<double>(count));
    }
  }
}

}  // namespace kpistream
