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

Observation read_activity(const JsonValue& result, const PortalSettings& /*settings*/) {
  Observation seen;
  seen.ref = {EntityKind::activity, result["ID"].text()};
  seen.presence = Presence::present;
  seen.version = result["LAST_UPDATED"].time();
  const std::string type = result["TYPE_ID"].text();
  const std::string provider = result["PROVIDER_ID"].text();
  const std::string direction = result["DIRECTION"].text();
  Details act;
  act.owner = result["RESPONSIBLE_ID"].id();
  act.act = act_of(type, provider);
  act.type = is_label(provider) ? provider : id_or_empty(type);
  act.direction = direction == "1" ? Direction::in : direction == "2" ? Direction::out : Direction::none;
  act.start = result["START_TIME"].time();
  act.end = result["END_TIME"].time();
  act.deadline = result["DEADLINE"].time();
  act.author = result["AUTHOR_ID"].actor();
  act.created = result["CREATED"].time();
  act.done = result["COMPLETED"].truth();
  if (act.done) {
    const bool held = act.act == Act::meeting && act.end != 0 && act.end <= seen.version;
    act.done_at = held ? act.end : seen.version;
    act.closer = result["EDITOR_ID"].actor();
  }
  const std::string owner_type = result["OWNER_TYPE_ID"].text();
  act.target = target_of(owner_type == "1", owner_type == "2", result["OWNER_ID"].id());
  seen.details = act;
  return seen;
}

Observation read_task(const JsonValue& result, const PortalSettings& /*settings*/) {
  const JsonValue item = result["task"];
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
Observation read_comment(const JsonValue& result, const PortalSettings& /*settings*/) {
  Observation seen;
  seen.ref = {EntityKind::note, result["ID"].text()};
  seen.presence = Presence::present;
  seen.version = result["CREATED"].time();
  Details details;
  details.act = Act::comment;
  details.owner = result["AUTHOR_ID"].id();
  details.author = result["AUTHOR_ID"].actor();
  details.human = details.author != "0";
  details.start = seen.version;
  details.created = seen.version;
  const std::string type = result["ENTITY_TYPE"].text();
  details.target = target_of(type == "lead", type == "deal", result["ENTITY_ID"].id());
  seen.details = details;
  return seen;
}

}  // namespace kpistream::ingest
