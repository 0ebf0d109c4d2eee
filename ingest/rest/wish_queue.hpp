// The wishes of one portal: coalesced by subject, each asked once for its newest event. What the figures of today need
// comes before what can wait, but what can wait is never left behind.
#pragma once

#include <chrono>
#include <compare>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stream/ports/wishes.hpp"

namespace kpistream::ingest {

// Thread-safe: the processor puts in, a reader takes out.
class WishQueue {
 public:
  struct Asked {
    std::string subject;
    Position asked = 0;  // to go with the reading: what it answers
  };
  using Ready = std::function<bool(std::string_view subject)>;

  // How much a wish can wait: 0 the least.
  using Patience = std::function<unsigned(std::string_view subject)>;

  using Time = std::chrono::steady_clock::time_point;

  // `patience` is asked once for each new wish; empty: all alike. `now`: for oldest().
  void update(const std::vector<Wish>& open, const std::vector<Wish>& fulfilled, const Patience& patience = {},
              Time now = {});

  // Takes up to `most` wishes not yet asked for that are ready: those of the least patience first, the longest waiting
  // of them first, and of every kOldestShare one that has waited longest of all. A wish renewed meanwhile comes again.
  [[nodiscard]] std::vector<Asked> take(std::size_t most, const Ready& ready);
  // Takes this one, if it waits; else `asked` is 0.
  [[nodiscard]] Asked take(std::string_view subject);
  // The request failed: these wait again.
  void put_back(const std::vector<Asked>& asked);

  static constexpr std::size_t kOldestShare = 5;

  [[nodiscard]] bool any(const Ready& ready) const;  // is there one that take() would take
  [[nodiscard]] std::size_t waiting() const;         // not yet asked for
  [[nodiscard]] std::size_t size() const;            // all not yet fulfilled
  // Since when the oldest of them is open: its first event that no reading was asked for after. Nothing: there is none.
  [[nodiscard]] std::optional<Time> oldest() const;

 private:
  struct Entry {
    Position asked = 0;
    Position sent = 0;  // the value of `asked` when it was last taken
    unsigned patience = 0;
    Time since;
  };
  struct Place {
    unsigned patience;
    Position asked;
    std::string subject;
    auto operator<=>(const Place&) const = default;
  };

  void wait(const std::string& subject, const Entry& entry);
  bool stop_waiting(const std::string& subject, const Entry& entry);
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;  // guarded by mutex_
  std::set<Place> order_;                              // waiting; guarded by mutex_
  std::set<std::pair<Position, std::string>> by_age_;  // the same; guarded by mutex_
};

}  // namespace kpistream::ingest
