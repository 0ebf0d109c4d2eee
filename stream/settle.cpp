#include "stream/settle.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/directory_state.hpp"
#include "stream/facts/derive.hpp"
#include "stream/facts/field_mark.hpp"
#include "stream/facts/places.hpp"
#include "stream/facts/table.hpp"
#include "stream/links_state.hpp"
#include "stream/periods/ledger.hpp"

namespace kpistream {
namespace {

constexpr std::string_view kRules = "15";  // raised when stream/facts reads entities in another way
// Raised when entities take in observations, or dialects records, in another way: the journal is read again.
constexpr std::string_view kFolding = "8";
constexpr std::size_t kBatch = 5'000;

std::string derive_key(const std::string& portal) { return "settings/" + portal; }
std::string decode_key(const std::string& portal) { return "decoding/" + portal; }
std::string members_key(const std::string& table) { return "members/" + table; }
constexpr std::string_view kUnfinished = "!";  // of a table whose cells are being made anew

class Text {
 public:
  void add(std::string_view part) { text_.append(part).push_back(';'); }
  void add(std::int64_t number) { add(std::to_string(number)); }
  void add(const std::vector<std::string>& parts) {
    for (const auto& part : parts) add(part);
    add("|");
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void describe_work(Text& text, const WorkSchedule& work) {
  for (const WorkHours& hours : work.week) {
    text.add(hours.begin);
    text.add(hours.end);
  }
  for (const auto day : work.holidays) text.add(day);
  text.add("|");
  for (const auto& [day, weekday] : work.transferred) {
    text.add(day);
    text.add(weekday);
  }
  text.add("|");
}

// Nothing for a portal with a table of its own.
void describe_table(Text& text, const CountsIn& in) {
  if (in.portal.empty()) return;
  text.add("in");
  text.add(in.portal);
  text.add(in.until);
  for (const auto* ids : {&in.people, &in.pipelines, &in.stages, &in.sources, &in.loss_reasons}) {
    for (const auto& [id, in_table] : *ids) {
      text.add(id);
      text.add(in_table);
    }
    text.add("|");
  }
}

// What links, facts and cells depend on besides the entities.
std::string describe(const PortalSettings& p) {
  Text text;
  text.add(kRules);
  text.add(p.zone);
  text.add(p.currency);
  text.add(p.leads ? "leads" : "simple");
  for (const auto* list : {&p.main_pipelines, &p.incoming_stages, &p.qualified_stages, &p.quote_stages,
                           &p.payment_stages, &p.meeting_stages, &p.complaint_pipelines, &p.complaint_stages,
                           &p.paid_values, &p.meeting_types, &p.complaint_types, &p.robots}) {
    text.add(*list);
  }
  for (const Field& field : p.complaint_fields) {
    text.add(field.name);
    text.add(field.value);
  }
  text.add("|");
  text.add(p.talk_seconds_min);
  text.add(p.quote_amount_field);
  text.add(p.cost_field);
  describe_work(text, p.work);
  for (const auto& [currency, rates] : p.rates) {
    text.add(currency);
    for (const Rate& rate : rates) {
      text.add(rate.from_day);
      text.add(rate.micros);
    }
  }
  text.add("|");
  text.add(p.served_within);
  text.add(p.response_target);
  text.add(p.bulk_per_minute);
  text.add(p.active_time ? 1 : 0);
  text.add(p.action_fields);
  describe_table(text, p.counts_in);
  return text.take();
}

// Which records of other kinds count as quotes, payments and acts. Nothing where there is no such mapping.
void describe_types(Text& text, const PortalSettings& p) {
  for (const auto* list : {&p.quote_types, &p.payment_types}) {
    if (!list->empty()) text.add(list == &p.quote_types ? "quotes" : "payments");
    for (const std::string& type : *list) text.add(type);
  }
  for (const auto* list : {&p.meeting_types, &p.complaint_types}) {
    for (const std::string& type : *list) {
      if (type.starts_with("DYNAMIC_")) text.add(type);
    }
  }
}

// What entities depend on besides the journal: which fields a dialect keeps, and what records it takes for what.
std::string describe_decoding(const PortalSettings& p) {
  Text text;
  text.add(kFolding);
  text.add(p.crm == Crm::bitrix24 ? "b" : "a");
  text.add(p.currency);
  for (const auto& [name, field] : p.fields) {
    text.add(name);
    text.add(field);
  }
  text.add("|");
  text.add(p.loss_reason_field);
  if (p.crm == Crm::amocrm) {
    text.add(p.text_zone);
    text.add(p.text_times ? 1 : 0);
  }
  for (const std::string& field : p.action_fields) {
    if (field != kAmountField && field != kOwnerField) text.add(field);
  }
  text.add("|");
  describe_types(text, p);
  return text.take();
}

void erase_range(State& state, Space space, const std::string& prefix) {
  for (bool more = true; more;) {
    StateBatch batch;
    state.scan(space, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view) {
      batch.erases.push_back({space, std::string(key)});
      return batch.erases.size() < kBatch;
    });
    more = batch.erases.size() == kBatch;
    state.apply(batch);
  }
}

std::string portal_prefix(const std::string& portal) {
  std::string prefix = entity_key(portal, {EntityKind::lead, ""});
  prefix.resize(portal.size() + 1);  // the name and its end
  return prefix;
}

// Cells of all definitions, also of those being built: they are filled again from the facts.
void erase_cells(State& state, const std::set<std::string>& portals) {
  for (bool more = true; more;) {
    StateBatch batch;
    state.scan(Space::cells, "", "", [&](std::string_view key, std::string_view) {
      const std::string owner = is_total_key(key) ? parse_total_key(key).portal : parse_bucket_key(key).portal;
      if (portals.contains(owner)) batch.erases.push_back({Space::cells, std::string(key)});
      return batch.erases.size() < kBatch;
    });
    more = batch.erases.size() == kBatch;
    state.apply(batch);
  }
}

template <class Visit>  // visit(ref, entity)
void each_entity(const State& state, const std::string& portal, const Visit& visit) {
  const std::string prefix = portal_prefix(portal);
  state.scan(Space::entities, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
    visit(parse_entity_key(key).ref, decode_entity(value));
    return true;
  });
}

// A portal, and what its facts were made with against what they are to be made with.
struct Plan {
  const PortalSettings* portal = nullptr;
  std::string settings;
  std::string decoding;
  bool known = false;    // else it is new, and has no facts
  bool derives = false;  // its facts are to be made anew
  bool refolds = false;  // and the journal is to be read again
};

Plan plan_of(const State& state, const PortalSettings& portal) {
  Plan plan{&portal, describe(portal), describe_decoding(portal)};
  const auto decoded_with = state.get(Space::meta, decode_key(portal.alias));
  plan.known = decoded_with.has_value();
  plan.refolds = plan.known && *decoded_with != plan.decoding;
  plan.derives = plan.refolds || (plan.known && state.get(Space::meta, derive_key(portal.alias)) != plan.settings);
  return plan;
}

// Makes the cells of one table anew, and links and facts of those of its portals that want it.
class Settling {
 public:
  Settling(State& state, const std::vector<Plan>& table,
           const std::function<void(std::uint64_t, std::uint64_t)>& progress)
      : state_(state), table_(table), progress_(progress), all_(2 * state.estimate(Space::entities)) {}

