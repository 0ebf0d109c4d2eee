#include "ingest/rest/wish_queue.hpp"

#include <algorithm>

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

std::vector<WishQueue::Asked> WishQueue::take(std::size_t most, const Ready& ready) {
  const std::lock_guard lock(mutex_);
  std::vector<Asked> taken;
  for (auto it = order_.begin(); it != order_.end() && taken.size() < most;) {
    if (!ready(it->second)) {
      ++it;
      continue;
    }
    taken.push_back({it->second, it->first});
    entries_[it->second].sent = it->first;
    it = order_.erase(it);
  }
  return taken;
}

WishQueue::Asked WishQueue::take(std::string_view subject) {
  const std::lock_guard lock(mutex_);
  const auto it = entries_.find(subject);
  if (it == entries_.end() || order_.erase({it->second.asked, it->first}) == 0) return {std::string(subject), 0};
  it->second.sent = it->second.asked;
  return {it->first, it->second.asked};
}

void WishQueue::put_back(const std::vector<Asked>& asked) {
  const std::lock_guard lock(mutex_);
  for (const auto& one : asked) {
    const auto it = entries_.find(one.subject);
    if (it != entries_.end() && it->second.sent == one.asked) order_.emplace(it->second.asked, one.subject);
  }
}

bool WishQueue::any(const Ready& ready) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(order_.begin(), order_.end(), [&](const auto& one) { return ready(one.second); });
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
