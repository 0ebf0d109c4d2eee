#include "store/database.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/table.h>

#include "store/record.hpp"
#include "stream/codec/bytes.hpp"
#include "stream/kpi/cell.hpp"

namespace kpistream::store {
namespace {

constexpr std::array<const char*, kSpaces + 1> kNames{"entities", "facts", "cells", "wishes", "meta", "journal"};

// Adds cells. Associative, so that the database may fold changes in any grouping.
class AddCells : public rocksdb::AssociativeMergeOperator {
 public:
  bool Merge(const rocksdb::Slice& /*key*/, const rocksdb::Slice* existing, const rocksdb::Slice& value,
             std::string* result, rocksdb::Logger* /*logger*/) const override {
    try {
      Cell sum = Cell::decode({value.data(), value.size()});
      if (existing != nullptr) sum.add(Cell::decode({existing->data(), existing->size()}));
      *result = sum.encode();
      return true;
    } catch (...) {
      return false;  // the database reports corruption
    }
  }
  const char* Name() const override { return "kpistream.add_cells.1"; }
};

rocksdb::ColumnFamilyOptions family_options(const StoreOptions& options, const std::string& name,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.write_buffer_size = options.write_buffer_bytes;
  family.max_write_buffer_number = 2;
  family.compression = rocksdb::kLZ4Compression;
  if (name == "journal") family.bottommost_compression = rocksdb::kZSTD;
  if (name == "cells") family.merge_operator = std::make_shared<AddCells>();
  return family;
}

rocksdb::DBOptions database_options(const StoreOptions& options, rocksdb::Env* env) {
  rocksdb::DBOptions db;
  db.env = env;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  // A torn tail is what a power cut leaves; anything else is damage and is refused.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.paranoid_checks = true;
  db.max_background_jobs = 2;
  db.max_total_wal_size = 4 * options.write_buffer_bytes;
  db.keep_log_file_num = 2;
  db.max_log_file_size = 1u << 20;
  db.info_log_level = rocksdb::WARN_LEVEL;
  return db;
}

}  // namespace

void check(const rocksdb::Status& status, const std::string& doing) {
  if (!status.ok()) throw StoreError(doing + ": " + status.ToString());
}

Database::Database(const StoreOptions& options, std::shared_ptr<rocksdb::FileSystem> files, bool read_only) {
  if (files) env_ = rocksdb::NewCompositeEnv(std::move(files));
  const auto cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const char* name : kNames) descriptors.emplace_back(name, family_options(options, name, cache));
  descriptors.emplace_back(rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions());
  const auto db_options = database_options(options, env_ ? env_.get() : rocksdb::Env::Default());
  const std::string path = options.path + "/db";
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto status = read_only ? rocksdb::DB::OpenForReadOnly(db_options, path, descriptors, &handles, &db_)
                                : rocksdb::DB::Open(db_options, path, descriptors, &handles, &db_);
  if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) {
    throw StoreError("another process uses the store in " + options.path + ": stop it, or give this one another path");
  }
  check(status, "cannot open the store in " + options.path);
  std::copy_n(handles.begin(), families_.size(), families_.begin());
  db_->DestroyColumnFamilyHandle(handles.back());
}

Database::~Database() {
  for (auto* family : families_) {
    if (family != nullptr) db_->DestroyColumnFamilyHandle(family);
  }
  delete db_;
}

Position Database::last_position() const {
  const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(rocksdb::ReadOptions(), journal()));
  at->SeekToLast();
  check(at->status(), "cannot read the journal");
  return at->Valid() ? parse_position_key({at->key().data(), at->key().size()}) : 0;
}

}  // namespace kpistream::store
