#include "store/group_journal.hpp"

#include <algorithm>

#include "store/record.hpp"

namespace kpistream::store {
namespace {

std::size_t bytes_of(const NewRecord& record) {
  return sizeof(NewRecord) + record.body.size() + record.subject.size() + record.portal.size();
}

}  // namespace

GroupJournal::GroupJournal(Database& database, Seal* seal, const StoreOptions& options)
    : database_(database), seal_(seal), options_(options), tail_(database.last_position()) {
  if (seal_ == nullptr) {
    closed_ = true;
  } else {
    committer_ = std::thread([this] { commit_groups(); });
  }
}

GroupJournal::~GroupJournal() { close(); }

bool GroupJournal::append(NewRecord record, AppendListener& listener, std::uint64_t token) {
  const std::size_t bytes = bytes_of(record);
  if (bytes > options_.record_bytes_max) return false;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || failed()) return false;
    // One record always finds a place, so that there is progress whatever its size.
    const bool full = queue_bytes_ + bytes > options_.queue_bytes_max || queue_.size() >= options_.queue_records_max;
    if (full && !queue_.empty()) return false;
    queue_.push_back({std::move(record), &listener, token});
    queue_bytes_ += bytes;
    wake = std::exchange(committer_waits_, false);
  }
  if (wake) work_.notify_one();
  return true;
}

GroupJournal::Group GroupJournal::next_group() {
  std::unique_lock lock(mutex_);
  while (queue_.empty() && !closed_) {
    committer_waits_ = true;
    work_.wait(lock);
  }
  committer_waits_ = false;
  Group group;
  if (queue_bytes_ <= options_.group_bytes_max) {
    group.swap(queue_);
    queue_bytes_ = 0;
    return group;
  }
  std::size_t bytes = 0;
  std::size_t count = 0;
  while (count < queue_.size() && (count == 0 || bytes < options_.group_bytes_max))
    bytes += bytes_of(queue_[count++].record);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
  group.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  queue_bytes_ -= bytes;
  return group;
}

void GroupJournal::commit_groups() {
  for (;;) {
    const Group group = next_group();
    if (group.empty()) return;  // closed, and nothing waits
    const bool done = !failed() && commit(group);
    if (!done) failed_.store(true, std::memory_order_release);
    tell(group, done ? AppendOutcome::appended : AppendOutcome::unavailable);
  }
}

bool GroupJournal::commit(const Group& group) {
  rocksdb::WriteBatch batch;
  Position position = tail();
  std::size_t bytes = 0;
  for (const auto& waiting : group) {
    ++position;
    const std::string value = encode_record(position, waiting.record);
    bytes += value.size();
    batch.Put(database_.journal(), position_key(position), value);
  }
  rocksdb::WriteOptions how;
  how.sync = options_.sync;
  // A failed write or sync is final: what a second sync of the same file says means nothing.
  if (!database_.db().Write(how, &batch).ok()) return false;
  try {
    seal_->write(position);
  } catch (const StoreError&) {
    return false;
  }
  records_.add(group.size());
  groups_.add();
  bytes_.add(bytes);
  {
    const std::lock_guard lock(readers_mutex_);
    tail_.store(position, std::memory_order_release);
  }
  grown_.notify_all();
  return true;
}

void GroupJournal::tell(const Group& group, AppendOutcome outcome) {
  // There are as many listeners as I/O threads: few, so a pass a listener is cheaper than sorting.
  std::vector<AppendListener*> listeners;
  for (const auto& waiting : group) {
    if (std::find(listeners.begin(), listeners.end(), waiting.listener) == listeners.end()) {
      listeners.push_back(waiting.listener);
    }
  }
  std::vector<Ticket> tickets;
  for (AppendListener* listener : listeners) {
    tickets.clear();
    for (const auto& waiting : group) {
      if (waiting.listener == listener) tickets.push_back({waiting.token, outcome});
    }
    listener->on_group(tickets);
  }
}

std::vector<Record> GroupJournal::read(Position after, std::size_t records_max, std::size_t bytes_max) const {
  std::vector<Record> records;
  const Position last = tail();
  if (after >= last || records_max == 0) return records;
  const std::unique_ptr<rocksdb::Iterator> at(database_.db().NewIterator(rocksdb::ReadOptions(), database_.journal()));
  Position expected = after + 1;
  std::size_t bytes = 0;
  for (at->Seek(position_key(expected)); at->Valid() && expected <= last; at->Next()) {
    const Position position = parse_position_key({at->key().data(), at->key().size()});
    if (position != expected) break;
    records.push_back(decode_record(position, {at->value().data(), at->value().size()}));
    bytes += at->value().size();
    ++expected;
    if (records.size() >= records_max || bytes >= bytes_max) return records;
  }
  check(at->status(), "cannot read the journal");
  if (expected <= last) {
    throw StoreError("the journal has no record at position " + std::to_string(expected) + ", though it goes on to " +
                     std::to_string(last) + ": restore the store from a backup");
  }
  return records;
}

void GroupJournal::wait(Position after, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(readers_mutex_);
  const std::uint64_t wakes = wakes_;
  grown_.wait_for(lock, timeout, [&] { return tail() > after || wakes_ != wakes; });
}

void GroupJournal::wake() const {
  {
    const std::lock_guard lock(readers_mutex_);
    ++wakes_;
  }
  grown_.notify_all();
}

void GroupJournal::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  work_.notify_one();
  if (committer_.joinable()) committer_.join();
}

void GroupJournal::collect(MeterSink& sink) const {
  sink.counter("kpistream_journal_records_total", "Records made durable since the start.", {}, records_.value());
  sink.counter("kpistream_journal_groups_total", "Groups made durable since the start, each with one sync.", {},
               groups_.value());
  sink.counter("kpistream_journal_bytes_total", "Bytes of the records made durable since the start.", {},
               bytes_.value());
  sink.gauge("kpistream_journal_tail_position", "Position of the newest durable record.", {},
             static_cast<double>(tail()));
  const std::lock_guard lock(mutex_);
  sink.gauge("kpistream_journal_queue_bytes", "Bytes of the records that wait for the next group.", {},
             static_cast<double>(queue_bytes_));
}

}  // namespace kpistream::store
