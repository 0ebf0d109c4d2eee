#include "stream/processor.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/facts/derive.hpp"
#include "stream/kpi/contribution.hpp"

namespace kpistream {
namespace {

constexpr std::string_view kSettingsKey = "settings";
constexpr std::size_t kEraseBatch = 10'000;

}  // namespace

struct Processor::Meters {
  struct PortalMeters {
    std::array<Counter, 4> verdicts;  // by DecodeVerdict
    Counter duplicates;
    std::atomic<UnixSeconds> last_event{0};
  };
  std::map<std::string, PortalMeters> portals;  // fixed after construction
  Counter records;
  Counter orphans;  // records of portals that are not configured any more
};

// The changes of one batch of records, and the state as it looks with them.
class Processor::Batch {
 public:
  explicit Batch(Processor& owner) : owner_(owner) {}

  void take(const Record& record) {
    owner_.meters_->records.add();
    last_ = record.position;
    const auto portal = owner_.portals_.find(record.portal);
    if (portal == owner_.portals_.end()) {
      owner_.meters_->orphans.add();
      return;
    }
    note_first_record(record);
    const Decoded decoded = portal->second.adapter->decode(record);
    count(record, decoded);
    for (const auto& observation : decoded.observations) observe(record.portal, observation);
    derive(portal->second.settings);
    for (const auto& subject : decoded.wishes) wish(record, subject);
    if (record.kind == RecordKind::reading) fulfil(record);
  }

  void commit() {
    StateBatch batch;
    for (auto& [key, slot] : entities_) {
      if (!slot.changed) continue;
      batch.puts.push_back({Space::entities, key, encode_entity(slot.entity)});
      put_facts(batch, key, slot.facts);
    }
    for (const auto& [key, cell] : changes_.cells) {
      if (!cell.zero()) batch.adds.push_back({key, cell.encode()});
    }
    for (const auto& [key, asked] : wishes_) put_wish(batch, key, asked);
    for (const auto& [portal, at] : changes_.first_records) {
      batch.puts.push_back({Space::meta, first_record_key(portal), encode_number(at)});
    }
    batch.puts.push_back({Space::meta, std::string(kPositionKey), encode_number(static_cast<std::int64_t>(last_))});
    owner_.state_.apply(batch);
    owner_.position_.store(last_, std::memory_order_release);
    if (owner_.board_ != nullptr) owner_.board_->apply(changes_);
    tell_wishes();
  }

 private:
  struct EntitySlot {
    EntityRef ref;
    Entity entity;
    Facts facts;  // in force, as stored or as derived last
    bool changed = false;
  };

  EntitySlot& load(const std::string& portal, const EntityRef& ref) {
    std::string key = entity_key(portal, ref);
    const auto it = entities_.find(key);
    if (it != entities_.end()) return it->second;
    EntitySlot slot;
    slot.ref = ref;
    if (const auto stored = owner_.state_.get(Space::entities, key)) {
      slot.entity = decode_entity(*stored);
      if (const auto facts = owner_.state_.get(Space::facts, key)) slot.facts = decode_facts(*facts);
    }
    return entities_.emplace(std::move(key), std::move(slot)).first->second;
  }

  void note_first_record(const Record& record) {
    if (changes_.first_records.contains(record.portal)) return;
    if (owner_.state_.get(Space::meta, first_record_key(record.portal))) return;
    changes_.first_records.emplace(record.portal, record.arrived);
  }

  void count(const Record& record, const Decoded& decoded) {
    auto& meters = owner_.meters_->portals.at(record.portal);
    meters.verdicts[static_cast<std::size_t>(decoded.verdict)].add();
    if (record.kind == RecordKind::delivery) meters.last_event.store(record.arrived, std::memory_order_relaxed);
  }

  void observe(const std::string& portal, const Observation& observation) {
    EntitySlot& slot = load(portal, observation.ref);
    const auto before = contact_of(slot.ref, slot.entity);
    if (!slot.entity.observe(observation)) {
      owner_.meters_->portals.at(portal).duplicates.add();
      return;
    }
    touch(slot);
    if (!observation.name.empty()) changes_.names.push_back({portal, slot.ref, slot.entity.name});
    link(portal, before, contact_of(slot.ref, slot.entity));
  }

  // An act became, or ceased to be, a contact of the record it belongs to.
  void link(const std::string& portal, const std::optional<ContactLink>& before,
            const std::optional<ContactLink>& after) {
    if (before && (!after || before->target != after->target)) set_contact(portal, *before, false);
    if (after) set_contact(portal, *after, true);
  }

