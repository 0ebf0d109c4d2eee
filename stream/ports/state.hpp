// Where the computation keeps entities, facts, cells, wishes and its journal position.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kpistream {

// The storage is damaged, full, locked or of another format. The text is for people and names file and cure.
class StoreError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// All but `periods` follow from the journal; that one holds what was true when a period was closed.
enum class Space : std::uint8_t { entities, links, facts, cells, wishes, meta, periods };
inline constexpr std::size_t kSpaces = 7;

// One atomic change of the state.
struct StateBatch {
  struct Put {
    Space space;
    std::string key;
    std::string value;
  };
  struct Erase {
    Space space;
    std::string key;
  };
  struct Add {
    std::string key;
    std::string delta;
  };  // Space::cells only; see stream/kpi/cell.hpp add_cells()
  std::vector<Put> puts;
  std::vector<Erase> erases;
  std::vector<Add> adds;
};

class State {
 public:
  virtual ~State() = default;
  [[nodiscard]] virtual std::optional<std::string> get(Space space, std::string_view key) const = 0;
  // Applies the whole batch or nothing. Survives a process crash at once and a power cut after the journal's next sync.
  virtual void apply(const StateBatch& batch) = 0;
  // Visits keys in [first, last) in byte order (an empty `last` means to the end) until `visit` returns false. `visit`
  // may read the state, and write to other spaces.
  virtual void scan(Space space, std::string_view first, std::string_view last,
                    const std::function<bool(std::string_view key, std::string_view value)>& visit) const = 0;
  // About how many keys there are: for progress.
  [[nodiscard]] virtual std::uint64_t estimate(Space space) const = 0;
};

}  // namespace kpistream
