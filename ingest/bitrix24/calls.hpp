// Calls, as an event tells them when they end and as the statistics list them. Internal to ingest/bitrix24.
//
// Both are one call by its CALL_ID. KPI.md K8: direction and code are read together.
#pragma once

#include <optional>
#include <string>

#include "ingest/json/json.hpp"
#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

// Fields by the names they have on both ways, still as text.
struct CallWords {
  std::string id;           // CALL_ID
  std::string type;         // CALL_TYPE
  std::string user;         // PORTAL_USER_ID
  std::string number;       // PHONE_NUMBER
  std::string seconds;      // CALL_DURATION
  std::string start;        // CALL_START_DATE
  std::string code;         // CALL_FAILED_CODE
  std::string vote;         // CALL_VOTE
  std::string record_type;  // CRM_ENTITY_TYPE: statistics only
  std::string record_id;    // CRM_ENTITY_ID: statistics only
};

// The portal calls by itself to say something: nobody's call.
[[nodiscard]] bool is_announcement(const CallWords& words);
// Nothing when it is not readable as a call.
[[nodiscard]] std::optional<Observation> read_call(const CallWords& words);
// A row of voximplant.statistic.get.
[[nodiscard]] CallWords call_words(const JsonValue& row);

}  // namespace kpistream::ingest
