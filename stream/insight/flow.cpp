#include "stream/insight/flow.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "stream/facts/fact.hpp"
#include "stream/kpi/duration.hpp"

namespace kpistream::insight {
namespace {

constexpr int kEvaluationsToEnter = 2;
constexpr Minute kMonthMinutes = Minute{28} * 24 * 60;
constexpr std::int64_t kMonthSeconds = kMonthMinutes * 60;

// Whether in / out is above a threshold in hundredths.
bool above(const Compared& counts, std::int64_t hundredths) { return counts.value * 100 > counts.base * hundredths; }
bool below(const Compared& counts, std::int64_t hundredths) { return counts.value * 100 < counts.base * hundredths; }

bool leads_apart(const PortalSettings& settings) { return settings.crm == Crm::bitrix24 && settings.leads; }

bool in_main(const PortalSettings& settings, const std::string& pipeline) {
  const auto& main = settings.main_pipelines;
  return main.empty() || std::find(main.begin(), main.end(), pipeline) != main.end() ||
         (leads_apart(settings) && pipeline == kLeadPipeline);
}

// What came in and went out in a range.
struct Tide {
  bool known = false;
  bool reliable = false;
  Compared portal;
  std::map<std::string, Compared> pipelines;
};

Tide tide(const Figures& figures, const Range& range) {
  Tide found{known(figures, range), reliable(figures, range), {}, {}};
  const auto take = [&](std::string_view kpi, std::int64_t Compared::*side) {
    for (const auto& [pipeline, count] : numbers(figures, kpi, Family::pipeline, range)) {
      if (!in_main(figures.settings(), pipeline)) continue;
      found.pipelines[pipeline].*side += count;
      found.portal.*side += count;
    }
  };
  take(kpi::kNewLeads, &Compared::value);
  take(kpi::kInquiriesWon, &Compared::base);
  take(kpi::kInquiriesLost, &Compared::base);
  return found;
}

// The history of one window: an evaluation for each closed week, and for 28d one more for now.
struct Tides {
  std::vector<Tide> weeks;
  std::vector<Tide> months;
};

Tides tides(const Figures& figures) {
  Tides found;
  for (const Day monday : closed_weeks(figures, kFlowWeeks)) {
    const Range week = days(figures, monday, monday + kWeekDays);
    found.weeks.push_back(tide(figures, week));
    found.months.push_back(tide(figures, {week.last - kMonthMinutes, week.last}));
  }
  found.months.push_back(tide(figures, window(figures, "28d")));
  return found;
}

template <typename Pick>
FlowBalance judge(const std::vector<Tide>& history, const Pick& pick) {
  FlowJudge judge;
  FlowBalance balance;
  for (const Tide& each : history) balance.state = judge.feed(pick(each), each.reliable);
  if (history.back().known) balance.counts = pick(history.back());
  return balance;
}

template <typename Pick>
FlowOf flow_of(const Tides& tides, std::int64_t backlog, const Pick& pick) {
  FlowOf found{judge(tides.weeks, pick), judge(tides.months, pick), backlog, {}, false};
  if (!found.month.counts) return found;
  const std::int64_t out = found.month.counts->base;
  if (out > 0) {
    found.drain_seconds = backlog * kMonthSeconds / out;
  } else if (backlog == 0) {
    found.drain_seconds = 0;
  } else {
    found.diverging = true;
  }
  return found;
}

void find_bottleneck(const Figures& figures, Flow& flow) {
  const Day monday = this_week(figures);
  const Range range = days(figures, monday - kFlowWeeks * kWeekDays, today(figures) + 1);
  std::map<std::string, std::int64_t> medians;
  std::int64_t slowest = 1;
  for (const auto& [stage, cell] : figures.labelled(kpi::kStageTime, "deal_stage", range)) {
    if (const auto seconds = quantile(cell, 0.5)) slowest = std::max(slowest, medians[stage] = *seconds);
  }
  std::int64_t most = 0;
  for (const auto& [stage, open] : labelled(figures, kpi::kDealsOpen, "deal_stage", kStanding)) {
    const auto known = medians.find(stage);
    const std::int64_t stay = known == medians.end() ? slowest : known->second;
    if (open * stay <= most) continue;
    most = open * stay;
    flow.bottleneck = stage;
    flow.bottleneck_stay = stay;
  }
}

std::optional<std::int64_t> residual(const Figures& figures) {
  if (figures.known_since() == 0) return std::nullopt;
  const auto all = [&](std::string_view kpi) { return number(figures, kpi, kAllTime); };
  return number(figures, kpi::kDealsOpen, kStanding) -
         (all(kpi::kNewDeals) - all(kpi::kDealsWon) - all(kpi::kDealsLost));
}

}  // namespace

std::string_view flow_state_name(FlowState state) {
  constexpr std::array<std::string_view, 4> kNames{"unknown", "shortage", "balanced", "clot"};
  return kNames.at(static_cast<std::size_t>(state));
}

FlowState FlowJudge::feed(const Compared& counts, bool reliable) {
  if (!reliable || counts.value + counts.base < kFlowSampleMin) {
    above_ = 0;
    return FlowState::unknown;
  }
  above_ = above(counts, 120) ? above_ + 1 : 0;
  const bool significant = above(counts, 115) && counts_differ(counts.value, counts.base);
  clot_ = clot_ ? !below(counts, 110) : significant || above_ >= kEvaluationsToEnter;
  if (clot_) return FlowState::clot;
  return below(counts, 100) ? FlowState::shortage : FlowState::balanced;
}

Flow flow(const Figures& figures) {
  const Tides history = tides(figures);
  const Numbers open = numbers(figures, kpi::kInquiriesOpen, Family::pipeline, kStanding);
  Flow found;
  std::set<std::string> pipelines;
  std::int64_t backlog = 0;
  for (const auto& [pipeline, count] : open) {
    if (!in_main(figures.settings(), pipeline)) continue;
    pipelines.insert(pipeline);
    backlog += count;
  }
  for (const Tide& month : history.months) {
    for (const auto& [pipeline, counts] : month.pipelines) pipelines.insert(pipeline);
  }
  found.portal = flow_of(history, backlog, [](const Tide& each) { return each.portal; });
  if (leads_apart(figures.settings())) pipelines.clear();
  for (const std::string& pipeline : pipelines) {
    found.pipelines[pipeline] = flow_of(history, at(open, pipeline), [&](const Tide& each) {
      const auto it = each.pipelines.find(pipeline);
      return it == each.pipelines.end() ? Compared{} : it->second;
    });
  }
  find_bottleneck(figures, found);
  found.residual = residual(figures);
  return found;
}

}  // namespace kpistream::insight
