// A portal's directories as the state keeps them, and the records that a change of them concerns.
#pragma once

#include <functional>
#include <string>

#include "stream/facts/directory.hpp"
#include "stream/ports/state.hpp"

namespace kpistream {

[[nodiscard]] Directory load_directory(const State& state, const std::string& portal, const Calendar& calendar);

// Visits all records whose stages may be told by a directory.
void each_staged(const State& state, const std::string& portal,
                 const std::function<void(const EntityRef& ref, const Entity& entity)>& visit);

}  // namespace kpistream
