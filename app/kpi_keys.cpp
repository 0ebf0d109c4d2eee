#include "app/kpi_keys.hpp"

#include "app/kpi_conditions.hpp"
#include "app/kpi_names.hpp"

namespace kpistream::app {
namespace {

using Keys = std::vector<Key>;

constexpr const char* kId = "^(?!.*(_sum|_p50|_p90)$)[a-z][a-z0-9_]{0,63}$";
constexpr const char* kName = "^([a-z][a-z0-9_]{0,63})?$";
constexpr const char* kField = "^field[.][a-z][a-z0-9_]{0,63}$";
constexpr const char* kLabel =
    "^(direction|outcome|result|loss_reason|action|client|stage|type|channel|currency|field[.][a-z][a-z0-9_]{0,63})$";
constexpr std::int64_t kMost = 1'000'000'000'000'000;

Shape words_in_two() {
  return either(text(), mapping({{"ru", text(), "In Russian.", ""}, {"en", text(), "In English.", ""}}));
}

// Money, or seconds, or a time with its unit.
Shape bound() {
  Shape shape = decimal(-kMost, kMost);
  shape.pattern = "^-?(0|[1-9][0-9]*)([.][0-9]{1,2}|[smhdw])?$";
  return shape;
}

Shape some(std::vector<std::string> closed) {
  const Shape values = list_of(closed.empty() ? text() : word(std::move(closed)));
  return either(values, mapping({{"not", values, "None of these.", ""}}));
}

Shape where() {
  Keys keys;
  for (int i = 0; i <= static_cast<int>(kLastAttribute); ++i) {
    const auto attribute = static_cast<Attribute>(i);
    if (attribute == Attribute::field) continue;
    Shape shape = is_number(attribute) ? mapping({{"min", bound(), "At least.", ""}, {"max", bound(), "At most.", ""}})
                                       : some(values_of(attribute));
    keys.push_back({std::string(attribute_name(attribute)), std::move(shape),
                    is_number(attribute) ? "A range, both ends included." : "One of these, or {not: [...]}.", ""});
  }
  Shape shape = mapping(std::move(keys));
  shape.pattern = kField;
  shape.item.push_back(some({}));
  return shape;
}

Key by() {
  return {"by", list_of(word({"pipeline", "manager", "source"})), "Dimensions; each is a family of metrics.", ""};
}

Key windows() {
  return {"windows", word(names_of(kLastWindowSet, window_set_name)),
          "Which windows are shown; by the facts if not given.", ""};
}

Keys words() {
  return {{"title", words_in_two(), "In words, {ru: .., en: ..} or one for both.", ""},
          {"text", words_in_two(), "What it means, {ru: .., en: ..} or one for both.", ""}};
}

Key name() { return {"name", text_like(kName), "Name of the metric; the id if not given.", ""}; }

Shape labels() { return list_of(text_like(kLabel)); }

Keys definition_keys() {
  Keys keys{
      required({"facts", list_of(word(names_of(kLastFactKind, fact_kind_name, static_cast<int>(kFirstFactKind)))),
                "What is counted: a fact, or a list of them.", ""}),
      {"where", where(), "Conditions; all of them must hold.", ""},
      {"measure", word(names_of(kLastMeasure, measure_name)), "What is added up beside the count.", R"("count")"},
      {"time", word(names_of(kLastInstant, instant_name)),
       "On which moment it counts: when it happened, or when its record was made.", R"("at")"},
      {"attribution", word(names_of(kLastAttribution, attribution_name)), "Whose figure it is.", R"("owner_then")"},
      by(),
      windows(),
      {"labels", labels(), "Labels of totals and windows, at most three.", ""},
      {"window_labels", labels(), "Labels of windows.", ""},
      {"total_labels", labels(), "Labels of totals.", ""},
      {"totals", boolean(), "Whether there are crm_..._total.", ""},
      name(),
      {"sum_name", text_like(kName), "Name of the sum; an empty one hides it.", ""},
      {"stem", text_like(kName), "Of durations and amounts: what their metrics are named after.", ""},
      {"oldest_name", text_like(kName), "Of what stands now: name of the age of the oldest.", ""},
      {"counted", text(), "Help of the metric, as the end of an English sentence.", ""},
      {"summed", text(), "Help of the sum, as the end of an English sentence.", ""},
  };
  for (auto& key : words()) keys.push_back(std::move(key));
  return keys;
}

Keys formula_keys() {
  Keys keys{
      required({"formula", text(1), "Computed from KPIs that are no formulas themselves.", ""}),
      {"when", text(), "The condition under which there is a figure at all.", ""},
      by(),
      windows(),
      name(),
      {"shown", text(), "Help of the metric.", ""},
  };
  for (auto& key : words()) keys.push_back(std::move(key));
  return keys;
}

Shape kpi() {
  Shape shape = mapping({{"formula", text(1), "", ""}});
  shape.cases.push_back({"formula", mapping(formula_keys())});
  shape.cases.push_back({"", mapping(definition_keys())});
  return or_off(std::move(shape));
}

}  // namespace

const Shape& kpis_shape() {
  static const Shape shape = mapping({required({"kpis", names(kId, kpi()), "KPIs by id; `off` removes one.", ""})});
  return shape;
}

}  // namespace kpistream::app
