// How a history reaches the program: as observations, in disorder, doubled, with restarts and changed minds in between.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/model/chance.hpp"
#include "tests/model/figures.hpp"
#include "tests/model/history.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream::model {

// Which troubles there are on the way; each can be switched off to find out what a failure needs.
struct Way {
  std::uint64_t seed = 0;
  bool disorder = true;
  bool repeats = true;
  bool gaps = true;  // what the next word tells as well is not told
  bool restarts = true;
  bool settles = true;    // begins with other settings
  bool redefines = true;  // begins with other definitions
  bool clock = true;      // the clock runs meanwhile
  bool expires = true;    // records that were processed go from the journal
  bool neighbour = true;  // another portal beside it, with records of the same ids
  bool joined = true;     // and one table of both, by a mapping that may change
};

// What the journal holds: each element is a record. Depends on nothing but its arguments, and changes little when a
// happening is left out.
using Told = std::vector<std::vector<Observation>>;
[[nodiscard]] Told tell(const History& history, const Way& way);

struct Arrival {
  UnixSeconds first = 0;  // of the first record; 0: there is none
};

// The program, fed with a history; then its figures at each moment held against the model's. Lines for people; empty:
// all is well.
[[nodiscard]] std::vector<std::string> differences(const History& history, const Way& way);

}  // namespace kpistream::model
