// The state port on RocksDB.
#pragma once

#include <mutex>
#include <optional>

#include "store/database.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::store {

// What reading has in common: as it stands now, or as it stood at a snapshot. Thread-safe.
class RocksReader : public State {
 public:
  [[nodiscard]] std::optional<std::string> get(Space space, std::string_view key) const override;
  void scan(Space space, std::string_view first, std::string_view last,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override;
  [[nodiscard]] std::uint64_t estimate(Space space) const override;

 protected:
  RocksReader(const Database& database, const rocksdb::Snapshot* snapshot) : database_(database), snapshot_(snapshot) {}

  const Database& database_;
  const rocksdb::Snapshot* const snapshot_;  // null: now
};

// One moment for as long as it lives, whatever is written meanwhile. apply() throws StoreError.
class FrozenState final : public RocksReader {
 public:
  explicit FrozenState(const Database& database);
  ~FrozenState() override;
  FrozenState(const FrozenState&) = delete;
  FrozenState& operator=(const FrozenState&) = delete;

  void apply(const StateBatch& batch) override;
};

// Thread-safe.
class RocksState final : public RocksReader {
 public:
  // `applied`: batches applied so far. Null `health`: apply() always throws.
  RocksState(const Database& database, Health* health, std::uint64_t applied)
      : RocksReader(database, nullptr), health_(health), applied_(applied) {}

  void apply(const StateBatch& batch) override;

  // Makes everything applied so far durable.
  void sync();
  // Empties all spaces, durably, and mends the chain, in this order.
  void reset();

 private:
  void write(rocksdb::WriteBatch& batch, bool sync);
  void empty(Space space);

  Health* const health_;
  std::mutex mutex_;       // one batch at a time, so that the links of the chain are in order
  std::uint64_t applied_;  // guarded by mutex_
};

}  // namespace kpistream::store
