#include "stream/processor.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/directory_state.hpp"
#include "stream/facts/derive.hpp"
#include "stream/facts/places.hpp"
#include "stream/links_state.hpp"

namespace kpistream {
namespace {

constexpr int kMinute = 60;

}  // namespace

struct Processor::Wanted {
  std::mutex mutex;
  std::optional<std::vector<Definition>> definitions;  // guarded by mutex
  bool hold = false;                                   // guarded by mutex
  std::atomic<bool> held{false};                       // built, and waiting to take its place
  std::atomic<std::uint64_t> done{0};
  std::atomic<std::uint64_t> all{0};
  std::atomic<bool> building{false};
};

// The changes of one batch of records, and the state as it looks with them.
class Processor::Batch {
 public:
  explicit Batch(Processor& owner) : owner_(owner), links_(owner.state_) {}

  void take(const Record& record) {
    owner_.meters_.records.add();
    last_ = record.position;
    const auto portal = owner_.portals_.find(record.portal);
    if (portal == owner_.portals_.end()) {
      owner_.meters_.orphans.add();
      return;
    }
    note_first_record(record);
    const Decoded decoded = portal->second.adapter->decode(record);
    count(record, decoded, *portal->second.adapter);
    if (decoded.known_since != 0) know_since(record.portal, decoded.known_since);
    Directory& directory = owner_.directories_.at(record.portal);
    const Portal here{portal->second.settings, owner_.counted_.at(record.portal).calendar, directory};
    const bool heals = decoded.heals && record.kind == RecordKind::reading && record.asked == 0;
    if (heals && decoded.verdict == DecodeVerdict::quarantined) meters(record.portal).gaps_detected.add();
    for (const auto& observation : decoded.observations) {
      if (observe(here, observation) && heals) mend(meters(record.portal));
    }
    if (!told_.empty()) follow(here, directory);
    derive(here);
    for (const auto& subject : decoded.wishes) wish(record, decoded, subject);
    if (record.kind == RecordKind::reading) fulfil(record, decoded);
  }

  void commit() {
    StateBatch batch;
    for (auto& [key, slot] : entities_) {
      if (slot.observed) batch.puts.push_back({Space::entities, key, encode_entity(slot.entity)});
      if (slot.changed) put_facts(batch, key, slot.facts);
    }
    links_.write(batch);
    for (const auto& [key, cell] : cells_) {
      if (!cell.zero()) batch.adds.push_back({key, cell.encode()});
    }
    for (const auto& [key, asked] : wishes_) put_wish(batch, key, asked);
    for (const auto& [portal, at] : changes_.first_records) {
      batch.puts.push_back({Space::meta, first_record_key(portal), encode_number(at)});
    }
    owner_.hooks_.write(batch);
    batch.puts.push_back({Space::meta, std::string(kPositionKey), encode_number(static_cast<std::int64_t>(last_))});
    owner_.ledger_.record(cells_, last_, batch);
    owner_.state_.apply(batch);
    changes_.cells = &cells_;
    if (owner_.board_ != nullptr) owner_.board_->apply(changes_);
    tell_wishes();
    for (PortalMeters* counts : mended_) counts->gaps_healed.add();
    owner_.lag_.counted();
    // Last: who sees the position sees the figures and the wishes of its records too.
    owner_.position_.store(last_, std::memory_order_release);
  }

 private:
  struct Slot {
    EntityRef ref;
    Entity entity;
    Facts facts;  // in force, as stored or as derived last
    bool observed = false;
    bool changed = false;  // other facts than were stored
    bool dirty = false;
  };

  Slot& load(const std::string& portal, const EntityRef& ref) {
    std::string key = entity_key(portal, ref);
    const auto it = entities_.find(key);
    if (it != entities_.end()) return it->second;
    Slot slot;
    slot.ref = ref;
    // A place where links meet is nothing but its facts; a record nobody has told of has none.
    const auto stored = is_place(ref.kind) ? std::nullopt : owner_.state_.get(Space::entities, key);
    if (stored) slot.entity = decode_entity(*stored);
    if (stored || is_place(ref.kind)) {
      if (const auto facts = owner_.state_.get(Space::facts, key)) slot.facts = decode_facts(*facts);
    }
    return entities_.emplace(std::move(key), std::move(slot)).first->second;
  }

