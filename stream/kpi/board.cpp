#include "stream/kpi/board.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "stream/codec/values.hpp"
#include "stream/facts/directory.hpp"
#include "stream/facts/table.hpp"
#include "stream/kpi/cells.hpp"
#include "stream/kpi/coverage.hpp"
#include "stream/kpi/teams.hpp"

namespace kpistream {
namespace {

constexpr std::array kFamilies{Family::pipeline, Family::manager, Family::source};

std::vector<Range> difference(const Range& from, const Range& minus) {
  std::vector<Range> pieces;
  const Range before{from.first, std::min(from.last, minus.first)};
  const Range after{std::max(from.first, minus.last), from.last};
  if (before.first < before.last) pieces.push_back(before);
  if (after.first < after.last) pieces.push_back(after);
  return pieces;
}

bool contains(const Range& range, Minute minute) { return range.first <= minute && minute < range.last; }

bool has_family(const Definition& definition, Family family) {
  if (family == Family::manager) return definition.by_manager;
  return family == Family::pipeline || definition.by_source;
}

const std::string& dimension_of(const BucketKey& key, Family family) {
  if (family == Family::manager) return key.manager;
  return family == Family::source ? key.source : key.pipeline;
}

// Of the same cells, in the same windows: only words differ.
bool same_figures(const Definition& a, const Definition& b) { return a.cells() == b.cells() && a.windows == b.windows; }

using Ranges = std::vector<Range>;

}  // namespace

class Board::PortalBoard {
 public:
  PortalBoard(const State& state, const PortalSettings& settings) : state_(state), calendar_(settings) {
    figures_.settings = settings;
  }

  void load(const std::vector<Definition>& definitions, UnixSeconds now) {
    figures_.kpis.clear();
    set_now(now);
    set_definitions(definitions);
    load_names();
  }

  void set_definitions(const std::vector<Definition>& definitions) {
    std::map<std::string, KpiFigures> next;
    cells_.clear();
    stale_.clear();  // its pointers are into what is replaced here
    for (const Definition& definition : definitions) {
      const auto have = figures_.kpis.find(definition.id);
      KpiFigures& kpi = next[definition.id];
      if (have != figures_.kpis.end() && same_figures(have->second.definition, definition)) {
        kpi = std::move(have->second);
        kpi.definition = definition;  // the words may have changed
      } else {
        fill(kpi, definition);
      }
      cells_[definition.cells()] = &kpi;
      if (!is_history(definition.windows)) stale_.insert(&kpi);
    }
    figures_.kpis = std::move(next);
    ++figures_.shape;
    show();
  }

  // Names and teams of the table's own directory, then of those of its members in their order, where none is known yet.
  void load_names() {
    figures_.manager_names.clear();
    figures_.pipeline_names.clear();
    figures_.stage_names.clear();
    figures_.source_names.clear();
    figures_.loss_reason_names.clear();
    load_names(figures_.settings);
    for (const PortalSettings& member : figures_.settings.members) load_names(member);
    figures_.teams = teams_of(state_, figures_.settings);
    ++figures_.shape;
  }

  void add_bucket(const BucketKey& key, const Cell& cell) {
    const auto kpi = cells_.find(key.cells);
    if (kpi == cells_.end()) return;
    const Ranges& ranges = ranges_.at(kpi->second->definition.windows);
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      if (contains(ranges[i], key.bucket)) add(*kpi->second, i, key, cell, 1);
    }
    if (!is_history(kpi->second->definition.windows)) stale_.insert(kpi->second);
  }

  void add_total(const TotalKey& key, const Cell& cell) {
    const auto kpi = cells_.find(key.cells);
    if (kpi == cells_.end()) return;
    kpi->second->totals[TotalSeriesKey{key.retracted, key.pipeline, key.labels}].add(cell);
    touch(*kpi->second);
  }

  bool advance(UnixSeconds now) {
    if (minute_of(now) == minute_) return refresh_oldest();
    const auto before = ranges_;
    set_now(now);
    for (auto& [id, kpi] : figures_.kpis) {
      const WindowSet set = kpi.definition.windows;
      for (std::size_t i = 0; i < ranges_.at(set).size(); ++i) shift(kpi, i, before.at(set)[i], ranges_.at(set)[i]);
    }
    show();
    refresh_oldest();
    return true;
  }

