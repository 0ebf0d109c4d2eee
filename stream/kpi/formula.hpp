// A formula, compiled: a figure computed from the cells of other KPIs at the moment of reading.
//
// Written as in arithmetic: numbers, + - * /, brackets, comparisons (< <= > >= == !=), && ||, a ? b : c, and the
// functions min, max and abs. A name is the id of a definition (its count), or an id with
//   _sum          its sum: money in major units, durations in seconds
//   _p50, _p90    quantiles of its durations, in seconds, or of its amounts, in major units
// Nothing can be assigned and nothing is called that does more than compute. A formula is not part of another.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "stream/kpi/cell.hpp"
#include "stream/kpi/definition.hpp"

namespace kpistream {

struct FormulaMistake {
  bool in_when = false;      // else in the expression
  std::size_t position = 0;  // of the first wrong character, from 0
  std::string name;          // which no definition has; empty: something else is wrong
  std::string text;
};

class FormulaError : public std::runtime_error {
 public:
  explicit FormulaError(std::vector<FormulaMistake> mistakes);
  [[nodiscard]] const std::vector<FormulaMistake>& mistakes() const { return mistakes_; }

 private:
  std::vector<FormulaMistake> mistakes_;
};

// Thread-safe. Keeps nothing of what it was made from.
class CompiledFormula {
 public:
  static constexpr std::size_t kLengthMax = 1'000;  // of the expression, and of `when`

  enum class Of : std::uint8_t { count, sum, p50, p90 };
  struct Part {
    std::string id;
    Of of{};
    friend bool operator==(const Part&, const Part&) = default;
  };

  // Throws FormulaError with every unknown name at once.
  CompiledFormula(const Formula& formula, const std::vector<Definition>& definitions);
  ~CompiledFormula();
  CompiledFormula(CompiledFormula&&) noexcept;
  CompiledFormula& operator=(CompiledFormula&&) noexcept;

  // What it is computed from, `when` included: each once, in order of appearance.
  [[nodiscard]] const std::vector<Part>& parts() const;

  // `cell` gives the cell of a definition in the place that is asked for, added up over whatever the formula is not by;
  // null: not known there. Nothing when a part is not known (a quantile of nothing included), when `when` does not
  // hold, or when there is no such number, as after a division by zero.
  [[nodiscard]] std::optional<double> evaluate(const std::function<const Cell*(std::string_view id)>& cell) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What a name in a formula means; without a definition: nothing.
struct NamedPart {
  const Definition* definition = nullptr;
  CompiledFormula::Of of{};
};
[[nodiscard]] NamedPart named_part(std::string_view name, const std::vector<Definition>& definitions);

}  // namespace kpistream
