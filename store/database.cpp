#include "store/database.hpp"

#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <array>
#include <mutex>

#include "store/files.hpp"
#include "store/merge.hpp"
#include "stream/codec/keys.hpp"

namespace kpistream::store {
namespace {

using rocksdb::ColumnFamilyDescriptor;
using rocksdb::ColumnFamilyOptions;

constexpr std::array<std::string_view, kSpaces> kSpaceNames{"entities", "links", "facts",  "cells",
                                                            "wishes",   "meta",  "periods"};
constexpr std::string_view kJournalName = "journal";
constexpr std::size_t kJournalBlockBytes = 32u << 10;  // larger blocks compress better, and are read in order
constexpr std::size_t kStateBlockBytes = 8u << 10;
constexpr std::size_t kOwnBufferBytes = 1u << 20;
constexpr double kMemtableFilterRatio = 0.02;  // of the write buffer

// The record that a link goes to, so that filters tell where there are none: most records have no links yet when they
// are first asked about. Stored by name with each table; a table of another name is searched without its filter.
class LinkTarget final : public rocksdb::SliceTransform {
 public:
  [[nodiscard]] const char* Name() const override { return "kpistream.link_target.1"; }
  [[nodiscard]] bool InDomain(const rocksdb::Slice& key) const override {
    return link_prefix_size(key.ToStringView()) != 0;
  }
  [[nodiscard]] rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return {key.data(), link_prefix_size(key.ToStringView())};
  }
};

// A read-only look must not write a log into somebody's directory.
class SilentLogger final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

class BackgroundListener final : public rocksdb::EventListener {
 public:
  BackgroundListener(Health& health, std::atomic<bool>& tables_changed)
      : health_(health), tables_changed_(tables_changed) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status* error) override {
    health_.fail("the database failed in the background: " + error->ToString());
  }
  void OnFlushCompleted(rocksdb::DB* /*db*/, const rocksdb::FlushJobInfo& /*info*/) override { tables_changed_ = true; }
  void OnCompactionCompleted(rocksdb::DB* /*db*/, const rocksdb::CompactionJobInfo& /*info*/) override {
    tables_changed_ = true;
  }

 private:
  Health& health_;
  std::atomic<bool>& tables_changed_;
};

}  // namespace

// Knows the lock of the one database that is opened through it.
class LockKeeper final : public rocksdb::FileSystemWrapper {
 public:
  using rocksdb::FileSystemWrapper::FileSystemWrapper;
  [[nodiscard]] const char* Name() const override { return "kpistream.lock_keeper"; }
  rocksdb::IOStatus LockFile(const std::string& name, const rocksdb::IOOptions& options, rocksdb::FileLock** lock,
                             rocksdb::IODebugContext* context) override {
    const auto status = target()->LockFile(name, options, lock, context);
    if (status.ok()) lock_ = *lock;
    return status;
  }
  rocksdb::IOStatus UnlockFile(rocksdb::FileLock* lock, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override {
    lock_ = nullptr;
    return target()->UnlockFile(lock, options, context);
  }
  void give_back() {
    if (lock_ != nullptr) UnlockFile(lock_, {}, nullptr).PermitUncheckedError();
  }

 private:
  rocksdb::FileLock* lock_ = nullptr;
};

namespace {

rocksdb::DBOptions database_options(const StoreOptions& options, rocksdb::Env* env, Database::Mode mode) {
  rocksdb::DBOptions db;
  db.env = env;
  db.create_if_missing = mode == Database::Mode::create;
  db.create_missing_column_families = db.create_if_missing;
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.atomic_flush = true;  // all spaces at one point of the log, and no log kept for the one that fills slowest
  db.max_bgerror_resume_count = 0;
  db.max_background_jobs = options.background_threads;
  db.max_open_files = -1;                 // so that opening looks at every table file
  db.max_file_opening_threads = 1;        // more are started anew for each family, and cost more than they gain
  db.max_manifest_file_size = 16u << 20;  // read whole at every opening
  db.bytes_per_sync = 1u << 20;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.keep_log_file_num = 5;
  db.max_log_file_size = 1u << 20;
  if (mode == Database::Mode::read_only) db.info_log = std::make_shared<SilentLogger>();
  return db;
}

ColumnFamilyOptions family_options(const StoreOptions& options, const std::shared_ptr<rocksdb::Cache>& cache,
                                   bool journal) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.no_block_cache = cache == nullptr;
  // In parts of a block's size: whole, those of a large table are larger than a shard of the cache, and each question
  // would read them anew.
  table.cache_index_and_filter_blocks = cache != nullptr;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.pin_top_level_index_and_filter = true;
  table.format_version = 5;
  table.block_size = journal ? kJournalBlockBytes : kStateBlockBytes;
  if (!journal) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.write_buffer_size = journal ? options.journal_buffer_bytes : options.state_buffer_bytes;
  family.level_compaction_dynamic_level_bytes = true;
  family.compression = rocksdb::kLZ4Compression;
  if (journal) family.bottommost_compression = rocksdb::kZSTD;
  if (!journal) {
    // Batches are written in the order of keys (state.cpp): each place is looked for from the one before.
    family.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
    // Most records are asked for before they exist.
    family.memtable_prefix_bloom_size_ratio = kMemtableFilterRatio;
    family.memtable_whole_key_filtering = true;
  }
  return family;
}

std::vector<ColumnFamilyDescriptor> families(const StoreOptions& options) {
  const auto cache = options.cache_bytes > 0 ? rocksdb::NewLRUCache(options.cache_bytes) : nullptr;
  ColumnFamilyOptions own = family_options(options, cache, false);
  own.write_buffer_size = kOwnBufferBytes;
  own.merge_operator = chain_merge();
  std::vector<ColumnFamilyDescriptor> all;
  all.emplace_back(rocksdb::kDefaultColumnFamilyName, own);
  all.emplace_back(std::string(kJournalName), family_options(options, cache, true));
  for (const auto name : kSpaceNames) {
    all.emplace_back(std::string(name), family_options(options, cache, false));
    if (name == space_name(Space::links)) all.back().options.prefix_extractor = std::make_shared<LinkTarget>();
    if (name != space_name(Space::cells)) continue;
    all.back().options.merge_operator = cells_merge();
    all.back().options.compaction_filter = &drop_zero_cells();
  }
  return all;
}

}  // namespace

