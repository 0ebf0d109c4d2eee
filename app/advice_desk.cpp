#include "app/advice_desk.hpp"

#include <algorithm>

namespace kpistream::app {

AdviceOutcome AdviceDesk::hand_over(AdviceOrder order) {
  Ticket ticket{std::move(order), std::nullopt};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&ticket);
  lock.unlock();
  wake_();
  lock.lock();
  served_.wait_for(lock, kWait, [&] { return ticket.outcome || closed_; });
  std::erase(waiting_, &ticket);
  return ticket.outcome.value_or(AdviceOutcome::busy);
}

// Under the lock, so that who waits sees an order either carried out or not begun.
void AdviceDesk::serve(const std::function<AdviceOutcome(const AdviceOrder&)>& carry_out) {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return;
  for (Ticket* ticket : waiting_) ticket->outcome = carry_out(ticket->order);
  waiting_.clear();
  served_.notify_all();
}

void AdviceDesk::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  served_.notify_all();
}

}  // namespace kpistream::app
