#include "store/journal.hpp"

#include <pthread.h>

namespace kpistream::store {
namespace {

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

void Group::add(const Database& database, Position position, const std::string& head, const NewRecord& record,
                const RecordChecksum& checksum) {
  const RecordKey key(position);
  const auto sum = checksum.at(key);
  const rocksdb::Slice key_part = slice(key.view());
  const rocksdb::Slice value_parts[] = {head, record.body, rocksdb::Slice(sum.data(), sum.size())};
  const std::size_t before = batch.GetDataSize();
  // Fails only when the batch grows over 4 GiB, far beyond the queue's limit.
  batch.Put(database.journal(), rocksdb::SliceParts(&key_part, 1), rocksdb::SliceParts(value_parts, 3))
      .PermitUncheckedError();
  bytes += batch.GetDataSize() - before;
  ++records;
  last = position;
}

void Group::promise(AppendListener& listener, std::uint64_t token) {
  for (auto& told : told_) {
    if (told.listener == &listener) return told.tickets.push_back({token, AppendOutcome::unavailable});
  }
  told_.push_back({&listener, {{token, AppendOutcome::unavailable}}});
}

void Group::tell(AppendOutcome outcome) {
  for (auto& told : told_) {
    if (told.tickets.empty()) continue;
    for (auto& ticket : told.tickets) ticket.outcome = outcome;
    told.listener->on_group(told.tickets);
  }
}

void Group::clear() {
  batch.Clear();
  records = 0;
  bytes = 0;
  if (told_.size() > kListenersKept) told_.clear();
  for (auto& told : told_) told.tickets.clear();
}

GroupJournal::GroupJournal(Database& database, rocksdb::FileSystem& files, Health& health, const StoreOptions& options,
                           Position first, Position tail)
    : database_(database),
      files_(files),
      health_(health),
      options_(options),
      seal_(files, options.path),
      beginning_(database, health, first),
      tail_(tail),
      next_(tail + 1) {
  check_space();
  sealed_.position = tail;
  seal_tables();
  seal_synced_ = Steady::now();
  committer_ = std::thread([this] { run(); });
  ::pthread_setname_np(committer_.native_handle(), "journal");
}

GroupJournal::~GroupJournal() { close(); }

bool GroupJournal::append(NewRecord record, AppendListener& listener, std::uint64_t token) {
  if (disk_full() || health_.failed()) return false;
  thread_local std::string head;
  head.clear();
  encode_head(record, head);
  const std::size_t size = head.size() + record.body.size();
  if (size > options_.record_bytes_max) return false;
  const RecordChecksum checksum(head, record.body);

  const std::lock_guard lock(mutex_);
  if (closing_) return false;
  // An empty queue takes any record, so that progress is certain.
  const bool full =
      gathering_.records >= options_.queue_records_max || gathering_.bytes + size > options_.queue_bytes_max;
  if (full && gathering_.records > 0) return false;
  gathering_.add(database_, next_++, head, record, checksum);
  gathering_.promise(listener, token);
  queue_bytes_.store(gathering_.bytes, std::memory_order_relaxed);
  if (idle_) {
    idle_ = false;
    work_.notify_one();
  }
  return true;
}

std::vector<Record> GroupJournal::read(Position after, std::size_t records_max, std::size_t bytes_max) const {
  return read_records(database_, beginning_.first(), after, tail(), records_max, bytes_max);
}

void GroupJournal::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    work_.notify_one();
  }
  if (committer_.joinable()) committer_.join();
}

void GroupJournal::run() {
  std::unique_lock lock(mutex_);
  for (bool closing = false; !closing;) {
    wait_for_work(lock);
    closing = closing_ && gathering_.records == 0;
    std::swap(gathering_, committing_);
    queue_bytes_.store(0, std::memory_order_relaxed);
    lock.unlock();
    if (committing_.records > 0) commit(committing_);
    look_after_disk(closing);
    lock.lock();
  }
}

