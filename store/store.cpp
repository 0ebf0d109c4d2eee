#include "store/store.hpp"

#include <filesystem>

#include "store/database.hpp"
#include "store/group_journal.hpp"
#include "store/internal.hpp"
#include "store/seal.hpp"

namespace kpistream::store {
namespace {

class RocksState : public State {
 public:
  RocksState(const Database& database, bool read_only) : database_(database), read_only_(read_only) {}

  std::optional<std::string> get(Space space, std::string_view key) const override {
    std::string value;
    const auto status =
        database_.db().Get(rocksdb::ReadOptions(), database_.family(space), {key.data(), key.size()}, &value);
    if (status.IsNotFound()) return std::nullopt;
    check(status, "cannot read the state");
    return value;
  }

  void apply(const StateBatch& batch) override {
    if (read_only_) throw StoreError("the store is open for reading only");
    rocksdb::WriteBatch writes;
    for (const auto& put : batch.puts) writes.Put(database_.family(put.space), put.key, put.value);
    for (const auto& erase : batch.erases) writes.Delete(database_.family(erase.space), erase.key);
    for (const auto& add : batch.adds) writes.Merge(database_.family(Space::cells), add.key, add.delta);
    check(database_.db().Write(rocksdb::WriteOptions(), &writes), "cannot write the state");
  }

  void scan(Space space, std::string_view first, std::string_view last,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    const std::unique_ptr<rocksdb::Iterator> at(
        database_.db().NewIterator(rocksdb::ReadOptions(), database_.family(space)));
    for (at->Seek({first.data(), first.size()}); at->Valid(); at->Next()) {
      const std::string_view key(at->key().data(), at->key().size());
      if (!last.empty() && key >= last) break;
      if (!visit(key, {at->value().data(), at->value().size()})) return;
    }
    check(at->status(), "cannot read the state");
  }

 private:
  const Database& database_;
  const bool read_only_;
};

class RocksStore : public Store {
 public:
  RocksStore(const StoreOptions& options, std::shared_ptr<rocksdb::FileSystem> files, bool read_only)
      : database_(std::make_unique<Database>(options, std::move(files), read_only)),
        seal_(read_only ? nullptr : std::make_unique<Seal>(options.path, options.seal_sync)),
        journal_(std::make_unique<GroupJournal>(*database_, seal_.get(), options)),
        state_(std::make_unique<RocksState>(*database_, read_only)) {}

  ~RocksStore() override { close(); }

  Journal& journal() override { return *journal_; }
  State& state() override { return *state_; }
  [[nodiscard]] bool failed() const override { return journal_->failed(); }

  void close() override {
    if (closed_) return;
    closed_ = true;
    journal_->close();
    if (!seal_ || journal_->failed()) return;
    // The state is only in the page cache until now.
    if (database_->db().SyncWAL().ok()) seal_->sync();
  }

  // Makes the seal say what the store holds.
  void seal_now() { seal_->write(journal_->tail()); }

  void collect(MeterSink& sink) const override {
    journal_->collect(sink);
    std::uint64_t bytes = 0;
    for (const auto space : {Space::entities, Space::facts, Space::cells, Space::wishes, Space::meta}) {
      std::uint64_t family = 0;
      if (database_->db().GetIntProperty(database_->family(space), "rocksdb.total-sst-files-size", &family))
        bytes += family;
    }
    sink.gauge("kpistream_state_bytes", "Size of the figures' tables on disk, without the journal.", {},
               static_cast<double>(bytes));
  }

 private:
  std::unique_ptr<Database> database_;
  std::unique_ptr<Seal> seal_;
  std::unique_ptr<GroupJournal> journal_;
  std::unique_ptr<RocksState> state_;
  bool closed_ = false;
};

void check_seal(const StoreOptions& options, std::optional<Position> sealed, Position tail) {
  if (options.accept_loss) return;
  const std::string cure = "; put back a newer copy, or serve it once with --storage.accept-loss";
  if (!sealed && tail > 0) throw StoreError("the store in " + options.path + " has records but no seal" + cure);
  if (sealed && *sealed > tail) {
    throw StoreError("the store in " + options.path + " ends at position " + std::to_string(tail) +
                     ", but positions up to " + std::to_string(*sealed) + " were acknowledged: records are missing" +
                     cure);
  }
}

std::optional<Position> read_seal(const StoreOptions& options) {
  try {
    return Seal::read(options.path);
  } catch (const StoreError&) {
    if (!options.accept_loss) throw;
    return std::nullopt;
  }
}

}  // namespace

std::unique_ptr<Store> open_with(const StoreOptions& options, std::shared_ptr<rocksdb::FileSystem> files) {
  std::filesystem::create_directories(options.path);
  check_format(options.path);
  write_format(options.path);
  const auto sealed = read_seal(options);
  auto store = std::make_unique<RocksStore>(options, std::move(files), false);
  check_seal(options, sealed, store->journal().tail());
  store->seal_now();
  return store;
}

std::unique_ptr<Store> Store::open(const StoreOptions& options) { return open_with(options, nullptr); }

std::unique_ptr<Store> Store::open_read_only(const std::string& path) {
  if (!std::filesystem::exists(path + "/FORMAT")) throw StoreError("there is no store in " + path);
  check_format(path);
  StoreOptions options;
  options.path = path;
  return std::make_unique<RocksStore>(options, nullptr, true);
}

}  // namespace kpistream::store
