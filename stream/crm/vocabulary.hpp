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
  client = 12,    // Who buys: "company:<id>", or "contact:<id>" where a record has no company.
  note = 13,      // A comment that somebody wrote.
  // Not records of a CRM but places where what belongs together meets; see stream/facts/links.hpp.
  line = 14,  // All calls with one telephone number. The id is a hash of the number, never the number.
  acts = 15,  // Acts of one kind by one person on one record; their facts: "<id>/<day>", by the day (UTC).
  // Directories again.
  stage = 16,     // "<list>/<stage>": its name; fields "semantics" S, F, P and "of" (stream/facts/directory.hpp).
  currency = 17,  // "<ISO code>/<when set>"; fields "rate": millionths of the base currency for one unit, and "base".
  // Places again.
  work_day = 18,  // All acts of one person on one local day.
  maker = 19,     // All leads, or all deals, that one hand has made.
  // Directories again.
  department = 20,  // Its name. A manager has the ids of departments among the fields: "department".
  // A place: what is noted on a contact ("contact:<id>") or company ("company:<id>") instead of on a deal of theirs.
  card = 21,
  // Directories again, by the ids that records have: what a source of records and a reason of refusal are called.
  source = 22,
  loss_reason = 23,
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
  incoming = 4,  // amoCRM "unsorted": arrived, not yet accepted as an inquiry. Only by PortalSettings, never told.
};

// What a row of the CRM's own history tells of a record; all else about that moment is its neighbours'. Stored: numbers
// never change.
enum class RowTells : std::uint8_t { stage = 0, owner = 1, amount = 2 };

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
  std::string mover;     // who brought it into this stage; empty: not told
  std::string author;    // who made the change described here; empty: not told
  // The row of the CRM's history that tells this, 0: none, a whole state. A row tells one thing only, mostly the stage:
  // all else is as before it, else as after it (stream/facts/stage_history.hpp).
  std::uint64_t row = 0;
  RowTells tells = RowTells::stage;  // of a row
  std::uint64_t fields = 0;          // field_mark() of the fields at that moment; 0: not told, or none is listed
  friend bool operator==(const StagePoint&, const StagePoint&) = default;
};

enum class Direction : std::uint8_t { none = 0, in = 1, out = 2, callback = 3 };
// A talk is `talk` however short: PortalSettings::talk_seconds_min tells which are `short_talk`.
enum class CallOutcome : std::uint8_t { unknown = 0, talk = 1, short_talk = 2, missed = 3, failed = 4 };
enum class Act : std::uint8_t { other = 0, meeting = 1, call = 2, todo = 3, mail = 4, chat = 5, comment = 6 };

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
  EntityRef target;         // the record or card it belongs to; id empty when none, of a call when this word knows none
  bool human = true;        // made by a person, not by a robot
  std::string type;         // the CRM's own kind: task type, activity provider; for PortalSettings' lists
  std::string author;       // who made it; empty: not told
  std::string closer;       // who completed it; empty: not told
  UnixSeconds created = 0;  // when it was made
  std::string line;         // calls: hash of the client's number (line_hash()); empty: hidden or not told
  std::int64_t rating = 0;  // calls, chats: the client's vote, 1 to 5; 0: none
  friend bool operator==(const Details&, const Details&) = default;
};

// A custom field that PortalSettings::fields names, or "tag". A field with several values stands several times.
struct Field {
  std::string name;   // our name for it
  std::string value;  // as the CRM tells it: an id of a list, a number, a date; at most kFieldValueMax bytes
  friend bool operator==(const Field&, const Field&) = default;
};
inline constexpr std::size_t kFieldValueMax = 64;

enum class Presence : std::uint8_t { unchanged = 0, present = 1, gone = 2 };

// What one record of the journal tells about one entity. Any field may be unknown.
struct Observation {
  EntityRef ref;
  // present and gone are believed in journal order; unchanged leaves the entity as it is, so that a late update
  // does not bring a deleted record back. Where the CRM's log tells when it went or came back, an older word of the log
  // is not believed after a newer one.
  Presence presence = Presence::unchanged;
  UnixSeconds presence_at = 0;  // by the log; else 0
  UnixSeconds version = 0;      // the CRM's modification time; 0: not told, taken as the newest
  UnixSeconds created = 0;
  std::string creator;
  std::string source;
  std::optional<std::string> loss_reason;       // "" is a known "none"
  std::optional<StagePoint> point;              // staged records
  std::optional<StagePoint> before;             // of a row: how it stood just before (stream/facts/stage_history.hpp)
  std::optional<Details> details;               // the others
  std::string name;                             // directories only: never a client's name
  UnixSeconds cursor = 0;                       // EntityKind::cursor only: a time, or the greatest id
  bool ignore = false;                          // templates and the like: known, never counted
  std::optional<bool> repeat;                   // leads and deals: of a client who is already known
  std::optional<EntityRef> parent;              // deals: the lead they grew from; id empty: a known "none"
  std::optional<EntityRef> client;              // deals, leads, invoices: who buys; id empty: a known "none"
  std::optional<std::vector<EntityRef>> cards;  // deals: all their contacts and companies (EntityKind::card)
  std::optional<EntityRef> card;                // deals: one of them, as that contact or company tells at `version`
  std::optional<std::vector<Field>> fields;     // all kept fields as they stood at `version`, sorted
};

}  // namespace kpistream
