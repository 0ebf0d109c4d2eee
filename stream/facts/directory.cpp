#include "stream/facts/directory.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace kpistream {
namespace {

constexpr std::int64_t kMicros = 1'000'000;

std::string_view field(const Entity& entity, std::string_view name) {
  const auto found =
      std::find_if(entity.fields.begin(), entity.fields.end(), [&](const Field& one) { return one.name == name; });
  return found == entity.fields.end() ? std::string_view() : found->value;
}

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Whose stages a record has: of the kind "deal", or of the type before the colon in its id.
std::string_view records_of(const EntityRef& ref) {
  if (const auto colon = ref.id.find(':'); colon != std::string::npos) return std::string_view(ref.id).substr(0, colon);
  switch (ref.kind) {
    case EntityKind::lead:
      return "lead";
    case EntityKind::deal:
      return "deal";
    case EntityKind::quote:
      return "quote";
    case EntityKind::invoice:
      return "invoice";
    default:
      return {};
  }
}

bool is_of(std::string_view of, std::string_view records, std::string_view pipeline) {
  return of.size() == records.size() + 1 + pipeline.size() && of.starts_with(records) && of[records.size()] == '/' &&
         of.ends_with(pipeline);
}

}  // namespace

std::optional<std::string> deal_stage(const std::string& id, const Entity& entity) {
  if (!field(entity, "of").starts_with("deal/")) return std::nullopt;
  return id.substr(id.find('/') + 1);
}

const Directory& Directory::none() {
  static const Directory kNone;
  return kNone;
}

bool Directory::holds(EntityKind kind) { return kind == EntityKind::stage || kind == EntityKind::currency; }

void Directory::take(const EntityRef& ref, const Entity& entity, const Calendar& calendar) {
  if (ref.kind == EntityKind::stage) take_stage(ref, entity);
  if (ref.kind == EntityKind::currency) take_rate(ref, entity, calendar);
}

void Directory::take_stage(const EntityRef& ref, const Entity& entity) {
  const std::string_view semantics = field(entity, "semantics");
  const std::string of(field(entity, "of"));
  if (of.empty() || semantics.empty()) return;
  const Outcome outcome = semantics == "S" ? Outcome::won : semantics == "F" ? Outcome::lost : Outcome::open;
  auto& meanings = stages_[ref.id.substr(ref.id.find('/') + 1)];
  const auto known = std::find_if(meanings.begin(), meanings.end(), [&](const Meaning& one) { return one.of == of; });
  if (known == meanings.end()) {
    meanings.push_back({of, outcome});
  } else {
    known->outcome = outcome;
  }
}

void Directory::take_rate(const EntityRef& ref, const Entity& entity, const Calendar& calendar) {
  const auto slash = ref.id.find('/');
  const std::int64_t micros = number(field(entity, "rate"));
  if (slash == std::string::npos || micros <= 0) return;
  const UnixSeconds at = number(std::string_view(ref.id).substr(slash + 1));
  Worth& worth = currencies_[ref.id.substr(0, slash)][calendar.day_of(at)];
  if (at >= worth.at) worth = {at, micros, !field(entity, "base").empty()};
}

Outcome Directory::outcome_of(const EntityRef& ref, const StagePoint& point) const {
  const auto stage = stages_.find(point.stage);
  if (stage == stages_.end()) return point.outcome;
  const std::string_view records = records_of(ref);
  for (const Meaning& meaning : stage->second) {
    if (is_of(meaning.of, records, point.pipeline)) return meaning.outcome;
  }
  return point.outcome;
}

std::optional<Entity> Directory::read(const EntityRef& ref, const Entity& entity) const {
  if (stages_.empty()) return std::nullopt;
  const auto differs = [&](const StagePoint& point) { return outcome_of(ref, point) != point.outcome; };
  if (std::none_of(entity.points.begin(), entity.points.end(), differs)) return std::nullopt;
  Entity meant = entity;
  for (StagePoint& point : meant.points) point.outcome = outcome_of(ref, point);
  return meant;
}

std::optional<std::int64_t> Directory::worth(const std::string& currency, std::int64_t day) const {
  const auto days = currencies_.find(currency);
  if (days == currencies_.end()) return std::nullopt;
  const auto later = days->second.upper_bound(day);
  if (later != days->second.begin()) return std::prev(later)->second.micros;
  return later->second.base ? std::optional(kMicros) : std::nullopt;
}

std::optional<std::int64_t> Directory::rate(const std::string& currency, const std::string& base,
                                            std::int64_t day) const {
  const auto own = worth(currency, day);
  const auto of_base = worth(base, day);
  if (!own || !of_base) return std::nullopt;
  if (*of_base == kMicros) return own;
  if (*own > std::numeric_limits<std::int64_t>::max() / kMicros - *of_base) return std::nullopt;
  return (*own * kMicros + *of_base / 2) / *of_base;
}

std::vector<std::string> Directory::currencies() const {
  std::vector<std::string> names;
  for (const auto& [currency, days] : currencies_) names.push_back(currency);
  return names;
}

Directory::Difference Directory::from(const Directory& before) const {
  Difference difference;
  difference.stages = stages_ != before.stages_;
  for (const auto& [currency, days] : currencies_) {
    const auto known = before.currencies_.find(currency);
    for (const auto& [day, worth] : days) {
      const bool same =
          known != before.currencies_.end() && known->second.contains(day) && known->second.at(day) == worth;
      if (same) continue;
      // A base currency is known before its first day too.
      const bool first = day == days.begin()->first;
      difference.currencies[currency] = worth.base && first ? std::numeric_limits<std::int64_t>::min() : day;
      break;
    }
  }
  return difference;
}

}  // namespace kpistream
