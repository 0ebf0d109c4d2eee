#include "ingest/rest/amocrm_lists.hpp"

#include <algorithm>
#include <array>

#include "ingest/rest/readers.hpp"

namespace kpistream::ingest {
namespace {

using Order = AmoList::Order;

constexpr std::size_t kPage = 250;
constexpr std::size_t kEventsPage = 100;
constexpr UnixSeconds kWeek = 604'800;

constexpr std::string_view kLeads = "&with=contacts&order%5Bupdated_at%5D=asc";
constexpr std::string_view kBin = "&with=only_deleted,contacts&order%5Bid%5D=asc";
constexpr std::string_view kById = "&order%5Bid%5D=asc";
constexpr std::string_view kNotes =
    "&order%5Bupdated_at%5D=asc&filter%5Bnote_type%5D%5B%5D=call_in&filter%5Bnote_type%5D%5B%5D=call_out"
    "&filter%5Bnote_type%5D%5B%5D=common&filter%5Bnote_type%5D%5B%5D=sms_in&filter%5Bnote_type%5D%5B%5D=sms_out";
// What nothing else tells: changes with their hands, what is gone, messages. All else is in the other lists.
constexpr std::string_view kEvents =
    "&filter%5Btype%5D=lead_status_changed,entity_responsible_changed,sale_field_changed,lead_deleted,lead_restored,"
    "task_deleted,common_note_deleted,incoming_chat_message,outgoing_chat_message,conversation_answered,"
    "transaction_added";

// The record of a change comes after the log of it: a state that is read later knows what the log has told.
constexpr std::array<AmoList, 13> kLists{
    {{"events", "events", kEvents, "created_at", Order::numbered, kEventsPage, kWeek, false},
     {"leads", "leads", kLeads, "updated_at", Order::by_time, kPage, 0, false},
     {"tasks", "tasks", kById, "updated_at", Order::numbered, kPage, 0, false},
     {"leads/notes", "leads/notes", kNotes, "updated_at", Order::by_time, kPage, 0, false},
     {"contacts/notes", "contacts/notes", kNotes, "updated_at", Order::by_time, kPage, 0, false},
     {"companies/notes", "companies/notes", kNotes, "updated_at", Order::by_time, kPage, 0, false},
     {"customers/notes", "customers/notes", kNotes, "updated_at", Order::by_time, kPage, 0, true},
     {"catalogs/elements", "", kById, "updated_at", Order::numbered, kPage, 0, true},
     {"users", "users", "", "", Order::numbered, kPage, 0, false},
     {"leads/pipelines", "leads/pipelines", "", "", Order::numbered, kPage, 0, false},
     {"leads/loss_reasons", "leads/loss_reasons", "", "", Order::numbered, kPage, 0, true},
     {"catalogs", "catalogs", "", "", Order::numbered, kPage, 0, true},
     {"leads/bin", "leads", kBin, "", Order::numbered, kPage, 0, false}}};

}  // namespace

std::span<const AmoList> amocrm_lists() { return kLists; }

const AmoList* amocrm_list(std::string_view name) {
  const auto* found = std::find_if(kLists.begin(), kLists.end(), [name](const AmoList& l) { return l.name == name; });
  return found == kLists.end() ? nullptr : found;
}

std::vector<std::string> amocrm_timed_lists() {
  std::vector<std::string> names;
  for (const AmoList& list : kLists) {
    if (!list.time.empty() && !list.optional) names.emplace_back(list.name);
  }
  return names;
}

std::vector<std::string> amocrm_list_paths() {
  std::vector<std::string> paths;
  for (const AmoList& list : kLists) {
    const bool another = list.path != list.name;  // the bin of a list, what a catalogue has
    if (!another && !list.optional) paths.emplace_back(list.path);
  }
  return paths;
}

}  // namespace kpistream::ingest
