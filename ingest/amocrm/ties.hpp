// Which leads a contact or company has, as webhooks tell it: each as a word about the lead. Internal to ingest/amocrm.
#pragma once

#include <vector>

#include "ingest/amocrm/items.hpp"
#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

// Of a contact or company: its linked_leads_id, keyed by the ids or as a list. `arrived` where it tells no time.
[[nodiscard]] std::vector<Observation> ties_of_card(const Item& item, bool company, UnixSeconds arrived);
// Of a conversation: its contact and its lead.
[[nodiscard]] std::vector<Observation> ties_of_talk(const Item& talk);
// Of an incoming lead: data[contacts][0][id].
[[nodiscard]] std::vector<Observation> ties_of_incoming(const Item& unsorted, const std::string& lead);

}  // namespace kpistream::ingest
