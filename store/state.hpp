// The state port on RocksDB.
#pragma once

#include <mutex>
#include <optional>

#include "store/database.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::store {

// Thread-safe.
class RocksState final : public State {
 public:
  // `applied`: batches applied so far. Null `health`: apply() always throws.
  RocksState(const Database& database, Health* health, std::uint64_t applied)
      : database_(database), health_(health), applied_(applied) {}

  [[nodiscard]] std::optional<std::string> get(Space space, std::string_view key) const override;
  void apply(const StateBatch& batch) override;
  void scan(Space space, std::string_view first, std::string_view last,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override;

  [[nodiscard]] std::uint64_t estimate(Space space) const override;

  // Makes everything applied so far durable.
  void sync();
  // Empties all spaces, durably, and mends the chain, in this order.
  void reset();

 private:
  void write(rocksdb::WriteBatch& batch, bool sync);
  void empty(Space space);

  const Database& database_;
  Health* const health_;
  std::mutex mutex_;       // one batch at a time, so that the links of the chain are in order
  std::uint64_t applied_;  // guarded by mutex_
};

}  // namespace kpistream::store
