#include "stream/facts/words.hpp"

#include "stream/crm/money.hpp"
#include "stream/facts/fact.hpp"

namespace kpistream {

std::string manager_or(const std::string& owner, const std::string& otherwise) {
  return owner.empty() || owner == "0" ? otherwise : owner;
}

std::string outcome_name(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::talk:
      return "talk";
    case CallOutcome::short_talk:
      return "short";
    case CallOutcome::missed:
      return "missed";
    case CallOutcome::failed:
      return "failed";
    case CallOutcome::unknown:
      break;
  }
  return "unknown";
}

std::string direction_name(Direction direction) {
  switch (direction) {
    case Direction::in:
      return "in";
    case Direction::callback:
      return "callback";
    case Direction::out:
    case Direction::none:
      break;
  }
  return "out";
}

UnixSeconds first_known(std::initializer_list<UnixSeconds> times) {
  for (const UnixSeconds at : times) {
    if (at != 0) return at;
  }
  return kNoTime;
}

std::int64_t seconds_between(UnixSeconds from, UnixSeconds to) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from));
}

MinorUnits number_in(const std::vector<Field>& fields, const std::string& name) {
  MinorUnits sum = 0;
  for (const Field& field : fields) {
    if (!name.empty() && field.name == name) sum = parse_money(field.value);
  }
  return sum;
}

}  // namespace kpistream
