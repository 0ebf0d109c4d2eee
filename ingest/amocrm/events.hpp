// The account's own log: what happened, with before and after, and by whose hand. Internal to ingest/amocrm.
// Source: amoCRM developers, "Events"; the vendor's PHP client, Models/EventModel.php.
#pragma once

#include "ingest/json/json.hpp"
#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

// Of a list of events in any order; they are taken in the order in which they happened. `history`: of a backfill.
// False: one was not readable.
bool read_events(const JsonValue& events, bool history, Decoded& decoded);

}  // namespace kpistream::ingest
