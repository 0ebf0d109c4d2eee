#include "app/kpi_conditions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "app/kpi_names.hpp"

namespace kpistream::app {
namespace {

constexpr std::size_t kLabelsMax = 3;  // every label multiplies the series
constexpr std::int64_t kSecondsMax = 1'000'000'000;
constexpr std::string_view kFieldPrefix = "field.";
constexpr std::array kTakenLabels{"portal",      "pipeline",     "manager",   "source", "window",
                                  "due",         "segment",      "crm",       "le",     "quantile",
                                  "cohort_week", "cohort_month", "deal_stage"};

// "stage", or "field.city". False: it is neither.
bool read_attribute(const std::string& text, Attribute& attribute, std::string& field) {
  if (text.starts_with(kFieldPrefix)) {
    attribute = Attribute::field;
    field = text.substr(kFieldPrefix.size());
    return is_name(field);
  }
  const auto it = std::find(attribute_names().begin(), attribute_names().end(), text);
  attribute = static_cast<Attribute>(it - attribute_names().begin());
  return it != attribute_names().end() && attribute != Attribute::field;
}

std::optional<std::int64_t> read_seconds(Section& section, std::string_view key) {
  const auto text = section.text(key);
  if (!text) return {};
  const bool plain = std::all_of(text->begin(), text->end(), [](char c) { return c >= '0' && c <= '9'; });
  if (plain) return section.integer(key, 0, kSecondsMax);
  const auto duration = section.duration(key);
  return duration ? std::optional<std::int64_t>(duration->count()) : std::nullopt;
}

void read_range(Section& where, const std::string& key, Condition& condition) {
  if (!where.is_map(key)) {
    return where.complain(key, "is a number: give a range, for example {min: 100, max: 900}");
  }
  auto range = where.section(key);
  const auto bound = [&](std::string_view end) {
    return condition.attribute == Attribute::amount ? range->money(end) : read_seconds(*range, end);
  };
  if (const auto min = bound("min")) condition.min = *min;
  if (const auto max = bound("max")) condition.max = *max;
  if (condition.min > condition.max) range->complain("min", "is greater than max: nothing could be counted");
  if (!range->has("min") && !range->has("max")) where.complain(key, "gives neither min nor max");
  range->finish();
}

void read_values(Section& section, const std::string& key, Condition& condition) {
  const auto& closed = values_of(condition.attribute);
  condition.any_of = closed.empty() ? section.texts(key) : section.some_of(key, closed);
  if (section.size(key) == 0) section.complain(key, "names no value");
}

std::string wrong_label(const std::string& text, Label& label) {
  static const std::vector<std::string> kLabels{"direction", "outcome",  "result",      "loss_reason",
                                                "action",    "client",   "stage",       "type",
                                                "channel",   "currency", "field.<name>"};
  if (text == "pipeline" || text == "manager" || text == "source") {
    return fmt::format("'{}' is a dimension of its own; write it under `by`", text);
  }
  const bool known = read_attribute(text, label.attribute, label.field) && !is_number(label.attribute);
  if (!known) {
    return fmt::format("'{}' is no label{}; there are {}", text, did_you_mean(text, kLabels), fmt::join(kLabels, ", "));
  }
  if (label.attribute != Attribute::field) return {};
  const auto& name = label.field;
  const bool taken = std::find(kTakenLabels.begin(), kTakenLabels.end(), name) != kTakenLabels.end() ||
                     std::find(attribute_names().begin(), attribute_names().end(), name) != attribute_names().end();
  return taken ? fmt::format("a label '{}' means something else already; name the field otherwise in the configuration",
                             name)
               : "";
}

}  // namespace

const std::vector<std::string>& attribute_names() {
  static const auto names = names_of(kLastAttribute, attribute_name);
  return names;
}

const std::vector<std::string>& values_of(Attribute attribute) {
  static const std::map<Attribute, std::vector<std::string>> kClosed{
      {Attribute::direction, {"in", "out", "callback", "none"}},
      {Attribute::outcome,
       {"talk", "short", "missed", "failed", "unknown", "won", "lost", "converted", "served", "returned", "in_time",
        "late", "none"}},
      {Attribute::result, {"won", "lost", "converted", "none"}},
      {Attribute::action,
       {"call", "message", "email", "note", "task_created", "task_done", "meeting", "quote", "stage", "deal_created",
        "lead_created", "field", "none"}},
      {Attribute::client, {"new", "repeat", "none"}},
      {Attribute::type, {"new", "repeat", "import", "working", "off_hours", "none"}},
      {Attribute::channel, {"call", "message", "email", "meeting", "crm", "activity", "none"}},
  };
  static const std::vector<std::string> any;
  const auto it = kClosed.find(attribute);
  return it == kClosed.end() ? any : it->second;
}

bool is_number(Attribute attribute) {
  return attribute == Attribute::amount || attribute == Attribute::seconds || attribute == Attribute::working_seconds;
}

void read_condition(Section& where, const std::string& key, std::vector<Condition>& conditions) {
  Condition condition;
  if (!read_attribute(key, condition.attribute, condition.field)) {
    auto known = attribute_names();
    std::replace(known.begin(), known.end(), std::string("field"), std::string("field.<name>"));
    return where.complain_of_key(key, fmt::format("facts have no such attribute{}; they have {}",
                                                  did_you_mean(key, known), fmt::join(known, ", ")));
  }
  if (is_number(condition.attribute)) {
    read_range(where, key, condition);
  } else if (where.is_map(key)) {
    auto inner = where.section(key);
    condition.negated = true;
    if (inner->has("min") || inner->has("max")) {
      inner->complain("min", "ranges are for amount, seconds and working_seconds; list the values instead");
    } else {
      inner->has("not") ? read_values(*inner, "not", condition) : where.complain(key, "write {not: [...]} or a list");
    }
    inner->ignore("min");
    inner->ignore("max");
    inner->finish();
  } else {
    read_values(where, key, condition);
  }
  conditions.push_back(std::move(condition));
}

std::vector<Label> read_labels(Section& section, std::string_view key) {
  std::vector<Label> labels;
  const auto texts = section.texts(key, [&](const std::string& text) {
    Label label;
    if (auto wrong = wrong_label(text, label); !wrong.empty()) return wrong;
    if (std::find(labels.begin(), labels.end(), label) != labels.end()) {
      return fmt::format("'{}' stands here twice; remove one", text);
    }
    labels.push_back(std::move(label));
    return std::string();
  });
  if (texts.size() > kLabelsMax) {
    section.complain(key, fmt::format("more than {} labels make too many series", kLabelsMax));
  }
  return labels;
}

}  // namespace kpistream::app
