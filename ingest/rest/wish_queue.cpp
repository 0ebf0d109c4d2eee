#include "ingest/rest/wish_queue.hpp"

namespace kpistream::ingest {

void WishQueue::update(const std::vector<Wish>& open, const std::vector<Wish>& fulfilled) {
  const std::lock_guard lock(mutex_);
  for (const auto& wish : fulfilled) {
    const auto it = entries_.find(wish.subject);
    if (it == entries_.end()) continue;
    order_.erase({it->second.asked, wish.subject});
    entries_.erase(it);
  }
  for (const auto& wish : open) {
    Entry& entry = entries_[wish.subject];
    if (wish.asked <= entry.asked) continue;
    order_.erase({entry.asked, wish.subject});
    entry.asked = wish.asked;
    order_.emplace(wish.asked, wish.subject);
  }
}

std::vector<WishQueue::Asked> WishQueue::take(std::size_t most) {
  const std::lock_guard lock(mutex_);
  std::vector<Asked> taken;
  while (taken.size() < most && !order_.empty()) {
    const auto [asked, subject] = *order_.begin();
    order_.erase(order_.begin());
    entries_[subject].sent = asked;
    taken.push_back({subject, asked});
  }
  return taken;
}

WishQueue::Asked WishQueue::take(const std::string& subject) {
  const std::lock_guard lock(mutex_);
  const auto it = entries_.find(subject);
  if (it == entries_.end() || order_.erase({it->second.asked, subject}) == 0) return {subject, 0};
  it->second.sent = it->second.asked;
  return {subject, it->second.asked};
}

void WishQueue::put_back(const std::vector<Asked>& asked) {
  const std::lock_guard lock(mutex_);
  for (const auto& one : asked) {
    const auto it = entries_.find(one.subject);
    if (it != entries_.end() && it->second.sent == one.asked) order_.emplace(it->second.asked, one.subject);
  }
}

std::size_t WishQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return order_.size();
}

std::size_t WishQueue::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace kpistream::ingest