  void run() {
    CountedPortals counted;
    std::set<std::string> aliases;
    for (const Plan& plan : table_) {
      counted.emplace(plan.portal->alias, *plan.portal);
      aliases.insert(plan.portal->alias);  // one that counts elsewhere now may have cells of its own
      if (plan.derives) link(*plan.portal);
    }
    erase_cells(state_, aliases);
    const KpiSets kpis(state_, counted);
    for (const Plan& plan : table_) {
      const std::string& alias = plan.portal->alias;
      plan.derives ? derive(*plan.portal, kpis) : count(alias, kpis);
      flush();
    }
  }

 private:
  void link(const PortalSettings& portal) {
    erase_range(state_, Space::links, portal_prefix(portal.alias));
    erase_range(state_, Space::facts, portal_prefix(portal.alias));
    const Calendar calendar(portal);
    const Directory directory = load_directory(state_, portal.alias, calendar);
    const Portal here{portal, calendar, directory};
    each_entity(state_, portal.alias, [&](const EntityRef& ref, const Entity& entity) {
      LinksOverlay overlay(state_);
      for (const Link& link : links_of(ref, entity, here)) overlay.put(portal.alias, link);
      overlay.write(batch_);
      step();
    });
    flush();
  }

  void derive(const PortalSettings& portal, const KpiSets& kpis) {
    const Calendar calendar(portal);
    const Directory directory = load_directory(state_, portal.alias, calendar);
    derive_all(state_, {portal, calendar, directory},
               [&](const std::string& key, const EntityRef&, const Facts& facts) {
                 if (!facts.empty()) {
                   batch_.puts.push_back({Space::facts, key, encode_facts(facts)});
                   kpis.change(key, portal.alias, {}, facts, cells_);
                 }
                 step();
               });
  }

