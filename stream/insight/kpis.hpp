// The KPIs that insight reads, by their ids in the catalogue. One that is missing there leaves its figures and advice
// out; nothing else depends on it.
#pragma once

#include <array>
#include <string_view>

namespace kpistream::insight::kpi {

inline constexpr std::string_view kNewLeads = "new_leads";               // K1, by pipeline
inline constexpr std::string_view kInquiriesWon = "inquiries_won";       // by pipeline and source
inline constexpr std::string_view kInquiriesLost = "inquiries_lost";     // by pipeline and source
inline constexpr std::string_view kInquiriesOpen = "inquiries_open";     // state, by pipeline
inline constexpr std::string_view kLeadsOpen = "leads_open";             // K15, state
inline constexpr std::string_view kNewDeals = "new_deals";               //
inline constexpr std::string_view kDealsWon = "deals_won";               // K6, by manager; sum: revenue
inline constexpr std::string_view kDealsLost = "deals_lost";             // K3
inline constexpr std::string_view kRefusals = "refusals_by_reason";      // K3, label loss_reason
inline constexpr std::string_view kDealsOpen = "deals_open";             // K18, state, by manager; label stage
inline constexpr std::string_view kDealsStuck = "deals_stuck";           // K18, state; label stage
inline constexpr std::string_view kStageTime = "stage_time";             // K17, durations; label stage
inline constexpr std::string_view kActions = "actions";                  // K5, by manager
inline constexpr std::string_view kCallsIn = "calls_in";                 // K10: talk, short and missed
inline constexpr std::string_view kCallsMissed = "calls_missed";         // K10: of these, missed
inline constexpr std::string_view kCallsInWorking = "calls_in_working";  // K10: of working hours
inline constexpr std::string_view kCallsMissedWorking = "calls_missed_working";
inline constexpr std::string_view kAnswersInTime = "first_responses_in_time";  // K12, by when the inquiry came in
inline constexpr std::string_view kFirstResponse = "first_response_working";   // K12, durations, by manager
inline constexpr std::string_view kCallTalk = "call_talk";                    // K9, its sum is seconds; in targets only
inline constexpr std::string_view kTasksDue = "tasks_due";                    // K22, state, by manager
inline constexpr std::string_view kMeetingsHeld = "meetings_held";            // K23, by manager
inline constexpr std::string_view kMeetingsScheduled = "meetings_scheduled";  // K24, state, by manager
inline constexpr std::string_view kRevenue = "deals_won.sum";                 // a reading of kDealsWon

// What alerts on a drop watch, against what is usual.
inline constexpr std::array kWatched{kNewLeads, kDealsWon, kRevenue, kCallsIn, kActions};

// All ids above, for a check of the catalogue.
inline constexpr std::array kAll{
    kNewLeads,       kInquiriesWon,       kInquiriesLost, kInquiriesOpen, kNewDeals,     kDealsWon,
    kDealsLost,      kRefusals,           kDealsOpen,     kDealsStuck,    kStageTime,    kActions,
    kCallsIn,        kCallsMissed,        kFirstResponse, kTasksDue,      kMeetingsHeld, kMeetingsScheduled,
    kCallsInWorking, kCallsMissedWorking, kAnswersInTime, kLeadsOpen};

}  // namespace kpistream::insight::kpi
