// Hands readings to the journal and knows when all of them are safe. Internal.
#pragma once

#include <functional>
#include <mutex>
#include <utility>

#include "stream/ports/journal.hpp"

namespace kpistream::ingest {

// Thread-safe. Must not end before pending() is 0: the journal still calls.
class JournalWriter final : public AppendListener {
 public:
  // `told` is called, on the journal's thread, when nothing is pending any more.
  JournalWriter(Journal& journal, std::function<void()> told) : journal_(journal), told_(std::move(told)) {}
  ~JournalWriter() override { const std::lock_guard wait_for_the_last_call(mutex_); }

  // False: the journal is full, closed or has failed; to be tried again.
  [[nodiscard]] bool append(const NewRecord& record) {
    count(1);
    if (journal_.append(record, *this, 0)) return true;
    count(-1);
    return false;
  }

  void on_group(std::span<const Ticket> tickets) noexcept override {
    const std::lock_guard lock(mutex_);
    for (const auto& ticket : tickets) failed_ = failed_ || ticket.outcome != AppendOutcome::appended;
    pending_ -= static_cast<std::ptrdiff_t>(tickets.size());
    if (pending_ == 0) told_();
  }

  [[nodiscard]] bool pending() const {
    const std::lock_guard lock(mutex_);
    return pending_ != 0;
  }

  // The storage has failed: what is in the journal is not known, and nothing more goes in.
  [[nodiscard]] bool failed() const {
    const std::lock_guard lock(mutex_);
    return failed_;
  }

 private:
  void count(std::ptrdiff_t change) {
    const std::lock_guard lock(mutex_);
    pending_ += change;
  }

  Journal& journal_;
  const std::function<void()> told_;
  mutable std::mutex mutex_;
  std::ptrdiff_t pending_ = 0;  // guarded by mutex_
  bool failed_ = false;         // guarded by mutex_
};

}  // namespace kpistream::ingest
