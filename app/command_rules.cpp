#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "app/alert_rules.hpp"
#include "app/command_tools.hpp"
#include "app/days.hpp"
#include "app/json_text.hpp"
#include "app/portals.hpp"
#include "store/store.hpp"
#include "stream/insight/backtest.hpp"
#include "stream/kpi/kpi_sets.hpp"
#include "stream/kpi/state_figures.hpp"

namespace kpistream::app {
namespace {

constexpr Day kUsualDays = 28;  // of a back-test that says nothing else

// Of those that have a table: the others are not shown.
PortalThresholds thresholds_of(const Config& config) {
  PortalThresholds thresholds;
  for (const auto& portal : config.portals) {
    if (portal.settings.counts_in.portal.empty()) thresholds.emplace(portal.settings.alias, portal.alerts);
  }
  return thresholds;
}

int write_to(const std::string& file, const std::string& text) {
  std::ofstream out(file);
  if (out << text && out.flush()) return 0;
  fmt::print(stderr, "kpistream: {} cannot be written\n", file);
  return 1;
}

int compare_with(const std::string& file, const std::string& text) {
  std::ifstream in(file);
  std::stringstream have;
  if (!in || !(have << in.rdbuf())) {
    fmt::print(stderr, "kpistream: {} cannot be read\n", file);
    return 1;
  }
  if (have.str() == text) return 0;
  fmt::print(stderr, "kpistream: {} is not of this configuration; write it anew with kpistream rules --out {}\n", file,
             file);
  return 1;
}

// ---- the back-test

struct Days {
  Day first = 0;
  Day last = 0;
};

// Nothing: one of them is no day, and that has been said.
std::optional<Days> days_of(const RulesCommand& command, Day today) {
  Days days{today - kUsualDays, today};
  for (const auto& [text, day] : {std::pair{&command.from, &days.first}, std::pair{&command.to, &days.last}}) {
    if (text->empty()) continue;
    if (const auto wrong = read_day(*text, *day); !wrong.empty()) {
      fmt::print(stderr, "kpistream: {}\n", wrong);
      return {};
    }
  }
  if (days.first <= days.last) return days;
  fmt::print(stderr, "kpistream: --from is after --to\n");
  return {};
}

struct Tested {
  std::string portal;
  Days days;
  std::int64_t working_days = 0;
  std::vector<insight::Firing> firings;
};

std::string clock_text(const Calendar& calendar, UnixSeconds at) {
  const int minute = calendar.minute_of_day(at);
  return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
}

std::string line_of(const insight::Firing& firing, const Calendar& calendar) {
  return fmt::format("{}  {:<24}  {:<18}  {}  {}  {:>6.2f}\n", Calendar::text(firing.day), firing.alert,
                     firing.subject.empty() ? "-" : firing.subject, clock_text(calendar, firing.from),
                     clock_text(calendar, firing.until), firing.value);
}

std::string text_of(const Tested& tested, const Calendar& calendar) {
  auto text = fmt::format("{}: {} to {}, {} working days\n", tested.portal, Calendar::text(tested.days.first),
                          Calendar::text(tested.days.last), tested.working_days);
  if (tested.firings.empty()) return text + "no alert would have fired\n";
  text += fmt::format("{:<10}  {:<24}  {:<18}  {:<5}  {:<5}  {:>6}\n", "day", "alert", "of", "from", "until", "value");
  for (const auto& firing : tested.firings) text += line_of(firing, calendar);
  return text;
}

std::string json_of(const Tested& tested) {
  std::vector<std::string> firings;
  for (const auto& firing : tested.firings) {
    firings.push_back(fmt::format(R"({{"day":{},"alert":{},"of":{},"from":{},"until":{},"value":{:.4f}}})",
                                  json(Calendar::text(firing.day)), json(firing.alert), json(firing.subject),
                                  firing.from, firing.until, firing.value));
  }
  return fmt::format(R"({{"portal":{},"from":{},"to":{},"working_days":{},"firings":[{}]}})", json(tested.portal),
                     json(Calendar::text(tested.days.first)), json(Calendar::text(tested.days.last)),
                     tested.working_days, fmt::join(firings, ","));
}

Tested test(const State& state, const std::vector<Definition>& definitions, const insight::AlertThresholds& thresholds,
            const PortalSettings& settings, const Calendar& calendar, Days days, UnixSeconds now) {
  Tested tested{settings.alias, days, 0, {}};
  const StateFigures figures(state, definitions, settings, calendar, now);
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  const auto looked = [&](Day day) {
    if (calendar.working_day(day)) ++tested.working_days;
    if (terminal) fmt::print(stderr, "\r{}: {}", settings.alias, Calendar::text(day));
  };
  tested.firings = insight::backtest(figures, thresholds, days.first, days.last, looked);
  if (terminal) fmt::print(stderr, "\n");
  return tested;
}

std::string without_past() {
  std::vector<std::string_view> names;
  for (const auto& alert : insight::alerts()) {
    if (alert.judge == nullptr) names.push_back(alert.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

int run_rules(const CommandOptions& options, const RulesCommand& command) {
  const auto config = config_of(options);
  if (!config) return 1;
  const auto thresholds = thresholds_of(*config);
  if (options.json) {
    fmt::print("{}\n", thresholds_json(thresholds));
    return 0;
  }
  const auto text = threshold_rules(thresholds);
  if (!command.check.empty()) return compare_with(command.check, text);
  if (!command.out.empty()) return write_to(command.out, text);
  fmt::print("{}", text);
  return 0;
}

int run_rules_backtest(const CommandOptions& options, const RulesCommand& command) {
  const auto config = config_of(options);
  if (!config) return 1;
  const auto store = store::Store::open_read_only(config->storage_path);
  const auto definitions = stored_definitions(store->state(), DefinitionState::in_force);
  const UnixSeconds now = now_of(options);
  std::vector<std::string> parts;
  const PortalThresholds thresholds = thresholds_of(*config);
  for (const PortalSettings& table : table_settings(*config)) {
    if (!command.portal.empty() && table.alias != command.portal) continue;
    const Calendar calendar(table);
    const auto days = days_of(command, calendar.day_of(now));
    if (!days) return 1;
    const auto tested = test(store->state(), definitions, thresholds.at(table.alias), table, calendar, *days, now);
    parts.push_back(options.json ? json_of(tested) : text_of(tested, calendar));
  }
  if (parts.empty()) {
    fmt::print(stderr, "kpistream: there is no portal '{}'\n", command.portal);
    return 1;
  }
  if (options.json) {
    fmt::print("{{\"portals\":[{}]}}\n", fmt::join(parts, ","));
  } else {
    fmt::print("{}of what stands now, without a past: {}\n", fmt::join(parts, "\n"), without_past());
  }
  return 0;
}

}  // namespace kpistream::app
