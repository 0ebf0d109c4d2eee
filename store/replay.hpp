// Replaying the write-ahead logs up to the first gap.
//
// State batches are not synced, so after a power cut an older log can lack its end while the next one has kept its
// beginning. RocksDB would replay both and leave out what is between; the state would then be a sum of parts. What
// follows a gap was never acknowledged, since a sync reaches all logs before it; so it is left out, too.
#pragma once

#include <rocksdb/wal_filter.h>

#include <cstdint>
#include <map>
#include <string>

namespace kpistream::store {

// Not thread-safe: RocksDB opens with one thread. It must outlive the database that it is an option of.
class WholeReplay final : public rocksdb::WalFilter {
 public:
  explicit WholeReplay(std::string journal) : journal_(std::move(journal)) {}

  void ColumnFamilyLogNumberMap(const std::map<std::uint32_t, std::uint64_t>& logs,
                                const std::map<std::string, std::uint32_t>& families) override;
  WalProcessingOption LogRecordFound(unsigned long long log, const std::string& file, const rocksdb::WriteBatch& batch,
                                     rocksdb::WriteBatch* replacement, bool* replaced) override;
  const char* Name() const override { return "kpistream.replay"; }

  // Journal records that had been synced followed the gap: no power cut makes such a one, only damage.
  [[nodiscard]] bool damaged() const { return damaged_; }

 private:
  const std::string journal_;  // name of its column family
  std::uint32_t journal_id_ = 0;
  std::uint64_t next_ = 0;  // sequence number; 0: nothing was replayed yet
  bool gap_ = false;
  bool group_after_gap_ = false;  // a group of records: the last one, if it was on its way to the disk
  bool damaged_ = false;
};

}  // namespace kpistream::store
