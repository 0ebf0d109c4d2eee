#include "stream/verify.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "stream/codec/bytes.hpp"
#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/directory_state.hpp"
#include "stream/facts/derive.hpp"
#include "stream/facts/field_mark.hpp"
#include "stream/links_state.hpp"
#include "stream/memory_state.hpp"
#include "stream/periods/check.hpp"
#include "stream/settle.hpp"

namespace kpistream {
namespace {

using Contents = std::map<std::string, std::string>;

Contents contents(const State& state, Space space) {
  Contents all;
  state.scan(space, "", "", [&](std::string_view key, std::string_view value) {
    // A cell that has added up to zero is the same as none.
    if (space != Space::cells || !value.empty()) all.emplace(key, value);
    return true;
  });
  return all;
}

std::string printable(std::string_view key) {
  std::string text;
  for (const char c : key) text.push_back(c >= ' ' && c < 0x7f ? c : '.');
  return text;
}

// A state that is read from another and written beside it.
class Overlay : public State {
 public:
  explicit Overlay(const State& base) : base_(base) {}

  [[nodiscard]] std::optional<std::string> get(Space space, std::string_view key) const override {
    const auto& changes = changes_[static_cast<std::size_t>(space)];
    const auto it = changes.find(std::string(key));
    return it != changes.end() ? it->second : base_.get(space, key);
  }
  void apply(const StateBatch& batch) override {
    for (const auto& put : batch.puts) changes_[static_cast<std::size_t>(put.space)][put.key] = put.value;
    for (const auto& erase : batch.erases) changes_[static_cast<std::size_t>(erase.space)][erase.key] = std::nullopt;
  }
  // Links, which are all that a replay scans: they follow from the entities and are checked for themselves.
  void scan(Space space, std::string_view first, std::string_view last,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    base_.scan(space, first, last, visit);
  }
  [[nodiscard]] std::uint64_t estimate(Space space) const override { return base_.estimate(space); }
  [[nodiscard]] const std::map<std::string, std::optional<std::string>>& changes(Space space) const {
    return changes_[static_cast<std::size_t>(space)];
  }

 private:
  const State& base_;
  std::array<std::map<std::string, std::optional<std::string>>, kSpaces> changes_;
};

class Verification {
 public:
  Verification(const Journal& journal, const State& stored, const std::vector<ProcessorPortal>& portals,
               const Digest& digest, const std::function<void(Position)>& progress)
      : journal_(journal), stored_(stored), portals_(portals), digest_(digest), progress_(progress) {
    if (const auto position = stored.get(Space::meta, kPositionKey)) {
      report_.position = static_cast<Position>(decode_number(*position));
    }
    for (const auto& portal : portals) counted_.emplace(portal.settings.alias, portal.settings);
  }

  VerifyReport run() {
    check_journal();
    check_facts();
    check_cells();
    check_periods();
    return std::move(report_);
  }

 private:
  // Entities, wishes and first records follow from the journal. When its beginning has expired, what is left must
  // change nothing: an observation that was taken in already never changes an entity again.
  void check_journal() {
    const bool whole = journal_.first() <= 1;
    MemoryState fresh;
    Overlay beside(stored_);
    State& replayed = whole ? static_cast<State&>(fresh) : beside;
    StateBatch start;
    start.puts.push_back({Space::meta, std::string(kPositionKey),
                          encode_number(static_cast<std::int64_t>(whole ? 0 : journal_.first() - 1))});
    replayed.apply(start);
    Processor processor(journal_, replayed, portals_, nullptr, nullptr);
    while (processor.step(report_.position) != 0) progress_(processor.position());
    if (processor.position() != report_.position) {
      note("the journal ends before the position that the state was made from");
    }
    if (whole) {
      const Contents entities = of_portals(contents(stored_, Space::entities));
      report_.entities = entities.size();
      compare("entity", as_kept(entities), as_kept(contents(replayed, Space::entities)), "journal");
      compare("wish", of_portals(contents(stored_, Space::wishes)), contents(replayed, Space::wishes), "journal");
      compare("first record", first_records(stored_), first_records(replayed), "journal");
      return;
    }
    stored_.scan(Space::entities, "", "", [&](std::string_view, std::string_view) { return ++report_.entities != 0; });
    for (const auto& [key, value] : beside.changes(Space::entities)) {
      if (stored_.get(Space::entities, key) != value) {
        note("entity " + printable(key) + " differs from what follows from the journal that is left");
      }
    }
  }