  void note_first_record(const Record& record) {
    if (!owner_.begun_.insert(record.portal).second) return;
    if (owner_.state_.get(Space::meta, first_record_key(record.portal))) return;
    changes_.first_records.emplace(record.portal, record.arrived);
  }

  // History that was read later counts as if we had been there.
  void know_since(const std::string& portal, UnixSeconds since) {
    const auto noted = changes_.first_records.find(portal);
    const auto stored = owner_.state_.get(Space::meta, first_record_key(portal));
    const UnixSeconds known = noted != changes_.first_records.end() ? noted->second
                              : stored                              ? decode_number(*stored)
                                                                    : INT64_MAX;
    if (since < known) changes_.first_records.insert_or_assign(portal, since);
  }

  void count(const Record& record, const Decoded& decoded, const Adapter& adapter) {
    PortalMeters& counts = meters(record.portal);
    counts.count(record, decoded);
    if (record.kind != RecordKind::delivery) return;
    owner_.events_.count(record.portal, decoded);
    counts.saw(adapter.topic(decoded.event), record.arrived);
    for (const std::string& event : decoded.other_events) counts.saw(adapter.topic(event), record.arrived);
    owner_.lag_.told(counts, record, decoded);
    owner_.hooks_.count(record.portal, record.arrived, record.position);
  }

  [[nodiscard]] PortalMeters& meters(const std::string& portal) { return owner_.meters_.of(portal); }

  // What a list showed; in the figures with the others.
  void mend(PortalMeters& counts) {
    counts.gaps_detected.add();
    mended_.push_back(&counts);
  }

  // How far a record is known.
  static std::tuple<UnixSeconds, UnixSeconds, bool> known_of(const Entity& entity) {
    return {entity.points.empty() ? 0 : entity.points.back().at, entity.details_version, entity.gone};
  }

  // True: it told of a change that none had told; to tell more of what is known is not that.
  bool observe(const Portal& portal, const Observation& observation) {
    const std::string& alias = portal.settings.alias;
    Slot& slot = load(alias, observation.ref);
    const auto known = known_of(slot.entity);
    const auto before = links_of(slot.ref, slot.entity, portal);
    if (!slot.entity.observe(observation)) {
      meters(alias).duplicates.add();
      return false;
    }
    const bool news = known_of(slot.entity) != known;
    slot.observed = true;
    touch(slot);
    if (slot.ref.kind == EntityKind::cursor) changes_.compared.insert(alias);
    if (!observation.name.empty() && Board::shows_names_of(slot.ref.kind)) changes_.named.insert(alias);
    if (Directory::holds(slot.ref.kind)) told_.push_back(&slot);
    move_links(portal.settings, before, links_of(slot.ref, slot.entity, portal));
    return news;
  }

  // A directory that says something else reaches what is stored: all records in stages that mean something else now,
  // and those whose money follows another rate.
  void follow(const Portal& here, Directory& directory) {
    const Directory before = directory;
    for (const Slot* slot : told_) directory.take(slot->ref, slot->entity, here.calendar);
    told_.clear();
    const Directory::Difference difference = directory.from(before);
    const Portal then{here.settings, here.calendar, before};
    if (difference.stages) follow_stages(then, here);
    for (const EntityRef& ref : priced_anew(here, difference.currencies))
      reread(load(here.settings.alias, ref), then, here);
  }

  void follow_stages(const Portal& then, const Portal& here) {
    std::vector<EntityRef> meant;
    const auto look = [&](const EntityRef& ref, const Entity& entity) {
      if (then.directory.read(ref, entity) != here.directory.read(ref, entity)) meant.push_back(ref);
    };
    const std::string& alias = here.settings.alias;
    each_staged(owner_.state_, alias, [&](const EntityRef& ref, const Entity& entity) {
      if (!entities_.contains(entity_key(alias, ref))) look(ref, entity);
    });
    for (const auto& [key, slot] : entities_) {
      if (parse_entity_key(key).portal == alias) look(slot.ref, slot.entity);
    }
    for (const EntityRef& ref : meant) reread(load(alias, ref), then, here);
  }

