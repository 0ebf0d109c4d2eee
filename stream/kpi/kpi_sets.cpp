#include "stream/kpi/kpi_sets.hpp"

#include <algorithm>
#include <set>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"

namespace kpistream {
namespace {

const std::string kInForce = "kpi/";
const std::string kBuilding = "kpi+/";
const std::string kGarbage = "kpi-/";
const std::string kCursor = "kpi-cursor";

std::vector<Definition> stored(const State& state, const std::string& prefix) {
  std::vector<Definition> definitions;
  state.scan(Space::meta, prefix, after_prefix(prefix), [&](std::string_view /*key*/, std::string_view value) {
    definitions.push_back(decode_definition(value));
    return true;
  });
  return definitions;
}

void put(StateBatch& batch, const std::string& prefix, const Definition& definition) {
  batch.puts.push_back({Space::meta, prefix + definition.id, encode_definition(definition)});
}

void erase(StateBatch& batch, const std::string& prefix, const Definition& definition) {
  batch.erases.push_back({Space::meta, prefix + definition.id});
}

const Definition* find(const std::vector<Definition>& definitions, const std::string& id) {
  const auto it = std::find_if(definitions.begin(), definitions.end(), [&](const Definition& d) { return d.id == id; });
  return it == definitions.end() ? nullptr : &*it;
}

void put_cells(StateBatch& batch, const CellDeltas& deltas) {
  for (const auto& [key, cell] : deltas) {
    if (!cell.zero()) batch.adds.push_back({key, cell.encode()});
  }
}

}  // namespace

std::vector<Definition> stored_definitions(const State& state, DefinitionState which) {
  return stored(state, which == DefinitionState::in_force ? kInForce : kBuilding);
}

KpiSets::KpiSets(State& state, const CountedPortals& portals)
    : state_(state),
      portals_(portals),
      in_force_(stored(state, kInForce)),
      building_(stored(state, kBuilding)),
      cursor_(state.get(Space::meta, kCursor)) {
  state_.scan(Space::meta, kGarbage, after_prefix(kGarbage), [&](std::string_view key, std::string_view /*value*/) {
    garbage_.emplace_back(key.substr(kGarbage.size()));
    return true;
  });
  progress_.all = state_.estimate(Space::facts);
}

void KpiSets::offer(const std::vector<Definition>& wanted, bool hold) {
  hold_ = hold;
  std::vector<Definition> stay;
  std::vector<Definition> build;
  std::set<std::string> dropped;  // names of cells
  StateBatch batch;
  for (const Definition& definition : in_force_.definitions()) {
    const Definition* next = find(wanted, definition.id);
    if (next == nullptr) {
      erase(batch, kInForce, definition);
      dropped.insert(definition.cells());
    } else if (next->cells() == definition.cells()) {
      stay.push_back(*next);  // perhaps in other words
      put(batch, kInForce, *next);
    } else {
      stay.push_back(definition);  // until the new one is whole
      build.push_back(*next);
    }
  }
  for (const Definition& definition : wanted) {
    if (find(in_force_.definitions(), definition.id) == nullptr) build.push_back(definition);
  }
  std::sort(build.begin(), build.end(), [](const Definition& a, const Definition& b) { return a.id < b.id; });
  const bool same_work = cursor_ && building_.definitions() == build;
  if (!same_work) {
    for (const Definition& definition : building_.definitions()) {
      if (find(build, definition.id) == nullptr) erase(batch, kBuilding, definition);
      dropped.insert(definition.cells());
    }
    for (const Definition& definition : build) put(batch, kBuilding, definition);
    if (build.empty()) {
      batch.erases.push_back({Space::meta, kCursor});
      cursor_.reset();
    } else {
      batch.puts.push_back({Space::meta, kCursor, ""});
      cursor_ = "";
    }
    building_ = Counting(std::move(build));
    progress_ = {0, state_.estimate(Space::facts)};
    whole_ = false;
  }
  in_force_ = Counting(std::move(stay));
  for (const std::string& cells : dropped) {
    batch.puts.push_back({Space::meta, kGarbage + cells, ""});
    if (std::find(garbage_.begin(), garbage_.end(), cells) == garbage_.end()) garbage_.push_back(cells);
  }
  state_.apply(batch);
  ++version_;
  if (cursor_ && !whole_) build_slice();  // all of it, where there is little
}

void KpiSets::change(const std::string& entity_key, std::string_view portal, const Facts& before, const Facts& after,
                     CellDeltas& deltas) const {
  const auto counted = portals_.find(portal);
  if (counted == portals_.end()) return;
  const auto& [table, calendar] = counted->second;
  in_force_.change(table, calendar, before, after, deltas);
  if (cursor_ && entity_key <= *cursor_) building_.change(table, calendar, before, after, deltas);
}

bool KpiSets::work() {
  if (cursor_ && !whole_) {
    build_slice();
    return true;
  }
  if (cursor_ && !hold_) {
    take_place();
    return true;
  }
  if (garbage_.empty()) return false;
  clear_slice();
  return true;
}

void KpiSets::build_slice() {
  // What was dropped half-built is cleared away before it may be built again under the same name.
  while (cursor_->empty() && !garbage_.empty()) clear_slice();
  CellDeltas deltas;
  std::size_t entities = 0;
  std::string reached = *cursor_;
  const std::string from = reached.empty() ? reached : reached + '\0';
  state_.scan(Space::facts, from, "", [&](std::string_view key, std::string_view value) {
    if (entities == kSliceEntities) return false;
    ++entities;
    reached = key;
    const auto counted = portals_.find(parse_entity_key(key).portal);
    if (counted == portals_.end()) return true;
    building_.change(counted->second.table, counted->second.calendar, {}, decode_facts(value), deltas);
    return true;
  });
  whole_ = entities < kSliceEntities;
  // Beyond every key: from now on all changes are counted for them.
  if (whole_) reached = std::string(1, '\xff');
  StateBatch batch;
  put_cells(batch, deltas);
  batch.puts.push_back({Space::meta, kCursor, reached});
  state_.apply(batch);
  cursor_ = std::move(reached);
  progress_.done += entities;
  if (whole_ && !hold_) take_place();
}

void KpiSets::take_place() {
  std::vector<Definition> next = in_force_.definitions();
  StateBatch batch;
  for (const Definition& definition : building_.definitions()) {
    erase(batch, kBuilding, definition);
    put(batch, kInForce, definition);
    const auto old =
        std::find_if(next.begin(), next.end(), [&](const Definition& have) { return have.id == definition.id; });
    if (old == next.end()) {
      next.push_back(definition);
      continue;
    }
    batch.puts.push_back({Space::meta, kGarbage + old->cells(), ""});
    garbage_.push_back(old->cells());
    *old = definition;
  }
  batch.erases.push_back({Space::meta, kCursor});
  state_.apply(batch);
  cursor_.reset();
  whole_ = false;
  building_ = Counting();
  in_force_ = Counting(std::move(next));
  ++version_;
}

void KpiSets::clear_slice() {
  const std::string cells = garbage_.back();
  StateBatch batch;
  for (const std::string& prefix : cells_prefixes(cells)) {
    state_.scan(Space::cells, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view /*value*/) {
      batch.erases.push_back({Space::cells, std::string(key)});
      return batch.erases.size() < kSliceErases;
    });
  }
  if (batch.erases.size() < kSliceErases) {
    batch.erases.push_back({Space::meta, kGarbage + cells});
    garbage_.pop_back();
  }
  state_.apply(batch);
}

}  // namespace kpistream
