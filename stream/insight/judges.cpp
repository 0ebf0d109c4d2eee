#include "stream/insight/judges.hpp"

#include <algorithm>
#include <array>

namespace kpistream::insight::judges {
namespace {

using Kind = Subject::Kind;

constexpr std::int64_t kMissedPercent = 15;
constexpr std::int64_t kCallsMin = 20;
constexpr std::int64_t kAnswersMin = 10;
// A reason of refusal is up when its share is half as large again, beyond chance.
constexpr std::int64_t kReasonUpPercent = 150;
constexpr std::int64_t kReasonMin = 5;
constexpr std::int64_t kClosedMin = 20;
constexpr std::int64_t kSilentPercent = 30;
constexpr std::int64_t kSilentMin = 5;
constexpr std::int64_t kOpenDealsMin = 5;
constexpr std::int64_t kMeetingsMin = 8;  // two a week
constexpr std::int64_t kEasyPeriodsMin = 4;
constexpr std::int64_t kSourceLostMin = 10;
// No sales where three are to be expected happens by chance once in twenty times (the rule of three).
constexpr std::int64_t kSalesExpectedMin = 3;

Subject manager_or_portal(const std::string& manager) {
  return manager.empty() ? Subject{} : Subject{Kind::manager, manager};
}

Judgement of_week(const Evidence& evidence, Subject subject, const Compared& parts, bool fires) {
  return {.subject = std::move(subject),
          .parts = parts,
          .fires = fires,
          .first = evidence.week,
          .last = evidence.week + kWeekDays};
}

Judgements flow_state(const Evidence& evidence, FlowState wanted) {
  Judgements found;
  const auto take = [&](Subject subject, const FlowOf& flow) {
    if (!flow.week.counts) return;
    Judgement each = of_week(evidence, std::move(subject), *flow.week.counts, flow.week.state == wanted);
    each.sample = each.parts.value + each.parts.base;
    each.sample_min = kFlowSampleMin;
    if (wanted == FlowState::clot && each.subject == Subject{}) each.stage = evidence.flow.bottleneck;
    found.push_back(std::move(each));
  };
  take({}, evidence.flow.portal);
  if (evidence.flow.pipelines.size() < 2) return found;  // the only one is the portal
  for (const auto& [pipeline, flow] : evidence.flow.pipelines) take({Kind::pipeline, pipeline}, flow);
  return found;
}

Judgement of_today(const Evidence& evidence, Subject subject, const Compared& parts, bool fires) {
  return {.subject = std::move(subject),
          .parts = parts,
          .fires = fires,
          .first = evidence.today,
          .last = evidence.today + 1};
}

std::int64_t thousandths(const Compared& share) { return rounded(share.ratio().value_or(0) * 1'000); }

std::string topic_of(const Target& target) {
  constexpr std::array<std::string_view, 3> kPeriods{"week", "month", "quarter"};
  return target.kpi + "/" + std::string(kPeriods.at(static_cast<std::size_t>(target.period)));
}

Judgement of_target(const PlanFigure& plan, const Compared& parts, bool fires, std::int64_t periods_min) {
  const Target& target = plan.target;
  const Reading read = reading(target.kpi);
  Judgement each{.subject = !target.manager.empty() ? Subject{Kind::manager, target.manager}
                            : !target.team.empty()  ? Subject{Kind::team, target.team}
                                                    : Subject{},
                 .parts = parts,
                 .fires = fires,
                 .sample = static_cast<std::int64_t>(plan.history.size()),
                 .sample_min = periods_min,
                 .first = plan.period.first,
                 .last = plan.period.last};
  each.numbers = {{"suggested", plan.suggestion->value}, {"periods", each.sample}};
  each.topic = topic_of(target);
  each.kpi = read.kpi;
  each.slot = read.slot;
  each.unit = unit_of(read);
  return each;
}

}  // namespace

Judgements clot(const Evidence& evidence) { return flow_state(evidence, FlowState::clot); }
Judgements lead_shortage(const Evidence& evidence) { return flow_state(evidence, FlowState::shortage); }

Judgements activity_halved(const Evidence& evidence) {
  Judgements found;
  for (const auto& [manager, week] : evidence.week_to_week) {
    const bool running = week.so_far_halved;
    const auto& parts = running ? week.so_far : week.closed;
    if (!parts) continue;
    Judgement each = of_week(evidence, {Kind::manager, manager}, *parts, running || week.closed_halved);
    if (running) {
      each.first += kWeekDays;
      each.last += kWeekDays;
    }
    each.sample = std::max(parts->value, parts->base);
    each.sample_min = kActionsMin;
    found.push_back(std::move(each));
  }
  return found;
}

Judgements activity_under_team(const Evidence& evidence) {
  Judgements found;
  for (const auto& [manager, team] : evidence.against_team) {
    const Compared parts{team.actions.own, rounded(team.actions.median)};
    Judgement each = of_week(evidence, {Kind::manager, manager}, parts, under_team(team) && evidence.week_reliable);
    each.sample = parts.base;
    each.sample_min = kActionsMin;
    found.push_back(std::move(each));
  }
  return found;
}

Judgements team_mean_falling(const Evidence& evidence) {
  Judgements found;
  for (const auto& [name, team] : evidence.teams) {
    const TeamWeek& now = team.weeks.back();
    const TeamWeek& before = *(team.weeks.end() - 1 - kFallingWeeks);
    if (!now.mean_settled() || !before.mean_settled()) continue;
    Judgement each =
        of_week(evidence, {Kind::team, name}, {rounded(*now.mean_settled()), rounded(*before.mean_settled())},
                team.falling_while_growing);
    each.first = before.monday;
    each.sample = now.active - now.active_new;
    each.numbers = {{"active", now.active}, {"active_before", before.active}};
    found.push_back(std::move(each));
  }
  return found;
}

Judgements missed_calls_high(const Evidence& evidence) {
  Judgements found;
  for (const auto& [manager, calls] : evidence.missed_calls) {
    Judgement each = of_week(evidence, manager_or_portal(manager), calls,
                             calls.base >= kCallsMin && calls.value * 100 > calls.base * kMissedPercent);
    each.sample = calls.base;
    each.sample_min = kCallsMin;
    found.push_back(std::move(each));
  }
  return found;
}

Judgements slow_first_response(const Evidence& evidence) {
  Judgements found;
  for (const auto& [manager, answers] : evidence.answers) {
    const Compared parts{answers.median_seconds, evidence.response_target};
    Judgement each =
        of_week(evidence, manager_or_portal(manager), parts, answers.count >= kAnswersMin && parts.value > parts.base);
    each.sample = answers.count;
    each.sample_min = kAnswersMin;
    each.numbers = {{"answers", answers.count}};
    found.push_back(std::move(each));
  }
  return found;
}

Judgements refusals_up(const Evidence& evidence) {
  Judgements found;
  for (const auto& [reason, lost] : evidence.refusals) {
    const auto& [week, before] = lost;
    const bool enough = week.value >= kReasonMin && week.base >= kClosedMin && before.base >= kClosedMin;
    const bool up = week.value * before.base * 100 >= before.value * week.base * kReasonUpPercent;
    Judgement each = of_week(evidence, {Kind::reason, reason}, {thousandths(week), thousandths(before)},
                             enough && up && shares_differ(week, before));
    each.sample = week.value;
    each.sample_min = kReasonMin;
    each.numbers = {{"lost", week.value}, {"closed", week.base}};
    found.push_back(std::move(each));
  }
  return found;
}

Judgements quotes_silent(const Evidence& evidence) {
  if (!evidence.silent_quotes) return {};
  const Compared& parts = *evidence.silent_quotes;
  Judgement each =
      of_today(evidence, {}, parts, parts.value >= kSilentMin && parts.value * 100 > parts.base * kSilentPercent);
  each.sample = parts.value;
  each.sample_min = kSilentMin;
  each.numbers = {{"days", evidence.stuck_days}};
  return {each};
}

Judgements no_tasks_tomorrow(const Evidence& evidence) {
  Judgements found;
  for (const auto& [manager, parts] : evidence.tasks) {
    Judgement each = of_today(evidence, {Kind::manager, manager}, parts,
                              evidence.day_is_ending && parts.value == 0 && parts.base >= kOpenDealsMin);
    each.last = evidence.next_working_day + 1;
    each.due = evidence.next_working_day == evidence.today + 1 ? "tomorrow" : "later";
    each.sample = parts.base;
    each.sample_min = kOpenDealsMin;
    found.push_back(std::move(each));
  }
  return found;
}

Judgements no_meetings_set(const Evidence& evidence) {
  Judgements found;
  for (const auto& [manager, parts] : evidence.meetings) {
    Judgement each =
        of_today(evidence, {Kind::manager, manager}, parts, parts.value == 0 && parts.base >= kMeetingsMin);
    each.last = evidence.meetings_until;
    each.due = "tomorrow";  // the first of these days
    each.sample = parts.base;
    each.sample_min = kMeetingsMin;
    found.push_back(std::move(each));
  }
  return found;
}

Judgements target_unreachable(const Evidence& evidence) {
  Judgements found;
  for (const PlanFigure& plan : evidence.plan) {
    if (!plan.forecast || !plan.suggestion) continue;
    const std::int64_t best = *std::max_element(plan.history.begin(), plan.history.end());
    const Compared parts{plan.forecast->high, plan.target.value};
    Judgement each =
        of_target(plan, parts, parts.value < parts.base && best < parts.base, static_cast<std::int64_t>(kHistoryMin));
    each.numbers.emplace_back("mid", plan.forecast->mid);
    each.numbers.emplace_back("best", best);
    found.push_back(std::move(each));
  }
  return found;
}

Judgements target_too_easy(const Evidence& evidence) {
  Judgements found;
  for (const PlanFigure& plan : evidence.plan) {
    if (!plan.suggestion) continue;
    const Compared parts{*std::min_element(plan.history.begin(), plan.history.end()), plan.target.value};
    const bool enough = static_cast<std::int64_t>(plan.history.size()) >= kEasyPeriodsMin;
    found.push_back(of_target(plan, parts, enough && parts.base > 0 && parts.value >= parts.base, kEasyPeriodsMin));
  }
  return found;
}

Judgements source_only_refusals(const Evidence& evidence) {
  Compared all;  // won, lost
  for (const auto& [source, each] : evidence.sources) {
    all.value += each.value;
    all.base += each.base;
  }
  Judgements found;
  for (const auto& [source, each] : evidence.sources) {
    if (source == "none" || source == "other") continue;
    const Compared others{all.value - each.value, all.base - each.base};
    const std::int64_t others_closed = others.value + others.base;
    const bool telling = each.base * others.value >= kSalesExpectedMin * others_closed && others_closed > 0;
    Judgement judged = of_week(evidence, {Kind::source, source}, {each.value, each.value + each.base},
                               each.value == 0 && each.base >= kSourceLostMin && telling);
    judged.first -= (kSourceWeeks - 1) * kWeekDays;
    judged.sample = each.base;
    judged.sample_min = kSourceLostMin;
    judged.numbers = {{"expected", others_closed > 0 ? each.base * others.value / others_closed : 0}};
    found.push_back(std::move(judged));
  }
  return found;
}

}  // namespace kpistream::insight::judges
