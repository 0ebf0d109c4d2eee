#include "app/demo/past.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

#include "app/portals.hpp"
#include "ingest/proof/digest.hpp"
#include "store/store.hpp"
#include "stream/periods/keeper.hpp"
#include "stream/settle.hpp"

namespace kpistream::app::demo {
namespace {

// The moment of the past that is being written.
class PastClock : public Clock {
 public:
  void set(UnixSeconds now) { now_ = now; }
  [[nodiscard]] UnixSeconds wall() const override { return now_; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::now();
  }

 private:
  UnixSeconds now_ = 0;
};

// Hands records to a journal, and waits where it cannot take more.
class Writer : public AppendListener {
 public:
  explicit Writer(Journal& journal) : journal_(journal) {}

  void append(const NewRecord& record) {
    while (!try_append(record)) wait();
  }

  void wait() {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [this] { return pending_ == 0; });
    if (failed_) throw std::runtime_error("the store refuses the demo's records; is its disk full?");
  }

  void on_group(std::span<const Ticket> tickets) noexcept override {
    const std::lock_guard lock(mutex_);
    for (const Ticket& ticket : tickets) failed_ = failed_ || ticket.outcome != AppendOutcome::appended;
    pending_ -= static_cast<std::ptrdiff_t>(tickets.size());
    told_.notify_all();
  }

 private:
  bool try_append(const NewRecord& record) {
    count(1);
    if (journal_.append(record, *this, 0)) return true;
    count(-1);
    const std::lock_guard lock(mutex_);
    if (pending_ == 0) throw std::runtime_error("the store takes no records; is its disk full?");
    return false;
  }

  void count(std::ptrdiff_t change) {
    const std::lock_guard lock(mutex_);
    pending_ += change;
  }

  Journal& journal_;
  std::mutex mutex_;
  std::condition_variable told_;
  std::ptrdiff_t pending_ = 0;  // guarded by mutex_
  bool failed_ = false;         // guarded by mutex_
};

store::StoreOptions store_options(const Config& config) {
  store::StoreOptions options;
  options.path = config.storage_path;
  options.sync = false;  // it can be made again
  options.free_bytes_min = config.free_bytes_min;
  return options;
}

}  // namespace

bool write_past(const Config& config, Season& season, const std::function<bool()>& go_on) {
  const auto store = store::Store::open(store_options(config));
  settle(store->state(), portal_settings(config), [](std::uint64_t, std::uint64_t) {});
  Processor processor(store->journal(), store->state(), processor_portals(config), nullptr, nullptr);
  processor.offer(config.kpis.definitions);
  PastClock clock;
  periods::PeriodKeeper keeper(store->state(), processor, table_settings(config), config.periods, ingest::sha256,
                               clock);
  Writer writer(store->journal());
  const auto compute = [&] {
    writer.wait();
    while (processor.step() != 0) {
    }
  };
  compute();  // takes the definitions up
  const auto tables = [&](UnixSeconds due) {
    compute();
    clock.set(due);
    while (keeper.tick(due)) {
    }
    return go_on();
  };
  const bool whole = season.play([&](const NewRecord& record) { writer.append(record); }, tables);
  compute();
  store->close();
  return whole;
}

}  // namespace kpistream::app::demo
