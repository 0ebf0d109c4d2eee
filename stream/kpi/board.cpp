#include "stream/kpi/board.hpp"

#include <algorithm>
#include <array>

#include "stream/codec/values.hpp"

namespace kpistream {
namespace {

constexpr Minute kKeepBehind = 2 * 24 * 60;  // how far the clock may jump back without a reload
constexpr std::array kSets{WindowSet::rolling, WindowSet::task_due, WindowSet::meeting_due};

std::vector<Range> difference(const Range& from, const Range& minus) {
  std::vector<Range> pieces;
  const Range before{from.first, std::min(from.last, minus.first)};
  const Range after{std::max(from.first, minus.last), from.last};
  if (before.first < before.last) pieces.push_back(before);
  if (after.first < after.last) pieces.push_back(after);
  return pieces;
}

bool contains(const Range& range, Minute minute) { return range.first <= minute && minute < range.last; }

// The windows of one set over their buckets.
class Plane {
 public:
  using Windows = std::vector<Cell>;

  Plane(WindowSet set, const Calendar& calendar)
      : set_(set), calendar_(calendar), ranges_(Calendar::windows(set).size()) {}

  void reset(UnixSeconds now) {
    buckets_.clear();
    calendar_.ranges(set_, now, ranges_);
    kept_from_ = keep_from();
  }

  // False: too old for any window of this set, or without a time where the set has no window for that.
  [[nodiscard]] bool keeps(Minute minute) const { return minute >= kept_from_; }

  // Of a minute that it keeps.
  void add(Minute minute, Windows& windows, const Cell& cell) {
    Cell& bucket = buckets_[minute][&windows];
    bucket.add(cell);
    if (bucket.zero()) erase(minute, windows);
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
      if (contains(ranges_[i], minute)) windows[i].add(cell);
    }
  }

  // False: the new ranges reach back behind what is kept; nothing was changed.
  bool advance(UnixSeconds now) {
    std::vector<Range> next(ranges_.size());
    calendar_.ranges(set_, now, next);
    if (next == ranges_) return true;
    const auto earliest = std::min_element(next.begin(), next.end(), by_first)->first;
    if (set_ != WindowSet::task_due && earliest < kept_from_) return false;
    for (std::size_t i = 0; i < next.size(); ++i) {
      for (const Range& piece : difference(ranges_[i], next[i])) shift(piece, i, -1);
      for (const Range& piece : difference(next[i], ranges_[i])) shift(piece, i, 1);
    }
    ranges_ = std::move(next);
    forget_before(keep_from());
    return true;
  }

  [[nodiscard]] std::vector<bool> visible(UnixSeconds known_since) const {
    std::vector<bool> seen(ranges_.size(), known_since != 0);
    if (set_ != WindowSet::rolling) return seen;  // open states are complete whenever they began
    for (std::size_t i = 0; i < ranges_.size(); ++i) seen[i] = seen[i] && ranges_[i].first >= minute_of(known_since);
    return seen;
  }

  [[nodiscard]] Minute kept_from() const { return kept_from_; }

 private:
  static bool by_first(const Range& a, const Range& b) { return a.first < b.first; }

  [[nodiscard]] Minute keep_from() const {
    if (set_ == WindowSet::task_due) return kNoMinute;
    return std::min_element(ranges_.begin(), ranges_.end(), by_first)->first - kKeepBehind;
  }

  void shift(const Range& piece, std::size_t window, int sign) {
    const auto end = buckets_.lower_bound(piece.last);
    for (auto bucket = buckets_.lower_bound(piece.first); bucket != end; ++bucket) {
      for (const auto& [windows, cell] : bucket->second) (*windows)[window].add(cell, sign);
    }
  }

  void erase(Minute minute, Windows& windows) {
    const auto bucket = buckets_.find(minute);
    bucket->second.erase(&windows);
    if (bucket->second.empty()) buckets_.erase(bucket);
  }

  void forget_before(Minute minute) {
    kept_from_ = std::max(kept_from_, minute);
    buckets_.erase(buckets_.begin(), buckets_.lower_bound(kept_from_));
  }

  WindowSet set_;
  const Calendar& calendar_;
  std::vector<Range> ranges_;
  Minute kept_from_ = 0;
  std::map<Minute, std::map<Windows*, Cell>> buckets_;
};

}  // namespace

class Board::PortalBoard {
 public:
  explicit PortalBoard(const PortalSettings& settings) : calendar_(settings.zone) {
    figures_.settings = settings;
    for (const WindowSet set : kSets) planes_.emplace(set, Plane(set, calendar_));
  }

  void reset(UnixSeconds now) {
    figures_.windows.clear();
    figures_.totals.clear();
    figures_.known_since = figures_.settings.known_since;  // declared complete: shown as zero before the first record
    for (auto& [set, plane] : planes_) plane.reset(now);
    show();
  }

  void set_first_record(UnixSeconds at) {
    const UnixSeconds configured = figures_.settings.known_since;
    figures_.known_since = configured != 0 ? std::min(configured, at) : at;
    show();
  }

  void set_name(const EntityRef& ref, const std::string& name) {
    if (ref.kind == EntityKind::manager) figures_.manager_names[ref.id] = name;
    if (ref.kind == EntityKind::pipeline) figures_.pipeline_names[ref.id] = name;
  }

