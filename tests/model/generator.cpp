#include "tests/model/generator.hpp"

#include <algorithm>
#include <chrono>

#include "tests/model/clock.hpp"

namespace kpistream::model {
namespace {

struct Place {
  const char* zone;
  int year;
  unsigned month;
  unsigned day;
};

// Ordinary days, ends of years and quarters, and days on which the clocks are changed.
const std::vector<Place> kPlaces{
    {"Europe/Moscow", 2026, 9, 14},      {"Europe/Moscow", 2014, 10, 24},    {"Europe/Moscow", 2011, 3, 25},
    {"Europe/Moscow", 2025, 12, 29},     {"Europe/Berlin", 2026, 3, 27},     {"Europe/Berlin", 2026, 10, 23},
    {"Europe/Berlin", 2026, 6, 29},      {"America/Sao_Paulo", 2018, 2, 16}, {"America/Sao_Paulo", 2018, 11, 2},
    {"America/Sao_Paulo", 2017, 10, 13}, {"Asia/Kamchatka", 2010, 3, 26},    {"Asia/Kamchatka", 2010, 10, 29},
    {"Asia/Kamchatka", 2026, 4, 29},     {"Asia/Kamchatka", 2024, 2, 28}};

struct Stage {
  std::string name;
  Outcome outcome = Outcome::open;
};

const std::vector<Stage>& stages_of(EntityKind kind) {
  static const std::vector<Stage> lead{
      {"NEW"}, {"IN_PROCESS"}, {"GOOD"}, {"CONVERTED", Outcome::won}, {"JUNK", Outcome::lost}, {"SPAM", Outcome::lost}};
  static const std::vector<Stage> deal{{"NEW"},
                                       {"WORK"},
                                       {"QUOTE"},
                                       {"PAID"},
                                       {"MET"},
                                       {"BAD"},
                                       {"INCOMING"},
                                       {"WON", Outcome::won},
                                       {"WON2", Outcome::won},
                                       {"LOSE", Outcome::lost},
                                       {"LOSE2", Outcome::lost}};
  static const std::vector<Stage> quote{{"DRAFT"}, {"SENT"}, {"APPROVED", Outcome::won}, {"DECLINED", Outcome::lost}};
  static const std::vector<Stage> invoice{
      {"N"}, {"S"}, {"P", Outcome::won}, {"P2", Outcome::won}, {"D", Outcome::lost}};
  if (kind == EntityKind::lead) return lead;
  if (kind == EntityKind::deal) return deal;
  return kind == EntityKind::quote ? quote : invoice;
}

class Generator {
 public:
  Generator(std::uint64_t seed, const std::vector<Definition>& catalogue) : chance_(seed) {
    const Place& place = chance_.of(kPlaces);
    const std::chrono::year_month_day date{std::chrono::year(place.year), std::chrono::month(place.month),
                                           std::chrono::day(place.day)};
    const std::int64_t day = std::chrono::sys_days(date).time_since_epoch().count();
    history_.settings = random_settings(chance_, day);
    history_.settings.zone = place.zone;
    history_.entry_times = chance_.number(1, 2) == 1;
    now_ = day * 86'400 + chance_.number(0, 2 * 86'400);
    choose_definitions(catalogue);
  }

  History take() {
    const bool large = chance_.in(50);
    const std::int64_t count = large ? chance_.number(60, 200) : chance_.number(3, chance_.in(4) ? 30 : 14);
    pace_ = chance_.of(std::vector<std::int64_t>{600, 7'200, 40'000, 86'400, 4 * 86'400});
    if (large) pace_ /= 8;
    const Clock clock(history_.settings);
    for (std::int64_t i = 0; i < count; ++i) {
      pass_time(clock);
      happen();
    }
    choose_moments(clock);
    return std::move(history_);
  }

 private:
  void choose_definitions(const std::vector<Definition>& catalogue) {
    const bool all = chance_.in(60);
    const bool flow = chance_.in(8);  // what K27 is computed from
    const auto of_flow = [](const Definition& d) {
      return d.id == "new_leads" || d.id == "inquiries_won" || d.id == "inquiries_lost";
    };
    for (const Definition& definition : catalogue) {
      if (!all && !chance_.in(5) && !(flow && of_flow(definition))) continue;
      history_.definitions.push_back(chance_.in(4) ? other_definition(chance_, definition) : definition);
    }
  }

