// Offline events: a queue that the portal keeps for an application, one row for each event of each record, however
// often it happened. It tells what changed while nobody listened, and no webhook needs to reach us.
//
// A row is deleted only when the journal has it. Where the plan allows it, rows are reserved, written down, and then
// deleted by the name of the reservation; what a predecessor has left reserved is taken over. Elsewhere reading
// deletes: there rows are looked at first, written down, and then read away, and what that shows is written down as
// well.
//
// Sources: Bitrix24 REST documentation, "event.bind", "event.offline.get", "event.offline.list", "event.offline.clear",
// "Offline events".
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/rest/answers.hpp"

namespace kpistream::ingest {

// Of the wish, and of the readings: {"result":{"events":[...]}}.
inline constexpr std::string_view kOfflineSubject = "event.offline.get";

// One go over the queue, batch by batch. Pure; not thread-safe; internal to ingest/rest.
class Bitrix24Offline {
 public:
  // `handler`: where the portal tells that rows wait (ONOFFLINEEVENT), as the internet sees it; empty: nowhere.
  explicit Bitrix24Offline(std::string handler = {}) : handler_(std::move(handler)) {}

  // Begins a go. `installation`: a new one has no bindings yet.
  void begin(std::uint64_t installation);
  [[nodiscard]] bool bound(std::uint64_t installation) const { return installation == bound_; }

  // The commands of the next batch; empty: the go is over. To be asked for once what take() gave is durable.
  [[nodiscard]] std::vector<std::string> commands();

  enum class Step : std::uint8_t {
    on,       // commands() has more, or nothing more
    refused,  // it is not for us: a right is missing, or this is no application
    failed,   // to be tried again
  };
  struct Taken {
    Step step = Step::on;
    std::vector<std::string> bodies;  // of readings
    std::size_t events = 0;
  };
  // The answers to the last commands().
  [[nodiscard]] Taken take(std::span<const BatchPart> parts);

 private:
  enum class Doing : std::uint8_t { nothing, binding, looking_for_reserved, fetching, looking, reading_away };

  Taken take_bindings(std::span<const BatchPart> parts);
  void take_reserved(const BatchPart& part);
  Taken take_fetched(const BatchPart& part);
  Taken take_looked_at(const BatchPart& part);
  Taken take_read_away(const BatchPart& part);
  [[nodiscard]] Taken not_answered(const BatchPart& part);

  const std::string handler_;
  Doing doing_ = Doing::nothing;
  std::uint64_t binding_ = 0;
  std::uint64_t bound_ = 0;            // the installation that was bound
  bool looked_for_reserved_ = false;   // once a life
  bool reserving_ = true;              // the plan allows it, as far as we know
  std::vector<std::string> reserved_;  // reservations that nobody has finished
  std::string done_;                   // a reservation whose rows are in the journal
  std::string last_;                   // the greatest id that was looked at
  bool more_ = false;                  // a full page was looked at
};

// When the next go is due. Not thread-safe.
class OfflineSchedule {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Step = Bitrix24Offline::Step;
  static constexpr std::chrono::milliseconds kRefused{3'600'000};

  // `told`: an event says that something waits. `bound`: the installation is.
  [[nodiscard]] Time due(bool told, bool bound) const { return told || (!bound && !refused_) ? retry_ : due_; }
  void ended(Step step, bool whole, Time now, std::chrono::milliseconds poll, std::chrono::milliseconds retry) {
    refused_ = step == Step::refused;
    due_ = now;
    if (whole) due_ += refused_ ? kRefused : step == Step::on ? poll : retry;
    retry_ = step == Step::failed ? due_ : now;
  }

 private:
  Time due_{};
  Time retry_{};
  bool refused_ = false;
};

}  // namespace kpistream::ingest
