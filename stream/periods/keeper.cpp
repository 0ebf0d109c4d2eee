#include "stream/periods/keeper.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include "stream/codec/keys.hpp"
#include "stream/kpi/state_figures.hpp"

namespace kpistream::periods {
namespace {

constexpr UnixSeconds kUnwantedEvery = 86'400;

}  // namespace

PeriodKeeper::PeriodKeeper(State& state, Processor& processor, std::vector<PortalSettings> portals,
                           std::vector<TablePlan> plans, Digest digest, const Clock& clock)
    : state_(state),
      processor_(processor),
      portals_(std::move(portals)),
      plans_(std::move(plans)),
      digest_(std::move(digest)),
      clock_(clock) {
  for (const PortalSettings& portal : portals_) {
    const Calendar& calendar = calendars_.emplace(portal.alias, portal).first->second;
    for (const TablePlan& plan : plans_) {
      entries_.push_back({&portal, &calendar, &plan});
      shown_.push_back({portal.alias, plan.name});
    }
  }
}

void PeriodKeeper::begin(UnixSeconds now) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < entries_.size(); ++i) begin(entries_[i], shown_[i], now);
  std::set<std::pair<std::string, std::string>> kept;
  for (const PortalSettings& portal : portals_) {
    const std::string prefix = portal_prefix(Tag::snapshot, portal.alias);
    state_.scan(Space::periods, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view) {
      kept.emplace(portal.alias, parse_id(key).schedule);
      return true;
    });
  }
  for (const Entry& entry : entries_) kept.erase({entry.portal->alias, entry.plan->name});
  unwanted_.assign(kept.begin(), kept.end());
}

void PeriodKeeper::begin(Entry& entry, Shown& shown, UnixSeconds now) const {
  const auto& [portal, calendar, plan, next, surplus] = entry;
  std::optional<UnixSeconds> newest;
  each_snapshot(
      state_, schedule_prefix(Tag::snapshot, portal->alias, plan->name),
      [&](const Snapshot& snapshot) {
        if (snapshot.head.id.due > now) return;  // taken by a clock that was wrong
        newest = snapshot.head.id.due;
        shown.taken = snapshot.head.taken;
      },
      false);
  UnixSeconds due = plan->schedule.last_due(*calendar, now);
  if (newest && due <= *newest) {
    entry.next = plan->schedule.next_due(*calendar, now);
    return;
  }
  for (std::size_t missed = 1; newest && missed < plan->keep; ++missed) {
    const UnixSeconds before = plan->schedule.last_due(*calendar, due - 1);
    if (before <= *newest) break;
    due = before;
  }
  entry.next = due;
}

bool PeriodKeeper::tick(UnixSeconds now) {
  if (portals_.empty() || processor_.kpis().in_force().definitions().empty()) return false;
  if (seen_ == 0) begin(now);
  if (now < seen_) {
    for (Entry& entry : entries_) {
      entry.next = std::min(entry.next, entry.plan->schedule.next_due(*entry.calendar, now));
    }
  }
  seen_ = now;
  const auto due = std::min_element(entries_.begin(), entries_.end(),
                                    [](const Entry& a, const Entry& b) { return a.next < b.next; });
  const auto surplus = std::find_if(entries_.begin(), entries_.end(), [](const Entry& e) { return e.surplus; });
  bool more = true;
  if (due != entries_.end() && due->next <= now) {
    take(static_cast<std::size_t>(due - entries_.begin()), now);
  } else if (surplus != entries_.end()) {
    erase_slice(*surplus);
  } else {
    more = erase_unwanted(now);
  }
  show_corrections();
  return more;
}

void PeriodKeeper::take(std::size_t index, UnixSeconds now) {
  Entry& entry = entries_[index];
  const UnixSeconds due = entry.next;
  entry.next = entry.plan->schedule.next_due(*entry.calendar, due);
  const auto& in_force = processor_.kpis().in_force().definitions();
  const Range range = closed_period(entry.plan->period, *entry.calendar, due);
  const UnixSeconds known = StateFigures(state_, in_force, *entry.portal, *entry.calendar, now).known_since();
  // A part of a period is not its figures: no reader shows such a period either.
  if (known == 0 || range.first < minute_of(known)) return;
  const auto started = clock_.steady();
  const Snapshot snapshot = take_snapshot(state_, in_force, *entry.portal, *entry.calendar,
                                          {.id = {entry.portal->alias, entry.plan->name, due},
                                           .period = entry.plan->period,
                                           .range = range,
                                           .taken = now,
                                           .position = processor_.position()});
  StateBatch batch;
  if (!put_snapshot(state_, snapshot, digest_, batch)) return;
  state_.apply(batch);
  processor_.ledger().add(snapshot);
  entry.surplus = true;
  const std::lock_guard lock(mutex_);
  shown_[index].taken = now;
  seconds_ = std::chrono::duration<double>(clock_.steady() - started).count();
}

void PeriodKeeper::erase_slice(Entry& entry) {
  StateBatch batch;
  const Retained retained = retain_slice(state_, entry.portal->alias, entry.plan->name, entry.plan->keep, batch);
  entry.surplus = retained.more;
  if (batch.erases.empty()) return;
  state_.apply(batch);
  processor_.ledger().forget(entry.portal->alias, entry.plan->name, retained.oldest);
}

// Once a day, until there is nothing left to erase.
bool PeriodKeeper::erase_unwanted(UnixSeconds now) {
  if (unwanted_.empty() || (unwanted_seen_ <= now && now < unwanted_seen_ + kUnwantedEvery)) return false;
  for (const auto& [portal, schedule] : unwanted_) {
    StateBatch batch;
    const Retained retained = retain_since(state_, portal, schedule, now - kUnwantedSeconds, batch);
    if (batch.erases.empty()) continue;
    state_.apply(batch);
    processor_.ledger().forget(portal, schedule, retained.oldest);
    return true;
  }
  unwanted_seen_ = now;
  return false;
}

void PeriodKeeper::show_corrections() {
  const Ledger& ledger = processor_.ledger();
  const std::lock_guard lock(mutex_);
  for (Shown& shown : shown_) shown.corrections = ledger.corrections(shown.portal, shown.schedule);
}

void PeriodKeeper::collect(MeterSink& sink) const {
  const std::lock_guard lock(mutex_);
  for (const Shown& shown : shown_) {
    const MeterLabels labels{{"portal", shown.portal}, {"schedule", shown.schedule}};
    if (shown.taken != 0) {
      sink.gauge("crm_snapshot_last_success_timestamp_seconds",
                 "This is when the newest table of the schedule was taken.", labels, static_cast<double>(shown.taken));
    }
    sink.gauge("crm_snapshot_corrections",
               "This counts cells of closed periods that changed after their tables were taken, over all tables that "
               "are kept.",
               labels, static_cast<double>(shown.corrections));
  }
  sink.gauge("crm_snapshot_duration_seconds", "This is how long taking the newest table has lasted.", {}, seconds_);
}

}  // namespace kpistream::periods
