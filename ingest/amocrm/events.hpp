// The account's own log: what happened, with before and after, and by whose hand. Internal to ingest/amocrm.
// Source: amoCRM developers, "Events"; the vendor's PHP client, Models/EventModel.php.
#pragma once

#include "ingest/json/json.hpp"
#include "stream/portal.hpp"
#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

// Of a list of events in any order; they are taken in the order in which they happened. `history`: of a backfill. A
// purchase is told without what it is: it is a wish for the customer's list, where purchases count.
// False: one was not readable.
bool read_events(const JsonValue& events, bool history, const PortalSettings& settings, Decoded& decoded);

}  // namespace kpistream::ingest
