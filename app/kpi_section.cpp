#include "app/kpi_section.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/kpi_conditions.hpp"
#include "app/kpi_names.hpp"

namespace kpistream::app {
namespace {

const std::vector<std::string>& fact_names() {
  static const auto names = names_of(kLastFactKind, fact_kind_name, static_cast<int>(kFirstFactKind));
  return names;
}

// The choice of one of an enumeration's names; `otherwise` where the key is absent or wrong.
template <class Enum, class Name>
Enum choose(Section& section, std::string_view key, Enum last, Name name, Enum otherwise) {
  const auto names = names_of(last, name);
  const auto chosen = section.one_of(key, names);
  if (!chosen) return otherwise;
  return static_cast<Enum>(std::find(names.begin(), names.end(), *chosen) - names.begin());
}

std::string summed_by_default(Measure measure, const std::string& counted) {
  switch (measure) {
    case Measure::none:
      return {};
    case Measure::money:
    case Measure::amounts:
      return "amounts of: " + counted;
    case Measure::profit:
      return "profit of: " + counted;
    case Measure::seconds:
    case Measure::durations:
      return "seconds of: " + counted;
    case Measure::working:
      return "seconds of working time of: " + counted;
  }
  return {};
}

// ---- facts

// Facts of a record that stands in a funnel. All others are shown without one unless `by` says so.
bool has_pipeline(FactKind kind) {
  switch (kind) {
    case FactKind::call:
    case FactKind::task_due:
    case FactKind::meeting_held:
    case FactKind::meeting_planned:
    case FactKind::missed_unreturned:
    case FactKind::callback:
    case FactKind::rating:
    case FactKind::action:
    case FactKind::work_day:
    case FactKind::work_begin:
    case FactKind::work_end:
      return false;
    default:
      return true;
  }
}

bool has_seconds(FactKind kind) {
  switch (kind) {
    case FactKind::first_response:
    case FactKind::deal_won:
    case FactKind::deal_lost:
    case FactKind::lead_converted:
    case FactKind::lead_lost:
    case FactKind::call:
    case FactKind::inquiry_won:
    case FactKind::inquiry_lost:
    case FactKind::lead_processed:
    case FactKind::stage_left:
    case FactKind::callback:
    case FactKind::rating:
    case FactKind::work_day:
    case FactKind::work_begin:
    case FactKind::work_end:
      return true;
    default:
      return false;
  }
}

bool any_state(const Definition& d) { return std::any_of(d.facts.begin(), d.facts.end(), is_state); }
bool all_states(const Definition& d) { return std::all_of(d.facts.begin(), d.facts.end(), is_state); }

void read_facts(Section& section, Definition& d) {
  if (!section.has("facts")) {
    return section.complain("facts", "is missing: what is counted, for example deal_won; or give `formula`");
  }
  for (const auto& name : section.some_of("facts", fact_names())) {
    const auto index = std::find(fact_names().begin(), fact_names().end(), name) - fact_names().begin();
    const auto kind = static_cast<FactKind>(index + static_cast<int>(kFirstFactKind));
    if (std::find(d.facts.begin(), d.facts.end(), kind) == d.facts.end()) d.facts.push_back(kind);
  }
  if (any_state(d) && !all_states(d)) {
    std::vector<std::string_view> states;
    for (const FactKind kind : d.facts) {
      if (is_state(kind)) states.push_back(fact_kind_name(kind));
    }
    section.complain("facts",
                     fmt::format("{} tells how things stand now, the others what has happened: these cannot be "
                                 "added up; make two KPIs of them",
                                 fmt::join(states, ", ")));
  }
}

void read_measure(Section& section, Definition& d) {
  d.measure = choose(section, "measure", kLastMeasure, measure_name, Measure::none);
  if (d.measure == Measure::none || d.money()) return;
  for (const FactKind kind : d.facts) {
    if (has_seconds(kind)) continue;
    section.complain("measure", fmt::format("{} has no duration; its measure may be count, money, amounts or profit",
                                            fact_kind_name(kind)));
  }
}

void read_where(Section& section, Definition& d) {
  auto where = section.section("where");
  if (!where) return;
  for (const auto& key : where->keys()) read_condition(*where, key, d.where);
}

// ---- dimensions

template <class Shown>
void read_by(Section& section, Shown& shown) {
  if (!section.has("by")) return;
  const auto by = section.some_of("by", {"pipeline", "manager", "source"});
  const auto has = [&](std::string_view name) { return std::find(by.begin(), by.end(), name) != by.end(); };
  shown.by_pipeline = has("pipeline");
  shown.by_manager = has("manager");
  shown.by_source = has("source");
}

WindowSet default_windows(const Definition& d) {
  if (d.facts.empty() || !all_states(d)) return WindowSet::periods;
  if (d.facts.size() > 1) return WindowSet::open;
  switch (d.facts.front()) {
    case FactKind::task_due:
      return WindowSet::task_due;
    case FactKind::meeting_planned:
      return WindowSet::meeting_due;
    case FactKind::client_state:
      return WindowSet::segment;
    case FactKind::missed_unreturned:
      return WindowSet::unreturned;
    case FactKind::deal_idle:
      return WindowSet::stuck;
    default:
      return WindowSet::open;
  }
}

void read_windows(Section& section, Definition& d) {
  d.windows = choose(section, "windows", kLastWindowSet, window_set_name, default_windows(d));
  if (!section.has("windows") || d.facts.empty()) return;
  if (all_states(d) && d.windows == WindowSet::periods) {
    section.complain("windows", fmt::format("{} tells how things stand now and has no history; leave `windows` out, or "
                                            "write for example open",
                                            fact_kind_name(d.facts.front())));
  }
  if (all_states(d) && is_cohort(d.windows)) {
    section.complain("windows", fmt::format("{} tells how things stand now: only what happened has cohorts",
                                            fact_kind_name(d.facts.front())));
  }
  if (!any_state(d) && !is_history(d.windows)) {
    section.complain("windows", fmt::format("{} is something that happened: its windows are periods, or cohorts",
                                            fact_kind_name(d.facts.front())));
  }
}

void read_all_labels(Section& section, Definition& d) {
  const bool states = !d.facts.empty() && all_states(d);
  const bool cohorts = is_cohort(d.windows);
  d.totals = section.boolean("totals").value_or(!states && !cohorts);
  if (cohorts && d.totals) section.complain("totals", "cohorts are not added up; leave `totals` out");
  if (states && d.totals) section.complain("totals", "how things stand now cannot be added up; leave `totals` out");
  const auto both = read_labels(section, "labels");
  d.window_labels = section.has("window_labels") ? read_labels(section, "window_labels") : both;
  if (section.has("total_labels")) {
    d.total_labels = read_labels(section, "total_labels");
    if (!d.totals) section.complain("total_labels", "there are no totals; remove it");
  } else if (d.totals) {
    d.total_labels = both;
  }
}

// ---- names

void read_names(Section& section, Definition& d) {
  d.name = section.text("name").value_or(d.id);
  check_name(section, "name", d.name);
  if (d.quantiles()) {
    d.stem = section.text("stem").value_or(d.id);
    check_name(section, "stem", d.stem);
    if (d.stem.empty()) section.complain("stem", "is empty: its quantiles need a name, for example " + d.id);
  } else if (section.has("stem")) {
    section.complain("stem", "is for durations and amounts only; give `sum_name`");
    static_cast<void>(section.text("stem"));
  }
  if (auto oldest = section.text("oldest_name")) {
    if (!is_state(d.facts.empty() ? kFirstFactKind : d.facts.front())) {
      section.complain("oldest_name", "only what stands now has an oldest; remove it");
    }
    check_name(section, "oldest_name", *oldest);
    d.oldest_name = std::move(*oldest);
  }
  const auto sum_name = section.text("sum_name");
  if (d.measure == Measure::none) {
    if (sum_name)
      section.complain("sum_name", "there is no sum: the measure is count; write for example measure: money");
    if (d.name.empty()) section.complain("name", "nothing of this KPI would be shown; give it a name");
    return;
  }
  const std::string ending = d.measure == Measure::profit ? "_profit" : d.money() ? "_amount" : "_seconds";
  d.sum_name = sum_name.value_or((d.durations() ? d.stem : d.id) + ending);
  check_name(section, "sum_name", d.sum_name);
  if (d.name.empty() && d.sum_name.empty() && d.stem.empty()) {
    section.complain("name", "nothing of this KPI would be shown; give it a name or a sum_name");
  }
}

}  // namespace

Definition read_definition(const std::string& id, Section& section) {
  Definition d;
  d.id = id;
  read_facts(section, d);
  read_where(section, d);
  read_measure(section, d);
  d.time = choose(section, "time", kLastInstant, instant_name, Instant::at);
  d.attribution = choose(section, "attribution", kLastAttribution, attribution_name, Attribution::owner_then);
  d.by_pipeline = std::all_of(d.facts.begin(), d.facts.end(), has_pipeline);
  read_by(section, d);
  read_windows(section, d);
  read_all_labels(section, d);
  read_names(section, d);
  d.title = read_words(section, "title", sentence_of(id));
  d.text = read_words(section, "text", "");
  d.counted = section.text("counted").value_or(lower_first(d.title.en));
  d.summed = section.text("summed").value_or(summed_by_default(d.measure, d.counted));
  section.finish();
  return d;
}

Formula read_formula(const std::string& id, Section& section) {
  Formula formula;
  formula.id = id;
  formula.expression = section.text("formula").value_or("");
  formula.when = section.text("when").value_or("");
  formula.windows = choose(section, "windows", kLastWindowSet, window_set_name, WindowSet::periods);
  read_by(section, formula);
  formula.name = section.text("name").value_or(id);
  check_name(section, "name", formula.name);
  if (formula.name.empty()) section.complain("name", "nothing of this formula would be shown; give it a name");
  formula.title = read_words(section, "title", sentence_of(id));
  formula.text = read_words(section, "text", "");
  formula.shown = section.text("shown").value_or(lower_first(formula.title.en));
  for (const std::string_view key : {"facts", "where", "measure"}) {
    if (!section.has(key)) continue;
    section.complain_of_key(key,
                            "does not belong to a formula; make a KPI of its own of it and name that in the formula");
    section.ignore(key);
  }
  section.finish();
  return formula;
}

}  // namespace kpistream::app
