// Random settings, acts and definitions.
#include <algorithm>

#include "tests/model/generator.hpp"

namespace kpistream::model {
namespace {

using Words = std::vector<std::string>;

void choose_work(Chance& chance, WorkSchedule& work, std::int64_t day) {
  if (chance.in(4)) work.week = {{{600, 1140}, {600, 1140}, {600, 1140}, {600, 1140}, {600, 960}, {660, 900}, {}}};
  if (chance.in(6)) work.week.fill({0, 1440});
  if (chance.in(6)) work.week[6] = {60, 180};  // on Sundays, where the clocks are changed
  work.holidays.clear();
  work.transferred.clear();
  for (std::int64_t i = chance.number(0, 3); i > 0; --i) work.holidays.push_back(day + chance.number(-30, 30));
  std::sort(work.holidays.begin(), work.holidays.end());
  if (chance.in(3)) work.transferred[day + chance.number(-10, 20)] = static_cast<int>(chance.number(0, 6));
}

void choose_rates(Chance& chance, PortalSettings& p, std::int64_t day) {
  p.rates.clear();
  for (const auto* currency : {"EUR", "USD"}) {
    if (chance.in(4)) continue;
    auto& rates = p.rates[currency];
    for (std::int64_t from = day - chance.number(0, 3); from < day + 20; from += chance.number(1, 6)) {
      rates.push_back({from, chance.number(50'000'000, 99'999'999)});
    }
  }
}

void choose_lists(Chance& chance, PortalSettings& p) {
  const auto list = [&](std::int64_t times, Words values) { return chance.in(times) ? values : Words{}; };
  p.main_pipelines = chance.in(2) ? Words{} : chance.in(2) ? Words{"0"} : Words{"5", "none"};
  p.incoming_stages = list(2, {"INCOMING"});
  p.qualified_stages = list(2, {"GOOD", "WORK"});
  p.quote_stages = list(2, {"QUOTE", "SENT"});
  p.payment_stages = list(2, {"PAID"});
  p.meeting_stages = list(2, {"MET"});
  p.complaint_stages = list(2, {"BAD"});
  p.complaint_pipelines = list(4, {"5"});
  p.complaint_fields = chance.in(3) ? std::vector<Field>{{"tag", "angry"}} : std::vector<Field>{};
  p.paid_values = list(3, {"S", "P2"});
  p.meeting_types = list(4, {"visit"});
  p.complaint_types = list(3, {"claim"});
  p.robots = list(2, {"99"});
  p.action_fields.clear();
  for (const auto* name : {"amount", "owner", "cost", "tag"}) {
    if (chance.in(3)) p.action_fields.emplace_back(name);
  }
  p.quote_amount_field = chance.in(3) ? "quoted" : "";
  p.cost_field = chance.in(2) ? "cost" : "";
}

void choose_limits(Chance& chance, PortalSettings& p) {
  p.response_target = chance.of(std::vector<std::int64_t>{60, 900, 900, 30'000, 50'000});
  p.return_within = chance.of(std::vector<std::int64_t>{7'200, 7'200, 600, 40'000});
  p.served_within = chance.of(std::vector<std::int64_t>{300, 60, 0});
  p.stuck_days = chance.of(std::vector<std::int64_t>{5, 1, 2});
  p.client_days = chance.of(std::vector<std::int64_t>{365, 7, 1});
  p.talk_seconds_min = chance.of(std::vector<std::int64_t>{10, 10, 1, 30});
  p.bulk_per_minute = chance.of(std::vector<std::int64_t>{30, 1, 2, 4});
  p.active_time = chance.in(2);
}

const std::vector<Attribute> kLabels{Attribute::stage,    Attribute::source,  Attribute::type,   Attribute::outcome,
                                     Attribute::pipeline, Attribute::manager, Attribute::channel};

Condition random_condition(Chance& chance) {
  Condition c;
  switch (chance.number(1, 4)) {
    case 1:
      c.attribute = Attribute::manager;
      c.any_of = {"1", "none"};
      break;
    case 2:
      c.attribute = Attribute::field;
      c.field = "tag";
      c.any_of = {"vip", "none"};
      break;
    case 3:
      c.attribute = Attribute::stage;
      c.any_of = {"WON", "NEW", "none"};
      break;
    default:
      c.attribute = Attribute::amount;
      c.min = 1'000'000;
      return c;
  }
  c.negated = chance.in(3);
  return c;
}

bool has_creation(FactKind kind) {
  return kind != FactKind::action && kind != FactKind::client_state && kind != FactKind::work_day &&
         kind != FactKind::work_begin && kind != FactKind::work_end;
}

// A state is nobody's act, and the end of an inquiry may be that of any record that grew from it.
bool has_actor(const Definition& d) {
  return is_history(d.windows) && std::none_of(d.facts.begin(), d.facts.end(), [](FactKind kind) {
           return kind == FactKind::inquiry_won || kind == FactKind::inquiry_lost;
         });
}

}  // namespace

PortalSettings random_settings(Chance& chance, std::int64_t day) {
  PortalSettings p;
  p.alias = "acme";
  p.leads = chance.in(2);
  p.known_since = chance.in(3) ? 0 : day * 86'400 - chance.number(0, 60 * 86'400);
  choose_work(chance, p.work, day);
  choose_rates(chance, p, day);
  choose_lists(chance, p);
  choose_limits(chance, p);
  return p;
}

PortalSettings other_settings(Chance& chance, PortalSettings p, std::int64_t day) {
  switch (chance.number(1, 6)) {
    case 1:
      p.zone = chance.of(Words{"Europe/Moscow", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kamchatka"});
      break;
    case 2:
      choose_work(chance, p.work, day);
      break;
    case 3:
      choose_rates(chance, p, day);
      if (chance.in(2)) p.currency = "EUR";
      break;
    case 4:
      choose_lists(chance, p);
      break;
    case 5:
      choose_limits(chance, p);
      break;
    default:
      p.leads = !p.leads;
      break;
  }
  return p;
}

Details random_details(Chance& chance, EntityKind kind, UnixSeconds at) {
  Details d;
  d.owner = chance.of(Words{"1", "2", "3", "99"});
  d.author = chance.of(Words{"", "1", "2", "99"});
  d.created = chance.in(8) ? 0 : at;
  d.human = !chance.in(8);
  d.type = chance.of(Words{"", "", "visit", "claim"});
  d.direction = static_cast<Direction>(chance.number(1, 3));
  d.start = at - (chance.in(2) ? chance.number(0, 400) : 0);
  if (kind == EntityKind::call) {
    if (chance.in(2)) d.direction = Direction::in;
    const std::vector<CallOutcome> calls{CallOutcome::talk,   CallOutcome::talk,   CallOutcome::missed,
                                         CallOutcome::missed, CallOutcome::failed, CallOutcome::unknown};
    d.call = chance.of(calls);
    if (d.call == CallOutcome::talk) d.seconds = chance.number(0, chance.in(2) ? 40 : 900);
    if (chance.in(5)) d.owner = "0";
    d.line = chance.of(Words{"", "a1", "a1", "b2"});
    if (chance.in(6)) d.rating = chance.number(1, 5);
    return d;
  }
  if (kind != EntityKind::activity && kind != EntityKind::task) return d;
  const std::vector<Act> acts{Act::meeting, Act::meeting, Act::todo, Act::call, Act::mail, Act::chat};
  d.act = kind == EntityKind::task ? Act::todo : chance.of(acts);
  d.start = kind == EntityKind::task ? 0 : at + chance.number(-3'600, 3 * 86'400);
  d.end = d.start == 0 || chance.in(3) ? 0 : d.start + 1'800;
  if (d.act == Act::meeting && chance.in(6)) d.start = d.end = 0;
  if (!chance.in(3)) d.deadline = at + chance.number(-7'200, 3 * 86'400);
  d.done = chance.in(3);
  if (d.done && !chance.in(4)) d.done_at = at;
  return d;
}

Definition other_definition(Chance& chance, Definition d) {
  const bool states = !is_history(d.windows);
  switch (chance.number(1, 6)) {
    case 1:
      d.attribution = static_cast<Attribution>(chance.number(0, has_actor(d) ? 2 : 1));
      break;
    case 2:
      d.by_source = !d.by_source;
      d.by_manager = chance.in(2);
      break;
    case 3:
      d.by_pipeline = !d.by_pipeline;
      break;
    case 4:
      d.window_labels.push_back({chance.of(kLabels), ""});
      if (chance.in(2)) d.window_labels.push_back({Attribute::field, "tag"});
      if (d.totals && chance.in(2)) d.total_labels = d.window_labels;
      break;
    case 5:
      d.where.push_back(random_condition(chance));
      break;
    default:
      if (!states && std::all_of(d.facts.begin(), d.facts.end(), has_creation)) d.time = Instant::created;
      if (!states && !d.totals) d.windows = chance.in(2) ? WindowSet::cohort_weeks : WindowSet::cohort_months;
      break;
  }
  return d;
}

}  // namespace kpistream::model
