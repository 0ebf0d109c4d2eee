#include "stream/settle.hpp"

#include <algorithm>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/directory_state.hpp"
#include "stream/facts/derive.hpp"
#include "stream/facts/field_mark.hpp"
#include "stream/facts/places.hpp"
#include "stream/links_state.hpp"
#include "stream/periods/ledger.hpp"

namespace kpistream {
namespace {

constexpr std::string_view kRules = "11";  // raised when stream/facts reads entities in another way
// Raised when entities take in observations, or dialects records, in another way: the journal is read again.
constexpr std::string_view kFolding = "5";
constexpr std::size_t kBatch = 5'000;

std::string derive_key(const std::string& portal) { return "settings/" + portal; }
std::string decode_key(const std::string& portal) { return "decoding/" + portal; }

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
void erase_cells(State& state, const std::string& portal) {
  for (bool more = true; more;) {
    StateBatch batch;
    state.scan(Space::cells, "", "", [&](std::string_view key, std::string_view) {
      const std::string owner = is_total_key(key) ? parse_total_key(key).portal : parse_bucket_key(key).portal;
      if (owner == portal) batch.erases.push_back({Space::cells, std::string(key)});
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

class Settling {
 public:
  Settling(State& state, const PortalSettings& portal,
           const std::function<void(std::uint64_t, std::uint64_t)>& progress)
      : state_(state),
        portal_(portal),
        calendar_(portal),
        directory_(load_directory(state, portal.alias, calendar_)),
        progress_(progress),
        all_(2 * state.estimate(Space::entities)) {}

  void run() {
    erase_range(state_, Space::links, portal_prefix(portal_.alias));
    erase_range(state_, Space::facts, portal_prefix(portal_.alias));
    erase_cells(state_, portal_.alias);
    each_entity(state_, portal_.alias, [&](const EntityRef& ref, const Entity& entity) {
      LinksOverlay overlay(state_);
      for (const Link& link : links_of(ref, entity, here_)) overlay.put(portal_.alias, link);
      overlay.write(batch_);
      step();
    });
    flush();
    Calendars calendars;
    calendars.emplace(portal_.alias, portal_);
    const KpiSets kpis(state_, calendars);
    derive_all(state_, here_, [&](const std::string& key, const EntityRef&, const Facts& facts) {
      if (!facts.empty()) {
        batch_.puts.push_back({Space::facts, key, encode_facts(facts)});
        kpis.change(key, portal_.alias, {}, facts, cells_);
      }
      step();
    });
    flush();
  }

 private:
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
  const PortalSettings& portal_;
  const Calendar calendar_;
  const Directory directory_;
  const Portal here_{portal_, calendar_, directory_};
  const std::function<void(std::uint64_t, std::uint64_t)>& progress_;
  StateBatch batch_;
  CellDeltas cells_;
  std::uint64_t done_ = 0;
  std::uint64_t all_;
};

void put(StateBatch& batch, const std::string& key, std::string value) {
  batch.puts.push_back({Space::meta, key, std::move(value)});
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
               const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  Settled settled = Settled::unchanged;
  for (const PortalSettings& portal : portals) {
    const std::string settings = describe(portal);
    const std::string decoding = describe_decoding(portal);
    const auto made_with = state.get(Space::meta, derive_key(portal.alias));
    const auto decoded_with = state.get(Space::meta, decode_key(portal.alias));
    if (made_with == settings && decoded_with == decoding) continue;
    StateBatch done;
    if (decoded_with) {  // else the portal is new
      StateBatch begin;
      put(begin, derive_key(portal.alias), "");  // unfinished
      periods::end_ledgers(state, portal.alias, periods::EndReason::settings_changed, begin);
      state.apply(begin);
      Settling(state, portal, progress).run();
      settled = std::max(settled, Settled::derived);
      if (*decoded_with != decoding) {
        put(done, std::string(kPositionKey), encode_number(0));
        settled = Settled::refolding;
      }
    }
    put(done, derive_key(portal.alias), settings);
    put(done, decode_key(portal.alias), decoding);
    state.apply(done);
  }
  return settled;
}

}  // namespace kpistream
