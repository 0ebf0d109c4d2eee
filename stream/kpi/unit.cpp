#include "stream/kpi/unit.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "stream/kpi/formula.hpp"

namespace kpistream {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool in_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c); }

// How often money and seconds are factors of a value: money by a count has money once, a ratio nothing.
struct Powers {
  int money = 0;
  int seconds = 0;
  bool figure = false;  // written out, and so of whatever stands beside it in a sum
};
using Judged = std::optional<Powers>;  // nothing: cannot be told

Judged same(const Judged& left, const Judged& right) {
  if (!left || !right) return std::nullopt;
  if (left->figure) return right;
  if (right->figure) return left;
  return left->money == right->money && left->seconds == right->seconds ? left : std::nullopt;
}

Judged times(const Judged& left, const Judged& right, int sign) {
  if (!left || !right) return std::nullopt;
  const bool scaled = (left->figure && right->seconds != 0) || (right->figure && left->seconds != 0);
  if (scaled) return std::nullopt;
  return Powers{left->money + sign * right->money, left->seconds + sign * right->seconds,
                left->figure && right->figure};
}

// Reads what CompiledFormula has taken; of anything else it tells nothing.
class Reading {
 public:
  Reading(std::string_view text, const std::vector<Definition>& definitions) : text_(text), definitions_(definitions) {}

  Judged whole() {
    const Judged judged = choice();
    skip_spaces();
    return at_ == text_.size() ? judged : std::nullopt;
  }

 private:
  Judged choice() {
    const Judged condition = either();
    if (!take("?")) return condition;
    const Judged yes = choice();
    if (!take(":")) return std::nullopt;
    return same(yes, choice());
  }

  // What only holds or does not is a number.
  Judged either() {
    Judged left = both();
    while (take("||")) {
      static_cast<void>(both());
      left = Powers{};
    }
    return left;
  }

  Judged both() {
    Judged left = compared();
    while (take("&&")) {
      static_cast<void>(compared());
      left = Powers{};
    }
    return left;
  }

  Judged compared() {
    Judged left = sum();
    while (take("<=") || take(">=") || take("==") || take("!=") || take("<") || take(">")) {
      static_cast<void>(sum());
      left = Powers{};
    }
    return left;
  }

  Judged sum() {
    Judged left = product();
    while (take("+") || take("-")) left = same(left, product());
    return left;
  }

  Judged product() {
    Judged left = value();
    for (;;) {
      if (take("*")) {
        left = times(left, value(), 1);
      } else if (take("/")) {
        left = times(left, value(), -1);
      } else {
        return left;
      }
    }
  }

  Judged value() {
    while (take("-") || take("+")) {
    }
    if (take("(")) {
      const Judged inner = choice();
      return take(")") ? inner : std::nullopt;
    }
    const auto begin = at_;
    const bool number = at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.');
    while (at_ < text_.size() && (number ? is_digit(text_[at_]) || text_[at_] == '.' : in_name(text_[at_]))) ++at_;
    if (at_ == begin) return std::nullopt;
    if (number) return Powers{0, 0, true};
    const auto name = text_.substr(begin, at_ - begin);
    return take("(") ? arguments() : of_part(name);
  }

  // min, max and abs give what they are given.
  Judged arguments() {
    Judged judged = choice();
    while (take(",")) judged = same(judged, choice());
    return take(")") ? judged : std::nullopt;
  }

  [[nodiscard]] Judged of_part(std::string_view name) const {
    const auto [definition, of] = named_part(name, definitions_);
    if (definition == nullptr) return std::nullopt;
    if (of == CompiledFormula::Of::count) return Powers{};
    const Unit unit = sum_unit(*definition);
    return Powers{unit == Unit::money ? 1 : 0, unit == Unit::seconds ? 1 : 0, false};
  }

  bool take(std::string_view sign) {
    skip_spaces();
    if (text_.substr(at_, sign.size()) != sign) return false;
    at_ += sign.size();
    skip_spaces();
    return true;
  }

  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  std::string_view text_;
  const std::vector<Definition>& definitions_;
  std::size_t at_ = 0;
};

}  // namespace

Unit sum_unit(const Definition& definition) {
  if (definition.money()) return Unit::money;
  const auto& facts = definition.facts;
  const bool votes = std::find(facts.begin(), facts.end(), FactKind::rating) != facts.end();
  return definition.measure == Measure::none || votes ? Unit::number : Unit::seconds;
}

Unit unit_of(const Formula& formula, const std::vector<Definition>& definitions) {
  const Judged judged = Reading(formula.expression, definitions).whole();
  if (!judged) return Unit::number;
  if (judged->money == 1 && judged->seconds == 0) return Unit::money;
  return judged->seconds == 1 && judged->money == 0 ? Unit::seconds : Unit::number;
}

}  // namespace kpistream
