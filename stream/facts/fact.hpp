// A fact: one business happening or state with an identity, a time, an owner and an amount. What KPIs count.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stream/crm/vocabulary.hpp"

namespace kpistream {

// Stored: numbers never change. Their names in definitions are fact_kind_name()'s. "state": holds now, has no history.
enum class FactKind : std::uint8_t {
  new_lead = 1,  // an inquiry came in
  lead_converted = 2,
  lead_lost = 3,
  first_response = 4,  // the first human answer to an inquiry; `seconds` after its creation
  new_deal = 5,
  deal_won = 6,   // `seconds` is the sales cycle
  deal_lost = 7,  // `seconds` is the cycle to the loss
  call = 8,       // `seconds` of talk
  quote_sent = 9,
  payment = 10,
  task_due = 11,  // state: an open task, at its deadline
  meeting_held = 12,
  meeting_planned = 13,  // state: an open meeting, at its start
  inquiry_won = 14,      // an inquiry with all that grew from it, counted once
  inquiry_lost = 15,
  lead_processed = 16,   // left the intake stages; `seconds` since creation
  lead_waiting = 17,     // state: an open inquiry nobody has answered, at its creation
  inquiry_open = 18,     // state: at its creation
  stage_left = 19,       // `seconds` in `stage`; a part for each stay
  deal_open = 20,        // state: at its creation, with its stage
  deal_idle = 21,        // state: an open deal, at the last human act on it
  deal_no_step = 22,     // state: an open deal without an open task or meeting
  client_win = 23,       // a sale as seen from the client: `client` new or repeat; `created` the client's first sale, a
                         // field "age_months" how long ago that was; a part for each deal
  client_acquired = 24,  // the first sale ever
  client_state = 25,     // state: at the client's newest sale
  missed_unreturned = 26,  // state: a missed call nobody has come back on, at the call
  callback = 27,           // a missed call that was come back on, at the call; `seconds` until then
  complaint = 28,
  rating = 29,  // a client's vote; `seconds` holds 1 to 5
  action = 30,  // one human act; a part for each where a record holds several
  deal_reopened = 31,
  work_day = 32,    // K32: `seconds` a manager was active; a part for each hour of a day, at the last act in it
  work_begin = 33,  // the first act of a manager on a local day; `seconds` after its midnight
  work_end = 34,    // the last one
  lead_open = 35,   // state: an inquiry that has not left the intake stages, at its creation
};
inline constexpr FactKind kFirstFactKind = FactKind::new_lead;
inline constexpr FactKind kLastFactKind = FactKind::lead_open;

// "new_lead" and so on, as definitions name them.
[[nodiscard]] std::string_view fact_kind_name(FactKind kind);
// Facts that hold now and leave no history: shown by where they stand, never totalled.
[[nodiscard]] bool is_state(FactKind kind);
// Facts that there are only where PortalSettings::active_time is on (K32).
[[nodiscard]] bool is_active_time(FactKind kind);

// (entity, kind, part) is a fact's identity.
struct Fact {
  FactKind kind{};
  std::string part;         // empty where an entity has one fact of a kind
  UnixSeconds at = 0;       // event time; kNoTime for a task without a deadline
  UnixSeconds created = 0;  // creation of the record it is about; 0: not known
  std::string manager;      // owner then
  std::string owner;        // owner now
  std::string actor;        // whose hand it was; empty: not told
  std::string pipeline;
  std::string stage;
  MinorUnits amount = 0;  // in the base currency
  MinorUnits profit = 0;  // amount minus cost, where a cost field is configured
  std::string currency;   // empty: converted, or the base currency; else `amount` waits for a rate
  std::int64_t seconds = 0;
  std::int64_t working_seconds = 0;
  std::string direction;
  std::string outcome;
  std::string reason;
  std::string source;
  std::string
      action;  // call message email note task_created task_done meeting quote stage deal_created lead_created field
  std::string client;   // new or repeat
  std::string type;     // of leads and deals: new, repeat or import; of calls: working or off_hours
  std::string channel;  // first_response: call, message, email, meeting
  std::vector<Field> fields;
  friend bool operator==(const Fact&, const Fact&) = default;
};

inline constexpr UnixSeconds kNoTime = INT64_MIN;
inline constexpr const char* kNoPipeline = "none";     // a record without a funnel
inline constexpr const char* kLeadPipeline = "leads";  // Bitrix24 leads have stages but no funnel of their own
inline constexpr std::int64_t kUnknownSeconds = -1;    // a cycle whose beginning is not known: no observation of it

// The facts in force of one entity, by (kind, part).
using Facts = std::vector<Fact>;
[[nodiscard]] Facts in_order(Facts facts);

}  // namespace kpistream
