#include "store/replay.hpp"

#include <rocksdb/write_batch.h>

namespace kpistream::store {
namespace {

// As RocksDB begins each batch in a log: 8 bytes, least significant first.
std::uint64_t sequence_of(const rocksdb::WriteBatch& batch) {
  std::uint64_t sequence = 0;
  for (std::size_t i = 8; i > 0; --i) sequence = (sequence << 8) | static_cast<std::uint8_t>(batch.Data()[i - 1]);
  return sequence;
}

// Whether a batch writes to a column family; all other changes are of no interest.
class Writes final : public rocksdb::WriteBatch::Handler {
 public:
  explicit Writes(std::uint32_t family) : family_(family) {}
  rocksdb::Status PutCF(std::uint32_t family, const rocksdb::Slice& /*key*/, const rocksdb::Slice& /*value*/) override {
    found = found || family == family_;
    return rocksdb::Status::OK();
  }
  rocksdb::Status DeleteCF(std::uint32_t /*family*/, const rocksdb::Slice& /*key*/) override {
    return rocksdb::Status::OK();
  }
  rocksdb::Status MergeCF(std::uint32_t /*family*/, const rocksdb::Slice& /*key*/,
                          const rocksdb::Slice& /*value*/) override {
    return rocksdb::Status::OK();
  }
  bool found = false;

 private:
  const std::uint32_t family_;
};

}  // namespace

void WholeReplay::ColumnFamilyLogNumberMap(const std::map<std::uint32_t, std::uint64_t>& /*logs*/,
                                           const std::map<std::string, std::uint32_t>& families) {
  const auto journal = families.find(journal_);
  if (journal != families.end()) journal_id_ = journal->second;
}

WholeReplay::WalProcessingOption WholeReplay::LogRecordFound(unsigned long long /*log*/, const std::string& /*file*/,
                                                             const rocksdb::WriteBatch& batch,
                                                             rocksdb::WriteBatch* /*replacement*/, bool* /*replaced*/) {
  if (batch.Count() == 0) return WalProcessingOption::kContinueProcessing;  // RocksDB's own mark
  const std::uint64_t sequence = sequence_of(batch);
  gap_ = gap_ || (next_ != 0 && sequence != next_);
  next_ = sequence + static_cast<std::uint64_t>(batch.Count());
  if (!gap_) return WalProcessingOption::kContinueProcessing;
  // A group's sync had returned when something was written after it.
  damaged_ = damaged_ || group_after_gap_;
  Writes journal(journal_id_);
  if (!batch.Iterate(&journal).ok()) damaged_ = true;
  group_after_gap_ = group_after_gap_ || journal.found;
  return WalProcessingOption::kIgnoreCurrentRecord;
}

}  // namespace kpistream::store
