#include "app/connect/proposal.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <span>
#include <string_view>

#include "app/connect/names.hpp"
#include "app/json_text.hpp"

namespace kpistream::app {
namespace {

constexpr std::size_t kAliasMax = 32;

// ---- what stands in the directories

// Of deals, the lost ones never.
std::vector<Named> stages_of(const PortalFacts& facts) {
  std::vector<Named> stages;
  for (const auto& stage : facts.stages) {
    if (stage.list.starts_with("DEAL_STAGE") && !stage.lost) stages.push_back({stage.id, stage.name});
  }
  return stages;
}

std::vector<Named> smart_processes_of(const PortalFacts& facts) {
  std::vector<Named> types;
  for (const auto& type : facts.smart_processes) types.push_back({"DYNAMIC_" + type.id, type.name});
  return types;
}

// ---- the four

Proposal propose_quotes(const PortalFacts& facts) {
  const auto own = facts.method("crm.quote.list").rows;
  if (own > 0) return {Phrase::subject_quotes, {}, {Phrase::quotes_own, {std::to_string(own)}}};
  const std::array<Choice, 2> choices{{{like(smart_processes_of(facts), kQuote), "types", Phrase::quotes_smart},
                                       {like(stages_of(facts), kQuote, {}, kNotSent), "stages", Phrase::quotes_stage}}};
  return first_of(Phrase::subject_quotes, "quote", choices, {Phrase::quotes_none});
}

Proposal propose_payments(const PortalFacts& facts) {
  const auto own = facts.method("crm.item.list?entityTypeId=31").rows;
  if (own > 0) return {Phrase::subject_payments, {}, {Phrase::payments_own, {std::to_string(own)}}};
  Found orders;
  const auto paid = facts.method(kPaymentList).rows;
  if (paid > 0) orders.add("PAYMENT", std::to_string(paid));
  const std::array<Choice, 3> choices{
      {{like(smart_processes_of(facts), kPayment), "types", Phrase::payments_smart},
       {std::move(orders), "types", Phrase::payments_orders},
       {like(stages_of(facts), kPaid, {}, kNotPaid), "stages", Phrase::payments_stage}}};
  return first_of(Phrase::subject_payments, "payment", choices, {Phrase::payments_none});
}

// `types.meeting` stands instead of the CRM's own: a smart process would switch off meetings among the activities, so a
// stage is preferred.
Proposal propose_meetings(const PortalFacts& facts) {
  const std::array<Choice, 1> choices{{{like(stages_of(facts), kMeeting, kHeld), "stages", Phrase::meetings_stage}}};
  return first_of(Phrase::subject_meetings, "meeting", choices, {Phrase::meetings_own});
}

Proposal propose_complaints(const PortalFacts& facts) {
  const std::array<Choice, 3> choices{
      {{like(facts.pipelines, kComplaint), "pipelines", Phrase::complaints_pipeline, "complaints"},
       {like(smart_processes_of(facts), kComplaint), "types", Phrase::complaints_smart},
       {like(stages_of(facts), kComplaint), "stages", Phrase::complaints_stage}}};
  return first_of(Phrase::subject_complaints, "complaint", choices, {Phrase::complaints_none});
}

void add_events(std::vector<std::string>& events, const std::string& of, std::initializer_list<const char*> what) {
  for (const char* one : what) events.push_back(of + one);
}

}  // namespace

std::vector<Proposal> propose(const PortalFacts& facts) {
  return {propose_quotes(facts), propose_payments(facts), propose_meetings(facts), propose_complaints(facts)};
}

std::vector<std::string> events_for(const PortalFacts& facts, const std::vector<Proposal>& proposals) {
  std::vector<std::string> events;
  if (facts.leads) add_events(events, "ONCRMLEAD", {"ADD", "UPDATE", "DELETE"});
  for (const char* of :
       {"ONCRMDEAL", "ONCRMACTIVITY", "ONCRMQUOTE", "ONCRMDYNAMICITEM", "ONCRMTIMELINECOMMENT", "ONTASK"}) {
    add_events(events, of, {"ADD", "UPDATE", "DELETE"});
  }
  add_events(events, "ONVOXIMPLANTCALLEND", {""});
  add_events(events, "ONCRMCURRENCYUPDATE", {""});
  add_events(events, "ONUSERADD", {""});
  const auto orders = std::any_of(proposals.begin(), proposals.end(), [](const Proposal& one) {
    return std::any_of(one.settings.begin(), one.settings.end(), [](const Setting& setting) {
      return setting.group == "types" && setting.value.find("\"PAYMENT\"") != std::string::npos;
    });
  });
  if (orders) add_events(events, "ONPAYMENT", {"ENTITYSAVED", "DELETED"});
  return events;
}

bool is_portal_alias(const std::string& alias) {
  return !alias.empty() && alias.size() <= kAliasMax && std::all_of(alias.begin(), alias.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::string alias_of_host(const std::string& host) {
  const std::string first = lower(host.substr(0, host.find('.')));
  const bool number = first.find_first_not_of("0123456789") == std::string::npos;  // of an address
  return is_portal_alias(first) && !number ? first : "portal";
}

std::string portal_yaml(const PortalEntry& entry) {
  std::string text = "  " + entry.alias + ":\n";
  const auto line = [&text](const std::string& key, const std::string& value) {
    text += "    " + key + ": " + value + "\n";
  };
  for (const auto& [key, value] : entry.lines) line(key, value);
  std::map<std::string, std::string> groups;
  std::vector<Setting> single;
  for (const auto& proposal : entry.proposals) {
    for (const auto& setting : proposal.settings) {
      if (setting.group.empty()) {
        single.push_back(setting);
        continue;
      }
      std::string& group = groups[setting.group];
      group += (group.empty() ? "" : ", ") + setting.key + ": " + setting.value;
    }
  }
  for (const auto& [group, lists] : groups) line(group, "{" + lists + "}");
  for (const auto& setting : single) line(setting.key, setting.value);
  return text;
}

}  // namespace kpistream::app