  // Which windows are known, and how far they were compared with the CRM.
  void show() {
    const auto before = std::tuple(figures_.known_since, figures_.visible, figures_.cohorts);
    const TableVerified verified = verified_of(state_, figures_.settings);
    figures_.known_since = verified.since;
    const Ranges& periods = ranges_.at(WindowSet::periods);
    const bool known = figures_.known_since != 0;
    figures_.visible.assign(periods.size(), known);
    for (std::size_t i = 0; i < periods.size(); ++i) {
      figures_.visible[i] = known && periods[i].first >= minute_of(figures_.known_since);
    }
    for (const WindowSet set : {WindowSet::cohort_weeks, WindowSet::cohort_months}) show_cohorts(set);
    if (before != std::tie(figures_.known_since, figures_.visible, figures_.cohorts)) ++figures_.shape;
    figures_.coverage.clear();
    for (const Range& period : periods) figures_.coverage.push_back(worst_coverage_of(period, verified, figures_.now));
  }

  [[nodiscard]] const PortalFigures& figures() const { return figures_; }

 private:
  void touch(KpiFigures& kpi) { kpi.version = ++figures_.version; }

  void show_cohorts(WindowSet set) {
    auto& cohorts = figures_.cohorts[set];
    cohorts.clear();
    const auto names = calendar_.label_values(set, figures_.now);
    const bool known = figures_.known_since != 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
      cohorts.push_back({names[i], known && ranges_.at(set)[i].first >= minute_of(figures_.known_since)});
    }
  }

  [[nodiscard]] const std::string& alias() const { return figures_.settings.alias; }

  void set_now(UnixSeconds now) {
    minute_ = minute_of(now);
    figures_.now = now;
    for (int set = 0; set <= static_cast<int>(kLastWindowSet); ++set) {
      Ranges& ranges = ranges_[static_cast<WindowSet>(set)];
      ranges.resize(Calendar::windows(static_cast<WindowSet>(set)).size());
      calendar_.ranges(static_cast<WindowSet>(set), now, ranges);
    }
  }

  void fill(KpiFigures& kpi, const Definition& definition) {
    kpi.definition = definition;
    const Ranges& ranges = ranges_.at(definition.windows);
    for (std::size_t i = 0; i < ranges.size(); ++i) shift(kpi, i, {0, 0}, ranges[i]);
    const std::string totals = total_prefix(definition.cells(), alias());
    state_.scan(Space::cells, totals, after_prefix(totals), [&](std::string_view key, std::string_view value) {
      const TotalKey total = parse_total_key(key);
      kpi.totals[TotalSeriesKey{total.retracted, total.pipeline, total.labels}].add(Cell::decode(value));
      return true;
    });
    touch(kpi);
  }

  void shift(KpiFigures& kpi, std::size_t window, const Range& from, const Range& to) {
    if (from == to) return;
    const auto take = [&](const std::vector<Range>& pieces, int sign) {
      for (const Range& piece : pieces) {
        visit_cells(state_, kpi.definition, alias(), calendar_, piece,
                    [&](const BucketKey& key, const Cell& cell) { add(kpi, window, key, cell, sign); });
      }
    };
    take(difference(from, to), -1);
    take(difference(to, from), 1);
  }

  void add(KpiFigures& kpi, std::size_t window, const BucketKey& key, const Cell& cell, int sign) {
    touch(kpi);
    if (!key.manager.empty() && figures_.managers.insert(key.manager).second) ++figures_.shape;
    for (const Family family : kFamilies) {
      if (!has_family(kpi.definition, family)) continue;
      auto& windows = kpi.windows[SeriesKey{family, dimension_of(key, family), key.labels}];
      windows.resize(Calendar::windows(kpi.definition.windows).size());
      windows[window].add(cell, sign);
    }
  }

  // True when something changed.
  bool refresh_oldest() {
    const bool any = !stale_.empty();
    for (KpiFigures* kpi : stale_) {
      const auto minute = first_minute(state_, kpi->definition, alias());
      kpi->oldest = minute ? std::optional(*minute * 60) : std::nullopt;
    }
    stale_.clear();
    return any;
  }

  void load_names(const PortalSettings& portal) {
    const auto load = [&](EntityKind kind, auto in_table, std::map<std::string, std::string>& names) {
      each_named(portal.alias, kind, [&](const std::string& id, const Entity& named) {
        names.try_emplace(in_table(portal, id), named.name);
      });
    };
    load(EntityKind::manager, manager_in_table, figures_.manager_names);
    load(EntityKind::pipeline, pipeline_in_table, figures_.pipeline_names);
    load(EntityKind::source, source_in_table, figures_.source_names);
    load(EntityKind::loss_reason, loss_reason_in_table, figures_.loss_reason_names);
    each_named(portal.alias, EntityKind::stage, [&](const std::string& id, const Entity& named) {
      if (auto stage = deal_stage(id, named)) {
        figures_.stage_names.try_emplace(stage_in_table(portal, *stage), named.name);
      }
    });
  }

  template <class Visit>  // visit(id, entity)
  void each_named(const std::string& portal, EntityKind kind, const Visit& visit) const {
    std::string prefix = entity_key(portal, {kind, ""});
    prefix.pop_back();  // the end of the empty id
    state_.scan(Space::entities, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
      const Entity entity = decode_entity(value);
      if (!entity.name.empty()) visit(parse_entity_key(key).ref.id, entity);
      return true;
    });
  }

  const State& state_;
  Calendar calendar_;
  Minute minute_ = 0;
  std::map<WindowSet, Ranges> ranges_;
  PortalFigures figures_;
  std::map<std::string, KpiFigures*, std::less<>> cells_;  // into figures_.kpis, by the name of their cells
  std::set<KpiFigures*> stale_;                            // whose oldest may have changed
};

