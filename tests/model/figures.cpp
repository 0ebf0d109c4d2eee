#include "tests/model/figures.hpp"

#include <algorithm>

namespace kpistream::model {
namespace {

const std::string* word_of(Attribute attribute, const Event& e) {
  switch (attribute) {
    case Attribute::direction:
      return &e.direction;
    case Attribute::outcome:
    case Attribute::result:
      return &e.outcome;
    case Attribute::loss_reason:
      return &e.reason;
    case Attribute::source:
      return &e.source;
    case Attribute::action:
      return &e.action;
    case Attribute::client:
      return &e.client;
    case Attribute::stage:
      return &e.stage;
    case Attribute::type:
      return &e.type;
    case Attribute::channel:
      return &e.channel;
    case Attribute::pipeline:
      return &e.pipeline;
    case Attribute::manager:
      return &e.then;
    case Attribute::currency:
      return &e.currency;
    default:
      return nullptr;
  }
}

std::vector<std::string> words_of(Attribute attribute, const std::string& field, const Event& event) {
  std::vector<std::string> words;
  if (const std::string* word = word_of(attribute, event)) words.push_back(*word);
  for (const Field& f : event.fields) {
    if (attribute == Attribute::field && f.name == field) words.push_back(f.value);
  }
  if (words.empty()) words.emplace_back();
  for (auto& word : words) word = word.empty() ? "none" : word;
  return words;
}

bool within(const Condition& c, std::int64_t value) { return c.min <= value && value <= c.max; }

bool holds(const Condition& c, const Event& event) {
  if (c.attribute == Attribute::amount) return event.rated && within(c, event.amount);
  if (c.attribute == Attribute::seconds) return within(c, event.seconds);
  if (c.attribute == Attribute::working_seconds) return within(c, event.working);
  bool any = false;
  for (const auto& word : words_of(c.attribute, c.field, event)) any = any || listed(c.any_of, word);
  return any != c.negated;
}

bool counts(const Definition& d, const Event& event) {
  if (std::find(d.facts.begin(), d.facts.end(), event.kind) == d.facts.end()) return false;
  return std::all_of(d.where.begin(), d.where.end(), [&](const Condition& c) { return holds(c, event); });
}

std::vector<std::string> labels_of(const std::vector<Label>& labels, const Event& event) {
  std::vector<std::string> values;
  for (const Label& label : labels) values.push_back(words_of(label.attribute, label.field, event).front());
  return values;
}

void add(const Definition& d, const Event& event, Figure& figure) {
  ++figure.count;
  if (d.money() && d.measure != Measure::profit && event.rated) figure.sum += event.amount;
  if (d.measure == Measure::amounts && event.rated) figure.durations.push_back(event.amount);
  if (d.measure == Measure::profit && event.rated) figure.sum += event.profit;
  const bool working = d.measure == Measure::working;
  const std::int64_t seconds = working ? event.working : event.seconds;
  if (working || d.measure == Measure::seconds || d.measure == Measure::durations) figure.sum += seconds;
  if (working || d.measure == Measure::durations) figure.durations.push_back(seconds);
}

std::string whose(const Definition& d, const Event& event) {
  if (d.attribution == Attribution::owner_now) return event.now;
  return d.attribution == Attribution::actor && !event.actor.empty() ? event.actor : event.then;
}

std::vector<Place> places(const Definition& d, const Event& event) {
  const auto labels = labels_of(d.window_labels, event);
  std::vector<Place> all{{By::pipeline, d.by_pipeline ? event.pipeline : "", labels}};
  if (d.by_manager) all.emplace_back(By::manager, whose(d, event), labels);
  if (d.by_source) all.emplace_back(By::source, event.source.empty() ? "none" : event.source, labels);
  return all;
}

}  // namespace

Counted count(const Definition& d, const std::vector<Event>& events, const std::vector<Span>& windows) {
  Counted counted;
  for (const Event& event : events) {
    if (!counts(d, event)) continue;
    const UnixSeconds at = d.time == Instant::created && event.created != 0 ? event.created : event.at;
    for (const Place& place : places(d, event)) {
      auto& figures = counted.windows[place];
      figures.resize(windows.size());
      for (std::size_t i = 0; i < windows.size(); ++i) {
        if (windows[i].from <= at && at < windows[i].to) add(d, event, figures[i]);
      }
    }
    if (d.windows == WindowSet::periods && d.totals) {
      add(d, event,
          counted.totals[{By::pipeline, d.by_pipeline ? event.pipeline : "", labels_of(d.total_labels, event)}]);
    }
    const bool states = d.windows != WindowSet::periods && d.windows != WindowSet::cohort_weeks &&
                        d.windows != WindowSet::cohort_months;
    if (states && at != kNoTime) {
      counted.oldest = std::min(counted.oldest.value_or(kEver), at - at % 60);
    }
  }
  return counted;
}

}  // namespace kpistream::model
