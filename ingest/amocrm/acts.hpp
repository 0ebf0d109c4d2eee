// Calls, comments, messages and votes as webhooks tell them. Internal to ingest/amocrm.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/amocrm/common.hpp"
#include "ingest/amocrm/items.hpp"
#include "ingest/amocrm/text_times.hpp"
#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

// Where times may be told as text, and what body they stand in.
struct ItemClock {
  const TextTimes& times;
  std::string_view host;
  // The first of the names that tells a time: as a number, else as text where that counts. 0: none does.
  [[nodiscard]] UnixSeconds at(const Item& item, std::initializer_list<std::string_view> names) const;
};

// Nothing: the item does not tell what it has to.
[[nodiscard]] std::optional<Observation> call_of(const Item& note, const ItemClock& clock);
[[nodiscard]] std::optional<Observation> comment_of(const Item& note, const ItemClock& clock);
[[nodiscard]] std::optional<Observation> sms_of(const Item& note, const ItemClock& clock);
// The call that has made an incoming lead. Nothing: it was none, or has no name of its own by which to know it again.
[[nodiscard]] std::optional<Observation> call_of_incoming(const Item& unsorted, const std::string& lead);
[[nodiscard]] std::optional<TaskState> task_of(const Item& task, const ItemClock& clock);
[[nodiscard]] std::optional<Observation> message_of(const Item& message);
// The vote at the end of a conversation. All else about it is told by its messages.
[[nodiscard]] std::optional<Observation> vote_of(const Item& talk);

// The record that a note, task, message or conversation belongs to.
[[nodiscard]] EntityRef place_of(const Item& item);

}  // namespace kpistream::ingest
