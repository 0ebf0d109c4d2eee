// Where advice is accepted, declined or done: from the thread that is asked to the one that writes the state.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "stream/kpi/calendar.hpp"
#include "stream/periods/advice_states.hpp"

namespace kpistream::app {

struct AdviceOrder {
  std::string portal;
  std::string card;
  periods::AdviceStatus status = periods::AdviceStatus::accepted;
  std::string owner;       // a manager's id; empty: not said
  std::optional<Day> due;  // last day, of the portal's zone
};

enum class AdviceOutcome : std::uint8_t {
  changed,
  no_portal,
  no_card,     // neither advice of now nor of before
  impossible,  // from what it is, the card cannot become that
  busy,        // nobody came for it in time: nothing is changed
};

// hand_over() and close() from any thread; serve() from the one that writes the state.
class AdviceDesk {
 public:
  static constexpr std::chrono::milliseconds kWait{5'000};

  // `wake` calls the one who serves; thread-safe.
  explicit AdviceDesk(std::function<void()> wake) : wake_(std::move(wake)) {}

  // Waits until the order is carried out, at most kWait.
  [[nodiscard]] AdviceOutcome hand_over(AdviceOrder order);

  // Carries out what waits. An order that its giver has let go of is not among it.
  void serve(const std::function<AdviceOutcome(const AdviceOrder&)>& carry_out);

  // Nobody will serve any more.
  void close();

 private:
  struct Ticket {
    AdviceOrder order;
    std::optional<AdviceOutcome> outcome;
  };

  const std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable served_;
  std::deque<Ticket*> waiting_;  // guarded by mutex_, as what they point to
  bool closed_ = false;          // guarded by mutex_
};

}  // namespace kpistream::app