std::string_view space_name(Space space) { return kSpaceNames[static_cast<std::size_t>(space)]; }

Database::Database(const StoreOptions& options, const FileSystem& files, Mode mode, Health* health)
    : path_(options.path),
      health_(health),
      files_(std::make_shared<LockKeeper>(files)),
      env_(rocksdb::NewCompositeEnv(files_)),
      replay_(std::string(kJournalName)) {
  auto db_options = database_options(options, env_.get(), mode);
  db_options.wal_filter = &replay_;
  if (health != nullptr) db_options.listeners.push_back(std::make_shared<BackgroundListener>(*health, tables_changed_));
  rocksdb::DB* db = nullptr;
  const auto status = mode == Mode::read_only
                          ? rocksdb::DB::OpenForReadOnly(db_options, path_, families(options), &families_, &db)
                          : rocksdb::DB::Open(db_options, path_, families(options), &families_, &db);
  db_.reset(db);
  require(status, path_, "cannot be opened; when files are damaged, put the store back from a backup");
  if (replay_.damaged() && !options.accept_loss) {
    release();
    raise(path_, "has lost a part of its log from before records that were durable: put it back from a backup");
  }
}

Database::~Database() {
  release();
  if (health_ != nullptr && health_->failed()) abandon();
}

void Database::release() {
  for (auto* family : families_) db_->DestroyColumnFamilyHandle(family).PermitUncheckedError();
  families_.clear();
}

// RocksDB 7.8 loses count of its families now and then when a flush fails, and then ends the process while it closes,
// by an assertion. What has failed is never written again, so that it needs no closing: its work is ended, its files
// are the system's to close when the process ends, which is soon.
void Database::abandon() {
  struct Left {
    std::unique_ptr<rocksdb::Env> env;
    std::unique_ptr<rocksdb::DB> db;
  };
  static auto* const left = new std::vector<Left>;  // never destroyed
  static std::mutex mutex;
  rocksdb::CancelAllBackgroundWork(db_.get(), true);
  const std::lock_guard lock(mutex);
  left->push_back({std::move(env_), std::move(db_)});
  files_->give_back();
}

Database::Manifest Database::manifest() const {
  constexpr std::string_view kName = "/MANIFEST-";
  Manifest manifest;
  std::vector<std::string> names;
  require(db_->GetLiveFiles(names, &manifest.bytes, false), path_, "cannot tell its files");
  for (const auto& name : names) {
    if (name.starts_with(kName)) manifest.number = std::stoull(name.substr(kName.size()));
  }
  return manifest;
}

}  // namespace kpistream::store
