// Calls, comments, messages and votes as webhooks tell them. Internal to ingest/amocrm.
#pragma once

#include <optional>
#include <string>

#include "ingest/amocrm/items.hpp"
#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

// Nothing: the item does not tell what it has to.
[[nodiscard]] std::optional<Observation> call_of(const Item& note);
[[nodiscard]] std::optional<Observation> comment_of(const Item& note);
[[nodiscard]] std::optional<Observation> message_of(const Item& message);
// The vote at the end of a conversation. All else about it is told by its messages.
[[nodiscard]] std::optional<Observation> vote_of(const Item& talk);

// The lead that a note, task, message or conversation belongs to; empty when it is another card.
[[nodiscard]] std::string lead_of(const Item& item);

}  // namespace kpistream::ingest
