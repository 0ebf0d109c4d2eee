// Bitrix24 counts how long a method has run over ten minutes, and then blocks that method alone. Pure; internal.
// Source: Bitrix24 REST documentation, "Limits".
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "ingest/rest/answers.hpp"

namespace kpistream::ingest {

// Not thread-safe.
class ExecutionTimes {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kBlockedMost{600};
  static constexpr std::chrono::seconds kBlockedUnknown{60};  // where the portal does not say how long

  // Of each answer. `portal_now`: the portal's clock, 0: not told.
  void watch(std::string_view method, const BatchPart& part, std::int64_t portal_now, Time now) {
    if (part.reset_at != 0) reset_at_.insert_or_assign(std::string(method), part.reset_at);
    if (part.kind != BatchPart::Kind::blocked) return;
    std::chrono::seconds wait = kBlockedUnknown;
    const auto told = reset_at_.find(method);
    if (told != reset_at_.end() && portal_now != 0 && told->second > portal_now) {
      wait = std::chrono::seconds(told->second - portal_now);
    }
    blocked_until_.insert_or_assign(std::string(method), now + std::min(wait, kBlockedMost));
  }

  // Time::min(): the method was never blocked.
  [[nodiscard]] Time blocked_until(std::string_view method) const {
    const auto blocked = blocked_until_.find(method);
    return blocked == blocked_until_.end() ? Time::min() : blocked->second;
  }

  // When the next method that is blocked now may be asked again; Time::max(): none is.
  [[nodiscard]] Time next_unblocked(Time now) const {
    Time next = Time::max();
    for (const auto& [method, until] : blocked_until_) {
      if (until > now) next = std::min(next, until);
    }
    return next;
  }

 private:
  std::map<std::string, std::int64_t, std::less<>> reset_at_;  // by method: the portal's clock
  std::map<std::string, Time, std::less<>> blocked_until_;     // by method: our clock
};

}  // namespace kpistream::ingest
