#include "stream/facts/places.hpp"

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

Facts facts_of_acts(const LinkView& links) {
  Facts facts;
  std::optional<UnixSeconds> counted;
  links.each(LinkKind::act, kEver, kEndOfTime, [&](const Link& link) {
    if (counted && link.at - *counted <= kActionSeconds) return true;
    counted = link.at;
    facts.push_back(action_fact({link.at, link.who, link.word}, std::to_string(link.at)));
    return true;
  });
  return facts;
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

Facts facts_of_client(const LinkView& links) {
  Facts facts;
  std::optional<Link> first;
  std::optional<Link> last;
  links.each(LinkKind::win, kEver, kEndOfTime, [&](const Link& win) {
    Fact& fact = facts.emplace_back(client_fact(FactKind::client_win, win, win.from.id));
    fact.client = first ? "repeat" : "new";
    if (!first) first = win;
    last = win;
    return true;
  });
  if (!first) return facts;
  facts.push_back(client_fact(FactKind::client_acquired, *first, {}));
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

Facts facts_of_place(const EntityRef& place, const LinkView& links, const Calendar& calendar) {
  switch (place.kind) {
    case EntityKind::client:
      return in_order(facts_of_client(links));
    case EntityKind::acts:
      return in_order(facts_of_acts(links));
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