  // Without what the settings keep no more: older ones may have kept it, a replay cannot know it, and it stays in case
  // it is asked for again.
  [[nodiscard]] Contents as_kept(Contents entities) const {
    for (auto& [key, value] : entities) {
      const auto alias = ByteReader(key).part();
      const auto portal = std::find_if(portals_.begin(), portals_.end(),
                                       [&](const ProcessorPortal& one) { return one.settings.alias == alias; });
      if (portal == portals_.end()) continue;
      const PortalSettings& settings = portal->settings;
      Entity entity = decode_entity(value);
      if (settings.crm == Crm::bitrix24 && settings.loss_reason_field.empty()) {
        entity.loss_reason.clear();
        entity.loss_reason_version = 0;
      }
      const bool marked = field_mark({}, settings) != 0;
      for (auto* points : {&entity.points, &entity.late}) {
        for (StagePoint& point : *points) point.fields = marked ? point.fields : 0;
      }
      value = encode_entity(entity);
    }
    return entities;
  }

  [[nodiscard]] Contents first_records(const State& state) const {
    Contents found;
    for (const auto& portal : portals_) {
      const std::string key = first_record_key(portal.settings.alias);
      if (const auto value = state.get(Space::meta, key)) found.emplace(key, *value);
    }
    return found;
  }

  // Links and facts follow from the entities.
  void check_facts() {
    Contents facts;
    Contents links;
    for (const auto& portal : portals_) {
      const auto& alias = portal.settings.alias;
      const Calendar& calendar = counted_.at(alias).calendar;
      const Directory directory = load_directory(stored_, alias, calendar);
      const Portal here{portal.settings, calendar, directory};
      derive_all(stored_, here, [&](const std::string& key, const EntityRef& ref, const Facts& derived) {
        if (!derived.empty()) facts.emplace(key, encode_facts(derived));
        if (const auto stored = stored_.get(Space::entities, key)) add_links(links, here, ref, decode_entity(*stored));
      });
    }
    compare("link", of_portals(contents(stored_, Space::links)), links, "entities");
    compare("facts of", of_portals(contents(stored_, Space::facts)), facts, "entities");
  }

  void add_links(Contents& links, const Portal& portal, const EntityRef& ref, const Entity& entity) const {
    LinksOverlay overlay(stored_);
    for (const Link& link : links_of(ref, entity, portal)) overlay.put(portal.settings.alias, link);
    StateBatch batch;
    overlay.write(batch);
    for (auto& put : batch.puts) links.emplace(std::move(put.key), std::move(put.value));
  }

  // What belongs to portals that are not configured any more is left alone.
  [[nodiscard]] Contents of_portals(Contents all) const {
    std::erase_if(all, [&](const auto& entry) { return !counted_.contains(ByteReader(entry.first).part()); });
    return all;
  }

  // Buckets are the sums of the facts in force; of totals, what was added minus what was taken back is.
  void check_cells() {
    const KpiSets kpis(const_state(), counted_);
    CellDeltas deltas;
    stored_.scan(Space::facts, "", "", [&](std::string_view key, std::string_view value) {
      const auto portal = counted_.find(parse_entity_key(key).portal);
      if (portal == counted_.end()) return true;
      const Facts facts = decode_facts(value);
      report_.facts += facts.size();
      kpis.in_force().change(portal->second.table, portal->second.calendar, {}, facts, deltas);
      return true;
    });
    std::set<std::string> names;
    for (const Definition& definition : kpis.in_force().definitions()) names.insert(definition.cells());
    Contents stored;
    std::map<std::string, Cell> net;
    stored_.scan(Space::cells, "", "", [&](std::string_view key, std::string_view value) {
      take_cell(names, key, Cell::decode(value), stored, net);
      return true;
    });
    Contents expected;
    std::map<std::string, Cell> expected_net;
    for (const auto& [key, cell] : deltas) take_cell(names, key, cell, expected, expected_net);
    report_.cells = stored.size() + net.size();
    compare("cell", stored, expected, "facts in force");
    compare("net total", encoded(net), encoded(expected_net), "facts in force");
  }

