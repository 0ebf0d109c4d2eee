// What the listed fields of a record held at one moment, in one number: enough to tell that one of them has changed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "stream/portal.hpp"

namespace kpistream {

// What PortalSettings::action_fields may list besides kept fields: points tell them by themselves.
inline constexpr std::string_view kAmountField = "amount";
inline constexpr std::string_view kOwnerField = "owner";

// Of all kept fields of a record, sorted. 0: none of those that are kept is listed. Two different states have the same
// mark once in four thousand million times; then a change goes uncounted.
[[nodiscard]] std::uint64_t field_mark(const std::vector<Field>& kept, const PortalSettings& settings);

// Both are marks of the same fields and tell different values. What is not told (0) is as it was.
[[nodiscard]] bool fields_changed(std::uint64_t before, std::uint64_t after);

}  // namespace kpistream
