#include "exporters/prometheus/self_metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include "exporters/prometheus/page.hpp"

namespace kpistream::exporters {
namespace {

class FamilySink : public MeterSink {
 public:
  void counter(std::string_view name, std::string_view help, const MeterLabels& labels, double value) override {
    add(name, help, prometheus::MetricType::Counter, labels).counter.value = value;
  }
  void gauge(std::string_view name, std::string_view help, const MeterLabels& labels, double value) override {
    add(name, help, prometheus::MetricType::Gauge, labels).gauge.value = value;
  }
  // By ourselves: the library writes a whole bound without the point that OpenMetrics wants.
  void histogram(std::string_view name, std::string_view help, const MeterLabels& labels,
                 const HistogramFigures& figures) override {
    Labels all;
    for (const auto& [label, value] : labels) all.add(label, value);
    histograms_.family(name, "histogram", help).histogram(all, figures.bounds, figures.counts, figures.sum);
  }
  [[nodiscard]] std::vector<FamilyText> take() {
    std::vector<prometheus::MetricFamily> all;
    for (const auto& [name, family] : families_) all.push_back(family);
    auto taken = families_in(prometheus::TextSerializer().Serialize(all));
    for (auto& family : histograms_.take()) taken.push_back(std::move(family));
    std::sort(taken.begin(), taken.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return taken;
  }

 private:
  prometheus::ClientMetric& add(std::string_view name, std::string_view help, prometheus::MetricType type,
                                const MeterLabels& labels) {
    auto& family = families_[std::string(name)];
    family.name = name;
    family.help = help;
    family.type = type;
    auto& metric = family.metric.emplace_back();
    for (const auto& [label, value] : labels) metric.label.push_back({std::string(label), std::string(value)});
    return metric;
  }

  std::map<std::string, prometheus::MetricFamily> families_;
  Exposition histograms_;
};

double start_time() {
  // Field 22 of /proc/self/stat, in clock ticks since boot; the command name before it may hold blanks.
  std::ifstream stat("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(stat)), {});
  const auto after_name = text.rfind(')');
  if (after_name == std::string::npos) return 0;
  std::size_t at = after_name + 1;
  for (int field = 2; field < 21 && at != std::string::npos; ++field) at = text.find(' ', at + 1);
  const double ticks = at == std::string::npos ? 0 : std::strtod(text.c_str() + at, nullptr);
  // By the clock, since /proc may show nothing but processes.
  timespec up{};
  ::clock_gettime(CLOCK_BOOTTIME, &up);
  const double booted = static_cast<double>(::time(nullptr)) - static_cast<double>(up.tv_sec);
  return booted + ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double open_descriptors() {
  std::error_code failed;
  double count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", failed)) {
    (void)entry;
    ++count;
  }
  return count;
}

void collect_process(MeterSink& sink) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  sink.counter("process_cpu_seconds_total",
               "This is the user and system CPU time that the process has spent, in seconds.", {},
               seconds(usage.ru_utime) + seconds(usage.ru_stime));
  std::ifstream statm("/proc/self/statm");
  double pages = 0;
  double resident = 0;
  statm >> pages >> resident;
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  sink.gauge("process_virtual_memory_bytes", "This is the size of the virtual memory of the process, in bytes.", {},
             pages * page);
  sink.gauge("process_resident_memory_bytes", "This is the size of the resident memory of the process, in bytes.", {},
             resident * page);
  sink.gauge("process_open_fds", "This counts the open file descriptors of the process.", {}, open_descriptors());
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  sink.gauge("process_max_fds", "This is the greatest number of open file descriptors that the process may have.", {},
             static_cast<double>(limit.rlim_cur));
  static const double started = start_time();
  sink.gauge("process_start_time_seconds", "This is when the process was started, in seconds since the Unix epoch.", {},
             started);
}

}  // namespace

std::vector<FamilyText> self_metrics(const std::vector<const Metered*>& sources) {
  FamilySink sink;
  for (const Metered* source : sources) source->collect(sink);
  collect_process(sink);
  return sink.take();
}

}  // namespace kpistream::exporters
