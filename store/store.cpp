#include "store/store.hpp"

#include <rocksdb/file_system.h>
#include <rocksdb/utilities/checkpoint.h>

#include <limits>
#include <thread>

#include "store/examine.hpp"
#include "store/files.hpp"
#include "store/journal.hpp"
#include "store/state.hpp"

namespace kpistream::store {
namespace {

constexpr int kLooks = 10;  // at a store whose owner moves files while we open it
constexpr std::chrono::milliseconds kBetweenLooks{20};
constexpr std::string_view kAcceptLoss =
    "; put the files back, or serve without what is missing (accept_loss, --storage.accept-loss)";

template <typename T>
void check_range(std::string_view name, T value, T least, T most) {
  if (value >= least && value <= most) return;
  throw StoreError("store option " + std::string(name) + " is " + std::to_string(value) + ", it must be from " +
                   std::to_string(least) + " to " + std::to_string(most));
}

void check_ranges(const StoreOptions& options) {
  constexpr std::size_t kKiB = 1u << 10;
  constexpr std::size_t kGiB = 1u << 30;
  check_range("record_bytes_max", options.record_bytes_max, kKiB, std::size_t{64} << 20);
  check_range("queue_bytes_max", options.queue_bytes_max, kKiB, kGiB);
  check_range("queue_records_max", options.queue_records_max, std::size_t{1}, std::size_t{1} << 24);
  check_range("free_bytes_min", options.free_bytes_min, std::uint64_t{0}, std::uint64_t{1} << 40);
  check_range("free_check_every", options.free_check_every.count(), std::int64_t{1}, std::int64_t{10'000});
  check_range("seal_sync_every", options.seal_sync_every.count(), std::int64_t{1}, std::int64_t{60'000});
  check_range("journal_buffer_bytes", options.journal_buffer_bytes, 64 * kKiB, kGiB);
  check_range("state_buffer_bytes", options.state_buffer_bytes, 64 * kKiB, kGiB);
  check_range("cache_bytes", options.cache_bytes, std::size_t{0}, 64 * kGiB);
  check_range("background_threads", options.background_threads, 1, 16);
}

// Throws StoreError when the directory is not a store, or is one that has lost something.
void check_inventory(const Inventory& inventory, const StoreOptions& options) {
  const std::string& path = options.path;
  if (!inventory.formatted) {
    if (inventory.database || inventory.seal.position > 0)
      raise(path + "/FORMAT", "is missing: put it back from a backup");
    if (inventory.foreign) raise(path, "is not empty and not a kpistream store: name an empty or a new directory");
    return;
  }
  if (options.accept_loss) return;
  if (!inventory.sealed)
    raise(path + "/SEAL", "is missing, so that lost records cannot be noticed" + std::string(kAcceptLoss));
  if (inventory.damaged_seal) raise(path + "/SEAL", "is damaged" + std::string(kAcceptLoss));
  if (!inventory.database && inventory.seal.position > 0) {
    raise(path, "has lost its database: records 1 to " + std::to_string(inventory.seal.position) + " are missing" +
                    std::string(kAcceptLoss));
  }
}

void check_seal(const std::string& path, Position tail, Position seal) {
  if (tail >= seal) return;
  raise(path, "is older than its seal: records " + std::to_string(tail + 1) + " to " + std::to_string(seal) +
                  " were durable and are missing" + std::string(kAcceptLoss));
}

void check_tables(const Inventory& inventory, const std::string& path) {
  if (!inventory.database || inventory.tables_listed) return;
  raise(path, "has a damaged or older list of tables (CURRENT, MANIFEST)" + std::string(kAcceptLoss));
}

// A second process is told so before it looks at anything that changes under its eyes.
void check_lock(rocksdb::FileSystem& files, const std::string& path) {
  rocksdb::FileLock* lock = nullptr;
  const auto status = files.LockFile(path + "/LOCK", {}, &lock, nullptr);
  if (!status.ok()) {
    raise(path, "is in use: another process, or another part of this one, has it open; stop that first (" +
                    status.ToString() + ")");
  }
  require(files.UnlockFile(lock, {}, nullptr), path + "/LOCK", "cannot be unlocked");
}

}  // namespace

class Store::Parts {
 public:
  Parts(const StoreOptions& options, const FileSystem& files, const Inventory& inventory);
  Parts(const StoreOptions& options, const FileSystem& files);  // read-only
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() { close(); }

  void close();
  void collect_state(MeterSink& sink) const;
  Journal& journal() { return served ? static_cast<Journal&>(*served) : *frozen; }

  Health health;
  std::vector<std::string> notes;
  std::unique_ptr<Database> database;
  std::unique_ptr<RocksState> state;
  std::unique_ptr<GroupJournal> served;  // one of these two
  std::unique_ptr<FrozenJournal> frozen;

 private:
  void mend(const StoreOptions& options, rocksdb::FileSystem& files, const Examination& found,
            const Inventory& inventory);
};

Store::Parts::Parts(const StoreOptions& options, const FileSystem& files, const Inventory& inventory) {
  Examination found;
  // A store that never acknowledged anything may be half made, and has nothing to lose.
  const bool young = inventory.seal.position == 0;
  const auto mode = young || !inventory.database ? Database::Mode::create : Database::Mode::read_write;
  if (mode == Database::Mode::read_write) {
    // Looked at without a write first: a store that is refused stays as it was.
    const Database look(options, files, Database::Mode::read_only, nullptr);
    found = examine(look);
    if (!options.accept_loss) check_seal(options.path, found.tail, inventory.seal.position);
  }
  if (!options.accept_loss) check_tables(inventory, options.path);
  database = std::make_unique<Database>(options, files, mode, &health);
  if (mode == Database::Mode::create) found = examine(*database);
  state = std::make_unique<RocksState>(*database, &health, found.applied);
  mend(options, *files, found, inventory);
  served = std::make_unique<GroupJournal>(*database, *files, health, options, found.first, found.tail);
}

Store::Parts::Parts(const StoreOptions& options, const FileSystem& files) {
  const Inventory inventory = take_inventory(*files, options.path);
  if (!inventory.formatted) raise(options.path, "is not a kpistream store: it has no FORMAT");
  check_inventory(inventory, options);
  database = std::make_unique<Database>(options, files, Database::Mode::read_only, nullptr);
  const Examination found = examine(*database);
  check_seal(options.path, found.tail, inventory.seal.position);
  check_tables(inventory, options.path);
  if (!found.state_whole) {
    raise(options.path, "has a state that a power cut has torn; `kpistream serve` rebuilds it from the journal");
  }
  state = std::make_unique<RocksState>(*database, nullptr, found.applied);
  frozen = std::make_unique<FrozenJournal>(*database, found.first, found.tail);
}

void Store::Parts::mend(const StoreOptions& options, rocksdb::FileSystem& files, const Examination& found,
                        const Inventory& inventory) {
  const bool lost = found.tail < inventory.seal.position;
  const bool unlisted = inventory.database && !inventory.tables_listed;
  if (lost) {
    notes.push_back("records " + std::to_string(found.tail + 1) + " to " + std::to_string(inventory.seal.position) +
                    " of the journal are lost; going on without them as told");
  }
  if (lost || unlisted || !found.state_whole) {
    notes.emplace_back("the state has lost changes; it is emptied and computed again from the journal");
    if (found.first > 1) {
      notes.push_back("records before " + std::to_string(found.first) +
                      " have expired; what only they told is not in the figures any more");
    }
    state->reset();
  }
  if (lost || options.accept_loss) write_new_seal(files, options.path, {found.tail, 0, 0});
}

void Store::Parts::close() {
  if (!served) return;
  served->close();
  try {
    state->sync();
  } catch (const StoreError&) {
    // health knows; the journal has all that the state needs.
  }
}

void Store::Parts::collect_state(MeterSink& sink) const {
  for (std::size_t i = 0; i < kSpaces; ++i) {
    const auto space = static_cast<Space>(i);
    std::uint64_t tables = 0;
    std::uint64_t memory = 0;
    database->db().GetIntProperty(database->space(space), rocksdb::DB::Properties::kLiveSstFilesSize, &tables);
    database->db().GetIntProperty(database->space(space), rocksdb::DB::Properties::kCurSizeAllMemTables, &memory);
    sink.gauge("kpistream_state_bytes", "This counts bytes that a space of the state takes, on disk and in buffers.",
               {{"space", space_name(space)}}, static_cast<double>(tables + memory));
  }
}

Store::Store(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Store::~Store() = default;

std::unique_ptr<Store> Store::open(const StoreOptions& options) {
  return open_on(options, rocksdb::FileSystem::Default());
}

std::unique_ptr<Store> Store::open_read_only(const std::string& path) {
  return open_read_only_on(path, rocksdb::FileSystem::Default());
}

const std::string& Store::path() const { return parts_->database->path(); }
Journal& Store::journal() { return parts_->journal(); }
State& Store::state() { return *parts_->state; }
std::unique_ptr<const State> Store::frozen() const { return std::make_unique<FrozenState>(*parts_->database); }
void Store::expire(Position before) {
  if (!parts_->served) raise(parts_->database->path(), "was opened for reading only");
  parts_->served->expire(before);
}
Position Store::copy_to(const std::string& path) {
  const Position surely = journal().tail();
  rocksdb::DB& db = parts_->database->db();
  rocksdb::Checkpoint* made = nullptr;
  require(rocksdb::Checkpoint::Create(&db, &made), path, "cannot be made");
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  require(checkpoint->CreateCheckpoint(path), path, "cannot be made");
  found(*db.GetFileSystem(), path, {surely, 0, 0});
  return surely;
}
bool Store::failed() const { return parts_->health.failed(); }
std::string Store::failure() const { return parts_->health.reason(); }
bool Store::disk_full() const { return parts_->served && parts_->served->disk_full(); }
const std::vector<std::string>& Store::notes() const { return parts_->notes; }
void Store::close() { parts_->close(); }

void Store::collect(MeterSink& sink) const {
  if (parts_->served) parts_->served->collect(sink);
  parts_->collect_state(sink);
}

std::unique_ptr<Store> open_on(const StoreOptions& options, const FileSystem& files) {
  check_ranges(options);
  const Inventory inventory = take_inventory(*files, options.path);
  check_inventory(inventory, options);
  if (!inventory.formatted) found(*files, options.path);
  check_lock(*files, options.path);
  if (!inventory.sealed || inventory.damaged_seal) write_new_seal(*files, options.path, {});
  return std::make_unique<Store>(std::make_unique<Store::Parts>(options, files, inventory));
}

std::unique_ptr<Store> open_read_only_on(const std::string& path, const FileSystem& files) {
  StoreOptions options;
  options.path = path;
  for (int look = 1;; ++look) {
    try {
      return std::make_unique<Store>(std::make_unique<Store::Parts>(options, files));
    } catch (const StoreError&) {
      if (look == kLooks) throw;
    }
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

}  // namespace kpistream::store
