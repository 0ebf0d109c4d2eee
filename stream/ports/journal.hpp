// The durable, ordered record of all deliveries and readings: the only input of the computation.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stream/crm/vocabulary.hpp"

namespace kpistream {

using Position = std::uint64_t;  // 1, 2, 3, ... without holes; 0 means "before the first"

// Stored: numbers never change.
enum class RecordKind : std::uint8_t {
  delivery = 1,  // one webhook request: `body` is the form body, its authentication part cut out
  reading = 2,   // one answer of a CRM's REST API: `subject` says what was asked
};

// What the outside world hands in.
struct NewRecord {
  RecordKind kind = RecordKind::delivery;
  Crm crm = Crm::bitrix24;
  std::string portal;        // alias from the configuration
  UnixSeconds arrived = 0;   // wall clock; for people and for events without a time of their own
  std::string subject;       // readings: the wish answered, e.g. "crm.deal.get?id=701"; deliveries: empty
  Position asked = 0;        // readings: Wish::asked at the moment the request was sent
  std::uint16_t status = 0;  // readings: HTTP status of the answer
  std::string body;          // bytes; at most limits().record_bytes_max with the other fields
};

struct Record : NewRecord {
  Position position = 0;
};

enum class AppendOutcome : std::uint8_t {
  appended,     // survives a power cut
  unavailable,  // the storage failed; the record may or may not have been stored
};

struct Ticket {
  std::uint64_t token = 0;
  AppendOutcome outcome = AppendOutcome::unavailable;
};

// Told once per group that was made durable, not once per record.
class AppendListener {
 public:
  virtual ~AppendListener() = default;
  // Called on the journal's own thread; must not block and must not throw. `tickets` are this listener's records of
  // the group, in order of append.
  virtual void on_group(std::span<const Ticket> tickets) noexcept = 0;
};

class Journal {
 public:
  virtual ~Journal() = default;

  // Takes a record into the group now gathering. True: the listener hears of `token` exactly once. False: the queue is
  // full or the journal has failed or is closed; nothing was taken and nobody will be told.
  // Thread-safe. The listener must outlive the journal or be silent after close().
  [[nodiscard]] virtual bool append(NewRecord record, AppendListener& listener, std::uint64_t token) = 0;

  // Reads durable records from `after` + 1 (or first(), if that is greater) on, in order, up to about `bytes_max` bytes
  // but at least one if there is one. Throws StoreError on damage.
  [[nodiscard]] virtual std::vector<Record> read(Position after, std::size_t records_max,
                                                 std::size_t bytes_max) const = 0;

  // The oldest position that is kept: 1, unless older records have expired. One beyond tail() when there is none.
  [[nodiscard]] virtual Position first() const = 0;

  // The newest durable position.
  [[nodiscard]] virtual Position tail() const = 0;

  // Waits until tail() > after, or `wake()` is called, or the timeout passes.
  virtual void wait(Position after, std::chrono::milliseconds timeout) const = 0;
  virtual void wake() const = 0;
};

}  // namespace kpistream
