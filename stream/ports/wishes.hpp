// Readings that the computation asks for. A wish is coalesced by its subject and stays until a reading that was asked
// for after the last event about it has entered the journal.
#pragma once

#include <string>
#include <vector>

#include "stream/ports/journal.hpp"

namespace kpistream {

struct Wish {
  std::string portal;
  std::string subject;
  Position asked = 0;  // the newest record that asked for it
};

// Told after each committed batch. Called on the processor's thread; must not block.
class WishListener {
 public:
  virtual ~WishListener() = default;
  virtual void on_wishes(const std::vector<Wish>& added_or_renewed, const std::vector<Wish>& fulfilled) = 0;
};

}  // namespace kpistream
