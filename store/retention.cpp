#include "store/retention.hpp"

#include <rocksdb/convenience.h>

#include "store/files.hpp"
#include "store/record.hpp"
#include "stream/codec/bytes.hpp"

namespace kpistream::store {

Position stored_first(const Database& database) {
  std::string bytes;
  const auto status = database.db().Get({}, database.own(), kFirstKey, &bytes);
  if (status.IsNotFound()) return 1;
  require(status, database.path(), "has a damaged state; put it back from a backup");
  try {
    ByteReader reader(bytes);
    const Position first = reader.varint();
    if (first > 0 && reader.empty()) return first;
  } catch (const CodecError&) {
    // Told below.
  }
  raise(database.path(), "does not know where its journal begins; put it back from a backup");
}

void Beginning::move(Position before) {
  const std::lock_guard lock(mutex_);
  if (health_.failed()) raise(database_.path(), "has failed: " + health_.reason());
  if (before > first_.load()) write(before);
  delete_files(first_.load());
}

// Synced, and with it all of the state that was made from the records that go: it is earlier in the same log.
void Beginning::write(Position first) {
  std::string bytes;
  ByteWriter(bytes).varint(first);
  rocksdb::WriteOptions how;
  how.sync = true;
  if (const auto status = database_.db().Put(how, database_.own(), kFirstKey, bytes); !status.ok()) {
    health_.fail("the beginning of the journal cannot be written: " + status.ToString());
    raise(database_.path(), "cannot be written: " + status.ToString());
  }
  first_.store(first, std::memory_order_release);
}

// Also when nothing has moved: a file may have become ready since. The newest few files RocksDB keeps in any case.
void Beginning::delete_files(Position first) {
  const RecordKey key(first);
  const rocksdb::Slice end(key.view().data(), key.view().size());
  const auto status = rocksdb::DeleteFilesInRange(&database_.db(), database_.journal(), nullptr, &end, false);
  database_.note_tables_changed();
  if (status.ok()) return;
  health_.fail("files of the journal cannot be deleted: " + status.ToString());
  raise(database_.path(), "cannot be written: " + status.ToString());
}

}  // namespace kpistream::store