  // Facts that stay are counted beside those that do not.
  void count(const std::string& portal, const KpiSets& kpis) {
    const std::string prefix = portal_prefix(portal);
    state_.scan(Space::facts, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
      kpis.change(std::string(key), portal, {}, decode_facts(value), cells_);
      step();
      return true;
    });
  }

  void step() {
    ++done_;
    if (done_ % kBatch == 0) flush();
  }

  void flush() {
    for (const auto& [key, cell] : cells_) {
      if (!cell.zero()) batch_.adds.push_back({key, cell.encode()});
    }
    state_.apply(batch_);
    batch_ = {};
    cells_.clear();
    progress_(done_, std::max(done_, all_));
  }

  State& state_;
  const std::vector<Plan>& table_;
  const std::function<void(std::uint64_t, std::uint64_t)>& progress_;
  StateBatch batch_;
  CellDeltas cells_;
  std::uint64_t done_ = 0;
  std::uint64_t all_;
};

void put(StateBatch& batch, const std::string& key, std::string value) {
  batch.puts.push_back({Space::meta, key, std::move(value)});
}

// The portals beside its own whose facts are in a table's cells; of those that are new there are none yet.
std::string members_of(const std::string& table, const std::vector<Plan>& plans, bool with_new) {
  std::set<std::string> members;
  for (const Plan& plan : plans) {
    if (plan.portal->alias != table && (plan.known || with_new)) members.insert(plan.portal->alias);
  }
  Text text;
  for (const std::string& member : members) text.add(member);
  return text.take();
}

void begin(State& state, const std::string& table, const std::vector<Plan>& plans) {
  StateBatch batch;
  put(batch, members_key(table), std::string(kUnfinished));
  for (const Plan& plan : plans) {
    if (plan.derives) put(batch, derive_key(plan.portal->alias), "");
    periods::end_ledgers(state, plan.portal->alias, periods::EndReason::settings_changed, batch);
  }
  state.apply(batch);
}

Settled settle_table(State& state, const std::string& table, const std::vector<Plan>& plans,
                     const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  const std::string counted = state.get(Space::meta, members_key(table)).value_or("");
  const bool derives = std::any_of(plans.begin(), plans.end(), [](const Plan& plan) { return plan.derives; });
  const bool refolds = std::any_of(plans.begin(), plans.end(), [](const Plan& plan) { return plan.refolds; });
  const bool stale = derives || counted != members_of(table, plans, false);
  if (stale) {
    begin(state, table, plans);
    Settling(state, plans, progress).run();
  }
  StateBatch done;
  if (refolds) put(done, std::string(kPositionKey), encode_number(0));
  for (const Plan& plan : plans) {
    if (plan.known && !plan.derives) continue;
    put(done, derive_key(plan.portal->alias), plan.settings);
    put(done, decode_key(plan.portal->alias), plan.decoding);
  }
  const std::string members = members_of(table, plans, true);
  if (members.empty() && (stale || !counted.empty())) done.erases.push_back({Space::meta, members_key(table)});
  if (!members.empty() && (stale || counted != members)) put(done, members_key(table), members);
  if (!done.puts.empty() || !done.erases.empty()) state.apply(done);
  if (refolds) return Settled::refolding;
  return stale ? Settled::derived : Settled::unchanged;
}

}  // namespace

void derive_all(const State& state, const Portal& here, const FactsVisitor& visit) {
  const std::string& alias = here.settings.alias;
  const auto derive = [&](const EntityRef& ref, const Entity& entity) {
    visit(entity_key(alias, ref), ref, derive_facts(ref, entity, LinksOverlay(state), here));
  };
  each_entity(state, alias, derive);
  const std::string prefix = portal_prefix(alias);
  EntityRef last;
  state.scan(Space::links, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view) {
    LinkKey link = parse_link_key(key);
    EntityRef place = link.to.kind == EntityKind::acts ? acts_of_day(link.to, link.order) : std::move(link.to);
    if (is_place(place.kind) && place != last) derive(place, {});
    last = std::move(place);
    return true;
  });
}

Settled settle(State& state, const std::vector<PortalSettings>& portals,
               const std::function<void(std::uint64_t done, std::uint64_t all)>& progress) {
  std::map<std::string, std::vector<Plan>> tables;
  for (const PortalSettings& portal : portals) tables[table_of(portal)].push_back(plan_of(state, portal));
  Settled settled = Settled::unchanged;
  for (const auto& [table, plans] : tables) settled = std::max(settled, settle_table(state, table, plans, progress));
  return settled;
}

}  // namespace kpistream
