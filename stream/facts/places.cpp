#include "stream/facts/places.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "stream/facts/derive.hpp"
#include "stream/facts/words.hpp"

namespace kpistream {
namespace {

constexpr UnixSeconds kEver = std::numeric_limits<UnixSeconds>::min();
constexpr UnixSeconds kEndOfTime = std::numeric_limits<UnixSeconds>::max();
constexpr int kMinute = 60;

// ---- like acts of a person on a record: repeats within a minute are one

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kDaysMost = 3'000'000;  // some 8000 years either way; what lies beyond is of the last day

std::int64_t day_of_act(UnixSeconds at) {
  const std::int64_t day = at / kDaySeconds - (at % kDaySeconds < 0 ? 1 : 0);
  return std::clamp(day, -kDaysMost, kDaysMost);
}
UnixSeconds begin_of(std::int64_t day) { return day <= -kDaysMost ? kEver : day * kDaySeconds; }
UnixSeconds last_of(std::int64_t day) { return day >= kDaysMost ? kEndOfTime : (day + 1) * kDaySeconds - 1; }

std::int64_t day_in(const std::string& id) { return std::stoll(id.substr(id.rfind('/') + 1)); }

bool repeats(UnixSeconds counted, UnixSeconds at) {
  return static_cast<std::uint64_t>(seconds_between(counted, at)) <= static_cast<std::uint64_t>(kActionSeconds);
}

bool any_act(const LinkView& links, UnixSeconds from, UnixSeconds to) {
  bool any = false;
  links.each(LinkKind::act, from, to, [&](const Link&) { return any = true, false; });
  return any;
}

// The act that counted last before `begin`, where one after it could be its repeat. An act that follows nothing within
// a minute counts whatever was before: so far back, and no further, it has to be looked.
std::optional<UnixSeconds> counted_before(const LinkView& links, UnixSeconds begin) {
  std::optional<UnixSeconds> counted;
  if (begin == kEver || !any_act(links, begin - kActionSeconds, begin - 1)) return counted;
  for (std::int64_t reach = 2 * kActionSeconds;; reach *= 2) {
    bool known = false;
    UnixSeconds last = begin - reach - 1;  // as if there were one just before
    links.each(LinkKind::act, begin - reach, begin - 1, [&](const Link& link) {
      known = known || !repeats(last, link.at);
      if (known && !(counted && repeats(*counted, link.at))) counted = link.at;
      last = link.at;
      return true;
    });
    if (known) return counted;
  }
}

Facts facts_of_acts(const EntityRef& place, const LinkView& links) {
  Facts facts;
  const std::int64_t day = day_in(place.id);
  std::optional<UnixSeconds> counted;
  bool first = true;
  links.each(LinkKind::act, begin_of(day), last_of(day), [&](const Link& link) {
    if (std::exchange(first, false)) counted = counted_before(links, begin_of(day));
    if (counted && repeats(*counted, link.at)) return true;
    counted = link.at;
    facts.push_back(action_fact({link.at, link.who, link.word}, std::to_string(link.at)));
    return true;
  });
  return facts;
}

// Whether acts follow each other within a minute from the beginning of a day to its end.
bool runs_through(const LinkView& links, std::int64_t day) {
  UnixSeconds last = begin_of(day);
  links.each(LinkKind::act, begin_of(day), last_of(day), [&](const Link& link) {
    const bool follows = repeats(last, link.at);
    if (follows) last = link.at;
    return follows;
  });
  return repeats(last, last_of(day));
}

// ---- a client and the sales to it

Fact client_fact(FactKind kind, const Link& win, std::string part) {
  Fact fact;
  fact.kind = kind;
  fact.part = std::move(part);
  fact.at = win.at;
  fact.manager = fact.owner = manager_or(win.who, kNone);
  fact.pipeline = win.word.empty() ? kNoPipeline : win.word;
  fact.amount = win.amount;
  return fact;
}

// How old the acquaintance was at a sale: calendar months since the first one.
std::string age_in_months(const Link& first, const Link& win, const Calendar& calendar) {
  const auto months = Calendar::months_between(calendar.day_of(first.at), calendar.day_of(win.at));
  return months > kAgeMonthsMost ? std::to_string(kAgeMonthsMost) + "+" : std::to_string(months);
}

Facts facts_of_client(const LinkView& links, const Calendar& calendar) {
  Facts facts;
  std::optional<Link> first;
  std::optional<Link> last;
  links.each(LinkKind::win, kEver, kEndOfTime, [&](const Link& win) {
    Fact& fact = facts.emplace_back(client_fact(FactKind::client_win, win, win.from.id));
    fact.client = first ? "repeat" : "new";
    if (!first) first = win;
    fact.created = first->at;
    fact.fields = {{std::string(kAgeMonths), age_in_months(*first, win, calendar)}};
    last = win;
    return true;
  });
  if (!first) return facts;
  facts.push_back(client_fact(FactKind::client_acquired, *first, {}));
  facts.back().created = first->at;
  facts.push_back(client_fact(FactKind::client_state, *last, {}));
  return facts;
}

// ---- a day of a manager

// The first act of each minute. However much somebody does, a day has no more of them: a minute with many acts is left
// behind without looking at all of them.
template <class Visit>
void each_minute(const LinkView& links, const Visit& visit) {
  constexpr int kLooksMost = 8;
  UnixSeconds next = kEver;  // the next minute begins here
  for (bool more = true; std::exchange(more, false);) {
    int looks = 0;
    links.each(LinkKind::presence, next, kEndOfTime, [&](const Link& link) {
      if (link.at < next) {
        more = ++looks == kLooksMost;
        return !more;
      }
      if (link.at > kEndOfTime - kMinute) return false;
      looks = 0;
      next = minute_of(link.at) * kMinute + kMinute;
      visit(link);
      return true;
    });
  }
}

class WorkDay {
 public:
  explicit WorkDay(const Calendar& calendar) : calendar_(calendar) {}

