// Leads, deals, quotes and invoices: what their lives mean.
#include <algorithm>
#include <cstdlib>

#include "tests/model/events.hpp"

namespace kpistream::model {
namespace {

constexpr std::int64_t kLive = 60;  // an incoming talk this close to the creation is what created the inquiry

bool closed(Outcome outcome) { return outcome == Outcome::won || outcome == Outcome::lost; }

// Digits, and two more behind a point.
MinorUnits money_in(const std::string& text) {
  const auto point = text.find('.');
  const MinorUnits cents = point == std::string::npos ? 0 : std::stoll((text.substr(point + 1) + "00").substr(0, 2));
  return std::stoll(text.substr(0, point)) * 100 + cents;
}

MinorUnits money_of(const Thing& thing, const std::string& name) {
  MinorUnits sum = 0;
  for (const Field& field : thing.fields) {
    if (!name.empty() && field.name == name) sum = money_in(field.value);
  }
  return sum;
}

class Life {
 public:
  Life(const Portal& portal, const Thing& thing, std::vector<Event>& events, std::vector<Deed>& deeds)
      : portal_(portal), p_(portal.settings), thing_(thing), events_(events), deeds_(deeds) {}

  void tell() {
    switch (thing_.ref.kind) {
      case EntityKind::lead:
        creation(FactKind::new_lead);
        closing(FactKind::lead_converted, FactKind::lead_lost);
        inquiry(lead_ends());
        break;
      case EntityKind::deal:
        deal();
        break;
      case EntityKind::quote:
        quote();
        return;
      default:
        invoice();
        return;
    }
    own_deeds();
    complaint();
  }

  [[nodiscard]] Outcome outcome_at(std::size_t i) const {
    const Standing& s = thing_.standings[i];
    return s.outcome == Outcome::open && listed(p_.incoming_stages, s.stage) ? Outcome::incoming : s.outcome;
  }
  // Where its present outcome began.
  [[nodiscard]] std::size_t turn() const {
    std::size_t i = thing_.standings.size() - 1;
    while (i > 0 && outcome_at(i - 1) == outcome_at(i)) --i;
    return i;
  }
  [[nodiscard]] Outcome outcome() const { return outcome_at(thing_.standings.size() - 1); }
  [[nodiscard]] const Standing& now() const { return thing_.standings.back(); }

  void set_money(Event& event, MinorUnits amount, const std::string& currency) const {
    event.amount = amount;
    if (!currency.empty() && currency != p_.currency) {
      const std::int64_t micros = rate(currency, portal_.clock.day(event.at));
      event.rated = micros >= 0;
      if (!event.rated) event.currency = currency;
      if (event.rated) {
        const std::int64_t exact = amount * micros;  // far from overflowing, as the amounts here are
        event.amount = (exact + (exact < 0 ? -500'000 : 500'000)) / 1'000'000;
      }
    }
    if (!p_.cost_field.empty()) event.profit = event.amount - money_of(thing_, p_.cost_field);
  }

 private:
  [[nodiscard]] std::int64_t rate(const std::string& currency, std::int64_t day) const {
    std::int64_t micros = -1;
    if (const auto rates = p_.rates.find(currency); rates != p_.rates.end()) {
      for (const Rate& rate : rates->second) micros = rate.from_day <= day ? rate.micros : micros;
    }
    return micros;
  }

  Event& add(FactKind kind, UnixSeconds at, const std::string& owner, const std::string& actor) {
    Event& event = events_.emplace_back();
    event.kind = kind;
    event.at = at;
    event.created = thing_.created;
    event.then = known(owner);
    event.now = known(now().owner);
    event.actor = actor;
    event.pipeline = thing_.ref.kind == EntityKind::lead ? "leads" : now().pipeline.empty() ? "none" : now().pipeline;
    event.stage = now().stage;
    event.source = thing_.source;
    event.type = imported() ? "import" : thing_.repeat ? "repeat" : "new";
    event.fields = thing_.fields;
    return event;
  }
  Event& add(FactKind kind, const Standing& standing) {
    return add(kind, standing.moved, standing.owner, standing.mover);
  }

  void set_time(Event& event, UnixSeconds from, UnixSeconds to) const {
    event.timed = true;
    event.seconds = std::max<std::int64_t>(0, to - from);
    event.working = portal_.clock.working(from, to);
  }

  [[nodiscard]] const Standing* accepted() const {
    for (std::size_t i = 0; i < thing_.standings.size(); ++i) {
      if (outcome_at(i) != Outcome::incoming) return &thing_.standings[i];
    }
    return nullptr;
  }

  void creation(FactKind kind) {
    if (const Standing* first = accepted()) enter(add(kind, thing_.created, first->owner, thing_.creator), *first);
  }

