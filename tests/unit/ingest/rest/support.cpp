#include "support.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace kpistream::ingest {

FakeJournal::FakeJournal() : thread_([this] { run(); }) {}

FakeJournal::~FakeJournal() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void FakeJournal::refuse(bool on) {
  const std::lock_guard lock(mutex_);
  refuse_ = on;
}

void FakeJournal::fail() {
  const std::lock_guard lock(mutex_);
  failed_ = true;
}

std::vector<NewRecord> FakeJournal::records() const {
  const std::lock_guard lock(mutex_);
  return records_;
}

std::size_t FakeJournal::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

bool FakeJournal::append(NewRecord record, AppendListener& listener, std::uint64_t token) {
  const std::lock_guard lock(mutex_);
  if (refuse_ || closed_) {
    ++refused_;
    return false;
  }
  if (!failed_) records_.push_back(std::move(record));
  owed_[&listener].push_back({token, failed_ ? AppendOutcome::unavailable : AppendOutcome::appended});
  changed_.notify_all();
  return true;
}

void FakeJournal::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return closed_ || !owed_.empty(); });
    if (owed_.empty()) return;
    const auto owed = std::exchange(owed_, {});
    lock.unlock();
    for (const auto& [listener, tickets] : owed) listener->on_group(tickets);
    lock.lock();
  }
}

ReaderOptions options_for(const std::string& base_url) {
  ReaderOptions options;
  options.portal = "acme";
  options.base_url = base_url;
  options.token = "t0ken-canary";
  options.gather = std::chrono::milliseconds(0);
  options.chance = [] { return 0.5; };
  options.heal = false;  // tests of healing want it
  return options;
}

Bench::Bench(MakeReader make, ReaderOptions options) : reader(make(pool, std::move(options), journal, clock)) {}

Bench::~Bench() { reader->stop(); }

void Bench::wish(const std::string& subject, Position asked) { reader->on_wishes({{"acme", subject, asked}}, {}); }

void Bench::fulfil(const std::string& subject) { reader->on_wishes({}, {{"acme", subject, 0}}); }

void Bench::until(const std::function<bool()>& so, std::chrono::milliseconds step) {
  const auto guard = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::mutex mutex;
  std::condition_variable never;
  while (!so()) {
    if (std::chrono::steady_clock::now() > guard) {
      ADD_FAILURE() << "waited in vain";
      return;
    }
    let_pass(step, 1);
    std::unique_lock lock(mutex);
    never.wait_for(lock, std::chrono::milliseconds(1));  // a turn for the others
  }
}

void Bench::let_pass(std::chrono::milliseconds step, int times) {
  for (int i = 0; i < times; ++i) {
    clock.advance(step);
    reader->on_wishes({}, {});
  }
}

std::vector<NewRecord> Bench::wait_for(const std::string& subject, std::size_t count) {
  until([&] { return of(subject).size() >= count; });
  return of(subject);
}

std::vector<NewRecord> Bench::of(const std::string& subject) const {
  std::vector<NewRecord> some;
  for (const auto& record : journal.records()) {
    if (record.subject == subject) some.push_back(record);
  }
  return some;
}

namespace {

class Lines final : public MeterSink {
 public:
  void counter(std::string_view name, std::string_view help, const MeterLabels& labels, double value) override {
    line(name, help, labels, value);
  }
  void gauge(std::string_view name, std::string_view help, const MeterLabels& labels, double value) override {
    line(name, help, labels, value);
  }
  void histogram(std::string_view, std::string_view, const MeterLabels&, const HistogramFigures&) override {}
  std::map<std::string, double> values;
  std::ostringstream text;

 private:
  void line(std::string_view name, std::string_view help, const MeterLabels& labels, double value) {
    std::string series(name);
    char separator = '{';
    for (const auto& [key, label] : labels) {
      series += separator + std::string(key) + "=" + std::string(label);
      separator = ',';
    }
    series += labels.begin() == labels.end() ? "{}" : "}";
    values[series] = value;
    text << series << ' ' << value << " # " << help << '\n';
  }
};

}  // namespace

std::string Bench::figures() const {
  Lines lines;
  reader->collect(lines);
  return lines.text.str();
}

double Bench::figure(const std::string& series) const {
  Lines lines;
  reader->collect(lines);
  EXPECT_EQ(1u, lines.values.count(series)) << series;
  return lines.values[series];
}

}  // namespace kpistream::ingest
