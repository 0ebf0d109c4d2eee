#include "app/kpi_words.hpp"

#include "app/json_text.hpp"

#include <fmt/format.h>

#include <limits>

namespace kpistream::app {
namespace {

constexpr std::int64_t kMinorPerMajor = 100;

std::string number_text(Attribute attribute, std::int64_t value) {
  if (attribute != Attribute::amount) return std::to_string(value);
  return value % kMinorPerMajor == 0 ? std::to_string(value / kMinorPerMajor)
                                     : fmt::format("{:.2f}", static_cast<double>(value) / kMinorPerMajor);
}

std::string condition_text(const Condition& condition) {
  const std::string name = condition.attribute == Attribute::field ? "field." + condition.field
                                                                   : std::string(attribute_name(condition.attribute));
  if (!condition.any_of.empty()) {
    return fmt::format("{} {} {}", name, condition.negated ? "is not" : "is", fmt::join(condition.any_of, " or "));
  }
  std::vector<std::string> ends;
  if (condition.min != std::numeric_limits<std::int64_t>::min()) {
    ends.push_back("at least " + number_text(condition.attribute, condition.min));
  }
  if (condition.max != std::numeric_limits<std::int64_t>::max()) {
    ends.push_back("at most " + number_text(condition.attribute, condition.max));
  }
  return fmt::format("{} is {}", name, fmt::join(ends, " and "));
}

std::string_view owner_text(Attribution attribution) {
  switch (attribution) {
    case Attribution::owner_then:
      return "the owner then";
    case Attribution::owner_now:
      return "the owner now";
    case Attribution::actor:
      break;
  }
  return "who did it";
}

std::string_view sum_text(Measure measure) {
  switch (measure) {
    case Measure::none:
      return "";
    case Measure::money:
      return ", with its money";
    case Measure::profit:
      return ", with its profit";
    case Measure::seconds:
      return ", with its seconds";
    case Measure::durations:
      return ", with its duration";
    case Measure::working:
      return ", with its duration in working time";
    case Measure::amounts:
      break;
  }
  return ", with its money and the median of it";
}

template <class Kpi>
std::vector<std::string> by_of(const Kpi& kpi) {
  std::vector<std::string> by;
  if (kpi.by_pipeline) by.emplace_back("pipeline");
  if (kpi.by_manager) by.emplace_back("manager");
  if (kpi.by_source) by.emplace_back("source");
  return by;
}

std::vector<std::string> label_names(const std::vector<Label>& labels) {
  std::vector<std::string> names;
  names.reserve(labels.size());
  for (const auto& label : labels) names.emplace_back(label.name());
  return names;
}

std::string labels_text(const Definition& d) {
  auto windows = fmt::format("{}", fmt::join(label_names(d.window_labels), ", "));
  if (!d.totals || d.total_labels == d.window_labels) return windows;
  const auto totals = fmt::format("{}", fmt::join(label_names(d.total_labels), ", "));
  return fmt::format("{} (windows), {} (totals)", windows.empty() ? "none" : windows, totals.empty() ? "none" : totals);
}

std::string labels_text(const Formula&) { return {}; }

// One KPI below the other, what belongs together in one column.
template <class Kpi>
void append_text(std::string& out, const Kpi& kpi, std::string_view word, std::size_t width) {
  out += fmt::format("{:<{}}  {} / {}\n", kpi.id, width, kpi.title.ru, kpi.title.en);
  const auto line = [&](std::string_view key, std::string_view text) {
    if (!text.empty()) out += fmt::format("{:<{}}  {:<8} {}\n", "", width, key, text);
  };
  line(word, in_words(kpi));
  line("by", fmt::format("{}", fmt::join(by_of(kpi), ", ")));
  line("labels", labels_text(kpi));
  line("windows", window_set_name(kpi.windows));
  line("metrics", fmt::format("{}", fmt::join(metrics_of(kpi), " ")));
  line("ru", kpi.text.ru);
  line("en", kpi.text.en);
}

std::string words_json(const Words& words) {
  return fmt::format(R"({{"ru":{},"en":{}}})", json(words.ru), json(words.en));
}

template <class Kpi>
std::string common_json(const Kpi& kpi) {
  return fmt::format(R"("id":{},"title":{},"text":{},"words":{},"by":{},"windows":{},"metrics":{})", json(kpi.id),
                     words_json(kpi.title), words_json(kpi.text), json(in_words(kpi)), json(by_of(kpi)),
                     json(window_set_name(kpi.windows)), json(metrics_of(kpi)));
}

}  // namespace

std::string in_words(const Definition& d) {
  std::vector<std::string_view> facts;
  for (const FactKind kind : d.facts) facts.push_back(fact_kind_name(kind));
  std::vector<std::string> conditions;
  for (const auto& condition : d.where) conditions.push_back(condition_text(condition));
  return fmt::format("{}{}{}{}{}, of {}", fmt::join(facts, " or "), conditions.empty() ? "" : " where ",
                     fmt::join(conditions, " and "), sum_text(d.measure),
                     d.time == Instant::created ? ", at its creation" : "", owner_text(d.attribution));
}

std::string in_words(const Formula& formula) {
  return formula.when.empty() ? formula.expression : fmt::format("{}, where {}", formula.expression, formula.when);
}

namespace {

std::string_view window_prefix(WindowSet set) {
  if (is_cohort(set)) return "cohort_";
  return set == WindowSet::periods ? "window_" : "";
}

}  // namespace

std::vector<std::string> metrics_of(const Definition& d) {
  const std::string_view windows = window_prefix(d.windows);
  std::vector<std::string> names;
  if (d.totals && d.durations()) names.push_back(fmt::format("crm_{}_seconds", d.stem));
  for (const auto& noun : {d.name, d.sum_name}) {
    if (noun.empty()) continue;
    if (d.totals && !d.durations()) names.push_back(fmt::format("crm_{}_total", noun));
    names.push_back(fmt::format("crm_{}{}", windows, noun));
  }
  if (!d.quantiles()) return names;
  for (const char* quantile : {"p50", "p90"})
    names.push_back(fmt::format("crm_{}{}_{}{}", windows, d.stem, quantile, d.durations() ? "_seconds" : ""));
  return names;
}

std::vector<std::string> metrics_of(const Formula& formula) {
  return {fmt::format("crm_{}{}", window_prefix(formula.windows), formula.name)};
}

std::string catalogue_text(const Catalogue& catalogue) {
  std::size_t width = 0;
  for (const auto& definition : catalogue.definitions) width = std::max(width, definition.id.size());
  for (const auto& formula : catalogue.formulas) width = std::max(width, formula.id.size());
  std::string out;
  for (const auto& definition : catalogue.definitions) append_text(out, definition, "counts", width);
  for (const auto& formula : catalogue.formulas) append_text(out, formula, "formula", width);
  return out;
}

std::string catalogue_json(const Catalogue& catalogue) {
  std::vector<std::string> kpis;
  for (const auto& d : catalogue.definitions) {
    kpis.push_back(fmt::format(R"({{{},"cells":{},"measure":{},"total_labels":{},"window_labels":{}}})", common_json(d),
                               json(d.cells()), json(measure_name(d.measure)), json(label_names(d.total_labels)),
                               json(label_names(d.window_labels))));
  }
  for (const auto& formula : catalogue.formulas) {
    kpis.push_back(fmt::format(R"({{{},"formula":{},"when":{}}})", common_json(formula), json(formula.expression),
                               json(formula.when)));
  }
  return fmt::format("{{\"kpis\":[\n{}\n]}}\n", fmt::join(kpis, ",\n"));
}

}  // namespace kpistream::app
