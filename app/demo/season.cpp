#include "app/demo/season.hpp"

#include <algorithm>

namespace kpistream::app::demo {
namespace {

constexpr UnixSeconds kReadEvery = 600;  // in the past
constexpr UnixSeconds kTellEvery = 300;  // live: how far quiet lists are compared
constexpr std::uint64_t kNext = 7'919;   // from the seed of one department to the next

}  // namespace

Season::Season(UnixSeconds now, std::uint64_t seed) : story_(story_at(now)), chance_(seed) {
  for (const Cast& cast : kCasts) {
    seed += kNext;
    departments_.push_back(std::make_unique<Department>(cast, story_, seed));
  }
}

std::vector<NewRecord> Season::read(UnixSeconds now, bool quiet) {
  std::vector<NewRecord> found;
  for (auto& department : departments_) {
    department->live_until(now);
    department->lists().read(now, quiet, found);
  }
  return found;
}

bool Season::play(const std::function<void(NewRecord)>& record, const std::function<bool(UnixSeconds)>& tables) {
  for (UnixSeconds at = story_.begins; at <= story_.now; at += kReadEvery) {
    const bool morning = at == day_of(at) + kOpens * kHour;
    for (NewRecord& each : read(at, morning)) record(std::move(each));
    if (morning && !tables(at)) return false;
  }
  for (NewRecord& each : read(story_.now, true)) record(std::move(each));
  told_ = story_.now;
  return true;
}

std::vector<NewRecord> Season::live(UnixSeconds now, bool stirred) {
  if (stirred) {
    // The larger one twice as often: it has twice the people.
    Department& one = *departments_[chance_.below(3) == 0 ? departments_.size() - 1 : 0];
    one.live_until(now);
    one.stir(now);
  }
  const bool quiet = now >= told_ + kTellEvery;
  if (quiet) told_ = now;
  return read(now, quiet);
}

}  // namespace kpistream::app::demo
