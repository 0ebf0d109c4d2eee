#include "tests/model/history.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <sstream>

namespace kpistream::model {
namespace {

bool staged(EntityKind kind) {
  return kind == EntityKind::lead || kind == EntityKind::deal || kind == EntityKind::quote ||
         kind == EntityKind::invoice;
}

Thing created(const Happening& h) {
  Thing thing;
  thing.ref = h.ref;
  thing.created = thing.changed = h.at;
  thing.creator = h.who;
  thing.source = h.source;
  thing.repeat = h.repeat;
  thing.parent = h.parent;
  thing.client = h.client;
  thing.cards = h.cards;
  thing.fields = h.fields;
  thing.standings.push_back(
      {h.at, h.at, h.who, h.who, h.pipeline, h.stage, h.outcome, h.owner, h.amount, h.currency, h.fields});
  return thing;
}

void move(Thing& thing, Standing& next, const Happening& h) {
  if (next.stage == h.stage && next.pipeline == h.pipeline) return;
  next.pipeline = h.pipeline;
  next.stage = h.stage;
  next.outcome = h.outcome;
  next.moved = h.at;
  next.mover = h.who;
  thing.reason = h.reason;
  thing.reasoned = h.at;
}

}  // namespace

const Thing* World::find(const EntityRef& ref) const {
  const auto it = std::find_if(things_.begin(), things_.end(), [&](const Thing& t) { return t.ref == ref; });
  return it == things_.end() ? nullptr : &*it;
}

const Thing* World::happen(const Happening& h) {
  const auto it = std::find_if(things_.begin(), things_.end(), [&](const Thing& t) { return t.ref == h.ref; });
  if (it != things_.end()) return h.what != What::create && change(*it, h) ? &*it : nullptr;
  if (h.what == What::create && staged(h.ref.kind)) return &things_.emplace_back(created(h));
  if (h.what != What::act && h.what != What::name) return nullptr;
  Thing thing;
  thing.ref = h.ref;
  thing.created = thing.changed = h.at;
  thing.details = h.details;
  thing.acted = h.what == What::act;
  thing.ignore = h.ignore;
  thing.name = h.name;
  return &things_.emplace_back(std::move(thing));
}

bool World::change(Thing& thing, const Happening& h) {
  if (h.at <= thing.changed) return false;  // a CRM tells no two states of one moment apart
  if (thing.gone != (h.what == What::restore) || h.what == What::name) return false;
  if (thing.acted != (h.what == What::act) && h.what != What::remove && h.what != What::restore) return false;
  thing.changed = h.at;
  if (h.what == What::remove || h.what == What::restore) thing.gone = h.what == What::remove;
  if (h.what == What::act) {
    // A call may be noted on several cards: that it is about a record is not taken back by one that knows less.
    const EntityRef before = thing.details.target;
    thing.details = h.details;
    const bool less = h.details.target.id.empty() || h.details.target.kind == EntityKind::card;
    const bool nothing = h.details.target.id.empty();
    if (thing.ref.kind == EntityKind::call &&
        (nothing || (less && before.kind != EntityKind::card && !before.id.empty())))
      thing.details.target = before;
  }
  if (h.what == What::refield) thing.fields = h.fields;
  if (h.what == What::relink) thing.parent = h.parent, thing.client = h.client, thing.cards = h.cards;
  if (thing.standings.empty() || h.what == What::remove) return true;
  Standing next = thing.standings.back();
  next.at = h.at;
  next.author = h.who;
  if (h.what == What::move) move(thing, next, h);
  if (h.what == What::reprice) next.amount = h.amount, next.currency = h.currency;
  if (h.what == What::reassign) next.owner = h.owner;
  if (h.what == What::refield) next.fields = h.fields;
  thing.standings.push_back(std::move(next));
  return true;
}

std::string utc(UnixSeconds at) {
  if (at == 0) return "-";
  const std::time_t time = at;
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%F %T", &parts);
  return text.data();
}

namespace {

std::string name_of(const EntityRef& ref) {
  constexpr std::array kKinds{"?",    "lead",    "deal",    "activity", "call",   "quote",  "invoice",
                              "task", "message", "manager", "pipeline", "cursor", "client", "note"};
  if (ref.kind == EntityKind::card) return ref.id;
  return std::string(kKinds.at(static_cast<std::size_t>(ref.kind))) + " " + ref.id;
}

class Line {
 public:
  template <class Value>
  Line& word(const char* name, const Value& value, bool shown = true) {
    if (shown) text_ << ' ' << name << '=' << value;
    return *this;
  }
  Line& text(const std::string& text) {
    text_ << text;
    return *this;
  }
  [[nodiscard]] std::string take() const { return text_.str(); }

