#include "ingest/bitrix24/acts.hpp"

namespace kpistream::ingest {
namespace {

Act act_of(const std::string& type, const std::string& provider) {
  if (type == "1" || provider == "CRM_MEETING") return Act::meeting;
  if (type == "2") return Act::call;
  if (type == "4" || provider == "CRM_EMAIL") return Act::mail;
  if (provider == "IMOPENLINES_SESSION") return Act::chat;
  return type == "6" && provider == "CRM_TODO" ? Act::todo : Act::other;
}

EntityRef target_of(bool lead, bool deal, std::string id) {
  if (id.empty() || (!lead && !deal)) return {};
  return {lead ? EntityKind::lead : EntityKind::deal, std::move(id)};
}

// "D_701" or "L_5"; the first record that can be an inquiry.
EntityRef task_target(const JsonValue& bindings) {
  EntityRef target;
  bindings.each([&](const JsonValue& binding) {
    const std::string text = binding.text();
    if (!target.id.empty() || text.size() < 3 || text[1] != '_' || !is_id(text.substr(2))) return;
    target = target_of(text[0] == 'L', text[0] == 'D', text.substr(2));
  });
  return target;
}

}  // namespace

Observation read_activity(const JsonValue& item, const PortalSettings& /*settings*/) {
  Observation seen;
  seen.ref = {EntityKind::activity, item["ID"].text()};
  seen.presence = Presence::present;
  seen.version = item["LAST_UPDATED"].time();
  const std::string type = item["TYPE_ID"].text();
  const std::string provider = item["PROVIDER_ID"].text();
  const std::string direction = item["DIRECTION"].text();
  Details act;
  act.owner = item["RESPONSIBLE_ID"].id();
  act.act = act_of(type, provider);
  act.type = is_label(provider) ? provider : id_or_empty(type);
  act.direction = direction == "1" ? Direction::in : direction == "2" ? Direction::out : Direction::none;
  act.start = item["START_TIME"].time();
  act.end = item["END_TIME"].time();
  act.deadline = item["DEADLINE"].time();
  act.author = item["AUTHOR_ID"].actor();
  act.created = item["CREATED"].time();
  act.done = item["COMPLETED"].truth();
  if (act.done) {
    const bool held = act.act == Act::meeting && act.end != 0 && act.end <= seen.version;
    act.done_at = held ? act.end : seen.version;
    act.closer = item["EDITOR_ID"].actor();
  }
  const std::string owner_type = item["OWNER_TYPE_ID"].text();
  act.target = target_of(owner_type == "1", owner_type == "2", item["OWNER_ID"].id());
  seen.details = act;
  return seen;
}

Observation read_task(const JsonValue& item, const PortalSettings& /*settings*/) {
  Observation seen;
  seen.ref = {EntityKind::task, item["id"].text()};
  seen.presence = Presence::present;
  seen.version = item["changedDate"].time();
  Details details;
  details.owner = item["responsibleId"].id();
  details.act = Act::todo;
  details.deadline = item["deadline"].time();
  details.author = item["createdBy"].actor();
  details.created = item["createdDate"].time();
  details.done = item["status"].text() == "5";
  if (details.done) {
    details.done_at = item["closedDate"].time();
    details.closer = item["closedBy"].actor();
  }
  details.target = task_target(item["ufCrmTask"]);
  seen.details = details;
  return seen;
}

// Nothing that is kept of a comment ever changes: its creation is its version.
Observation read_comment(const JsonValue& item, const PortalSettings& /*settings*/) {
  Observation seen;
  seen.ref = {EntityKind::note, item["ID"].text()};
  seen.presence = Presence::present;
  seen.version = item["CREATED"].time();
  Details details;
  details.act = Act::comment;
  details.owner = item["AUTHOR_ID"].id();
  details.author = item["AUTHOR_ID"].actor();
  details.human = details.author != "0";
  details.start = seen.version;
  details.created = seen.version;
  const std::string type = item["ENTITY_TYPE"].text();
  details.target = target_of(type == "lead", type == "deal", item["ENTITY_ID"].id());
  seen.details = details;
  return seen;
}

}  // namespace kpistream::ingest
