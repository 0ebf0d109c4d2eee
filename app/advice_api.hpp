// Advice over the admin address: the list, and what becomes of a card.
#pragma once

#include <string_view>

#include "app/advice_desk.hpp"
#include "app/insights.hpp"
#include "ingest/http/server.hpp"

namespace kpistream::app {

inline constexpr std::string_view kAdvicePath = "/api/v1/advice";

// GET, ?portal= for one portal: {"cards":[...]}
[[nodiscard]] ingest::AdminResponse list_advice(const Insights& insights, const ingest::AdminRequest& request);

// POST /api/v1/advice/<card>?portal=acme with {"status":"accepted","owner":"7","due":"2026-12-01"}; status is accepted,
// declined or done, the others may be left out. Answers 400 for what cannot be read, 404 where there is no such portal
// or card, 409 where the card cannot become that, 503 where nobody came for it in time; each with {"error":"..."}.
[[nodiscard]] bool is_card_path(std::string_view path);
[[nodiscard]] ingest::AdminResponse change_advice(AdviceDesk& desk, const ingest::AdminRequest& request);

}  // namespace kpistream::app
