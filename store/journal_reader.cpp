#include "store/journal_reader.hpp"

#include <algorithm>

#include "store/files.hpp"
#include "store/record.hpp"

namespace kpistream::store {

namespace {

// Stops at a hole.
std::vector<Record> read_run(const Database& database, Position begin, Position up_to, std::size_t records_max,
                             std::size_t bytes_max, bool& hole) {
  std::vector<Record> records;
  hole = false;
  const RecordKey first(begin);
  rocksdb::ReadOptions options;
  options.fill_cache = false;  // each record is read once
  const std::unique_ptr<rocksdb::Iterator> at(database.db().NewIterator(options, database.journal()));
  std::size_t bytes = 0;
  Position expected = begin;
  for (at->Seek(first.view()); at->Valid() && expected <= up_to && records.size() < records_max; at->Next()) {
    if (RecordKey::position(at->key().ToStringView()) != expected) break;
    bytes += at->value().size();
    if (!records.empty() && bytes > bytes_max) return records;
    records.push_back(decode_record(expected, at->value().ToStringView()));
    ++expected;
  }
  require(at->status(), database.path(), "has a damaged journal; put it back from a backup");
  hole = expected <= up_to && records.size() < records_max;
  return records;
}

}  // namespace

std::vector<Record> read_records(const Database& database, const std::atomic<Position>& first, Position after,
                                 Position up_to, std::size_t records_max, std::size_t bytes_max) {
  for (;;) {
    const Position begin = std::max(after + 1, first.load(std::memory_order_acquire));
    if (begin > up_to || records_max == 0) return {};
    bool hole = false;
    auto records = read_run(database, begin, up_to, records_max, bytes_max, hole);
    if (!hole) return records;
    const Position missing = begin + records.size();
    if (missing < first.load(std::memory_order_acquire)) continue;  // it expired in the meantime
    raise(database.path(), "has no journal record " + std::to_string(missing) + ": put it back from a backup");
  }
}

void Tail::advance(Position position) {
  const std::lock_guard lock(mutex_);
  position_.store(position, std::memory_order_release);
  if (waiting_ > 0) changed_.notify_all();
}

void Tail::wait(Position after, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  const auto wakes_before = wakes_;
  ++waiting_;
  changed_.wait_for(lock, timeout, [&] { return get() > after || wakes_ != wakes_before || wake_pending_; });
  --waiting_;
  wake_pending_ = false;
}

void Tail::wake() const {
  const std::lock_guard lock(mutex_);
  ++wakes_;
  wake_pending_ = waiting_ == 0;
  changed_.notify_all();
}

}  // namespace kpistream::store