// Returns when there are records, when it is time to look after the disk, or when the journal closes.
void GroupJournal::wait_for_work(std::unique_lock<std::mutex>& lock) {
  const auto ready = [this] { return gathering_.records > 0 || closing_; };
  if (ready()) return;
  idle_ = true;
  if (disk_full()) {
    work_.wait_for(lock, options_.free_check_every, ready);
  } else if (seal_.dirty()) {
    work_.wait_for(lock, options_.seal_sync_every, ready);
  } else {
    work_.wait(lock, ready);
  }
  idle_ = false;
}

void GroupJournal::commit(Group& group) {
  const bool durable = write(group);
  if (durable) {
    records_.add(group.records);
    groups_.add();
    bytes_.add(group.bytes);
    tail_.advance(group.last);
  }
  group.tell(durable ? AppendOutcome::appended : AppendOutcome::unavailable);
  group.clear();
}

bool GroupJournal::write(Group& group) {
  if (health_.failed()) return false;
  rocksdb::WriteOptions how;
  how.sync = options_.sync;
  if (const auto status = database_.db().Write(how, &group.batch); !status.ok()) {
    health_.fail("the journal cannot be written: " + status.ToString());
    return false;
  }
  // After the sync, so that the seal never promises more than the log holds.
  sealed_.position = group.last;
  return write_seal();
}

void GroupJournal::look_after_disk(bool closing) {
  const auto now = Steady::now();
  if (now - space_checked_ >= options_.free_check_every) check_space();
  seal_tables();
  if (seal_.dirty() && (closing || now - seal_synced_ >= options_.seal_sync_every)) sync_seal();
}

void GroupJournal::check_space() {
  space_checked_ = Steady::now();
  std::uint64_t free = 0;
  if (!files_.GetFreeSpace(options_.path, {}, &free, nullptr).ok()) return;  // not told: no reason to refuse
  disk_full_.store(free < options_.free_bytes_min, std::memory_order_relaxed);
}

// Lets the seal say how far the list of tables reaches, when it has grown.
void GroupJournal::seal_tables() {
  if (health_.failed() || !database_.take_tables_changed()) return;
  const auto manifest = database_.manifest();
  sealed_.manifest = manifest.number;
  sealed_.manifest_bytes = manifest.bytes;
  (void)write_seal();
}

bool GroupJournal::write_seal() {
  const auto status = seal_.write(sealed_);
  if (!status.ok()) health_.fail("the seal cannot be written: " + status.ToString());
  return status.ok();
}

void GroupJournal::sync_seal() {
  seal_synced_ = Steady::now();
  if (health_.failed()) return;
  if (const auto status = seal_.sync(); !status.ok()) {
    health_.fail("the seal cannot be synced: " + status.ToString());
  }
}

void GroupJournal::collect(MeterSink& sink) const {
  sink.counter("kpistream_journal_records_total", "This counts records made durable since the start of the process.",
               {}, records_.value());
  sink.counter(
      "kpistream_journal_groups_total",
      "This counts groups of records made durable since the start of the process, each with one sync of the disk.", {},
      groups_.value());
  sink.counter("kpistream_journal_bytes_total",
               "This counts bytes of records made durable since the start of the process, before compression.", {},
               bytes_.value());
  sink.gauge("kpistream_journal_queue_bytes",
             "This counts bytes of records that wait for the sync of the group before them.", {},
             static_cast<double>(queue_bytes_.load(std::memory_order_relaxed)));
  sink.gauge("kpistream_journal_first_position",
             "This is the position of the oldest record that is kept; one more than the newest's when there is none.",
             {}, static_cast<double>(first()));
  sink.gauge("kpistream_journal_tail_position", "This is the position of the newest durable record.", {},
             static_cast<double>(tail()));
  sink.gauge("kpistream_journal_disk_full",
             "The value is 1 while the journal takes no records, because too little disk space is free, else 0.", {},
             disk_full() ? 1.0 : 0.0);
}

}  // namespace kpistream::store