  void set_contact(const std::string& portal, const ContactLink& link, bool present) {
    EntitySlot& inquiry = load(portal, link.target);
    if (inquiry.entity.set_contact(link.contact, present)) touch(inquiry);
  }

  void touch(EntitySlot& slot) {
    slot.changed = true;
    if (std::find(dirty_.begin(), dirty_.end(), &slot) == dirty_.end()) dirty_.push_back(&slot);
  }

  // After each record, not after each batch: what a record changes must not depend on its neighbours.
  void derive(const PortalSettings& settings) {
    for (EntitySlot* slot : dirty_) {
      Facts facts = derive_facts(slot->ref.kind, slot->entity, settings);
      contribute(owner_.definitions_, settings.alias, slot->facts, facts, changes_.cells);
      slot->facts = std::move(facts);
    }
    dirty_.clear();
  }

  void wish(const Record& record, const std::string& subject) {
    wishes_[wish_key(record.portal, subject)] = record.position;
  }

  void fulfil(const Record& record) {
    std::string key = wish_key(record.portal, record.subject);
    const auto it = wishes_.find(key);
    Position asked = 0;
    if (it != wishes_.end()) {
      asked = it->second;
    } else if (const auto stored = owner_.state_.get(Space::wishes, key)) {
      asked = static_cast<Position>(decode_number(*stored));
    }
    // Asked again after the request was sent: the answer may be older than the event.
    if (asked != 0 && asked <= record.asked) wishes_[std::move(key)] = 0;
  }

  static void put_facts(StateBatch& batch, const std::string& key, const Facts& facts) {
    if (facts.empty()) {
      batch.erases.push_back({Space::facts, key});
    } else {
      batch.puts.push_back({Space::facts, key, encode_facts(facts)});
    }
  }

  static void put_wish(StateBatch& batch, const std::string& key, Position asked) {
    if (asked == 0) {
      batch.erases.push_back({Space::wishes, key});
    } else {
      batch.puts.push_back({Space::wishes, key, encode_number(static_cast<std::int64_t>(asked))});
    }
  }

  void tell_wishes() {
    if (owner_.wishes_ == nullptr || wishes_.empty()) return;
    std::vector<Wish> open;
    std::vector<Wish> fulfilled;
    for (const auto& [key, asked] : wishes_) {
      auto parsed = parse_wish_key(key);
      (asked == 0 ? fulfilled : open).push_back({std::move(parsed.portal), std::move(parsed.subject), asked});
    }
    owner_.wishes_->on_wishes(open, fulfilled);
  }

