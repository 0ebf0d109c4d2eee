#include "tests/model/events.hpp"

#include <algorithm>
#include <tuple>

namespace kpistream::model {
namespace {

constexpr std::int64_t kTogether = 60;
constexpr std::int64_t kReturnMost = 7 * 86'400;

bool at_record(const EntityRef& ref) {
  return !ref.id.empty() && (ref.kind == EntityKind::lead || ref.kind == EntityKind::deal);
}

UnixSeconds either(UnixSeconds a, UnixSeconds b, UnixSeconds c = 0) {
  return a != 0 ? a : b != 0 ? b : c != 0 ? c : kNoTime;
}

bool outgoing(const Details& d) { return d.direction == Direction::out || d.direction == Direction::callback; }
bool answered(const Details& d) { return d.call == CallOutcome::talk || d.call == CallOutcome::short_talk; }

// Whether an act of that time is one of the record's.
bool about(const Portal& portal, const Doing& doing, const EntityRef& record, UnixSeconds at, bool called) {
  const EntityRef& target = doing.details.target;
  if (target == record || target.kind != EntityKind::card) return target == record;
  return deal_of_card(portal, target, at, called) == record;
}

bool called_us(const Doing& doing) {
  const Details& d = doing.details;
  return d.direction == Direction::in && doing.thing->ref.kind == EntityKind::call && answered(d);
}

// What somebody did with it.
std::vector<Deed> deeds_of(const Portal& portal, const Doing& doing) {
  std::vector<Deed> deeds;
  const Details& d = doing.details;
  const auto did = [&](UnixSeconds at, const std::string& who, const char* name) {
    if (doing.human && at != 0 && at != kNoTime && !who.empty() && !robot(portal.settings, who))
      deeds.push_back({at, who, name});
  };
  const std::string& author = d.author.empty() ? d.owner : d.author;
  const std::string& closer = d.closer.empty() ? d.owner : d.closer;
  const EntityKind kind = doing.thing->ref.kind;
  if (kind == EntityKind::call && (outgoing(d) || answered(d))) did(d.start, d.owner, "call");
  if (kind == EntityKind::message && outgoing(d)) did(d.start, author, "message");
  if (kind == EntityKind::note) did(d.start, author, "note");
  if (kind != EntityKind::activity && kind != EntityKind::task) return deeds;
  if (d.act == Act::mail && outgoing(d) && d.done) did(either(d.start, d.done_at, d.end), author, "email");
  if (d.act == Act::meeting && d.done) did(either(d.done_at, d.end, d.start), closer, "meeting");
  if (d.act == Act::todo) {
    did(d.created, author, "task_created");
    if (d.done) did(d.done_at, closer, "task_done");
  }
  return deeds;
}

Event act_event(const Doing& doing, FactKind kind, UnixSeconds at, const std::string& nobody = "none") {
  const Details& d = doing.details;
  Event event;
  event.kind = kind;
  event.at = at;
  event.created = d.created;
  event.then = event.now = known(d.owner, nobody);
  event.actor = d.closer.empty() ? d.owner : d.closer;
  return event;
}

// A missed call, and the first talk with that number after it (K11).
void missed_call(const Portal& portal, const std::vector<Doing>& all, const Doing& call, std::vector<Event>& events) {
  const Details& d = call.details;
  if (d.direction != Direction::in || d.call != CallOutcome::missed || d.line.empty()) return;
  UnixSeconds back = kEver;
  for (const Doing& other : all) {
    const Details& o = other.details;
    const bool talk = other.thing->ref.kind == EntityKind::call && o.call == CallOutcome::talk && o.line == d.line;
    if (talk && o.start >= d.start && o.start <= d.start + kReturnMost) back = std::min(back, o.start);
  }
  Event event = act_event(call, back == kEver ? FactKind::missed_unreturned : FactKind::callback, d.start, "queue");
  if (back != kEver) {
    event.timed = true;
    event.seconds = back - d.start;
    event.working = portal.clock.working(d.start, back);
    event.outcome = event.seconds <= portal.settings.served_within ? "served" : "returned";
  }
  events.push_back(event);
}

void call_events(const Portal& portal, const std::vector<Doing>& all, const Doing& call, std::vector<Event>& events) {
  const Details& d = call.details;
  Event event = act_event(call, FactKind::call, d.start, "queue");
  event.direction = d.direction == Direction::in ? "in" : d.direction == Direction::callback ? "callback" : "out";
  constexpr const char* kNames[] = {"unknown", "talk", "short", "missed", "failed"};
  event.outcome = kNames[static_cast<int>(d.call)];
  event.timed = true;
  event.seconds = d.seconds;
  event.type = portal.clock.working(d.start, d.start + 1) == 1 ? "working" : "off_hours";
  events.push_back(event);
  missed_call(portal, all, call, events);
}

void rating_events(const Doing& doing, std::vector<Event>& events) {
  const Details& d = doing.details;
  if (d.rating < 1 || d.rating > 5) return;
  Event event = act_event(doing, FactKind::rating, either(d.start, d.created));
  event.timed = true;
  event.seconds = d.rating;
  events.push_back(event);
}

void plain_events(const Portal& portal, const Doing& doing, std::vector<Event>& events) {
  const Details& d = doing.details;
  const EntityKind kind = doing.thing->ref.kind;
  const bool meeting = d.act == Act::meeting;
  const bool dated = kind == EntityKind::activity || kind == EntityKind::task;
  if (dated && meeting && d.done) {
    events.push_back(act_event(doing, FactKind::meeting_held, either(d.done_at, d.end, d.start)));
  }
  if (doing.planned && meeting) {
    events.push_back(act_event(doing, FactKind::meeting_planned, either(d.start, d.deadline)));
  }
  if (doing.planned && !meeting) events.push_back(act_event(doing, FactKind::task_due, either(d.deadline, 0)));
  if (listed(portal.settings.complaint_types, d.type)) {
    Event event = act_event(doing, FactKind::complaint, either(d.created, d.start, d.done_at));
    event.channel = "activity";
    events.push_back(event);
  }
}

// Deeds about one record are counted together; those about nothing each for itself.
void action_events(const Portal& portal, const std::vector<Doing>& all, std::vector<Event>& events,
                   std::vector<Deed>& did) {
  Event shape;
  shape.kind = FactKind::action;
  struct About {
    EntityRef target;
    std::vector<Deed> deeds;
  };
  std::vector<About> about;
  for (const Doing& doing : all) {
    auto deeds = deeds_of(portal, doing);
    did.insert(did.end(), deeds.begin(), deeds.end());
    const EntityRef& target = doing.details.target;
    if (target.id.empty()) {
      for (const Deed& deed : deeds) count_deeds({deed}, shape, events);
      continue;
    }
    auto have = std::find_if(about.begin(), about.end(), [&](const About& a) { return a.target == target; });
    if (have == about.end()) have = about.insert(about.end(), {target, {}});
    have->deeds.insert(have->deeds.end(), deeds.begin(), deeds.end());
  }
  for (About& each : about) count_deeds(std::move(each.deeds), shape, events);
}

}  // namespace

bool listed(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool robot(const PortalSettings& settings, const std::string& user) {
  return user == "0" || listed(settings.robots, user);
}

std::string known(const std::string& owner, const std::string& otherwise) {
  return owner.empty() || owner == "0" ? otherwise : owner;
}

bool before(const EntityRef& a, const EntityRef& b) { return std::tie(a.kind, a.id) < std::tie(b.kind, b.id); }

std::vector<Doing> doings(const Portal& portal) {
  const PortalSettings& p = portal.settings;
  std::vector<Doing> all;
  for (const Thing& thing : portal.world.things()) {
    if (!thing.acted || thing.gone || thing.ignore) continue;
    Doing doing{&thing, thing.details, true, false};
    Details& d = doing.details;
    const bool dated = thing.ref.kind == EntityKind::activity || thing.ref.kind == EntityKind::task;
    if (dated && !p.meeting_types.empty()) {
      if (listed(p.meeting_types, d.type)) {
        d.act = Act::meeting;
      } else if (d.act == Act::meeting) {
        d.act = Act::todo;
      }
    }
    // A task has no end of its own: who ticks a meeting off afterwards held it when it was due.
    if (thing.ref.kind == EntityKind::task && d.act == Act::meeting && d.done && d.done_at > d.deadline &&
        d.deadline != 0) {
      d.done_at = d.deadline;
    }
    const bool call = thing.ref.kind == EntityKind::call;
    if (call && d.call == CallOutcome::talk && d.seconds < p.talk_seconds_min) d.call = CallOutcome::short_talk;
    // A group call that nobody took belongs to user 0, who is no robot there; and who was given a task or a meeting by
    // a robot is none either.
    const bool queue = call && d.owner == "0";
    const bool own_hand = !dated || d.act == Act::mail || d.act == Act::chat;
    doing.human = d.human && (queue || !robot(p, d.owner)) && !(own_hand && robot(p, d.author));
    doing.planned = dated && !d.done && (d.act == Act::meeting || d.act == Act::todo || d.act == Act::call);
    all.push_back(doing);
  }
  return all;
}

std::vector<Contact> contacts_with(const Portal& portal, const EntityRef& record) {
  std::vector<Contact> contacts;
  for (const Doing& doing : doings(portal)) {
    const Details& d = doing.details;
    const EntityKind kind = doing.thing->ref.kind;
    if (!at_record(record) || !doing.human || doing.planned) continue;
    const bool meeting = d.act == Act::meeting;
    const bool activity = kind == EntityKind::activity && d.done;
    if (kind != EntityKind::call && kind != EntityKind::message && !activity && !meeting) continue;
    const bool out = outgoing(d) || meeting;
    const bool live = called_us(doing);
    UnixSeconds at = either(d.start, d.done_at, d.end);
    if (meeting && d.done_at != 0) at = std::min(at, d.done_at);
    if ((!out && !live) || at == kNoTime || !about(portal, doing, record, at, live)) continue;
    std::string channel = "call";
    if (kind == EntityKind::message || (kind == EntityKind::activity && d.act == Act::chat)) channel = "message";
    if (kind == EntityKind::activity && d.act == Act::mail) channel = "email";
    if (meeting) channel = "meeting";
    contacts.push_back({at, doing.thing->ref, d.owner, channel, live && !out});
  }
  std::sort(contacts.begin(), contacts.end(),
            [](const Contact& a, const Contact& b) { return a.at != b.at ? a.at < b.at : before(a.from, b.from); });
  return contacts;
}

UnixSeconds touched(const Portal& portal, const EntityRef& record) {
  UnixSeconds last = 0;
  for (const Doing& doing : doings(portal)) {
    UnixSeconds newest = 0;
    for (const Deed& deed : deeds_of(portal, doing)) newest = std::max(newest, deed.at);
    if (newest > last && about(portal, doing, record, newest, called_us(doing))) last = newest;
  }
  return last;
}

bool has_step(const Portal& portal, const EntityRef& record) {
  const auto all = doings(portal);
  return std::any_of(all.begin(), all.end(), [&](const Doing& doing) {
    const UnixSeconds made = doing.details.created;
    if (!doing.planned) return false;
    return doing.details.target == record || (made != 0 && about(portal, doing, record, made, false));
  });
}

void count_deeds(std::vector<Deed> deeds, const Event& shape, std::vector<Event>& events) {
  std::sort(deeds.begin(), deeds.end(),
            [](const Deed& a, const Deed& b) { return std::tie(a.who, a.name, a.at) < std::tie(b.who, b.name, b.at); });
  const Deed* counted = nullptr;
  for (const Deed& deed : deeds) {
    const bool again = counted != nullptr && counted->who == deed.who && counted->name == deed.name &&
                       deed.at - counted->at <= kTogether;
    if (again) continue;
    counted = &deed;
    Event event = shape;
    event.at = deed.at;
    event.then = event.now = event.actor = deed.who;
    event.action = deed.name;
    events.push_back(event);
  }
}

void act_events(const Portal& portal, std::vector<Event>& events, std::vector<Deed>& deeds) {
  const auto all = doings(portal);
  for (const Doing& doing : all) {
    if (doing.thing->ref.kind == EntityKind::call) {
      call_events(portal, all, doing, events);
    } else {
      plain_events(portal, doing, events);
    }
    rating_events(doing, events);
  }
  action_events(portal, all, events, deeds);
}

std::vector<Event> events_of(const Portal& portal) {
  std::vector<Event> events;
  std::vector<Deed> deeds;
  staged_events(portal, events, deeds);
  act_events(portal, events, deeds);
  if (portal.settings.active_time) work_events(portal, std::move(deeds), events);
  return events;
}

}  // namespace kpistream::model
