#include "stream/insight/evidence.hpp"

#include <algorithm>

#include "stream/insight/people.hpp"
#include "stream/kpi/duration.hpp"

namespace kpistream::insight {
namespace {

constexpr std::int64_t kEndOfDaySeconds = 7'200;  // of working time

void calls(Evidence& evidence, const Figures& figures, const Range& week) {
  const Numbers missed = numbers(figures, kpi::kCallsMissed, Family::manager, week);
  for (const auto& [manager, incoming] : numbers(figures, kpi::kCallsIn, Family::manager, week)) {
    if (is_person(manager)) evidence.missed_calls[manager] = {at(missed, manager), incoming};
  }
  evidence.missed_calls[""] = {number(figures, kpi::kCallsMissed, week), number(figures, kpi::kCallsIn, week)};
}

void answers(Evidence& evidence, const Figures& figures, const Range& week) {
  const auto take = [&](const std::string& manager, const Cell& cell) {
    if (const auto seconds = quantile(cell, 0.5)) evidence.answers[manager] = {*seconds, cell.at(kCountSlot)};
  };
  for (const auto& [manager, cell] : figures.sums(kpi::kFirstResponse, Family::manager, week)) {
    if (is_person(manager)) take(manager, cell);
  }
  take("", figures.sum(kpi::kFirstResponse, week));
}

void refusals(Evidence& evidence, const Figures& figures, const Range& week) {
  const Range before = days(figures, evidence.week - kReasonWeeks * kWeekDays, evidence.week);
  if (!reliable(figures, week) || !reliable(figures, before)) return;
  const auto closed = [&](const Range& range) {
    return number(figures, kpi::kDealsWon, range) + number(figures, kpi::kDealsLost, range);
  };
  const std::int64_t closed_now = closed(week);
  const std::int64_t closed_before = closed(before);
  const Numbers lost_before = labelled(figures, kpi::kRefusals, "loss_reason", before);
  for (const auto& [reason, lost] : labelled(figures, kpi::kRefusals, "loss_reason", week)) {
    if (reason == "none") continue;
    evidence.refusals[reason] = {{lost, closed_now}, {at(lost_before, reason), closed_before}};
  }
}

void sources(Evidence& evidence, const Figures& figures) {
  const Range range = days(figures, evidence.week - (kSourceWeeks - 1) * kWeekDays, evidence.week + kWeekDays);
  if (!reliable(figures, range)) return;
  for (const auto& [source, won] : numbers(figures, kpi::kInquiriesWon, Family::source, range)) {
    evidence.sources[source].value = won;
  }
  for (const auto& [source, lost] : numbers(figures, kpi::kInquiriesLost, Family::source, range)) {
    evidence.sources[source].base = lost;
  }
}

void silent_quotes(Evidence& evidence, const Figures& figures) {
  const auto& stages = figures.settings().quote_stages;
  Range stuck;
  figures.calendar().ranges(WindowSet::stuck, figures.now(), {&stuck, 1});
  const auto of_quotes = [&](std::string_view kpi, const Range& range) {
    std::int64_t sum = 0;
    for (const auto& [stage, count] : labelled(figures, kpi, "deal_stage", range)) {
      if (std::find(stages.begin(), stages.end(), stage) != stages.end()) sum += count;
    }
    return sum;
  };
  evidence.silent_quotes = {of_quotes(kpi::kDealsStuck, stuck), of_quotes(kpi::kDealsOpen, kStanding)};
}

// Ahead nothing is cut at now.
Range ahead(const Figures& figures, Day first, Day last) {
  return {figures.calendar().begin_of(first), figures.calendar().begin_of(last)};
}

void tasks_and_meetings(Evidence& evidence, const Figures& figures) {
  const Calendar& calendar = figures.calendar();
  const Day next = evidence.next_working_day = calendar.next_working_day(evidence.today);
  Day last = next;
  for (int i = 1; i < kMeetingDays; ++i) last = calendar.next_working_day(last);
  evidence.meetings_until = last + 1;
  evidence.day_is_ending =
      calendar.working_day(evidence.today) &&
      calendar.working_seconds(figures.now(), calendar.begin_of(evidence.today + 1) * 60) <= kEndOfDaySeconds;
  const auto by_manager = [&](std::string_view kpi, const Range& range) {
    return numbers(figures, kpi, Family::manager, range);
  };
  const Numbers tasks = by_manager(kpi::kTasksDue, ahead(figures, next, next + 1));
  for (const auto& [manager, open] : by_manager(kpi::kDealsOpen, kStanding)) {
    if (is_person(manager) && present(figures, manager, evidence.today, next + 1)) {
      evidence.tasks[manager] = {at(tasks, manager), open};
    }
  }
  const Numbers planned = by_manager(kpi::kMeetingsScheduled, ahead(figures, evidence.today + 1, last + 1));
  for (const auto& [manager, held] : by_manager(kpi::kMeetingsHeld, window(figures, "28d"))) {
    if (is_person(manager) && present(figures, manager, evidence.today, last + 1)) {
      evidence.meetings[manager] = {at(planned, manager), held};
    }
  }
}

}  // namespace

Evidence gather(const Figures& figures, bool standing) {
  Evidence evidence;
  evidence.today = today(figures);
  evidence.week = this_week(figures) - kWeekDays;
  const Range week = days(figures, evidence.week, evidence.week + kWeekDays);
  evidence.week_reliable = reliable(figures, week);
  evidence.response_target = figures.settings().response_target;
  evidence.stuck_days = figures.settings().stuck_days;
  evidence.currency = figures.settings().currency;
  evidence.flow = flow(figures);
  evidence.week_to_week = week_to_week(figures);
  evidence.against_team = against_team(figures, evidence.week, evidence.week + kWeekDays);
  evidence.teams = teams(figures);
  evidence.plan = plan(figures);
  if (evidence.week_reliable) {
    calls(evidence, figures, week);
    answers(evidence, figures, week);
  }
  refusals(evidence, figures, week);
  sources(evidence, figures);
  if (standing && reliable(figures, days(figures, evidence.today, evidence.today + 1))) {
    silent_quotes(evidence, figures);
    tasks_and_meetings(evidence, figures);
  }
  return evidence;
}

}  // namespace kpistream::insight