  // A table is what it was when it was taken; with its corrections it is today's figure of its period.
  void check_periods() {
    const KpiSets kpis(const_state(), counted_);
    for (const auto& [portal, counted] : counted_) {
      const auto check = [&, &here = counted.calendar](const periods::SnapshotId& id,
                                                       const periods::KeptSnapshot& kept) {
        ++report_.tables;
        check_table(kpis.in_force().definitions(), here, id, kept);
      };
      try {
        periods::each_kept(stored_, periods::portal_prefix(periods::Tag::snapshot, portal), check);
      } catch (const CodecError& error) {
        note("a table of " + portal + " cannot be read: " + error.what());
      }
    }
  }

  void check_table(const std::vector<Definition>& in_force, const Calendar& calendar, const periods::SnapshotId& id,
                   const periods::KeptSnapshot& kept) {
    const std::string name =
        "table " + id.schedule + " of " + id.portal + " due " + Calendar::text(calendar.day_of(id.due));
    try {
      if (!periods::is_intact(id, kept, digest_)) note(name + " is not what was taken then: its hash is another");
      for (auto& line : periods::check_period(stored_, in_force, calendar, periods::decode_snapshot(kept.bytes))) {
        note(std::move(line));
      }
    } catch (const CodecError& error) {
      note(name + " cannot be read: " + error.what());
    }
  }

  void take_cell(const std::set<std::string>& names, std::string_view key, const Cell& cell, Contents& buckets,
                 std::map<std::string, Cell>& net) const {
    if (is_total_key(key)) {
      TotalKey total = parse_total_key(key);
      if (!names.contains(total.cells) || !counted_.contains(total.portal)) return;
      const int sign = total.retracted ? -1 : 1;
      total.retracted = false;
      net[total_key(total)].add(cell, sign);
      return;
    }
    const BucketKey bucket = parse_bucket_key(key);
    const bool ours = names.contains(bucket.cells) && counted_.contains(bucket.portal);
    if (ours && !cell.zero()) buckets.emplace(key, cell.encode());
  }

  static Contents encoded(const std::map<std::string, Cell>& cells) {
    Contents all;
    for (const auto& [key, cell] : cells) {
      if (!cell.zero()) all.emplace(key, cell.encode());
    }
    return all;
  }

  void compare(std::string_view what, const Contents& stored, const Contents& expected, std::string_view source) {
    for (const auto& [key, value] : expected) {
      const auto it = stored.find(key);
      if (it == stored.end()) {
        note(what, key, "is missing, though it follows from the ", source);
      } else if (it->second != value) {
        note(what, key, "differs from what follows from the ", source);
      }
    }
    for (const auto& [key, value] : stored) {
      if (!expected.contains(key)) note(what, key, "does not follow from the ", source);
    }
  }

  void note(std::string_view what, std::string_view key, std::string_view how, std::string_view source) {
    std::string line(what);
    line.append(" ").append(printable(key)).append(" ").append(how).append(source);
    note(std::move(line));
  }

  void note(std::string line) {
    if (report_.differences.size() < VerifyReport::kDifferencesMax) report_.differences.push_back(std::move(line));
  }

  // KpiSets reads what is in force; nothing here makes it write.
  [[nodiscard]] State& const_state() {
    reader_.emplace(stored_);
    return *reader_;
  }

  const Journal& journal_;
  const State& stored_;
  const std::vector<ProcessorPortal>& portals_;
  const Digest& digest_;
  const std::function<void(Position)>& progress_;
  CountedPortals counted_;
  std::optional<Overlay> reader_;
  VerifyReport report_;
};

}  // namespace

VerifyReport verify(const Journal& journal, const State& stored, const std::vector<ProcessorPortal>& portals,
                    const Digest& digest, const std::function<void(Position)>& progress) {
  return Verification(journal, stored, portals, digest, progress).run();
}

}  // namespace kpistream
