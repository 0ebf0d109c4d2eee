// Who is compared with whom: teams, absences, newcomers.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "stream/insight/view.hpp"

namespace kpistream::insight {

inline constexpr Day kSettledAfterDays = 90;  // K30
inline constexpr Minute kActiveMinutes = Minute{28} * 24 * 60;

// Whether a label value is a manager at all, and not "none", "other" or the "queue" of calls nobody took.
[[nodiscard]] bool is_person(const std::string& manager);

// Whether a manager was there on every working day of [first, last): neither absent nor not yet hired.
[[nodiscard]] bool present(const Figures& figures, const std::string& manager, Day first, Day last);
// Whether the manager had been there for 90 days on that day.
[[nodiscard]] bool settled(const Figures& figures, const std::string& manager, Day day);

// The team of a manager. Where nobody has a team, all are one, named ""; where some have, the others belong to none.
[[nodiscard]] std::optional<std::string> team_of(const Figures& figures, const std::string& manager);

// Everybody who may be compared over whole days [first, last): acted in the 28 days before `last`, has a team, and was
// present. Manager -> team. Who is on the list and did nothing counts as nothing; who has left drops out by itself.
[[nodiscard]] std::map<std::string, std::string> roster(const Figures& figures, Day first, Day last);

}  // namespace kpistream::insight