  // What belongs to the creation stays in its funnel.
  void enter(Event& event, const Standing& first) const {
    if (thing_.ref.kind == EntityKind::deal) event.pipeline = first.pipeline.empty() ? "none" : first.pipeline;
  }

  void closing(FactKind won, FactKind lost) {
    if (!closed(outcome())) return;
    const Standing& first = thing_.standings[turn()];
    Event& event = add(outcome() == Outcome::won ? won : lost, first);
    set_money(event, now().amount, now().currency);
    set_time(event, thing_.created, first.at);
    event.outcome = outcome() == Outcome::won ? "won" : "lost";
    if (outcome() == Outcome::lost) event.reason = known(thing_.reason);
  }

  void deal() {
    if (!p_.leads) creation(FactKind::new_lead);
    creation(FactKind::new_deal);
    closing(FactKind::deal_won, FactKind::deal_lost);
    if (!p_.leads) {
      if (closed(outcome())) leave(outcome(), thing_.standings[turn()].at, thing_.standings[turn()].owner);
      inquiry(outcome());
    }
    if (outcome() == Outcome::open) open_deal();
    stays();
    by_stage();
  }

  // ---- inquiries

  void leave(Outcome how, UnixSeconds at, const std::string& owner) {
    Event& event = add(how == Outcome::won ? FactKind::inquiry_won : FactKind::inquiry_lost, at, owner, now().mover);
    event.outcome = how == Outcome::won ? "won" : "lost";
    if (how == Outcome::lost) event.reason = known(thing_.reason);
    set_time(event, thing_.created, at);
  }

  // Won with the first sale of what grew from it, lost when all of that is lost; without deals as the lead itself.
  Outcome lead_ends() {
    struct End {
      UnixSeconds at = 0;
      std::string owner;
      EntityRef ref;
    };
    std::vector<End> won;
    std::vector<End> lost;
    bool open = false;
    for (const Thing& deal : portal_.world.things()) {
      if (deal.ref.kind != EntityKind::deal || deal.gone || deal.parent != thing_.ref) continue;
      const Life life(portal_, deal, events_, deeds_);
      const Standing& turned = deal.standings[life.turn()];
      if (life.outcome() == Outcome::won) won.push_back({turned.at, turned.owner, deal.ref});
      if (life.outcome() == Outcome::lost) lost.push_back({turned.at, turned.owner, deal.ref});
      open = open || !closed(life.outcome());
    }
    const auto earlier = [](const End& a, const End& b) { return a.at != b.at ? a.at < b.at : before(a.ref, b.ref); };
    std::sort(won.begin(), won.end(), earlier);
    std::sort(lost.begin(), lost.end(), earlier);
    if (!won.empty()) return leave(Outcome::won, won.front().at, won.front().owner), Outcome::won;
    if (open) return Outcome::open;
    if (!lost.empty()) return leave(Outcome::lost, lost.back().at, lost.back().owner), Outcome::lost;
    if (outcome() != Outcome::lost) return Outcome::open;
    const Standing& turned = thing_.standings[turn()];
    return leave(Outcome::lost, turned.at, turned.owner), Outcome::lost;
  }

  void inquiry(Outcome end) {
    if (accepted() == nullptr) return;
    const bool answered = response(*accepted());
    if (!closed(end)) {
      add(FactKind::inquiry_open, thing_.created, now().owner, now().mover);
      if (!answered && outcome() == Outcome::open) {
        add(FactKind::lead_waiting, thing_.created, now().owner, now().mover);
      }
    }
    for (std::size_t i = 0; i < thing_.standings.size(); ++i) {
      const Standing& standing = thing_.standings[i];
      if (!closed(outcome_at(i)) && !listed(p_.qualified_stages, standing.stage)) continue;
      Event& event = add(FactKind::lead_processed, standing);
      set_time(event, thing_.created, standing.moved);
      event.outcome = outcome_at(i) == Outcome::lost ? "lost" : "converted";
      return;
    }
    if (!closed(end)) add(FactKind::lead_open, thing_.created, now().owner, now().mover);
  }

  bool response(const Standing& first) {
    for (const Contact& contact : contacts_with(portal_, thing_.ref)) {
      const std::int64_t after = contact.at - thing_.created;
      if (after < -kLive || (contact.inbound ? after > kLive : after < 0)) continue;
      const UnixSeconds at = contact.inbound ? thing_.created : contact.at;
      Event& event = add(FactKind::first_response, at, first.owner, contact.who);
      enter(event, first);
      set_time(event, thing_.created, at);
      event.channel = contact.channel;
      event.outcome = event.working <= p_.response_target ? "in_time" : "late";
      return true;
    }
    return false;
  }

  // ---- deals

