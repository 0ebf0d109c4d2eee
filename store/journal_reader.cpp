#include "store/journal_reader.hpp"

#include "store/files.hpp"
#include "store/record.hpp"

namespace kpistream::store {

std::vector<Record> read_records(const Database& database, Position after, Position up_to, std::size_t records_max,
                                 std::size_t bytes_max) {
  std::vector<Record> records;
  if (after >= up_to || records_max == 0) return records;
  const RecordKey first(after + 1);
  rocksdb::ReadOptions options;
  options.fill_cache = false;  // each record is read once
  const std::unique_ptr<rocksdb::Iterator> at(database.db().NewIterator(options, database.journal()));
  std::size_t bytes = 0;
  Position expected = after + 1;
  for (at->Seek(first.view()); at->Valid() && expected <= up_to && records.size() < records_max; at->Next()) {
    if (RecordKey::position(at->key().ToStringView()) != expected) break;
    bytes += at->value().size();
    if (!records.empty() && bytes > bytes_max) return records;
    records.push_back(decode_record(expected, at->value().ToStringView()));
    ++expected;
  }
  require(at->status(), database.path(), "has a damaged journal; put it back from a backup");
  if (expected <= up_to && records.size() < records_max) {
    raise(database.path(), "has no journal record " + std::to_string(expected) + ": put it back from a backup");
  }
  return records;
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
