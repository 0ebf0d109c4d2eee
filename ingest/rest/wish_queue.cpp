#include "ingest/rest/wish_queue.hpp"

#include <algorithm>
#include <utility>

namespace kpistream::ingest {

void WishQueue::wait(const std::string& subject, const Entry& entry) {
  order_.insert({entry.patience, entry.asked, subject});
  by_age_.emplace(entry.asked, subject);
}

bool WishQueue::stop_waiting(const std::string& subject, const Entry& entry) {
  by_age_.erase({entry.asked, subject});
  return order_.erase({entry.patience, entry.asked, subject}) != 0;
}

void WishQueue::update(const std::vector<Wish>& open, const std::vector<Wish>& fulfilled, const Patience& patience,
                       Time now) {
  const std::lock_guard lock(mutex_);
  for (const auto& wish : fulfilled) {
    const auto it = entries_.find(wish.subject);
    if (it == entries_.end()) continue;
    stop_waiting(it->first, it->second);
    entries_.erase(it);
  }
  for (const auto& wish : open) {
    const auto [it, fresh] = entries_.try_emplace(wish.subject);
    Entry& entry = it->second;
    if (wish.asked <= entry.asked) continue;
    if (fresh && patience) entry.patience = patience(wish.subject);
    stop_waiting(it->first, entry);
    if (entry.sent == entry.asked) entry.since = now;  // new, or on its way since what was known before
    entry.asked = wish.asked;
    wait(it->first, entry);
  }
}

std::vector<WishQueue::Asked> WishQueue::take(std::size_t most, const Ready& ready) {
  const std::lock_guard lock(mutex_);
  std::vector<Asked> taken;
  const auto take_one = [&](std::string subject) {
    Entry& entry = entries_[subject];
    stop_waiting(subject, entry);
    entry.sent = entry.asked;
    taken.push_back({std::move(subject), entry.asked});
  };
  for (auto it = by_age_.begin(); it != by_age_.end() && taken.size() < most / kOldestShare;) {
    const std::string subject = (it++)->second;
    if (ready(subject)) take_one(subject);
  }
  for (auto it = order_.begin(); it != order_.end() && taken.size() < most;) {
    const std::string subject = (it++)->subject;
    if (ready(subject)) take_one(subject);
  }
  std::sort(taken.begin(), taken.end(), [](const Asked& a, const Asked& b) { return a.asked < b.asked; });
  return taken;
}

WishQueue::Asked WishQueue::take(std::string_view subject) {
  const std::lock_guard lock(mutex_);
  const auto it = entries_.find(subject);
  if (it == entries_.end() || !stop_waiting(it->first, it->second)) return {std::string(subject), 0};
  it->second.sent = it->second.asked;
  return {it->first, it->second.asked};
}

void WishQueue::put_back(const std::vector<Asked>& asked) {
  const std::lock_guard lock(mutex_);
  for (const auto& one : asked) {
    const auto it = entries_.find(one.subject);
    if (it != entries_.end() && it->second.sent == one.asked) wait(it->first, it->second);
  }
}

bool WishQueue::any(const Ready& ready) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(order_.begin(), order_.end(), [&](const auto& one) { return ready(one.subject); });
}

std::size_t WishQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return order_.size();
}

std::optional<WishQueue::Time> WishQueue::oldest() const {
  const std::lock_guard lock(mutex_);
  std::optional<Time> oldest;
  for (const auto& [subject, entry] : entries_) oldest = std::min(oldest.value_or(entry.since), entry.since);
  return oldest;
}

std::size_t WishQueue::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace kpistream::ingest
