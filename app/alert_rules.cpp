#include "app/alert_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "app/json_text.hpp"
#include "stream/insight/view.hpp"

namespace kpistream::app {
namespace {

constexpr std::string_view kHead =
    "# Thresholds of the alerts about sales, by portal, and the portals that should be there. Written by `kpistream "
    "rules`\n"
    "# from `portals.<name>.alerts` of the configuration: docs/configuration.md. What is changed here by hand is "
    "lost.\n"
    "groups:\n"
    "- name: kpistream-thresholds\n"
    "  rules:\n";

// 250 is "0.25".
std::string number_text(std::int64_t thousandths) {
  if (thousandths % 1'000 == 0) return fmt::format("{}", thousandths / 1'000);
  auto text = fmt::format("{}.{:03}", thousandths / 1'000, thousandths % 1'000);
  while (text.ends_with('0')) text.pop_back();
  return text;
}

std::string term(std::int64_t value, std::string_view selector) {
  return fmt::format("{} * group by (portal) (crm_portal_info{})", number_text(value), selector);
}

// First the portals that differ from the default, then the default for all others.
std::string expression(const insight::Threshold& threshold, const PortalThresholds& portals) {
  const std::int64_t usual = insight::AlertThresholds().*threshold.value;
  std::vector<std::string> terms;
  for (const auto& [alias, own] : portals) {
    if (own.*threshold.value != usual) {
      terms.push_back(term(own.*threshold.value, fmt::format(R"({{portal="{}"}})", alias)));
    }
  }
  terms.push_back(term(usual, ""));
  return fmt::format("{}", fmt::join(terms, "\n      or "));
}

void add_rule(std::string& text, std::string_view name, const std::string& expression) {
  const bool many = expression.find('\n') != std::string::npos;
  text += fmt::format("  - record: portal:crm_alert_{}:threshold\n    expr: {}{}\n", name, many ? "|-\n      " : "",
                      expression);
}

}  // namespace

std::string threshold_rules(const PortalThresholds& portals) {
  std::string text(kHead);
  for (const auto& threshold : insight::alert_thresholds()) {
    add_rule(text, threshold.name, expression(threshold, portals));
  }
  add_rule(text, "coverage_ratio", term(insight::kCoverageMin, ""));
  if (portals.empty()) return text;
  text += "- name: kpistream-portals\n  rules:\n";
  for (const auto& [alias, own] : portals) {
    text += fmt::format(
        "  - record: portal:kpistream_portal:configured\n    labels: {{portal: \"{}\"}}\n    expr: vector(1)\n", alias);
  }
  return text;
}

std::string thresholds_json(const PortalThresholds& portals) {
  const auto numbers = [](const insight::AlertThresholds& own) {
    std::vector<std::string> parts;
    for (const auto& threshold : insight::alert_thresholds()) {
      parts.push_back(fmt::format("{}:{}", json(threshold.name), number_text(own.*threshold.value)));
    }
    return fmt::format("{{{}}}", fmt::join(parts, ","));
  };
  std::vector<std::string> each;
  for (const auto& [alias, own] : portals) each.push_back(fmt::format("{}:{}", json(alias), numbers(own)));
  std::vector<std::string> holds;
  for (const auto& alert : insight::alerts()) holds.push_back(fmt::format("{}:{}", json(alert.name), alert.hold));
  return fmt::format(R"({{"default":{},"portals":{{{}}},"hold_seconds":{{{}}}}})", numbers({}), fmt::join(each, ","),
                     fmt::join(holds, ","));
}

}  // namespace kpistream::app
