// Invoices, and whatever else a portal's mapping takes for an offer, a payment, a meeting or a complaint: smart
// processes, old invoices, printed documents, payments of orders. Internal to ingest/bitrix24.
//
// All of them share kinds with other records, so their ids carry what they are: "128:5", "document:5". Only the new
// invoices, which most portals have, stand bare.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ingest/json/json.hpp"
#include "stream/portal.hpp"

namespace kpistream::ingest {

inline constexpr std::string_view kNewInvoice = "31";  // entityTypeId

// What the records of a type are in this portal; nothing: of no meaning for any figure.
[[nodiscard]] std::optional<EntityKind> item_kind(std::string_view type, const PortalSettings& settings);
[[nodiscard]] EntityRef item_ref(std::string_view type, std::string_view id, const PortalSettings& settings);
// Of a type that has a kind.
[[nodiscard]] Observation read_item(std::string_view type, const JsonValue& item, const PortalSettings& settings);

[[nodiscard]] EntityRef old_invoice_ref(std::string_view id);
[[nodiscard]] Observation read_old_invoice(const JsonValue& item, const PortalSettings& settings);

// Printed documents count as quotes where the mapping has all of them ("DOCUMENT") or those of a template
// ("DOCUMENT_12").
[[nodiscard]] bool documents_count(const PortalSettings& settings);
[[nodiscard]] EntityRef document_ref(std::string_view id);
// Marked to be ignored when it is of another template.
[[nodiscard]] Observation read_document(const JsonValue& item, const PortalSettings& settings);

[[nodiscard]] bool payments_count(const PortalSettings& settings);
[[nodiscard]] EntityRef payment_ref(std::string_view id);
// Without a version: a payment tells no time of its last change.
[[nodiscard]] Observation read_payment(const JsonValue& item, const PortalSettings& settings);

}  // namespace kpistream::ingest