  Processor& owner_;
  Position last_ = 0;
  std::unordered_map<std::string, EntitySlot> entities_;
  std::vector<EntitySlot*> dirty_;          // touched by the record at hand
  std::map<std::string, Position> wishes_;  // by key; 0: fulfilled
  Board::Changes changes_;
};

Processor::Processor(const Journal& journal, State& state, const std::vector<Definition>& definitions,
                     std::vector<ProcessorPortal> portals, Board* board, WishListener* wishes, ProcessorLimits limits)
    : journal_(journal),
      state_(state),
      definitions_(definitions),
      board_(board),
      wishes_(wishes),
      limits_(limits),
      meters_(std::make_unique<Meters>()) {
  for (auto& portal : portals) {
    meters_->portals[portal.settings.alias];
    portals_.emplace(portal.settings.alias, std::move(portal));
  }
  if (const auto stored = state_.get(Space::meta, kPositionKey)) {
    position_ = static_cast<Position>(decode_number(*stored));
  }
}

Processor::~Processor() = default;

std::size_t Processor::step(Position until) {
  const Position from = position();
  if (from >= until) return 0;
  const auto wanted = std::min<std::uint64_t>(limits_.batch_records, until - from);
  const auto records = journal_.read(from, static_cast<std::size_t>(wanted), limits_.batch_bytes);
  if (records.empty()) return 0;
  Batch batch(*this);
  for (const auto& record : records) batch.take(record);
  batch.commit();
  return records.size();
}

Position Processor::position() const { return position_.load(std::memory_order_acquire); }

void Processor::collect(MeterSink& sink) const {
  const Position tail = journal_.tail();
  const Position done = std::min(position(), tail);
  sink.gauge("kpistream_log_unprocessed_events", "Journal records that are not in the figures yet.", {},
             static_cast<double>(tail - done));
  sink.counter("kpistream_records_processed_total", "Journal records folded into the state since the start.", {},
               meters_->records.value());
  sink.counter("kpistream_records_orphaned_total",
               "Journal records of portals that are not configured any more, since the start.", {},
               meters_->orphans.value());
  constexpr std::array kVerdicts{"understood", "ignored", "unknown", "quarantined"};
  for (const auto& [alias, meters] : meters_->portals) {
    for (std::size_t i = 0; i < kVerdicts.size(); ++i) {
      sink.counter("kpistream_events_total",
                   "Journal records decoded since the start, by what the dialect made of them.",
                   {{"portal", alias}, {"verdict", kVerdicts[i]}}, meters.verdicts[i].value());
    }
    sink.counter("kpistream_duplicates_total",
                 "Observations that changed nothing since the start: repeated or outdated.", {{"portal", alias}},
                 meters.duplicates.value());
    const UnixSeconds last = meters.last_event.load(std::memory_order_relaxed);
    if (last != 0) {
      sink.gauge("kpistream_last_event_timestamp_seconds", "Arrival of the portal's newest processed webhook.",
                 {{"portal", alias}}, static_cast<double>(last));
    }
  }
}

std::vector<Wish> pending_wishes(const State& state) {
  std::vector<Wish> wishes;
  state.scan(Space::wishes, "", "", [&](std::string_view key, std::string_view value) {
    auto parsed = parse_wish_key(key);
    wishes.push_back(
        {std::move(parsed.portal), std::move(parsed.subject), static_cast<Position>(decode_number(value))});
    return true;
  });
  return wishes;
}

UnixSeconds read_cursor(const State& state, const std::string& portal, const std::string& list) {
  const auto stored = state.get(Space::entities, entity_key(portal, {EntityKind::cursor, list}));
  return stored ? decode_entity(*stored).cursor : 0;
}

namespace {

// Everything that facts and cells depend on besides the journal. A change of it makes them anew.
std::string describe(const std::vector<PortalSettings>& portals, const std::vector<Definition>& definitions) {
  std::string text = "2;";  // raised when the rules of stream/facts or of a dialect change
  const auto add = [&text](std::string_view part) { text.append(part).push_back(';'); };
  const auto add_all = [&](const std::vector<std::string>& parts) {
    for (const auto& part : parts) add(part);
    add("|");
  };
  for (const auto& p : portals) {
    add(p.alias);
    add(p.crm == Crm::bitrix24 ? "b" : "a");
    add(p.currency);
    add(std::to_string(p.talk_seconds_min));
    add(p.leads ? "leads" : "simple");
    add_all(p.quote_stages);
    add(p.quote_amount_field);
    add_all(p.incoming_stages);
    add_all(p.meeting_task_types);
    add_all(p.paid_values);
    add(p.loss_reason_field);
  }
  for (const auto& d : definitions) {
    add(d.id);
    for (const FactKind kind : d.facts) add(std::to_string(static_cast<int>(kind)));
    add_all(d.outcomes);
    add(std::to_string(static_cast<int>(d.measure)));
    add(d.by_pipeline ? "by pipeline" : "");
    add(d.windows == WindowSet::rolling ? "totals" : "");
    for (const Label label : d.total_labels) add(label_name(label));
    add("|");
    for (const Label label : d.window_labels) add(label_name(label));
    add("|");
  }
  return text;
}

void erase_all(State& state) {
  for (const Space space : {Space::entities, Space::facts, Space::cells, Space::wishes, Space::meta}) {
    for (bool more = true; more;) {
      StateBatch batch;
      state.scan(space, "", "", [&](std::string_view key, std::string_view) {
        if (key != kPositionKey) batch.erases.push_back({space, std::string(key)});
        return batch.erases.size() < kEraseBatch;
      });
      more = batch.erases.size() == kEraseBatch;
      state.apply(batch);
    }
  }
}

}  // namespace

bool settle_settings(State& state, const std::vector<PortalSettings>& settings,
                     const std::vector<Definition>& definitions) {
  const std::string now = describe(settings, definitions);
  const auto made_with = state.get(Space::meta, kSettingsKey);
  if (made_with && *made_with == now) return false;
  StateBatch restart;
  restart.puts.push_back({Space::meta, std::string(kPositionKey), encode_number(0)});
  restart.erases.push_back({Space::meta, std::string(kSettingsKey)});
  state.apply(restart);
  erase_all(state);
  StateBatch settled;
  settled.puts.push_back({Space::meta, std::string(kSettingsKey), now});
  state.apply(settled);
  return made_with.has_value();
}

}  // namespace kpistream
