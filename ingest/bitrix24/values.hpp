// Values that several kinds of records of Bitrix24 share. Internal to ingest/bitrix24.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ingest/json/json.hpp"
#include "ingest/parts.hpp"
#include "stream/portal.hpp"

namespace kpistream::ingest {

// S, F or P; null is P.
[[nodiscard]] inline Outcome outcome_by_semantics(std::string_view semantics) {
  if (semantics == "S") return Outcome::won;
  return semantics == "F" ? Outcome::lost : Outcome::open;
}

// As the record tells it: neither a company nor a person is a known "none".
[[nodiscard]] inline std::optional<EntityRef> told_client(const JsonValue& company, const JsonValue& contact) {
  if (!company.exists() && !contact.exists()) return std::nullopt;
  return client_of(company.id(), contact.id());
}

inline void set_currency(StagePoint& point, const std::string& currency, const PortalSettings& settings) {
  if (currency.empty() || currency == settings.currency) return;
  point.currency = currency.size() == 3 && is_label(currency) ? currency : "XXX";  // ISO 4217: no currency
}

}  // namespace kpistream::ingest
