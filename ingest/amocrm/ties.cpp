#include "ingest/amocrm/ties.hpp"

#include <algorithm>

#include "ingest/amocrm/acts.hpp"
#include "ingest/amocrm/common.hpp"
#include "ingest/json/json.hpp"

namespace kpistream::ingest {
namespace {

void add(std::vector<Observation>& ties, const std::string& lead, EntityRef card, UnixSeconds at) {
  if (lead.empty() || card.id.empty() || at <= 0) return;
  Observation tie;
  tie.ref = {EntityKind::deal, lead};
  tie.version = at;
  tie.card = std::move(card);
  const auto same = [&](const Observation& have) { return have.ref == tie.ref && have.card == tie.card; };
  if (std::none_of(ties.begin(), ties.end(), same)) ties.push_back(std::move(tie));
}

}  // namespace

std::vector<Observation> ties_of_card(const Item& item, bool company, UnixSeconds arrived) {
  std::vector<Observation> ties;
  const UnixSeconds told = item.number("updated_at", "last_modified");
  const EntityRef card = company ? company_card(item.id("id")) : contact_card(item.id("id"));
  for (const auto& [path, value] : item.fields) {
    const bool names_lead = path.size() >= 2 && path.size() <= 3 && path[0] == "linked_leads_id";
    if (names_lead) add(ties, id_or_empty(value), card, told > 0 ? told : arrived);
  }
  return ties;
}

std::vector<Observation> ties_of_talk(const Item& talk) {
  std::vector<Observation> ties;
  const EntityRef place = place_of(talk);
  if (place.kind != EntityKind::deal) return ties;
  add(ties, place.id, contact_card(talk.id("contact_id")), talk.number("updated_at", "created_at"));
  return ties;
}

std::vector<Observation> ties_of_incoming(const Item& unsorted, const std::string& lead) {
  std::vector<Observation> ties;
  for (const auto& [path, value] : unsorted.fields) {
    const bool names_contact = path.size() >= 3 && path[0] == "data" && path[1] == "contacts" && path.back() == "id";
    if (names_contact) add(ties, lead, contact_card(id_or_empty(value)), unsorted.number("created_at", "date_create"));
  }
  return ties;
}

}  // namespace kpistream::ingest
