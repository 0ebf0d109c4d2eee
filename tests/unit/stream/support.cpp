#include "tests/unit/stream/support.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>

#include "stream/kpi/duration.hpp"
#include "stream/memory_state.hpp"

namespace kpistream::tests {

UnixSeconds at(const std::string& iso_time) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int clock[3]{};
  char sign = 0;
  int offset[2]{};
  const int read = std::sscanf(iso_time.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d%c%2d:%2d", &year, &month, &day, &clock[0],
                               &clock[1], &clock[2], &sign, &offset[0], &offset[1]);
  if (read != 9) throw std::invalid_argument(iso_time);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  const int east = (offset[0] * 60 + offset[1]) * (sign == '-' ? -60 : 60);
  return days * 86'400 + clock[0] * 3'600 + clock[1] * 60 + clock[2] - east;
}

StagePoint point(UnixSeconds at, Outcome outcome, std::string owner, MinorUnits amount) {
  StagePoint p;
  p.at = at;
  p.pipeline = "5";
  p.stage = "stage" + std::to_string(static_cast<int>(outcome));
  p.outcome = outcome;
  p.owner = std::move(owner);
  p.amount = amount;
  return p;
}

Observation deal(std::string id, const StagePoint& state, UnixSeconds created) {
  Observation seen;
  seen.ref = {EntityKind::deal, std::move(id)};
  seen.version = state.at;
  seen.created = created;
  seen.point = state;
  return seen;
}

void ListJournal::add(NewRecord record) {
  Record stored;
  static_cast<NewRecord&>(stored) = std::move(record);
  stored.position = records_.size() + 1;
  records_.push_back(std::move(stored));
}

bool ListJournal::append(NewRecord record, AppendListener& listener, std::uint64_t token) {
  add(std::move(record));
  const Ticket ticket{token, AppendOutcome::appended};
  listener.on_group({&ticket, 1});
  return true;
}

