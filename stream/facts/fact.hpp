// A fact: one business happening or state with an identity, a time, an owner and an amount. What KPIs count.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stream/crm/vocabulary.hpp"

namespace kpistream {

// An entity has at most one fact of a kind; (entity, kind) is the fact's identity. Stored: numbers never change.
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
};

struct Fact {
  FactKind kind{};
  UnixSeconds at = 0;  // event time; kNoTime for a task without a deadline
  std::string manager;
  std::string pipeline;
  MinorUnits amount = 0;
  std::string currency;  // empty: the portal's base currency; else `amount` waits for a rate
  std::int64_t seconds = 0;
  std::string direction;
  std::string outcome;
  std::string reason;
  std::string source;
  friend bool operator==(const Fact&, const Fact&) = default;
};

inline constexpr UnixSeconds kNoTime = INT64_MIN;
inline constexpr const char* kNoPipeline = "none";     // a record without a funnel
inline constexpr const char* kLeadPipeline = "leads";  // Bitrix24 leads have stages but no funnel of their own
inline constexpr std::int64_t kUnknownSeconds = -1;    // a cycle whose beginning is not known: no observation of it

// The facts in force of one entity, by kind.
using Facts = std::vector<Fact>;

}  // namespace kpistream
