// The journal against bare append + fdatasync, side by side on the same disk.
//
//   journal_bench [DIRECTORY [SECONDS [BODY_BYTES]]]
//
// Each producer waits for its record before it appends the next, like a connection does.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "store/store.hpp"

namespace {

using namespace kpistream;
using Steady = std::chrono::steady_clock;

struct Settings {
  std::filesystem::path directory;
  double seconds = 3;
  std::size_t body_bytes = 600;
};

// Form bodies compress like text does: words, repeated.
std::string body(std::size_t bytes) {
  std::mt19937 random(1);
  std::string text;
  while (text.size() < bytes) text += "leads[status][0][id]=" + std::to_string(random() % 100'000) + "&";
  text.resize(bytes);
  return text;
}

double seconds_since(Steady::time_point begin) { return std::chrono::duration<double>(Steady::now() - begin).count(); }

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double micros(std::vector<double>& latencies, double share) {
  if (latencies.empty()) return 0;
  const auto at = latencies.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(latencies.size() - 1));
  std::nth_element(latencies.begin(), at, latencies.end());
  return *at * 1e6;
}

void report(const char* what, std::size_t records, double syncs, double seconds, double cpu,
            std::vector<double>& latencies) {
  const auto n = static_cast<double>(records);
  std::printf("%-34s %9.0f records/s %7.0f syncs/s %6.1f records/sync  p50 %6.0f us  p99 %6.0f us  %5.1f us CPU\n",
              what, n / seconds, syncs / seconds, n / syncs, micros(latencies, 0.5), micros(latencies, 0.99),
              1e6 * cpu / n);
}

void bare(const Settings& settings, std::size_t group) {
  const auto path = settings.directory / "bare.log";
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600);
  const std::string bytes(settings.body_bytes * group, 'x');
  std::vector<double> latencies;
  const double cpu = cpu_seconds();
  const auto begin = Steady::now();
  while (seconds_since(begin) < settings.seconds) {
    const auto one = Steady::now();
    if (::write(file, bytes.data(), bytes.size()) < 0 || ::fdatasync(file) != 0) std::abort();
    latencies.push_back(seconds_since(one));
  }
  const double seconds = seconds_since(begin);
  const auto syncs = latencies.size();
  report(("bare append + fdatasync, " + std::to_string(group)).c_str(), syncs * group, static_cast<double>(syncs),
         seconds, cpu_seconds() - cpu, latencies);
  ::close(file);
}

// Many waiting producers without many threads: told of its record, a producer appends the next at once.
class Producers : public AppendListener {
 public:
  Producers(Journal& journal, std::size_t count, std::string text)
      : journal_(journal), text_(std::move(text)), begun_(count), latencies_() {}
  void start() {
    for (std::size_t i = 0; i < begun_.size(); ++i) append(i);
  }
  void on_group(std::span<const Ticket> tickets) noexcept override {
    const auto now = Steady::now();
    for (const auto& ticket : tickets) {
      if (ticket.outcome != AppendOutcome::appended) std::abort();
      latencies_.push_back(std::chrono::duration<double>(now - begun_[ticket.token]).count());
    }
    waiting_.fetch_sub(tickets.size());
    if (stop_) return;
    for (const auto& ticket : tickets) append(ticket.token);
  }
  void stop() {
    stop_ = true;
    while (waiting_ > 0) std::this_thread::yield();
  }
  std::vector<double>& latencies() { return latencies_; }

 private:
  void append(std::size_t producer) {
    NewRecord record;
    record.portal = "bench";
    record.arrived = 1'789'392'600;
    record.body = text_;
    begun_[producer] = Steady::now();
    waiting_.fetch_add(1);
    if (!journal_.append(std::move(record), *this, producer)) std::abort();
  }

  Journal& journal_;
  const std::string text_;
  std::vector<Steady::time_point> begun_;
  std::vector<double> latencies_;
  std::atomic<std::size_t> waiting_{0};
  std::atomic<bool> stop_{false};
};

class Syncs : public MeterSink {
 public:
  void counter(std::string_view name, std::string_view, const MeterLabels&, double value) override {
    if (name == "kpistream_journal_groups_total") count = value;
  }
  void gauge(std::string_view, std::string_view, const MeterLabels&, double) override {}
  void histogram(std::string_view, std::string_view, const MeterLabels&, const HistogramFigures&) override {}
  double count = 0;
};

void journal(const Settings& settings, std::size_t producers, bool sync) {
  store::StoreOptions options;
  options.path = (settings.directory / "store").string();
  options.sync = sync;
  std::filesystem::remove_all(options.path);
  const auto store = store::Store::open(options);
  Producers all(store->journal(), producers, body(settings.body_bytes));
  const double cpu = cpu_seconds();
  const auto begin = Steady::now();
  all.start();
  std::this_thread::sleep_for(std::chrono::duration<double>(settings.seconds));
  all.stop();
  const double seconds = seconds_since(begin);
  const double used = cpu_seconds() - cpu;
  Syncs syncs;
  store->collect(syncs);
  const std::string what = "journal, " + std::to_string(producers) + " waiting" + (sync ? "" : ", no sync");
  report(what.c_str(), all.latencies().size(), syncs.count, seconds, used, all.latencies());
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  settings.directory = argc > 1 ? argv[1] : std::filesystem::temp_directory_path() / "kpistream-journal-bench";
  if (argc > 2) settings.seconds = std::atof(argv[2]);
  if (argc > 3) settings.body_bytes = static_cast<std::size_t>(std::atol(argv[3]));
  std::filesystem::create_directories(settings.directory);
  for (const std::size_t group : {1u, 64u}) bare(settings, group);
  for (const std::size_t producers : {1u, 64u, 256u}) journal(settings, producers, true);
  journal(settings, 64, false);
  std::filesystem::remove_all(settings.directory);
}
