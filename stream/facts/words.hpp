// Small words and times that facts are made of. Internal to stream/facts.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "stream/crm/vocabulary.hpp"

namespace kpistream {

inline const std::string kNone = "none";    // a record without an owner, a loss without a reason
inline const std::string kQueue = "queue";  // in the place of a manager: a group call that nobody took (K8)

[[nodiscard]] std::string manager_or(const std::string& owner, const std::string& otherwise);
[[nodiscard]] std::string outcome_name(CallOutcome outcome);
[[nodiscard]] std::string direction_name(Direction direction);

// The first that is not 0; kNoTime when there is none.
[[nodiscard]] UnixSeconds first_known(std::initializer_list<UnixSeconds> times);

// Defined for any two times: what a CRM tells is not bounded here.
[[nodiscard]] std::int64_t seconds_between(UnixSeconds from, UnixSeconds to);

// The amount in a kept field; 0 when it is not there. Of several values the last.
[[nodiscard]] MinorUnits number_in(const std::vector<Field>& fields, const std::string& name);

}  // namespace kpistream