  // All other currencies are worth something else when the portal's own is.
  std::vector<EntityRef> priced_anew(const Portal& here, std::map<std::string, std::int64_t> from_day) const {
    if (const auto own = from_day.find(here.settings.currency); own != from_day.end()) {
      for (const std::string& currency : here.directory.currencies()) {
        const auto known = from_day.try_emplace(currency, own->second).first;
        known->second = std::min(known->second, own->second);
      }
    }
    std::vector<EntityRef> priced;
    for (const auto& [currency, day] : from_day) {
      const UnixSeconds first = day == INT64_MIN ? INT64_MIN : here.calendar.begin_of(day) * kMinute;
      links_.to(here.settings.alias, {EntityKind::currency, currency})
          .each(LinkKind::priced, first, INT64_MAX,
                [&](const Link& link) { return priced.push_back(link.from), true; });
    }
    return priced;
  }

  void reread(Slot& slot, const Portal& then, const Portal& here) {
    move_links(here.settings, links_of(slot.ref, slot.entity, then), links_of(slot.ref, slot.entity, here));
    touch(slot);
  }

  void move_links(const PortalSettings& portal, const std::vector<Link>& before, const std::vector<Link>& after) {
    const auto in = [](const std::vector<Link>& links, const Link& link) {
      return std::find(links.begin(), links.end(), link) != links.end();
    };
    for (const Link& link : before) {
      if (in(after, link)) continue;
      links_.erase(portal.alias, link);
      spread(portal, link);
    }
    for (const Link& link : after) {
      if (in(before, link)) continue;
      links_.put(portal.alias, link);
      spread(portal, link);
    }
  }

  void spread(const PortalSettings& portal, const Link& link) {
    const auto beside = links_.to(portal.alias, link.to);
    for (const EntityRef& ref : affected_by(link, beside, portal)) touch(load(portal.alias, ref));
  }

  void touch(Slot& slot) {
    if (slot.dirty) return;
    slot.dirty = true;
    dirty_.push_back(&slot);
  }

  // After each record, not after each batch: what a record changes must not depend on its neighbours.
  void derive(const Portal& portal) {
    const std::string& alias = portal.settings.alias;
    for (Slot* slot : dirty_) {
      Facts facts = derive_facts(slot->ref, slot->entity, links_, portal);
      slot->dirty = false;
      if (facts == slot->facts) continue;
      owner_.kpis_.change(entity_key(alias, slot->ref), alias, slot->facts, facts, cells_);
      slot->facts = std::move(facts);
      slot->changed = true;
    }
    dirty_.clear();
  }

  void wish(const Record& record, const Decoded& decoded, const std::string& subject) {
    std::string key = wish_key(record.portal, subject);
    owner_.lag_.wished(key, record, decoded);
    wishes_[std::move(key)] = record.position;
  }

