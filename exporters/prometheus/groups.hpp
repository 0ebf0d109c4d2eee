// The groups of families that a scrape may choose from by `?collect[]=`, and that the budget gives up one by one.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kpistream::exporters {

// In the order of what is given up last: people lose the finest detail first, and operators nothing they watch by.
enum class Group : std::uint8_t { process, daemon, portals, insight, windows, totals, managers, cohorts, sources };

inline constexpr std::size_t kGroups = 9;
inline constexpr std::array<std::string_view, kGroups> kGroupNames{
    "process", "daemon", "portals", "insight", "windows", "totals", "managers", "cohorts", "sources"};

using GroupSet = std::bitset<kGroups>;

[[nodiscard]] std::optional<Group> group_of_name(std::string_view name);
// "process, daemon, portals": for an error that tells what there is.
[[nodiscard]] std::string all_group_names();

// Of a family by its name, as a page shows it, and its type.
[[nodiscard]] Group group_of(std::string_view family, std::string_view type);

}  // namespace kpistream::exporters
