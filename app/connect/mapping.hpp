// Whether what a configuration's mapping names exists in the CRM: the same for both CRMs. Pure.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/connect/findings.hpp"

namespace kpistream::app {

using Ids = std::vector<std::string>;

[[nodiscard]] bool contains(const Ids& ids, std::string_view id);
// "A, B, C", of the first few.
[[nodiscard]] std::string joined(const Ids& ids);

// A mapping's list, and its key in the configuration.
struct Listed {
  const char* key;
  Ids PortalSettings::*ids;
};
[[nodiscard]] std::span<const Listed> stage_lists();
[[nodiscard]] std::span<const Listed> pipeline_lists();
[[nodiscard]] std::span<const Listed> type_lists();
[[nodiscard]] std::span<const Listed> paid_lists();

struct Mistake {
  Phrase what;
  Phrase cure;
};

// One finding for each id of the mapping that the CRM does not have. `judge`: which ids are looked at; empty: all.
void missing(std::span<const Listed> lists, const PortalSettings& settings, const Ids& known, const Mistake& mistake,
             const std::function<bool(const std::string&)>& judge, Findings& findings);

}  // namespace kpistream::app
