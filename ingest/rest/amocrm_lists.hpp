// The lists of amoCRM and Kommo that are read, and how. Internal to ingest/rest.
// Source: amoCRM developers, API v4: leads, tasks, events and notes, catalogs, users, pipelines, loss reasons.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

struct AmoList {
  enum class Order : std::uint8_t {
    by_time,   // each page begins at the time where the one before ended: whatever changes meanwhile comes last
    numbered,  // pages by number, in an order that a change leaves alone: nothing is skipped
  };
  std::string_view name;   // of its cursor and in figures, and the beginning of its readings' subjects
  std::string_view path;   // below /api/v4/; empty: the elements of the catalogue that holds invoices
  std::string_view query;  // beyond page, limit and window
  std::string_view time;   // the field it is read by; empty: a directory, read whole
  Order order;
  std::size_t limit;   // rows of a page
  UnixSeconds window;  // of a backfill by numbered pages, to begin with; 0: all at once
  bool optional;       // not every account has it: a refusal is nothing to worry about
};

[[nodiscard]] std::span<const AmoList> amocrm_lists();
// Null: there is no such list.
[[nodiscard]] const AmoList* amocrm_list(std::string_view name);

}  // namespace kpistream::ingest