Board::Board(const State& state, const std::vector<PortalSettings>& portals) : state_(state) {
  for (const auto& table : tables_of(portals)) {
    PortalBoard* board =
        portals_.emplace(table.alias, std::make_unique<PortalBoard>(state_, table)).first->second.get();
    shown_in_.emplace(table.alias, board);
    for (const auto& member : table.members) shown_in_.emplace(member.alias, board);
  }
}

Board::~Board() = default;

void Board::load(const std::vector<Definition>& definitions, UnixSeconds now) {
  const std::lock_guard lock(mutex_);
  now_ = now;
  ++version_;
  for (auto& [alias, board] : portals_) {
    board->load(definitions, now);
    board->advance(now);
  }
}

void Board::set_definitions(const std::vector<Definition>& definitions) {
  const std::lock_guard lock(mutex_);
  ++version_;
  for (auto& [alias, board] : portals_) {
    board->set_definitions(definitions);
    board->advance(now_);
  }
}

void Board::add_shown(const std::string& portal, std::set<PortalBoard*>& boards) const {
  if (const auto board = shown_in_.find(portal); board != shown_in_.end()) boards.insert(board->second);
}

void Board::apply(const Changes& changes) {
  const std::lock_guard lock(mutex_);
  ++version_;
  std::set<PortalBoard*> named;
  std::set<PortalBoard*> known;
  for (const auto& portal : changes.named) add_shown(portal, named);
  for (const auto& portal : changes.compared) add_shown(portal, known);
  for (const auto& [portal, at] : changes.first_records) add_shown(portal, known);
  for (PortalBoard* board : named) board->load_names();
  for (PortalBoard* board : known) board->show();
  if (changes.cells == nullptr) return;
  for (const auto& [key, cell] : *changes.cells) {
    if (cell.zero()) continue;
    if (is_total_key(key)) {
      const TotalKey total = parse_total_key(key);
      if (const auto board = portals_.find(total.portal); board != portals_.end())
        board->second->add_total(total, cell);
      continue;
    }
    const BucketKey bucket = parse_bucket_key(key);
    if (bucket.grain != Grain::minute) continue;  // the same again, by the day
    if (const auto board = portals_.find(bucket.portal); board != portals_.end())
      board->second->add_bucket(bucket, cell);
  }
}

void Board::advance(UnixSeconds now) {
  const std::lock_guard lock(mutex_);
  now_ = now;
  for (auto& [alias, board] : portals_) {
    if (board->advance(now)) ++version_;
  }
}

void Board::read(const std::function<void(const std::vector<const PortalFigures*>&)>& reader) const {
  const std::lock_guard lock(mutex_);
  std::vector<const PortalFigures*> figures;
  figures.reserve(portals_.size());
  for (const auto& [alias, board] : portals_) figures.push_back(&board->figures());
  reader(figures);
}

std::uint64_t Board::version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

}  // namespace kpistream