  void fulfil(const Record& record, const Decoded& decoded) {
    std::string key = wish_key(record.portal, record.subject);
    const auto it = wishes_.find(key);
    Position asked = 0;
    if (it != wishes_.end()) {
      asked = it->second;
    } else if (const auto stored = owner_.state_.get(Space::wishes, key)) {
      asked = static_cast<Position>(decode_number(*stored));
    }
    // Asked again after the request was sent: the answer may be older than the event.
    if (asked == 0 || asked > record.asked) return;
    owner_.lag_.fulfilled(meters(record.portal), key, decoded);
    wishes_[std::move(key)] = 0;
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
  std::unordered_map<std::string, Slot> entities_;
  LinksOverlay links_;
  std::vector<Slot*> dirty_;                // touched by the record at hand
  std::vector<Slot*> told_;                 // of directories, changed by the record at hand
  std::map<std::string, Position> wishes_;  // by key; 0: fulfilled
  std::vector<PortalMeters*> mended_;       // once for each gap
  CellDeltas cells_;
  Board::Changes changes_;
};

namespace {

CountedPortals counted_of(const std::vector<ProcessorPortal>& portals) {
  CountedPortals counted;
  for (const auto& portal : portals) counted.emplace(portal.settings.alias, portal.settings);
  return counted;
}

std::vector<std::string> names_of(const std::vector<ProcessorPortal>& portals) {
  std::vector<std::string> names;
  names.reserve(portals.size());
  for (const auto& portal : portals) names.push_back(portal.settings.alias);
  return names;
}

}  // namespace

Processor::Processor(const Journal& journal, State& state, std::vector<ProcessorPortal> portals, Board* board,
                     WishListener* wishes, ProcessorLimits limits, const Clock* clock)
    : journal_(journal),
      state_(state),
      counted_(counted_of(portals)),
      kpis_(state, counted_),
      ledger_(state),
      hooks_(state, names_of(portals)),
      board_(board),
      wishes_(wishes),
      limits_(limits),
      meters_(names_of(portals)),
      lag_(clock, journal.tail()),
      wanted_(std::make_unique<Wanted>()) {
  for (auto& portal : portals) {
    const std::string& alias = portal.settings.alias;
    directories_.emplace(alias, load_directory(state_, alias, counted_.at(alias).calendar));
    portals_.emplace(portal.settings.alias, std::move(portal));
  }
  if (const auto stored = state_.get(Space::meta, kPositionKey)) {
    position_ = static_cast<Position>(decode_number(*stored));
  }
}

Processor::~Processor() = default;

void Processor::offer(std::vector<Definition> wanted, bool hold) {
  const std::lock_guard lock(wanted_->mutex);
  wanted_->definitions = std::move(wanted);
  wanted_->hold = hold;
}

void Processor::take_offer() {
  std::optional<std::vector<Definition>> definitions;
  bool hold = false;
  {
    const std::lock_guard lock(wanted_->mutex);
    definitions.swap(wanted_->definitions);
    hold = wanted_->hold;
  }
  if (definitions) kpis_.offer(*definitions, hold);
}

// The board takes a new set in whole, right after the state has.
void Processor::show_definitions() {
  wanted_->held = kpis_.held();
  wanted_->building = !kpis_.building().empty();
  wanted_->done = kpis_.progress().done;
  wanted_->all = kpis_.progress().all;
  if (shown_ == kpis_.version()) return;
  shown_ = kpis_.version();
  meters_.set_definitions(kpis_.in_force().definitions());
  if (board_ != nullptr) board_->set_definitions(kpis_.in_force().definitions());
}

// Before any record is counted in another way than the ledger knows; and before an offer is taken up, since a crash may
// have come between the last change of what is in force and its note in the ledger.
void Processor::follow_definitions() {
  if (followed_ == kpis_.version()) return;
  StateBatch batch;
  ledger_.follow(kpis_.in_force().definitions(), position(), batch);
  if (!batch.puts.empty()) state_.apply(batch);
  followed_ = kpis_.version();
}

std::size_t Processor::step(Position until) {
  follow_definitions();
  take_offer();
  const std::size_t worked = kpis_.busy() && kpis_.work() ? 1 : 0;
  follow_definitions();
  show_definitions();
  return process(until) + worked;
}

std::size_t Processor::process(Position until) {
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
  sink.gauge("kpistream_log_unprocessed_events", "This counts journal records that are not in the figures yet.", {},
             static_cast<double>(tail - done));
  sink.gauge("kpistream_rebuild_active",
             "The value is 1 while new or changed KPIs are being filled from the stored facts.", {},
             wanted_->building ? 1 : 0);
  const double all = static_cast<double>(wanted_->all);
  const double progress = wanted_->building && all > 0 ? std::min(1.0, static_cast<double>(wanted_->done) / all) : 1.0;
  sink.gauge("kpistream_rebuild_progress_ratio",
             "This is the part of the facts that rebuilding has gone through, about.", {}, progress);
  sink.gauge("kpistream_rebuild_held",
             "The value is 1 while rebuilt KPIs wait to be let in, see kpis.hold in the configuration.", {},
             wanted_->held ? 1 : 0);
  meters_.collect(sink, journal_.first());
  events_.collect(sink);
}

}  // namespace kpistream
