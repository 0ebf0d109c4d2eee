// What a change of facts means for the cells: minus the old contribution plus the new one. The only place that counts.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stream/facts/fact.hpp"
#include "stream/kpi/calendar.hpp"
#include "stream/kpi/cell.hpp"
#include "stream/kpi/definition.hpp"

namespace kpistream {

// Changes of cells by key, folded over a batch of records.
using CellDeltas = std::unordered_map<std::string, Cell>;

// Which instant of a fact, and whose figure it is, under a definition.
[[nodiscard]] UnixSeconds instant_of(const Definition& definition, const Fact& fact);
[[nodiscard]] const std::string& manager_of(const Definition& definition, const Fact& fact);

// A set of definitions that are counted together. Immutable; thread-safe.
class Counting {
 public:
  Counting() = default;
  explicit Counting(std::vector<Definition> definitions);

  [[nodiscard]] const std::vector<Definition>& definitions() const { return definitions_; }

  // Adds to `deltas` what one entity's change from `before` to `after` means in the table of `portal`; both sorted by
  // (kind, part). Totals are
  // split by sign per change, not per batch, so that they do not depend on how records are batched.
  void change(std::string_view portal, const Calendar& calendar, const Facts& before, const Facts& after,
              CellDeltas& deltas) const;

 private:
  void move(std::string_view portal, const Calendar& calendar, const Fact* before, const Fact* after,
            CellDeltas& deltas) const;

  std::vector<Definition> definitions_;
  std::vector<std::string> cells_;  // of each
  std::array<std::vector<std::size_t>, static_cast<std::size_t>(kLastFactKind) + 1> by_kind_;
};

}  // namespace kpistream
