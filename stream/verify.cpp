#include "stream/verify.hpp"

#include <array>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/kpi/contribution.hpp"
#include "stream/memory_state.hpp"

namespace kpistream {
namespace {

using Contents = std::map<std::string, std::string>;

constexpr std::array<std::pair<Space, std::string_view>, 5> kCompared{{{Space::entities, "entity"},
                                                                       {Space::facts, "facts of"},
                                                                       {Space::cells, "cell"},
                                                                       {Space::wishes, "wish"},
                                                                       {Space::meta, "meta"}}};

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

class Comparison {
 public:
  explicit Comparison(VerifyReport& report) : report_(report) {}

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

 private:
  void note(std::string_view what, std::string_view key, std::string_view how, std::string_view source) {
    if (report_.differences.size() >= VerifyReport::kDifferencesMax) return;
    std::string line(what);
    line.append(" ").append(printable(key)).append(" ").append(how).append(source);
    report_.differences.push_back(std::move(line));
  }

  VerifyReport& report_;
};

// The bucket cells that the stored facts add up to. Totals also hold history and are checked by the replay alone.
Contents buckets_of_facts(const State& stored, const std::vector<Definition>& definitions, std::size_t& count) {
  CellDeltas deltas;
  stored.scan(Space::facts, "", "", [&](std::string_view key, std::string_view value) {
    const Facts facts = decode_facts(value);
    count += facts.size();
    contribute(definitions, parse_entity_key(key).portal, {}, facts, deltas);
    return true;
  });
  Contents cells;
  for (const auto& [key, cell] : deltas) {
    if (!cell.zero() && !is_total_key(key)) cells.emplace(key, cell.encode());
  }
  return cells;
}

}  // namespace

VerifyReport verify(const Journal& journal, const State& stored, const std::vector<Definition>& definitions,
                    const std::vector<ProcessorPortal>& portals, const std::function<void(Position)>& progress) {
  VerifyReport report;
  MemoryState replayed;
  std::vector<PortalSettings> settings;
  for (const auto& portal : portals) settings.push_back(portal.settings);
  settle_settings(replayed, settings, definitions);
  if (const auto position = stored.get(Space::meta, kPositionKey)) {
    report.position = static_cast<Position>(decode_number(*position));
  }
  Processor processor(journal, replayed, definitions, portals, nullptr, nullptr);
  while (processor.step(report.position) != 0) progress(processor.position());

  Comparison comparison(report);
  if (processor.position() != report.position) {
    report.differences.push_back("the journal ends before the position that the state was made from");
  }
  for (const auto& [space, what] : kCompared) {
    const Contents have = contents(stored, space);
    comparison.compare(what, have, contents(replayed, space), "journal");
    if (space == Space::entities) report.entities = have.size();
    if (space != Space::cells) continue;
    report.cells = have.size();
    Contents buckets = have;
    std::erase_if(buckets, [](const auto& entry) { return is_total_key(entry.first); });
    comparison.compare(what, buckets, buckets_of_facts(stored, definitions, report.facts), "facts in force");
  }
  return report;
}

}  // namespace kpistream