  void add_bucket(std::size_t index, const Definition& definition, const BucketKey& key, const Cell& cell) {
    Plane& plane = planes_.at(definition.windows);
    if (!plane.keeps(key.minute)) return;  // years of history make no series
    figures_.managers.insert(key.manager);
    const std::size_t count = Calendar::windows(definition.windows).size();
    for (const Family family : {Family::pipeline, Family::manager}) {
      const auto& dimension = family == Family::pipeline ? key.pipeline : key.manager;
      auto& windows = figures_.windows[SeriesKey{index, family, dimension, key.labels}];
      windows.resize(count);
      plane.add(key.minute, windows, cell);
    }
  }

  void add_total(std::size_t index, const TotalKey& key, const Cell& cell) {
    figures_.totals[TotalSeriesKey{index, key.retracted, key.pipeline, key.labels}].add(cell);
  }

  bool advance(UnixSeconds now) {
    for (auto& [set, plane] : planes_) {
      if (!plane.advance(now)) return false;
    }
    show();
    return true;
  }

  [[nodiscard]] const PortalFigures& figures() const { return figures_; }
  [[nodiscard]] Minute kept_from(WindowSet set) const { return planes_.at(set).kept_from(); }

 private:
  void show() {
    for (const auto& [set, plane] : planes_) figures_.visible[set] = plane.visible(figures_.known_since);
  }

  Calendar calendar_;
  PortalFigures figures_;
  std::map<WindowSet, Plane> planes_;
};

Board::Board(const State& state, const std::vector<Definition>& definitions, std::vector<PortalSettings> portals)
    : state_(state), definitions_(definitions), settings_(std::move(portals)) {
  for (std::size_t i = 0; i < definitions_.size(); ++i) definition_index_.emplace(definitions_[i].id, i);
  for (const auto& settings : settings_) portals_.emplace(settings.alias, std::make_unique<PortalBoard>(settings));
}

Board::~Board() = default;

Board::PortalBoard* Board::find(const std::string& portal) {
  const auto it = portals_.find(portal);
  return it == portals_.end() ? nullptr : it->second.get();
}

void Board::add_cell(std::string_view key, const Cell& cell) {
  if (is_total_key(key)) {
    const TotalKey total = parse_total_key(key);
    const auto index = definition_index_.find(total.kpi);
    PortalBoard* board = find(total.portal);
    if (board != nullptr && index != definition_index_.end()) board->add_total(index->second, total, cell);
    return;
  }
  const BucketKey bucket = parse_bucket_key(key);
  const auto index = definition_index_.find(bucket.kpi);
  PortalBoard* board = find(bucket.portal);
  if (board != nullptr && index != definition_index_.end()) {
    board->add_bucket(index->second, definitions_[index->second], bucket, cell);
  }
}

void Board::load(UnixSeconds now) {
  const std::lock_guard lock(mutex_);
  load_locked(now);
}

void Board::load_locked(UnixSeconds now) {
  for (auto& [alias, board] : portals_) {
    board->reset(now);
    if (const auto first = state_.get(Space::meta, first_record_key(alias)))
      board->set_first_record(decode_number(*first));
  }
  const auto take = [&](std::string_view key, std::string_view value) {
    add_cell(key, Cell::decode(value));
    return true;
  };
  for (const auto& definition : definitions_) {
    Minute from = INT64_MAX;
    for (const auto& [alias, board] : portals_) from = std::min(from, board->kept_from(definition.windows));
    state_.scan(Space::cells, bucket_from(definition.id, from), after_prefix(bucket_prefix(definition.id)), take);
    state_.scan(Space::cells, total_prefix(definition.id), after_prefix(total_prefix(definition.id)), take);
  }
  load_names();
}

void Board::load_names() {
  for (auto& [alias, board] : portals_) {
    for (const EntityKind kind : {EntityKind::manager, EntityKind::pipeline}) {
      std::string prefix = entity_key(alias, {kind, ""});
      prefix.pop_back();            // the end of the empty id
      PortalBoard& names = *board;  // clang 14 does not capture a structured binding
      state_.scan(Space::entities, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
        const std::string name = decode_entity(value).name;
        if (!name.empty()) names.set_name(parse_entity_key(key).ref, name);
        return true;
      });
    }
  }
}

void Board::apply(const Changes& changes) {
  const std::lock_guard lock(mutex_);
  for (const auto& [portal, at] : changes.first_records) {
    if (PortalBoard* board = find(portal)) board->set_first_record(at);
  }
  for (const auto& name : changes.names) {
    if (PortalBoard* board = find(name.portal)) board->set_name(name.ref, name.name);
  }
  for (const auto& [key, cell] : changes.cells) {
    if (!cell.zero()) add_cell(key, cell);
  }
}

void Board::advance(UnixSeconds now) {
  const std::lock_guard lock(mutex_);
  for (auto& [alias, board] : portals_) {
    if (!board->advance(now)) return load_locked(now);
  }
}

void Board::read(const std::function<void(const std::vector<const PortalFigures*>&)>& reader) const {
  const std::lock_guard lock(mutex_);
  std::vector<const PortalFigures*> figures;
  figures.reserve(portals_.size());
  for (const auto& [alias, board] : portals_) figures.push_back(&board->figures());
  reader(figures);
}

}  // namespace kpistream
