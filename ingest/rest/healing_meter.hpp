// The figures about a reader's lists: up to when each was compared, and which cannot be read. Internal to ingest/rest.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "stream/crm/vocabulary.hpp"
#include "stream/ports/meters.hpp"

namespace kpistream::ingest {

// Thread-safe.
class HealingMeter {
 public:
  // `verified`: by the portal's clock; 0: nothing is known of it.
  void note(const std::string& list, UnixSeconds verified, bool failing) {
    const std::lock_guard lock(mutex_);
    List& one = lists_[list];
    one.verified = std::max(one.verified, verified);
    one.failing = failing;
  }

  void collect(std::string_view portal, MeterSink& sink) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, list] : lists_) {
      sink.gauge("kpistream_sync_failing",
                 "The value is 1 while the list that tells what webhooks lost cannot be read.",
                 {{"portal", portal}, {"list", name}}, list.failing ? 1 : 0);
      if (list.verified == 0) continue;
      sink.gauge("kpistream_sync_verified_timestamp_seconds",
                 "This is the moment, by the portal's clock, up to which the list was compared with what is known.",
                 {{"portal", portal}, {"list", name}}, static_cast<double>(list.verified));
    }
  }

 private:
  struct List {
    UnixSeconds verified = 0;
    bool failing = false;
  };
  mutable std::mutex mutex_;
  std::map<std::string, List> lists_;  // guarded by mutex_
};

}  // namespace kpistream::ingest