 private:
  std::ostringstream text_;
};

void describe_stage(Line& line, const Happening& h) {
  constexpr std::array kOutcomes{"unknown", "open", "won", "lost", "incoming"};
  line.word("funnel", h.pipeline, !h.pipeline.empty()).word("stage", h.stage);
  line.word("outcome", kOutcomes.at(static_cast<std::size_t>(h.outcome))).word("reason", h.reason, !h.reason.empty());
}

void describe_details(Line& line, const Details& d, bool ignore) {
  constexpr std::array kActs{"other", "meeting", "call", "todo", "mail", "chat", "comment"};
  constexpr std::array kWays{"none", "in", "out", "callback"};
  constexpr std::array kCalls{"unknown", "talk", "short", "missed", "failed"};
  line.word("act", kActs.at(static_cast<std::size_t>(d.act)), d.act != Act::other);
  line.word("way", kWays.at(static_cast<std::size_t>(d.direction)), d.direction != Direction::none);
  line.word("call", kCalls.at(static_cast<std::size_t>(d.call)), d.call != CallOutcome::unknown);
  line.word("seconds", d.seconds, d.seconds != 0).word("start", utc(d.start), d.start != 0);
  line.word("end", utc(d.end), d.end != 0).word("deadline", utc(d.deadline), d.deadline != 0);
  line.word("done", utc(d.done_at), d.done).word("target", name_of(d.target), !d.target.id.empty());
  line.word("robot", 1, !d.human).word("type", d.type, !d.type.empty());
  line.word("author", d.author, !d.author.empty()).word("closer", d.closer, !d.closer.empty());
  line.word("created", utc(d.created), d.created != 0).word("line", d.line, !d.line.empty());
  line.word("rating", d.rating, d.rating != 0).word("template", 1, ignore);
}

}  // namespace

std::string describe(const Happening& h) {
  constexpr std::array kWhat{"create", "edit",    "move", "reprice", "reassign", "refield",
                             "remove", "restore", "act",  "name",    "relink"};
  Line line;
  line.text(utc(h.at) + "  " + name_of(h.ref) + " " + kWhat.at(static_cast<std::size_t>(h.what)));
  line.word("who", h.who, !h.who.empty());
  const bool create = h.what == What::create;
  if (create || h.what == What::move) describe_stage(line, h);
  if (create || h.what == What::reassign) line.word("owner", h.owner);
  if (create || h.what == What::reprice)
    line.word("amount", h.amount).word("currency", h.currency, !h.currency.empty());
  if (create) {
    line.word("source", h.source, !h.source.empty()).word("repeat", 1, h.repeat);
  }
  if (create || h.what == What::relink) {
    line.word("parent", name_of(h.parent), !h.parent.id.empty()).word("client", h.client.id, !h.client.id.empty());
    for (const EntityRef& card : h.cards) line.word("card", card.id);
  }
  for (const Field& field : h.fields) line.word(field.name.c_str(), field.value);
  if (h.what == What::act) line.word("owner", h.details.owner), describe_details(line, h.details, h.ignore);
  if (h.what == What::name) line.word("name", h.name);
  return line.take();
}

std::string describe(const PortalSettings& p) {
  Line line;
  line.text(p.zone).word("leads", p.leads).word("known_since", utc(p.known_since)).word("client_days", p.client_days);
  line.word("response_target", p.response_target).word("stuck_days", p.stuck_days);
  line.word("return_within", p.return_within).word("served_within", p.served_within);
  line.word("bulk", p.bulk_per_minute).word("active_time", p.active_time);
  line.word("talk_seconds_min", p.talk_seconds_min).word("cost_field", p.cost_field);
  const auto list = [&](const char* name, const std::vector<std::string>& values) {
    for (const auto& value : values) line.word(name, value);
  };
  list("main", p.main_pipelines), list("incoming", p.incoming_stages), list("qualified", p.qualified_stages),
      list("quote", p.quote_stages);
  list("payment", p.payment_stages), list("meeting", p.meeting_stages), list("paid", p.paid_values);
  list("action_field", p.action_fields);
  list("complaint_pipeline", p.complaint_pipelines), list("complaint_stage", p.complaint_stages);
  list("meeting_type", p.meeting_types), list("complaint_type", p.complaint_types), list("robot", p.robots);
  for (const auto& field : p.complaint_fields) line.word("complaint_field", field.name + ":" + field.value);
  for (const auto& hours : p.work.week) line.text(" " + std::to_string(hours.begin) + "-" + std::to_string(hours.end));
  for (const auto day : p.work.holidays) line.word("holiday", day);
  for (const auto& [day, like] : p.work.transferred) line.word("day", day).word("like", like);
  for (const auto& [currency, rates] : p.rates) {
    for (const Rate& rate : rates) line.word(currency.c_str(), rate.micros).word("from", rate.from_day);
  }
  return line.take();
}

}  // namespace kpistream::model
