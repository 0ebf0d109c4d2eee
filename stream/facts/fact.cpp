#include "stream/facts/fact.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <tuple>
#include <utility>

namespace kpistream {

std::string_view fact_kind_name(FactKind kind) {
  static constexpr std::array<std::string_view, 35> kNames{"new_lead",        "lead_converted",
                                                           "lead_lost",       "first_response",
                                                           "new_deal",        "deal_won",
                                                           "deal_lost",       "call",
                                                           "quote_sent",      "payment",
                                                           "task_due",        "meeting_held",
                                                           "meeting_planned", "inquiry_won",
                                                           "inquiry_lost",    "lead_processed",
                                                           "lead_waiting",    "inquiry_open",
                                                           "stage_left",      "deal_open",
                                                           "deal_idle",       "deal_no_step",
                                                           "client_win",      "client_acquired",
                                                           "client_state",    "missed_unreturned",
                                                           "callback",        "complaint",
                                                           "rating",          "action",
                                                           "deal_reopened",   "work_day",
                                                           "work_begin",      "work_end",
                                                           "lead_open"};
  static_assert(kNames.size() == static_cast<std::size_t>(kLastFactKind));
  return kNames.at(static_cast<std::size_t>(kind) - 1);
}

// A fact is large: the order is found among places, and each moved once.
Facts in_order(Facts facts) {
  std::vector<std::size_t> places(facts.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(facts[a].kind, facts[a].part) < std::tie(facts[b].kind, facts[b].part);
  });
  Facts sorted;
  sorted.reserve(facts.size());
  for (const std::size_t place : places) sorted.push_back(std::move(facts[place]));
  return sorted;
}

bool is_state(FactKind kind) {
  switch (kind) {
    case FactKind::task_due:
    case FactKind::meeting_planned:
    case FactKind::lead_waiting:
    case FactKind::inquiry_open:
    case FactKind::lead_open:
    case FactKind::deal_open:
    case FactKind::deal_idle:
    case FactKind::deal_no_step:
    case FactKind::client_state:
    case FactKind::missed_unreturned:
      return true;
    default:
      return false;
  }
}

bool is_active_time(FactKind kind) {
  return kind == FactKind::work_day || kind == FactKind::work_begin || kind == FactKind::work_end;
}

}  // namespace kpistream
