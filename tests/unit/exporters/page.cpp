#include "tests/unit/exporters/page.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace kpistream::tests {
namespace {

// The family of a sample line: a histogram's samples have endings of their own.
std::string family_of(const std::string& name, const std::string& current, const std::string& type) {
  if (type == "histogram") {
    for (const auto* ending : {"_bucket", "_sum", "_count"}) {
      if (name == current + ending) return current;
    }
  }
  return name;
}

std::string key_of(const Sample& sample) {
  auto labels = sample.labels;
  std::sort(labels.begin(), labels.end());
  std::string key = sample.name;
  for (const auto& [name, value] : labels) key += '\1' + name + '\2' + value;
  return key;
}

// Reads `name="value"` pairs up to the closing brace; false at anything else.
bool read_labels(std::string_view& rest, Sample& sample) {
  while (!rest.starts_with('}')) {
    const auto equals = rest.find("=\"");
    if (equals == std::string_view::npos) return false;
    std::string name(rest.substr(0, equals));
    rest.remove_prefix(equals + 2);
    std::string value;
    while (!rest.empty() && rest.front() != '"') {
      char c = rest.front();
      if (c == '\\') {
        if (rest.size() < 2) return false;
        c = rest[1] == 'n' ? '\n' : rest[1];
        if (rest[1] != 'n' && rest[1] != '\\' && rest[1] != '"') return false;
        rest.remove_prefix(1);
      }
      value.push_back(c);
      rest.remove_prefix(1);
    }
    if (rest.empty()) return false;
    rest.remove_prefix(1);
    if (rest.starts_with(',')) rest.remove_prefix(1);
    sample.labels.emplace_back(std::move(name), std::move(value));
  }
  rest.remove_prefix(1);
  return true;
}

bool read_sample(std::string_view line, Sample& sample) {
  const auto end = line.find_first_of("{ ");
  if (end == std::string_view::npos || end == 0) return false;
  sample.name = line.substr(0, end);
  line.remove_prefix(end);
  if (line.starts_with('{')) {
    line.remove_prefix(1);
    if (!read_labels(line, sample)) return false;
  }
  if (!line.starts_with(' ')) return false;
  const std::string number(line.substr(1));
  char* after = nullptr;
  sample.value = std::strtod(number.c_str(), &after);
  return !number.empty() && *after == '\0';  // and so no time stamp
}

class Reader {
 public:
  explicit Reader(Page& page) : page_(page) {}

  void take(const std::string& line) {
    if (line.starts_with("# HELP ")) return take_help(line.substr(7));
    if (line.starts_with("# TYPE ")) return take_type(line.substr(7));
    Sample sample;
    if (!read_sample(line, sample)) return breach("not a sample: " + line);
    if (family_of(sample.name, current_, type()) != current_) return breach("away from its family: " + line);
    if (!seen_.insert(key_of(sample)).second) breach("series twice: " + line);
    page_.families[current_].samples.push_back(std::move(sample));
  }

 private:
  void take_help(const std::string& rest) {
    current_ = rest.substr(0, rest.find(' '));
    if (page_.families.contains(current_)) breach("family twice: " + current_);
    page_.families[current_].help = rest.size() > current_.size() ? rest.substr(current_.size() + 1) : "";
  }

  void take_type(const std::string& rest) {
    const auto name = rest.substr(0, rest.find(' '));
    if (name != current_ || !type().empty()) return breach("TYPE without its HELP: " + rest);
    page_.families[current_].type = rest.substr(name.size() + 1);
  }

  [[nodiscard]] std::string type() const {
    const auto family = page_.families.find(current_);
    return family == page_.families.end() ? "" : family->second.type;
  }

  void breach(const std::string& text) { page_.breaches.push_back(text); }