  void take(const Link& act) {
    who_ = act.who;
    if (facts_.empty()) edge(FactKind::work_begin, act.at);
    const std::int64_t gap = last_ ? seconds_between(*last_, act.at) : 0;
    const int hour = calendar_.minute_of_day(act.at) / kMinute;
    // An hour that comes twice, when the clocks are put back, is one.
    if (!hour_ || *hour_ != hour) add(FactKind::work_day, act.at, two_digits(hour));
    hour_ = hour;
    Fact& active = facts_.back();
    active.at = act.at;
    if (gap <= kBreakSeconds) active.seconds += gap;
    last_ = act.at;
  }

  Facts facts() {
    if (last_) edge(FactKind::work_end, *last_);
    return in_order(std::move(facts_));
  }

 private:
  static std::string two_digits(int number) {
    return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
  }

  Fact& add(FactKind kind, UnixSeconds at, std::string part = {}) {
    Fact& fact = facts_.emplace_back();
    fact.kind = kind;
    fact.part = std::move(part);
    fact.at = at;
    fact.manager = fact.owner = fact.actor = who_;
    fact.pipeline = kNoPipeline;
    return fact;
  }

  void edge(FactKind kind, UnixSeconds at) {
    const UnixSeconds midnight = calendar_.begin_of(calendar_.day_of(at)) * kMinute;
    add(kind, at).seconds = seconds_between(midnight, at);
  }

  const Calendar& calendar_;
  std::string who_;
  std::optional<UnixSeconds> last_;
  std::optional<int> hour_;
  Facts facts_;
};

Facts facts_of_work_day(const LinkView& links, const Calendar& calendar) {
  WorkDay day(calendar);
  each_minute(links, [&](const Link& act) { day.take(act); });
  return day.facts();
}

}  // namespace

bool is_place(EntityKind kind) {
  return kind == EntityKind::client || kind == EntityKind::acts || kind == EntityKind::work_day;
}

EntityRef acts_of_day(const EntityRef& acts, UnixSeconds at) {
  return {acts.kind, acts.id + "/" + std::to_string(day_of_act(at))};
}

EntityRef links_of_place(const EntityRef& place) {
  return place.kind == EntityKind::acts ? EntityRef{place.kind, place.id.substr(0, place.id.rfind('/'))} : place;
}

std::vector<EntityRef> days_touched(const Link& act, const LinkView& acts) {
  std::vector<EntityRef> days{acts_of_day(act.to, act.at)};
  for (std::int64_t day = day_of_act(act.at) + 1; day < kDaysMost; ++day) {
    const UnixSeconds midnight = begin_of(day);
    const bool before =
        (act.at < midnight && repeats(act.at, midnight)) || any_act(acts, midnight - kActionSeconds, midnight - 1);
    if (!before || !any_act(acts, midnight, midnight + kActionSeconds - 1)) break;
    days.push_back(acts_of_day(act.to, midnight));
    if (!runs_through(acts, day)) break;
  }
  return days;
}

Facts facts_of_place(const EntityRef& place, const LinkView& links, const Calendar& calendar) {
  switch (place.kind) {
    case EntityKind::client:
      return in_order(facts_of_client(links, calendar));
    case EntityKind::acts:
      return in_order(facts_of_acts(place, links));
    case EntityKind::work_day:
      return facts_of_work_day(links, calendar);
    default:
      return {};
  }
}

Fact action_fact(const ActionOf& action, std::string part) {
  Fact fact;
  fact.kind = FactKind::action;
  fact.part = std::move(part);
  fact.at = action.at;
  fact.manager = fact.owner = fact.actor = action.actor;
  fact.action = action.name;
  fact.pipeline = kNoPipeline;
  return fact;
}

}  // namespace kpistream