std::vector<Record> ListJournal::read(Position after, std::size_t records_max, std::size_t /*bytes_max*/) const {
  const auto first = std::min<std::size_t>(std::max(after, first_ - 1), records_.size());
  const auto count = std::min(records_max, records_.size() - first);
  const auto begin = records_.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

Decoded ScriptAdapter::decode(const Record& record) const {
  const auto it = script.find(record.body);
  return it == script.end() ? Decoded{} : it->second;
}

Topic ScriptAdapter::topic(std::string_view event) const {
  const auto found = topics.find(event);
  return found == topics.end() ? Topic::other : found->second;
}

Definition counted(std::string id, FactKind fact) {
  Definition d;
  d.id = d.name = std::move(id);
  d.facts = {fact};
  return d;
}

namespace {

Definition with_money(Definition d) {
  d.measure = Measure::money;
  return d;
}

Definition timed(Definition d) {
  d.measure = Measure::durations;
  d.stem = d.id;
  return d;
}

Definition stateful(Definition d, WindowSet windows) {
  d.windows = windows;
  d.by_pipeline = false;
  return d;
}

Definition of_a_person(std::string id, FactKind fact) {
  auto d = counted(std::move(id), fact);
  d.measure = Measure::seconds;
  d.by_pipeline = false;
  return d;
}

std::vector<Definition> make_catalogue() {
  auto lost = with_money(counted("deals_lost", FactKind::deal_lost));
  lost.total_labels = {{Attribute::loss_reason, ""}};
  auto calls = counted("calls", FactKind::call);
  calls.by_pipeline = false;
  calls.total_labels = calls.window_labels = {{Attribute::direction, ""}, {Attribute::outcome, ""}};
  auto talk = counted("call_talk", FactKind::call);
  talk.by_pipeline = false;
  talk.measure = Measure::seconds;
  talk.where = {Condition{Attribute::outcome, "", {"talk", "short"}}};
  auto cycle = timed(counted("deal_cycle", FactKind::deal_won));
  cycle.facts.push_back(FactKind::deal_lost);
  cycle.total_labels = cycle.window_labels = {{Attribute::result, ""}};
  auto held = counted("meetings_held", FactKind::meeting_held);
  held.by_pipeline = false;
  auto actions = counted("actions", FactKind::action);
  actions.by_pipeline = false;
  actions.window_labels = {{Attribute::action, ""}};
  auto leads = counted("new_leads", FactKind::new_lead);
  leads.by_source = true;
  leads.where = {Condition{Attribute::type, "", {"import"}, true}};
  auto imported = counted("leads_imported", FactKind::new_lead);
  imported.where = {Condition{Attribute::type, "", {"import"}}};
  auto won_so_far = counted("leads_won_so_far", FactKind::inquiry_won);
  auto lost_so_far = counted("leads_lost_so_far", FactKind::inquiry_lost);
  won_so_far.time = lost_so_far.time = Instant::created;
  won_so_far.by_source = lost_so_far.by_source = true;
  const auto of_weeks = [](Definition d) {
    d.windows = WindowSet::cohort_weeks;
    d.time = Instant::created;
    d.totals = false;
    return d;
  };
  auto client_revenue = of_weeks(counted("cohort_client_revenue", FactKind::client_win));
  client_revenue.windows = WindowSet::cohort_months;
  client_revenue.measure = Measure::money;
  auto amounts = counted("deal_amounts", FactKind::deal_won);
  amounts.measure = Measure::amounts;
  auto bad = of_a_person("negative_ratings", FactKind::rating);
  bad.where = {Condition{Attribute::seconds, "", {}, false, INT64_MIN, 2}};
  const auto incoming = [](std::string id, std::vector<std::string> outcomes) {
    auto d = of_a_person(std::move(id), FactKind::call);
    d.where = {Condition{Attribute::direction, "", {"in"}}, Condition{Attribute::outcome, "", std::move(outcomes)},
               Condition{Attribute::type, "", {"working"}}};
    return d;
  };
  return {leads,
          won_so_far,
          lost_so_far,
          of_weeks(counted("cohort_leads", FactKind::new_lead)),
          of_weeks(counted("cohort_leads_won", FactKind::inquiry_won)),
          client_revenue,
          amounts,
          bad,
          of_a_person("ratings", FactKind::rating),
          incoming("calls_in_working", {"talk", "short", "missed"}),
          incoming("calls_missed_working", {"missed"}),
          timed(counted("lead_processing", FactKind::lead_processed)),
          imported,
          of_a_person("active_seconds", FactKind::work_day),
          of_a_person("work_begins", FactKind::work_begin),
          of_a_person("work_ends", FactKind::work_end),
          counted("leads_converted", FactKind::lead_converted),
          counted("leads_lost", FactKind::lead_lost),
          counted("new_deals", FactKind::new_deal),
          with_money(counted("deals_won", FactKind::deal_won)),
          lost,
          calls,
          talk,
          with_money(counted("quotes_sent", FactKind::quote_sent)),
          with_money(counted("payments", FactKind::payment)),
          stateful(counted("tasks_due", FactKind::task_due), WindowSet::task_due),
          held,
          stateful(counted("meetings_scheduled", FactKind::meeting_planned), WindowSet::meeting_due),
          timed(counted("first_response", FactKind::first_response)),
          cycle,
          counted("inquiries_won", FactKind::inquiry_won),
          counted("inquiries_lost", FactKind::inquiry_lost),
          actions,
          timed(counted("callback", FactKind::callback)),
          stateful(counted("missed_unreturned", FactKind::missed_unreturned), WindowSet::unreturned),
          stateful(counted("leads_waiting", FactKind::lead_waiting), WindowSet::open),
          stateful(counted("leads_open", FactKind::lead_open), WindowSet::open),
          stateful(counted("leads_overdue", FactKind::lead_waiting), WindowSet::overdue),
          stateful(with_money(counted("deals_open", FactKind::deal_open)), WindowSet::open),
          stateful(counted("deals_stuck", FactKind::deal_idle), WindowSet::stuck),
          stateful(counted("deals_without_next_step", FactKind::deal_no_step), WindowSet::open),
          counted("clients_acquired", FactKind::client_acquired),
          stateful(counted("clients", FactKind::client_state), WindowSet::segment),
          timed(counted("stage_time", FactKind::stage_left)),
          counted("complaints", FactKind::complaint)};
}

}  // namespace

const std::vector<Definition>& test_catalogue() {
  static const std::vector<Definition> catalogue = make_catalogue();
  return catalogue;
}

Definition find_definition(const std::string& id) {
  for (const auto& definition : test_catalogue()) {
    if (definition.id == id) return definition;
  }
  throw std::invalid_argument(id);
}

void LinkList::each(LinkKind kind, UnixSeconds from, UnixSeconds to,
                    const std::function<bool(const Link&)>& visit) const {
  auto sorted = links;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Link& a, const Link& b) { return a.at < b.at; });
  if (kind == LinkKind::touch) std::reverse(sorted.begin(), sorted.end());
  for (const Link& link : sorted) {
    if (link.kind == kind && from <= link.at && link.at <= to && !visit(link)) return;
  }
}