  // Seconds, minutes or days later; often to where a day, an hour of work or a minute begins or ends.
  void pass_time(const Clock& clock) {
    const auto kind = chance_.number(1, 12);
    if (kind <= 3) {
      now_ += chance_.number(0, 90);
    } else if (kind <= 6) {
      now_ += chance_.number(0, 3'600);
    } else if (kind == 7) {
      now_ = std::max(now_, clock.midnight(clock.day(now_) + 1) + chance_.number(-2, 1));
    } else if (kind == 8 && chance_.in(2)) {
      now_ = (now_ / 86'400 + 1) * 86'400 + chance_.number(-40, 40);
    } else if (kind == 8) {
      now_ =
          std::max(now_, clock.moment(clock.day(now_), static_cast<int>(chance_.of(std::vector{540L, 1080L, 960L}))));
    } else {
      now_ += chance_.number(0, pace_);
    }
  }

  void happen() {
    const auto kind = chance_.number(1, 20);
    if (chance_.in(40)) return import();
    const EntityKind records[] = {EntityKind::lead, EntityKind::deal, EntityKind::quote, EntityKind::invoice};
    if (kind <= 4 || world_.things().empty())
      return create(records[chance_.in(4) ? chance_.number(2, 3) : chance_.number(0, 1)]);
    if (kind <= 13) return change(chance_.of(world_.things()));
    if (kind <= 19) return act();
    name();
  }

  // Several records by one hand within a minute or two.
  void import() {
    const EntityKind kind = chance_.in(2) ? EntityKind::lead : EntityKind::deal;
    const std::string hand = user();
    for (std::int64_t left = chance_.number(2, 9); left > 0; --left) {
      create(kind, hand);
      now_ += chance_.number(0, 40);
    }
  }

  void add(Happening h) {
    if (world_.happen(h) != nullptr) history_.happenings.push_back(std::move(h));
  }

  Happening begin(What what, const EntityRef& ref) {
    Happening h;
    h.at = now_;
    if (const Thing* thing = world_.find(ref)) h.at = std::max(now_, thing->changed + 1);
    h.what = what;
    h.ref = ref;
    h.who = user();
    return h;
  }

  EntityRef next_ref(EntityKind kind) { return {kind, std::to_string(++ids_)}; }
  std::string user() { return chance_.of(std::vector<std::string>{"1", "1", "2", "2", "3", "99", "0", ""}); }
  std::string owner() { return chance_.of(std::vector<std::string>{"1", "1", "2", "3", "3", ""}); }
  MinorUnits price() { return chance_.in(6) ? 0 : chance_.number(1, 900) * (chance_.in(3) ? 3'333 : 10'000); }
  std::string currency() { return chance_.of(std::vector<std::string>{"", "", "RUB", "EUR", "USD", "XXX"}); }

  EntityRef some(EntityKind kind) {
    std::vector<EntityRef> refs{{}};
    for (const Thing& thing : world_.things()) {
      if (thing.ref.kind == kind) refs.push_back(thing.ref);
    }
    return chance_.of(refs);
  }

  std::vector<Field> fields() {
    std::vector<Field> all;
    if (chance_.in(2)) all.push_back({"cost", std::to_string(chance_.number(0, 4'000)) + (chance_.in(3) ? ".5" : "")});
    if (chance_.in(6)) all.push_back({"quoted", std::to_string(chance_.number(0, 2'000)) + ".25"});
    if (chance_.in(5)) all.push_back({"tag", "angry"});
    if (chance_.in(5)) all.push_back({"tag", "vip"});
    return all;
  }

  void choose_stage(Happening& h, bool first) {
    const auto& stages = stages_of(h.ref.kind);
    const Stage& stage = first && !chance_.in(6) ? stages.front() : chance_.of(stages);
    h.stage = stage.name;
    h.outcome = stage.outcome;
    if (h.outcome == Outcome::lost) h.reason = chance_.of(std::vector<std::string>{"", "price", "time"});
    if (h.ref.kind == EntityKind::deal) h.pipeline = chance_.of(std::vector<std::string>{"0", "0", "5", ""});
  }

  void create(EntityKind kind) { create(kind, user()); }

  void create(EntityKind kind, const std::string& hand) {
    if (kind == EntityKind::lead && !history_.settings.leads) kind = EntityKind::deal;
    Happening h = begin(What::create, next_ref(kind));
    h.who = hand;
    choose_stage(h, true);
    h.owner = owner();
    h.amount = price();
    h.currency = currency();
    h.fields = fields();
    h.source = chance_.of(std::vector<std::string>{"", "web", "call"});
    h.repeat = chance_.in(4);
    choose_links(h);
    add(std::move(h));
  }

  void choose_links(Happening& h) {
    choose_cards(h);
    if (h.ref.kind == EntityKind::deal && !chance_.in(3)) h.parent = some(EntityKind::lead);
    if (h.ref.kind != EntityKind::quote && !chance_.in(3)) {
      h.client = {EntityKind::client, chance_.of(std::vector<std::string>{"company:1", "contact:7"})};
    }
  }

  void choose_cards(Happening& h) {
    if (h.ref.kind != EntityKind::deal) return;
    for (const auto* id : {"company:1", "contact:7", "contact:8"}) {
      if (chance_.in(3)) h.cards.push_back({EntityKind::card, id});
    }
  }

  // What an act is about.
  EntityRef subject() {
    if (!chance_.in(3)) return some(chance_.in(3) ? EntityKind::lead : EntityKind::deal);
    return {EntityKind::card, chance_.of(std::vector<std::string>{"company:1", "contact:7", "contact:7", "contact:8"})};
  }

  void change(const Thing& thing) {
    if (thing.gone) return chance_.in(2) ? add(begin(What::restore, thing.ref)) : void();
    if (chance_.in(12) && thing.name.empty()) return add(begin(What::remove, thing.ref));
    if (thing.acted) return change_act(thing);
    if (thing.standings.empty()) return;
    const What kinds[] = {What::move,     What::move,    What::move, What::reprice,
                          What::reassign, What::refield, What::edit, What::relink};
    Happening h = begin(kinds[chance_.number(0, 7)], thing.ref);
    if (h.what == What::move) {
      choose_stage(h, false);
      if (!chance_.in(4)) h.pipeline = thing.standings.back().pipeline;
    }
    h.amount = price();
    h.currency = currency();
    h.owner = owner();
    if (h.what == What::refield) h.fields = fields();
    if (h.what == What::relink) choose_links(h);
    add(std::move(h));
  }

  void act() {
    const std::vector<EntityKind> kinds{EntityKind::call,     EntityKind::call,     EntityKind::call,
                                        EntityKind::activity, EntityKind::activity, EntityKind::message,
                                        EntityKind::note,     EntityKind::task};
    Happening h = begin(What::act, next_ref(chance_.of(kinds)));
    h.details = random_details(chance_, h.ref.kind, h.at);
    h.details.target = subject();
    h.ignore = h.ref.kind == EntityKind::task && chance_.in(10);
    if (chance_.in(6)) return repeat_act(std::move(h));
    add(std::move(h));
  }

  // The same again, several times within some minutes; sometimes over midnight in UTC.
  void repeat_act(Happening h) {
    if (chance_.in(3)) now_ = (now_ / 86'400 + 1) * 86'400 - chance_.number(0, 150);
    for (std::int64_t left = chance_.number(2, 6); left > 0; --left) {
      const UnixSeconds later = now_ - h.at;
      h.at = now_;
      for (UnixSeconds* at :
           {&h.details.start, &h.details.end, &h.details.deadline, &h.details.done_at, &h.details.created})
        *at += *at == 0 ? 0 : later;
      add(h);
      h.ref = next_ref(h.ref.kind);
      now_ += chance_.number(0, 70);
    }
  }

  // Done, put off, voted on, given to somebody else, or its record is known at last.
  void change_act(const Thing& thing) {
    Happening h = begin(What::act, thing.ref);
    h.details = thing.details;
    Details& d = h.details;
    switch (chance_.number(1, 5)) {
      case 1:
        d.done = !d.done;
        d.done_at = d.done ? h.at : 0;
        d.closer = d.done ? user() : "";
        break;
      case 2:
        if (d.deadline != 0) d.deadline += chance_.number(-86'400, 3 * 86'400);
        if (d.act == Act::meeting && d.start != 0) d.start += chance_.number(-7'200, 2 * 86'400);
        break;
      case 3:
        d.rating = chance_.number(0, 5);
        break;
      case 4:
        d.owner = owner();
        break;
      default:
        d.target = subject();
        break;
    }
    add(std::move(h));
  }

  void name() {
    const bool manager = chance_.in(2);
    const std::string id = chance_.of(std::vector<std::string>{"1", "2", "5"});
    Happening h = begin(What::name, {manager ? EntityKind::manager : EntityKind::pipeline, id});
    h.name = "Name " + id;
    add(std::move(h));
  }

  void choose_moments(const Clock& clock) {
    const auto& all = history_.happenings;
    const UnixSeconds last = all.empty() ? now_ : std::max(now_, all.back().at);
    history_.moments.push_back(last + chance_.number(0, 120));
    if (!all.empty() && chance_.in(2)) history_.moments.push_back(chance_.of(all).at + chance_.number(0, 59));
    if (chance_.in(3))
      history_.moments.push_back(clock.midnight(clock.day(last) + chance_.number(0, 3)) + chance_.number(-1, 1));
    if (chance_.in(3)) history_.moments.push_back(last + chance_.number(0, 45) * 86'400 + chance_.number(0, 86'400));
  }

  Chance chance_;
  History history_;
  World world_;
  UnixSeconds now_ = 0;
  std::int64_t pace_ = 0;
  std::int64_t ids_ = 0;
};

}  // namespace

History random_history(std::uint64_t seed, const std::vector<Definition>& catalogue) {
  return Generator(seed, catalogue).take();
}

}  // namespace kpistream::model