  void open_deal() {
    Event& open = add(FactKind::deal_open, thing_.created, now().owner, now().mover);
    set_money(open, now().amount, now().currency);
    const UnixSeconds moved = std::max(now().moved, touched(portal_, thing_.ref));
    Event& idle = add(FactKind::deal_idle, moved, now().owner, now().mover);
    set_money(idle, now().amount, now().currency);
    if (!has_step(portal_, thing_.ref)) add(FactKind::deal_no_step, thing_.created, now().owner, now().mover);
  }

  // Each stay in a stage that was left again, and each way back from an end.
  void stays() {
    const Standing* begun = &thing_.standings.front();
    for (std::size_t i = 1; i < thing_.standings.size(); ++i) {
      const Standing& next = thing_.standings[i];
      if (closed(outcome_at(i - 1)) && outcome_at(i) == Outcome::open) add(FactKind::deal_reopened, next);
      if (next.moved == begun->moved) continue;
      Event& event = add(FactKind::stage_left, next.moved, begun->owner, next.mover);
      event.stage = begun->stage;
      if (!begun->pipeline.empty()) event.pipeline = begun->pipeline;
      set_time(event, begun->moved, next.moved);
      begun = &next;
    }
  }

  [[nodiscard]] const Standing* first_in(const std::vector<std::string>& stages) const {
    for (const Standing& standing : thing_.standings) {
      if (listed(stages, standing.stage)) return &standing;
    }
    return nullptr;
  }

  void by_stage() {
    if (const Standing* sent = first_in(p_.quote_stages)) {
      const Standing* newest = sent;
      for (const Standing& standing : thing_.standings) {
        if (listed(p_.quote_stages, standing.stage)) newest = &standing;
      }
      const MinorUnits told = money_of(thing_, p_.quote_amount_field);
      Event& event = add(FactKind::quote_sent, *sent);
      set_money(event, told != 0 ? told : newest->amount, newest->currency);
      event.profit = 0;
    }
    if (const Standing* paid = first_in(p_.payment_stages)) {
      set_money(add(FactKind::payment, *paid), now().amount, now().currency);
    }
    if (const Standing* held = first_in(p_.meeting_stages)) add(FactKind::meeting_held, *held);
  }

  void complaint() {
    const Standing* reached = first_in(p_.complaint_stages);
    if (reached != nullptr) {
      add(FactKind::complaint, *reached).channel = "crm";
      return;
    }
    bool marked = thing_.ref.kind == EntityKind::deal && listed(p_.complaint_pipelines, now().pipeline);
    for (const Field& field : thing_.fields) {
      for (const Field& bad : p_.complaint_fields) marked = marked || field == bad;
    }
    if (!marked) return;
    add(FactKind::complaint, thing_.created, thing_.standings.front().owner, thing_.creator).channel = "crm";
  }

  void own_deeds() {
    std::vector<Deed> deeds;
    const auto did = [&](UnixSeconds at, const std::string& who, const char* name) {
      if (!who.empty() && !robot(p_, who)) deeds.push_back({at, who, name});
    };
    const bool lead = thing_.ref.kind == EntityKind::lead;
    did(thing_.created, thing_.creator, lead ? "lead_created" : "deal_created");
    UnixSeconds moved = thing_.created;
    for (const Standing& standing : thing_.standings) {
      if (standing.moved != moved) did(standing.moved, standing.mover, "stage");
      moved = standing.moved;
    }
    for (std::size_t i = 1; i < thing_.standings.size(); ++i) {
      const Standing& now = thing_.standings[i];
      if (field_changed(thing_.standings[i - 1], now)) did(now.at, now.author, "field");
    }
    count(std::move(deeds));
  }

  [[nodiscard]] bool field_changed(const Standing& before, const Standing& now) const {
    for (const std::string& name : p_.action_fields) {
      if (name == "amount" && (before.amount != now.amount || before.currency != now.currency)) return true;
      if (name == "owner" && before.owner != now.owner) return true;
      const auto of_name = [&](const Standing& standing) {
        std::vector<std::string> values;
        for (const Field& field : standing.fields) {
          if (field.name == name) values.push_back(field.value);
        }
        return values;
      };
      if (of_name(before) != of_name(now)) return true;
    }
    return false;
  }

  // Made together with many others by one hand: some minute that holds it holds more than `bulk` of them (T26).
  [[nodiscard]] bool imported() const {
    if (thing_.creator.empty() || (thing_.ref.kind != EntityKind::lead && thing_.ref.kind != EntityKind::deal)) {
      return false;
    }
    const auto made_from = [&](UnixSeconds begin) {
      std::int64_t made = 0;
      for (const Thing& other : portal_.world.things()) {
        const bool alike = other.ref.kind == thing_.ref.kind && other.creator == thing_.creator;
        if (alike && other.created >= begin && other.created < begin + 60) ++made;
      }
      return made;
    };
    for (UnixSeconds begin = thing_.created - 59; begin <= thing_.created; ++begin) {
      if (made_from(begin) > p_.bulk_per_minute) return true;
    }
    return false;
  }

