// The one CRM vocabulary: what both dialects are translated into before anything is computed.
//
// Values only, no behaviour. Times are Unix seconds (UTC), money is in minor units (kopecks, cents), ids are the CRM's
// own ids as text, because call ids and uuids are not numbers. An empty string or a zero time means "not known".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kpistream {

using UnixSeconds = std::int64_t;
using MinorUnits = std::int64_t;

// Stored in the journal and in keys: numbers never change.
enum class Crm : std::uint8_t { bitrix24 = 1, amocrm = 2 };

// Stored in keys: numbers never change.
enum class EntityKind : std::uint8_t {
  lead = 1,       // Bitrix24 lead. amoCRM has none: its "leads" are deals here.
  deal = 2,       // Bitrix24 deal, amoCRM lead.
  activity = 3,   // A planned or done act in the timeline of a record: meeting, planned call, to-do, mail.
  call = 4,       // One telephone conversation attempt, keyed by the telephony's call id.
  quote = 5,      // Commercial offer (КП).
  invoice = 6,    // Bitrix24 invoice or smart invoice, amoCRM catalog invoice.
  task = 7,       // Task with a deadline.
  message = 8,    // One chat message.
  manager = 9,    // Directory: a user of the CRM.
  pipeline = 10,  // Directory: a funnel.
  cursor = 11,    // How far a periodic read of a CRM list has come.
};

struct EntityRef {
  EntityKind kind{};
  std::string id;
  friend bool operator==(const EntityRef&, const EntityRef&) = default;
};

// Where a record stands. Stored: numbers never change.
enum class Outcome : std::uint8_t {
  unknown = 0,
  open = 1,
  won = 2,       // deal won, lead converted, quote sent or later, invoice paid
  lost = 3,      // deal lost, lead junked, quote or invoice refused
  incoming = 4,  // amoCRM "unsorted": arrived, not yet accepted as an inquiry
};

// One known moment in the life of a staged record (lead, deal, quote, invoice).
struct StagePoint {
  UnixSeconds at = 0;       // the CRM's modification time of the state described here
  UnixSeconds entered = 0;  // when the stage was entered, if the CRM says so (Bitrix24 MOVED_TIME); else 0
  std::string pipeline;
  std::string stage;
  Outcome outcome = Outcome::unknown;
  std::string owner;
  MinorUnits amount = 0;
  std::string currency;  // empty: the portal's base currency
  friend bool operator==(const StagePoint&, const StagePoint&) = default;
};

enum class Direction : std::uint8_t { none = 0, in = 1, out = 2, callback = 3 };
enum class CallOutcome : std::uint8_t { unknown = 0, talk = 1, short_talk = 2, missed = 3, failed = 4 };
enum class Act : std::uint8_t { other = 0, meeting = 1, call = 2, todo = 3, mail = 4 };

// The state of an entity without stages (activity, call, task, message): always a whole snapshot, never a part.
struct Details {
  std::string owner;  // whose act it is
  Act act = Act::other;
  Direction direction = Direction::none;
  CallOutcome call = CallOutcome::unknown;
  std::int64_t seconds = 0;  // talk time of a call
  UnixSeconds start = 0;     // call start, meeting start, message time
  UnixSeconds end = 0;       // meeting end
  UnixSeconds deadline = 0;  // task or to-do
  bool done = false;
  UnixSeconds done_at = 0;  // when it was completed
  EntityRef target;         // the record it belongs to; id empty when none
  bool human = true;        // made by a person, not by a robot
  friend bool operator==(const Details&, const Details&) = default;
};

enum class Presence : std::uint8_t { unchanged = 0, present = 1, gone = 2 };

// What one record of the journal tells about one entity. Any field may be unknown.
struct Observation {
  EntityRef ref;
  // present and gone are believed in journal order; unchanged leaves the entity as it is, so that a late update
  // does not bring a deleted record back.
  Presence presence = Presence::unchanged;
  UnixSeconds version = 0;  // the CRM's modification time; 0: not told, taken as the newest
  UnixSeconds created = 0;
  std::string creator;
  std::string source;
  std::optional<std::string> loss_reason;  // "" is a known "none"
  std::optional<StagePoint> point;         // staged records
  std::optional<Details> details;          // the others
  std::string name;                        // directories only: never a client's name
  UnixSeconds cursor = 0;                  // EntityKind::cursor only
  bool ignore = false;                     // templates and the like: known, never counted
};

}  // namespace kpistream
