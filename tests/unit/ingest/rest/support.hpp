// What the tests of the readers stand on: a journal with knobs, a clock set by hand, and a reader before a scripted
// host.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ingest/rest/readers.hpp"
#include "server.hpp"

namespace kpistream::ingest {

// Keeps records in memory and makes each group durable at once, on its own thread.
class FakeJournal final : public Journal {
 public:
  FakeJournal();
  ~FakeJournal() override;

  // Knobs.
  void refuse(bool on);  // append() returns false
  void fail();           // from now on groups end as `unavailable`

  [[nodiscard]] std::vector<NewRecord> records() const;
  [[nodiscard]] std::size_t refused() const;

  [[nodiscard]] bool append(NewRecord record, AppendListener& listener, std::uint64_t token) override;
  [[nodiscard]] std::vector<Record> read(Position, std::size_t, std::size_t) const override { return {}; }
  [[nodiscard]] Position first() const override { return 1; }
  [[nodiscard]] Position tail() const override { return 0; }
  void wait(Position, std::chrono::milliseconds) const override {}
  void wake() const override {}

 private:
  void run();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<NewRecord> records_;
  std::map<AppendListener*, std::vector<Ticket>> owed_;
  std::size_t refused_ = 0;
  bool refuse_ = false;
  bool failed_ = false;
  bool closed_ = false;
  std::thread thread_;
};

class HandClock final : public Clock {
 public:
  [[nodiscard]] UnixSeconds wall() const override { return 1'789'369'205; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(std::chrono::milliseconds(milliseconds_));
  }
  void advance(std::chrono::milliseconds by) { milliseconds_ += by.count(); }

 private:
  std::atomic<std::int64_t> milliseconds_{3'600'000};
};

using MakeReader = std::unique_ptr<Reader> (*)(RestPool&, ReaderOptions, Journal&, const Clock&);

// One reader of portal "acme". Waiting moves the clock on; without waiting it stands still.
class Bench {
 public:
  Bench(MakeReader make, ReaderOptions options);
  ~Bench();

  void wish(const std::string& subject, Position asked);
  void fulfil(const std::string& subject);
  // Moves the clock on in steps until it is so. Fails the test after 20 real seconds.
  void until(const std::function<bool()>& so, std::chrono::milliseconds step = std::chrono::milliseconds(250));
  // The same on a clock that stands still.
  void until_still(const std::function<bool()>& so) { until(so, std::chrono::milliseconds(0)); }
  // Moves the clock on and lets the reader see it, `times` times over.
  void let_pass(std::chrono::milliseconds step, int times);
  // Waits for readings of this subject.
  std::vector<NewRecord> wait_for(const std::string& subject, std::size_t count = 1);
  [[nodiscard]] std::vector<NewRecord> of(const std::string& subject) const;
  // All figures as "name{label,...} value".
  [[nodiscard]] std::string figures() const;
  [[nodiscard]] double figure(const std::string& series) const;

  FakeJournal journal;
  HandClock clock;
  RestPool pool;
  std::unique_ptr<Reader> reader;
};

ReaderOptions options_for(const std::string& base_url);

}  // namespace kpistream::ingest
