#include "stream/kpi/definition.hpp"

#include <algorithm>
#include <array>

namespace kpistream {
namespace {

constexpr std::string_view kNone = "none";

constexpr std::array<std::string_view, 17> kAttributes{
    "direction", "outcome",  "result",  "loss_reason", "source", "action",  "client",          "stage",   "type",
    "channel",   "pipeline", "manager", "field",       "amount", "seconds", "working_seconds", "currency"};
static_assert(kAttributes.size() == static_cast<std::size_t>(kLastAttribute) + 1);

const std::string& text_of(Attribute attribute, const Fact& fact) {
  static const std::string nothing;
  switch (attribute) {
    case Attribute::direction:
      return fact.direction;
    case Attribute::outcome:
    case Attribute::result:
      return fact.outcome;
    case Attribute::loss_reason:
      return fact.reason;
    case Attribute::source:
      return fact.source;
    case Attribute::action:
      return fact.action;
    case Attribute::client:
      return fact.client;
    case Attribute::stage:
      return fact.stage;
    case Attribute::type:
      return fact.type;
    case Attribute::channel:
      return fact.channel;
    case Attribute::pipeline:
      return fact.pipeline;
    case Attribute::manager:
      return fact.manager;
    case Attribute::currency:
      return fact.currency;
    default:
      return nothing;
  }
}

std::string_view or_none(std::string_view value) { return value.empty() ? kNone : value; }

// Never inside a letter of several bytes: a label that is not UTF-8 makes the whole page unreadable.
std::string_view cut(std::string_view value) {
  if (value.size() <= Label::kLabelMax) return value;
  std::size_t size = Label::kLabelMax;
  while (size > 0 && (static_cast<unsigned char>(value[size]) & 0xC0u) == 0x80u) --size;
  return value.substr(0, size);
}

bool any_value(const Condition& condition, const Fact& fact) {
  const auto wanted = [&](std::string_view value) {
    return std::find(condition.any_of.begin(), condition.any_of.end(), or_none(value)) != condition.any_of.end();
  };
  if (condition.attribute != Attribute::field) return wanted(text_of(condition.attribute, fact));
  bool present = false;
  for (const Field& field : fact.fields) {
    if (field.name != condition.field) continue;
    if (wanted(field.value)) return true;
    present = true;
  }
  return !present && wanted("");
}

bool in_range(const Condition& condition, std::int64_t value) {
  return condition.min <= value && value <= condition.max;
}

// Lists whose order means nothing are sorted, so that rewriting a file does not count anew.
std::string joined(std::vector<std::string> parts) {
  std::sort(parts.begin(), parts.end());
  std::string out;
  for (const auto& part : parts) out.append(out.empty() ? "" : ",").append(part);
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + '"';
}

std::string attribute_text(Attribute attribute, const std::string& field) {
  std::string text(attribute_name(attribute));
  return attribute == Attribute::field ? text + '.' + quoted(field) : text;
}

std::string condition_text(const Condition& condition) {
  std::string text = attribute_text(condition.attribute, condition.field);
  if (condition.any_of.empty())
    return text + " " + std::to_string(condition.min) + ".." + std::to_string(condition.max);
  std::vector<std::string> values;
  for (const auto& value : condition.any_of) values.push_back(quoted(value));
  return text + (condition.negated ? " not " : " in ") + "[" + joined(std::move(values)) + "]";
}

std::string labels_text(const std::vector<Label>& labels) {
  std::string text;  // in their order, which is the order of the values in the key
  for (const auto& label : labels) text.append(" ").append(attribute_text(label.attribute, label.field));
  return text;
}

std::uint32_t fnv1a(std::string_view text) {
  std::uint32_t hash = 2'166'136'261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619u;
  return hash;
}

}  // namespace

std::string_view attribute_name(Attribute attribute) { return kAttributes.at(static_cast<std::size_t>(attribute)); }

std::string_view measure_name(Measure measure) {
  static constexpr std::array<std::string_view, 7> kNames{"count",     "money",   "profit", "seconds",
                                                          "durations", "working", "amounts"};
  return kNames.at(static_cast<std::size_t>(measure));
}

std::string_view instant_name(Instant instant) { return instant == Instant::at ? "at" : "created"; }

std::string_view attribution_name(Attribution attribution) {
  static constexpr std::array<std::string_view, 3> kNames{"owner_then", "owner_now", "actor"};
  return kNames.at(static_cast<std::size_t>(attribution));
}

std::string_view Label::name() const {
  if (attribute == Attribute::stage) return "deal_stage";  // "stage" alone could be that of anything
  return attribute == Attribute::field ? std::string_view(field) : attribute_name(attribute);
}

std::string_view Label::value(const Fact& fact) const {
  if (attribute != Attribute::field) return or_none(cut(text_of(attribute, fact)));
  const auto found =
      std::find_if(fact.fields.begin(), fact.fields.end(), [&](const Field& f) { return f.name == field; });
  return or_none(found == fact.fields.end() ? std::string_view() : cut(found->value));
}

bool Condition::holds(const Fact& fact) const {
  switch (attribute) {
    case Attribute::amount:
      return fact.currency.empty() && in_range(*this, fact.amount);
    case Attribute::seconds:
      return fact.seconds != kUnknownSeconds && in_range(*this, fact.seconds);
    case Attribute::working_seconds:
      return fact.working_seconds != kUnknownSeconds && in_range(*this, fact.working_seconds);
    default:
      return any_value(*this, fact) != negated;
  }
}

bool Definition::counts(const Fact& fact) const {
  if (std::find(facts.begin(), facts.end(), fact.kind) == facts.end()) return false;
  // What is not known cannot be added up.
  const bool seconds_needed = measure == Measure::durations || measure == Measure::seconds;
  if (seconds_needed && fact.seconds == kUnknownSeconds) return false;
  if (measure == Measure::working && fact.working_seconds == kUnknownSeconds) return false;
  return std::all_of(where.begin(), where.end(), [&](const Condition& condition) { return condition.holds(fact); });
}

bool is_configured(const Definition& definition, const PortalSettings& portal) {
  if (definition.measure == Measure::profit) return !portal.cost_field.empty();
  return portal.active_time || !std::all_of(definition.facts.begin(), definition.facts.end(), is_active_time);
}

std::string Definition::canonical() const {
  std::vector<std::string> kinds;
  for (const FactKind kind : facts) kinds.emplace_back(fact_kind_name(kind));
  std::vector<std::string> conditions;
  for (const auto& condition : where) conditions.push_back(condition_text(condition));
  std::string all = "facts " + joined(std::move(kinds));
  all.append("; where ").append(joined(std::move(conditions)));
  all.append("; measure ").append(measure_name(measure));
  all.append("; time ").append(instant_name(time));
  all.append("; of ").append(attribution_name(attribution));
  all.append("; by").append(by_pipeline ? " pipeline" : "").append(by_manager ? " manager" : "");
  all.append(by_source ? " source" : "");
  all.append("; windows").append(labels_text(window_labels));
  if (totals) all.append("; totals").append(labels_text(total_labels));
  return all;
}

std::string Definition::version() const {
  static constexpr std::string_view kHex = "0123456789abcdef";
  const std::uint32_t hash = fnv1a(canonical());
  std::string digits;
  for (int shift = 28; shift >= 0; shift -= 4) digits.push_back(kHex[(hash >> shift) & 0xFu]);
  return digits;
}

std::string Definition::cells() const { return id + '#' + version(); }

}  // namespace kpistream
