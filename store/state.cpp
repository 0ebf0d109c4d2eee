#include "store/state.hpp"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "store/files.hpp"
#include "store/merge.hpp"
#include "stream/codec/keys.hpp"
#include "stream/kpi/cell.hpp"

namespace kpistream::store {
namespace {

constexpr std::size_t kEmptyingStep = 10'000;  // keys a batch
// What the journal can make again.
constexpr Space kAllSpaces[] = {Space::entities, Space::links, Space::facts, Space::cells, Space::wishes, Space::meta};

// A batch comes in the order of a hash table; in the order of keys each write finds its place in the memtable beside
// the one before it.
template <typename Change, typename Less>
std::vector<const Change*> in_order(const std::vector<Change>& changes, Less less) {
  std::vector<const Change*> sorted;
  sorted.reserve(changes.size());
  for (const Change& change : changes) sorted.push_back(&change);
  std::sort(sorted.begin(), sorted.end(), [&](const Change* a, const Change* b) { return less(*a, *b); });
  return sorted;
}

template <typename Change>
bool by_place(const Change& a, const Change& b) {
  return std::tie(a.space, a.key) < std::tie(b.space, b.key);
}

// Whether all links in [first, last) go to the same record.
bool within_one_record(std::string_view first, std::string_view last) {
  const auto target = first.substr(0, link_prefix_size(first));
  return !target.empty() && !last.empty() && last <= after_prefix(std::string(target));
}

}  // namespace

std::optional<std::string> RocksReader::get(Space space, std::string_view key) const {
  std::string value;
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  const auto status = database_.db().Get(options, database_.space(space), key, &value);
  if (status.IsNotFound()) return std::nullopt;
  require(status, database_.path(), "has a damaged state; put the store back from a backup");
  return value;
}

void RocksReader::scan(Space space, std::string_view first, std::string_view last,
                       const std::function<bool(std::string_view, std::string_view)>& visit) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  options.total_order_seek = space != Space::links || !within_one_record(first, last);
  options.prefix_same_as_start = !options.total_order_seek;
  const rocksdb::Slice end(last);
  if (!last.empty()) options.iterate_upper_bound = &end;
  const std::unique_ptr<rocksdb::Iterator> at(database_.db().NewIterator(options, database_.space(space)));
  for (at->Seek(first); at->Valid(); at->Next()) {
    if (!visit(at->key().ToStringView(), at->value().ToStringView())) return;
  }
  require(at->status(), database_.path(), "has a damaged state; put the store back from a backup");
}

std::uint64_t RocksReader::estimate(Space space) const {
  std::uint64_t keys = 0;
  database_.db().GetIntProperty(database_.space(space), rocksdb::DB::Properties::kEstimateNumKeys, &keys);
  return keys;
}

FrozenState::FrozenState(const Database& database) : RocksReader(database, database.db().GetSnapshot()) {}

FrozenState::~FrozenState() { database_.db().ReleaseSnapshot(snapshot_); }

void FrozenState::apply(const StateBatch& /*batch*/) { raise(database_.path(), "was opened for reading only"); }

void RocksState::apply(const StateBatch& batch) {
  if (health_ == nullptr) raise(database_.path(), "was opened for reading only");
  if (batch.puts.empty() && batch.erases.empty() && batch.adds.empty()) return;
  rocksdb::WriteBatch writes;
  for (const auto* put : in_order(batch.puts, by_place<StateBatch::Put>)) {
    require(writes.Put(database_.space(put->space), put->key, put->value), database_.path(), "cannot take a value");
  }
  for (const auto* erase : in_order(batch.erases, by_place<StateBatch::Erase>)) {
    require(writes.Delete(database_.space(erase->space), erase->key), database_.path(), "cannot take a key");
  }
  const auto by_key = [](const StateBatch::Add& a, const StateBatch::Add& b) { return a.key < b.key; };
  for (const auto* add : in_order(batch.adds, by_key)) {
    // Once stored, what is not a cell would make every later sum of its key unreadable.
    if (!valid_cell(add->delta)) throw std::invalid_argument("a state batch adds something that is not a cell");
    require(writes.Merge(database_.space(Space::cells), add->key, add->delta), database_.path(), "cannot take a cell");
  }
  const std::lock_guard lock(mutex_);
  const Chain link{applied_, applied_ + 1};
  require(writes.Merge(database_.own(), kChainKey, link.encode()), database_.path(), "cannot take a batch");
  write(writes, false);
  applied_ = link.last;
}

void RocksState::sync() {
  const std::lock_guard lock(mutex_);
  if (health_ == nullptr || health_->failed()) return;
  rocksdb::WriteBatch nothing;
  const Chain link{applied_, applied_};
  require(nothing.Merge(database_.own(), kChainKey, link.encode()), database_.path(), "cannot take a batch");
  write(nothing, true);
}

void RocksState::reset() {
  for (const Space space : kAllSpaces) empty(space);
  const std::lock_guard lock(mutex_);
  applied_ = 0;
  rocksdb::WriteBatch whole;
  require(whole.Put(database_.own(), kChainKey, Chain{}.encode()), database_.path(), "cannot take a batch");
  write(whole, true);
}

void RocksState::empty(Space space) {
  const std::lock_guard lock(mutex_);
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  const std::unique_ptr<rocksdb::Iterator> at(database_.db().NewIterator(options, database_.space(space)));
  at->SeekToFirst();
  while (at->Valid()) {
    rocksdb::WriteBatch erases;
    for (std::size_t n = 0; n < kEmptyingStep && at->Valid(); ++n, at->Next()) {
      require(erases.Delete(database_.space(space), at->key()), database_.path(), "cannot take a key");
    }
    write(erases, true);
  }
  require(at->status(), database_.path(), "has a damaged state; put the store back from a backup");
}

void RocksState::write(rocksdb::WriteBatch& batch, bool sync) {
  if (health_->failed()) raise(database_.path(), "has failed: " + health_->reason());
  rocksdb::WriteOptions how;
  how.sync = sync;
  const auto status = database_.db().Write(how, &batch);
  if (status.ok()) return;
  health_->fail("the state cannot be written: " + status.ToString());
  raise(database_.path(), "cannot be written: " + status.ToString());
}

}  // namespace kpistream::store
