// Purchases of customers (the API calls them transactions): payments, where a portal's mapping says so. No webhook
// tells of them: the account's log does, and the customer's list of them is then read. Internal to ingest/amocrm.
// Source: amoCRM developers, "Customers", transactions; "Events", transaction_added.
#pragma once

#include <string>
#include <string_view>

#include "ingest/json/json.hpp"
#include "stream/portal.hpp"
#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

// TRANSACTION is one of `types.payment`.
[[nodiscard]] bool purchases_count(const PortalSettings& settings);

// "customers/<id>/transactions": all purchases of that customer, as a wish and as the last page of its reading.
[[nodiscard]] std::string purchases_subject(const std::string& customer);
// Of its pages too. `method`: a subject without its parameters.
[[nodiscard]] bool is_purchases(std::string_view method);

// A reading of them, whatever its page. What left the list without a word of that is not known to be gone.
[[nodiscard]] Decoded decode_purchases(const Record& record, const PortalSettings& settings);

}  // namespace kpistream::ingest