  void count(std::vector<Deed> deeds) {
    deeds_.insert(deeds_.end(), deeds.begin(), deeds.end());
    if (imported()) std::erase_if(deeds, [](const Deed& deed) { return deed.name.ends_with("_created"); });
    Event shape;
    shape.kind = FactKind::action;
    shape.created = thing_.created;
    if (thing_.ref.kind == EntityKind::lead) shape.pipeline = "leads";
    if (thing_.ref.kind == EntityKind::deal && !now().pipeline.empty()) shape.pipeline = now().pipeline;
    count_deeds(std::move(deeds), shape, events_);
  }

  // ---- quotes and invoices

  [[nodiscard]] bool sent(const Standing& standing) const {
    if (p_.quote_stages.empty()) return closed(standing.outcome);
    return listed(p_.quote_stages, standing.stage) || standing.stage == "APPROVED" || standing.outcome == Outcome::lost;
  }

  void quote() {
    for (const Standing& standing : thing_.standings) {
      if (!sent(standing)) continue;
      set_money(add(FactKind::quote_sent, standing), now().amount, now().currency);
      if (!standing.mover.empty() && !robot(p_, standing.mover)) count({{standing.moved, standing.mover, "quote"}});
      return;
    }
  }

  void invoice() {
    const auto paid = [&](const Standing& s) {
      return p_.paid_values.empty() ? s.outcome == Outcome::won : listed(p_.paid_values, s.stage);
    };
    std::size_t i = thing_.standings.size();
    while (i > 0 && paid(thing_.standings[i - 1])) --i;
    if (i == thing_.standings.size()) return;
    set_money(add(FactKind::payment, thing_.standings[i]), now().amount, now().currency);
  }

  const Portal& portal_;
  const PortalSettings& p_;
  const Thing& thing_;
  std::vector<Event>& events_;
  std::vector<Deed>& deeds_;
};

struct Win {
  UnixSeconds at = 0;
  const Thing* deal = nullptr;
  Event event;
};

void client_events(const Portal& portal, const EntityRef& client, std::vector<Event>& events) {
  std::vector<Win> wins;
  for (const Thing& thing : portal.world.things()) {
    if (thing.ref.kind != EntityKind::deal || thing.gone || thing.client != client) continue;
    std::vector<Deed> none;
    const Life life(portal, thing, events, none);
    if (life.outcome() != Outcome::won) continue;
    const Standing& turned = thing.standings[life.turn()];
    Win win{turned.at, &thing, {}};
    win.event.kind = FactKind::client_win;
    win.event.at = turned.at;
    win.event.then = win.event.now = known(turned.owner);
    if (!life.now().pipeline.empty()) win.event.pipeline = life.now().pipeline;
    life.set_money(win.event, life.now().amount, life.now().currency);
    if (!win.event.rated) win.event.amount = 0;  // counted as a sale of nothing until there is a rate
    win.event.rated = true;
    win.event.currency.clear();
    win.event.profit = 0;
    wins.push_back(win);
  }
  if (wins.empty()) return;
  std::sort(wins.begin(), wins.end(),
            [](const Win& a, const Win& b) { return a.at != b.at ? a.at < b.at : before(a.deal->ref, b.deal->ref); });
  for (std::size_t i = 0; i < wins.size(); ++i) {
    wins[i].event.client = i == 0 ? "new" : "repeat";
    wins[i].event.created = wins.front().at;
    const auto age = portal.clock.month(wins[i].at) - portal.clock.month(wins.front().at);
    wins[i].event.fields = {{"age_months", age > 12 ? "12+" : std::to_string(age)}};
    events.push_back(wins[i].event);
  }
  for (const auto kind : {FactKind::client_acquired, FactKind::client_state}) {
    Event event = kind == FactKind::client_acquired ? wins.front().event : wins.back().event;
    event.kind = kind;
    event.client.clear();
    event.fields.clear();
    if (kind == FactKind::client_state) event.created = 0;
    events.push_back(event);
  }
}

}  // namespace

void staged_events(const Portal& portal, std::vector<Event>& events, std::vector<Deed>& deeds) {
  std::vector<EntityRef> clients;
  for (const Thing& thing : portal.world.things()) {
    if (thing.standings.empty() || thing.gone) continue;
    Life(portal, thing, events, deeds).tell();
    const bool seen = std::find(clients.begin(), clients.end(), thing.client) != clients.end();
    if (!thing.client.id.empty() && !seen) clients.push_back(thing.client);
  }
  for (const EntityRef& client : clients) client_events(portal, client, events);
}

}  // namespace kpistream::model