std::optional<Link> LinkList::newest_touch() const {
  std::optional<Link> newest;
  each(LinkKind::touch, INT64_MIN, INT64_MAX, [&](const Link& link) {
    newest = link;
    return false;
  });
  return newest;
}

Bench::Bench(ProcessorLimits limits, std::vector<Definition> catalogue)
    : definitions(std::move(catalogue)), state(std::make_unique<MemoryState>()), limits_(limits) {
  settings.alias = "acme";
  settings.known_since = kNoon - 40 * 86'400;
  settings.leads = false;
  restart();
}

std::string test_digest(std::string_view bytes) {
  std::string hash(32, '\0');
  std::uint64_t sum = 14'695'981'039'346'656'037u;
  for (const char c : bytes) sum = (sum ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
  for (std::size_t i = 0; i < hash.size(); ++i, sum = sum * 31 + 7) hash[i] = static_cast<char>(sum >> 56);
  return hash;
}

void Bench::settle() {
  (void)kpistream::settle(*state, {settings}, [](std::uint64_t, std::uint64_t) {});
}

void Bench::restart() {
  processor.reset();
  settle();
  board = std::make_unique<Board>(*state, std::vector{settings});
  board->load({}, now_);
  processor = make_processor(nullptr);
  processor->offer(definitions);
  processor->step(0);  // takes the definitions up, and no record
}

std::unique_ptr<Processor> Bench::make_processor(WishListener* wishes) {
  return std::make_unique<Processor>(journal, *state, std::vector{ProcessorPortal{settings, adapter}}, board.get(),
                                     wishes, limits_, &clock);
}

VerifyReport Bench::verify_all() const {
  return verify(journal, *state, {{settings, adapter}}, test_digest, [](Position) {});
}

void Bench::tell(std::vector<Observation> observations, std::vector<std::string> wishes) {
  NewRecord record;
  record.portal = settings.alias;
  record.arrived = kNoon;
  record.body = "record " + std::to_string(++told_);
  Decoded decoded;
  decoded.event = "test";
  decoded.observations = std::move(observations);
  decoded.wishes = std::move(wishes);
  adapter->script[record.body] = std::move(decoded);
  journal.add(std::move(record));
}

void Bench::answer(const std::string& subject, Position asked) {
  NewRecord record;
  record.kind = RecordKind::reading;
  record.portal = settings.alias;
  record.arrived = kNoon;
  record.subject = subject;
  record.asked = asked;
  journal.add(std::move(record));
}

void Bench::run() {
  while (processor->step() != 0) {
  }
}

std::int64_t Bench::window(const std::string& kpi, const std::string& name, Slot slot, const std::string& one,
                           Family family) {
  Cell sum;
  board->read([&](const std::vector<const PortalFigures*>& portals) {
    const auto figures = portals.front()->kpis.find(kpi);
    if (figures == portals.front()->kpis.end()) return;
    const auto names = Calendar::windows(figures->second.definition.windows);
    const auto index = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    for (const auto& [key, cells] : figures->second.windows) {
      if (key.family != (one.empty() ? Family::pipeline : family)) continue;
      if (one.empty() || key.dimension == one) sum.add(cells.at(index));
    }
  });
  return slot == kMedianSlot ? quantile(sum, 0.5).value_or(-1) : sum.at(slot);
}

std::int64_t Bench::total(const std::string& kpi, bool retracted, Slot slot) {
  std::int64_t sum = 0;
  board->read([&](const std::vector<const PortalFigures*>& portals) {
    for (const auto& [key, cell] : portals.front()->kpis.at(kpi).totals) {
      if (key.retracted == retracted) sum += cell.at(slot);
    }
  });
  return sum;
}

bool Bench::visible(const std::string& name) {
  bool seen = false;
  board->read([&](const std::vector<const PortalFigures*>& portals) {
    seen = portals.front()->visible.at(Calendar::period(name));
  });
  return seen;
}

std::map<std::string, std::string> Bench::contents() const {
  std::map<std::string, std::string> all;
  for (std::size_t i = 0; i < kSpaces; ++i) {
    const auto space = static_cast<Space>(i);
    state->scan(space, "", "", [&](std::string_view key, std::string_view value) {
      if (space != Space::cells || !value.empty()) all.emplace(std::to_string(i) + "/" + std::string(key), value);
      return true;
    });
  }
  return all;
}

}  // namespace kpistream::tests