  Page& page_;
  std::string current_;
  std::set<std::string> seen_;
};

const std::set<std::string> kLabels{
    "portal",      "crm",     "pipeline",    "deal_stage",   "manager",    "source",  "currency",  "window",
    "reason",      "code",    "name",        "team",         "due",        "zone",    "direction", "outcome",
    "result",      "le",      "client",      "action",       "source",     "segment", "type",      "channel",
    "loss_reason", "verdict", "cohort_week", "cohort_month", "age_months", "event",   "version",   "action",
    "segment",     "channel", "kpi",         "severity",     "rule",       "kind",    "client",    "type",
    "state",       "period",  "bound",       "tenure",       "schedule",   "status"};

std::vector<std::string> lint_name(const std::string& name, const MetricFamily& family) {
  static const std::regex kSnake("(crm|kpistream|process)(_[a-z0-9]+)+");
  static const std::regex kUnit("(^|_)(minutes|hours|days|weeks|bits|gauge|counter|ms|us|ns|sec|kb|mb|gb)(_|$)");
  static const std::regex kShort("_(s|b|m|h|d)$");
  static const std::regex kReserved("_(created|count|sum|bucket)$");
  std::vector<std::string> found;
  const auto say = [&](const std::string& what) { found.push_back(name + ": " + what); };
  if (!std::regex_match(name, kSnake)) say("not snake_case under a prefix of ours");
  if (std::regex_search(name, kUnit) || std::regex_search(name, kShort))
    say("a unit or type word that is none of ours");
  if (std::regex_search(name, kReserved)) say("ends like another family's sample");
  if (name.ends_with("_total") != (family.type == "counter")) say("_total is for counters, and all of them");
  if (family.type != "counter" && family.type != "gauge" && family.type != "histogram") say("type " + family.type);
  const bool capital = !family.help.empty() && family.help.front() >= 'A' && family.help.front() <= 'Z';
  if (!capital || !family.help.ends_with('.')) say("HELP is not a full sentence");
  if (family.samples.empty()) say("no samples");
  const bool process = name.starts_with("process_");
  if (!process && family.type == "histogram" && !name.ends_with("_seconds")) say("a histogram of what unit?");
  return found;
}

std::vector<std::string> lint_sample(const std::string& name, const MetricFamily& family, const Sample& sample) {
  std::vector<std::string> found;
  for (const auto& [label, value] : sample.labels) {
    if (!kLabels.contains(label)) found.push_back(name + ": label " + label);
    if (label == "manager" && value == "all") found.push_back(name + ": manager=\"all\"");
    if (value.empty() && label != "name") found.push_back(name + ": empty " + label);
  }
  if (name.ends_with("_info") && sample.value != 1) found.push_back(name + ": an info metric is 1");
  // What left may exceed what came in, and this week the last one (KPI.md, K13, K27, K28): those have no upper bound.
  static const std::regex kOpenEnded("(win|closed|wow|to_median|balance|attainment|pace|contribution|forecast)_ratio$");
  const bool bounded = !std::regex_search(name, kOpenEnded) || name.find("close_win_ratio") != std::string::npos;
  if (name.ends_with("_ratio") && (sample.value < 0 || (bounded && sample.value > 1)))
    found.push_back(name + ": ratio out of 0 to 1");
  if (family.type != "gauge" && sample.value < 0) found.push_back(name + ": negative");
  return found;
}

// Buckets of a histogram series grow, and the last one is its count.
std::vector<std::string> lint_histogram(const std::string& name, const MetricFamily& family) {
  std::vector<std::string> found;
  std::map<std::string, double> last;
  std::set<std::string> bounds;
  for (const auto& sample : family.samples) {
    Sample series = sample;
    series.name = name;
    std::erase_if(series.labels, [](const auto& label) { return label.first == "le"; });
    const auto key = key_of(series);
    if (sample.name == name + "_bucket") {
      if (last.contains(key) && sample.value < last[key]) found.push_back(name + ": buckets fall");
      last[key] = sample.value;
      bounds.insert(sample.labels.back().second);
    }
    if (sample.name == name + "_count" && sample.value != last[key])
      found.push_back(name + ": count is not the last bucket");
  }
  if (bounds.size() > 12) found.push_back(name + ": more than 12 buckets");
  if (!bounds.contains("+Inf")) found.push_back(name + ": no +Inf");
  return found;
}

}  // namespace

Page read_page(std::string_view text) {
  Page page;
  if (!text.empty() && !text.ends_with('\n')) page.breaches.emplace_back("the last line has no end");
  Reader reader(page);
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) reader.take(line);
  return page;
}

std::vector<std::string> lint(const Page& page) {
  std::set<std::string> found(page.breaches.begin(), page.breaches.end());
  for (const auto& [name, family] : page.families) {
    for (auto& text : lint_name(name, family)) found.insert(std::move(text));
    for (const auto& sample : family.samples) {
      for (auto& text : lint_sample(name, family, sample)) found.insert(std::move(text));
    }
    if (family.type == "histogram") {
      for (auto& text : lint_histogram(name, family)) found.insert(std::move(text));
    }
    // T24: no family is named as a sample that another one makes, or makes in OpenMetrics.
    for (const auto* ending : {"_total", "_created", "_count", "_sum", "_bucket", "_info"}) {
      if (page.families.contains(name + ending)) found.insert(name + ": its sample " + ending + " is another family");
    }
  }
  return {found.begin(), found.end()};
}

std::vector<std::string> list_of(const Page& page) {
  std::vector<std::string> lines;
  for (const auto& [name, family] : page.families) {
    std::set<std::string> labels;
    for (const auto& sample : family.samples) {
      for (const auto& [label, value] : sample.labels) labels.insert(label);
    }
    labels.erase("le");
    std::string line = name + " " + family.type + " {";
    for (const auto& label : labels) line += (line.ends_with('{') ? "" : ",") + label;
    lines.push_back(line + "}");
  }
  return lines;
}

ToolResult promtool(const std::string& text) {
  auto path = (std::filesystem::temp_directory_path() / "kpistream-page-XXXXXX").string();
  const int file = ::mkstemp(path.data());
  if (file < 0) return {};
  std::ofstream(path) << text;
  const std::string command = "promtool check metrics <'" + path + "' 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  ToolResult result;
  std::array<char, 4096> buffer{};
  while (pipe != nullptr && std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe) != nullptr) {
    result.output += buffer.data();
  }
  if (pipe != nullptr) result.status = ::pclose(pipe);
  std::filesystem::remove(path);
  return result;
}

}  // namespace kpistream::tests
