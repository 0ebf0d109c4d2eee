// A strict reader of Prometheus' text format, sharing no code with the writer, and the naming rules of the project.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kpistream::tests {

struct Sample {
  std::string name;  // as written, with _bucket and the like
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
};

struct MetricFamily {
  std::string type;
  std::string help;
  std::vector<Sample> samples;
};

struct Page {
  std::map<std::string, MetricFamily> families;
  std::vector<std::string> breaches;  // of the format: out of order, no TYPE, twice the same series, ...
};

[[nodiscard]] Page read_page(std::string_view text);

// Breaches of KPI.md and ECOSYSTEM.md in names, labels and values, a line each.
[[nodiscard]] std::vector<std::string> lint(const Page& page);

// "name type {label,label}", a line a family, the labels sorted and without `le`.
[[nodiscard]] std::vector<std::string> list_of(const Page& page);

struct ToolResult {
  int status = -1;
  std::string output;
};
// `promtool check metrics` over `text`.
[[nodiscard]] ToolResult promtool(const std::string& text);

}  // namespace kpistream::tests
