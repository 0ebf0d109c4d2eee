#include "stream/hook_counts.hpp"

#include <algorithm>

#include "stream/codec/bytes.hpp"
#include "stream/codec/keys.hpp"

namespace kpistream {
namespace {

constexpr std::uint8_t kFormat = 1;

std::string prefix_of(const std::string& portal) { return "hooks/" + portal + "/"; }

std::string key_of(const std::string& portal, std::int64_t hour) {
  std::string key = prefix_of(portal);
  ByteWriter(key).ordered(hour);
  return key;
}

std::string encode(const HookHour& hour) {
  std::string value;
  ByteWriter out(value);
  out.byte(kFormat);
  out.varint(hour.count);
  out.integer(hour.last);
  out.varint(hour.newest);
  return value;
}

HookHour decode(std::string_view value) {
  ByteReader in(value);
  if (in.byte() != kFormat) throw CodecError("hours of webhooks are of another format");
  HookHour hour;
  hour.count = in.varint();
  hour.last = in.integer();
  hour.newest = in.varint();
  return hour;
}

}  // namespace

HookCounts::HookCounts(const State& state, const std::vector<std::string>& portals) {
  for (const auto& portal : portals) {
    HookHours& hours = hours_[portal];
    const std::string prefix = prefix_of(portal);
    state.scan(Space::meta, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
      hours.emplace(ByteReader(key.substr(prefix.size())).ordered(), decode(value));
      return true;
    });
  }
}

void HookCounts::count(const std::string& portal, UnixSeconds arrived, Position position) {
  const std::lock_guard lock(mutex_);
  HookHours& hours = hours_.at(portal);
  const std::int64_t at = arrived / kHour;
  HookHour& hour = hours[at];
  if (position <= hour.newest) return;
  hour.newest = position;
  hour.last = std::max(hour.last, arrived);
  changed_.emplace(portal, at);
  if (++hour.count != 1) return;
  while (hours.begin()->first < at - kHookHoursKept) {
    changed_.emplace(portal, hours.begin()->first);
    hours.erase(hours.begin());
  }
}

void HookCounts::write(StateBatch& batch) {
  for (const auto& [portal, at] : changed_) {
    const HookHours& hours = hours_.at(portal);  // this thread alone changes them
    const auto found = hours.find(at);
    if (found == hours.end()) {
      batch.erases.push_back({Space::meta, key_of(portal, at)});
    } else {
      batch.puts.push_back({Space::meta, key_of(portal, at), encode(found->second)});
    }
  }
  changed_.clear();
}

std::vector<std::pair<std::string, bool>> HookCounts::silent(UnixSeconds now) const {
  std::vector<std::pair<std::string, bool>> silent;
  const std::lock_guard lock(mutex_);
  for (const auto& [portal, hours] : hours_) silent.emplace_back(portal, hooks_silent(hours, now));
  return silent;
}

void HookSilence::collect(MeterSink& sink) const {
  for (const auto& [portal, silent] : counts_.silent(clock_.wall())) {
    if (archived_.contains(portal)) continue;
    sink.gauge("kpistream_hook_silent",
               "The value is 1 when no webhook of the portal came for so long that, by its own last four weeks, ten "
               "should have.",
               {{"portal", portal}}, silent ? 1 : 0);
  }
}

}  // namespace kpistream
