#include <fmt/format.h>

#include <algorithm>

#include "app/command_tools.hpp"
#include "app/connect/findings.hpp"
#include "app/connect/portal_check.hpp"
#include "app/connect/terminal.hpp"

namespace kpistream::app {
namespace {

Findings examine(const CommandOptions& options, const DoctorCommand& command) {
  auto loaded = load_config(options.config_file);
  Findings findings;
  for (const auto& error : loaded.errors) findings.push_back(config_finding(error));
  if (!loaded.config) return findings;
  if (!options.storage_path.empty()) loaded.config->storage_path = options.storage_path;
  for (const auto& portal : loaded.config->portals) {
    if (!command.portal.empty() && portal.settings.alias != command.portal) continue;
    check_portal(*loaded.config, portal, now_of(options), command.heal, findings);
  }
  if (findings.empty()) {
    findings.push_back({"", "config", false, {Phrase::portal_unknown, {command.portal}}, Line{Phrase::cure_portal}});
  }
  return findings;
}

}  // namespace

int run_doctor(const CommandOptions& options, const DoctorCommand& command) {
  const Language language = language_of(command.language, system_locale());
  const Findings findings = examine(options, command);
  const bool well = all_well(findings);
  if (options.json) {
    fmt::print("{}\n", findings_json(findings, language));
    return well ? 0 : 1;
  }
  fmt::print("{}", findings_text(findings, language));
  const auto wrong = std::count_if(findings.begin(), findings.end(), [](const Finding& one) { return !one.ok; });
  const std::string all = std::to_string(findings.size());
  fmt::print("{}\n", well ? say(language, Phrase::all_well, {all})
                          : say(language, Phrase::some_wrong, {std::to_string(wrong), all}));
  return well ? 0 : 1;
}

}  // namespace kpistream::app
