// Portals of which everything is known that the built-in KPIs count, and the page of them.
#pragma once

#include <string>
#include <vector>

#include "exporters/prometheus/kpi_texts.hpp"
#include "stream/crm/vocabulary.hpp"
#include "stream/facts/fact.hpp"
#include "stream/kpi/definition.hpp"
#include "stream/memory_state.hpp"

namespace kpistream::tests {

inline constexpr UnixSeconds kNoon = 1'789'376'400;  // 2026-09-14 12:00 in Moscow, a Monday

[[nodiscard]] const Catalogue& catalogue();  // the built-in one

// One of each CRM.
[[nodiscard]] std::vector<PortalSettings> two_portals();

[[nodiscard]] Observation named(EntityKind kind, const std::string& id, const std::string& name);

// `times` facts of each kind, most of them shortly before noon, for a manager; and as many of another one that were
// taken back again. With names of everything that has one.
void fill(State& state, const std::string& portal, int times = 1);

[[nodiscard]] std::string page_of(const State& state, const std::vector<PortalSettings>& portals,
                                  const std::vector<exporters::InsightSource>& insights = {},
                                  exporters::Format format = exporters::Format::text,
                                  const Catalogue& of = catalogue());

// Every business family that there can be with the built-in KPIs: portals with all that is off unless it is asked for,
// enough facts for every formula, and insight that has something to say of everything.
[[nodiscard]] std::string whole_page(exporters::Format format = exporters::Format::text);

}  // namespace kpistream::tests
