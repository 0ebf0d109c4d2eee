// Days at work (K32): of each person and local day the first act of each minute, and the short breaks between them.
#include <algorithm>
#include <map>

#include "tests/model/events.hpp"

namespace kpistream::model {
namespace {

constexpr std::int64_t kBreak = 600;

Event work_event(FactKind kind, const std::string& who, UnixSeconds at, std::int64_t seconds) {
  Event event;
  event.kind = kind;
  event.at = at;
  event.then = event.now = event.actor = who;
  event.timed = true;
  event.seconds = seconds;
  return event;
}

// An hour of the local day, by the hand of the clock.
std::int64_t hour_of(const Clock& clock, UnixSeconds at) { return clock.minute_of_day(at) / 60; }

void day_events(const Clock& clock, const std::string& who, const std::vector<UnixSeconds>& minutes,
                std::vector<Event>& events) {
  const UnixSeconds midnight = clock.midnight(clock.day(minutes.front()));
  events.push_back(work_event(FactKind::work_begin, who, minutes.front(), minutes.front() - midnight));
  events.push_back(work_event(FactKind::work_end, who, minutes.back(), minutes.back() - midnight));
  for (std::int64_t hour = 0; hour < 24; ++hour) {
    std::int64_t active = 0;
    UnixSeconds last = 0;
    for (std::size_t i = 0; i < minutes.size(); ++i) {
      if (hour_of(clock, minutes[i]) != hour) continue;
      last = minutes[i];
      if (i > 0 && minutes[i] - minutes[i - 1] <= kBreak) active += minutes[i] - minutes[i - 1];
    }
    if (last != 0) events.push_back(work_event(FactKind::work_day, who, last, active));
  }
}

}  // namespace

void work_events(const Portal& portal, std::vector<Deed> deeds, std::vector<Event>& events) {
  std::sort(deeds.begin(), deeds.end(), [](const Deed& a, const Deed& b) { return a.at < b.at; });
  std::map<std::pair<std::string, std::int64_t>, std::vector<UnixSeconds>> days;
  for (const Deed& deed : deeds) {
    auto& minutes = days[{deed.who, portal.clock.day(deed.at)}];
    if (minutes.empty() || minutes.back() / 60 != deed.at / 60) minutes.push_back(deed.at);
  }
  for (const auto& [key, minutes] : days) day_events(portal.clock, key.first, minutes, events);
}

}  // namespace kpistream::model
