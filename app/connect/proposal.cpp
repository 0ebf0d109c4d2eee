#include "app/connect/proposal.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <span>
#include <string_view>

#include "app/json_text.hpp"

namespace kpistream::app {
namespace {

constexpr std::size_t kAliasMax = 32;

// ---- names

// Small letters, of Latin and Russian alphabets; the rest is left as it is.
std::string lower(std::string_view text) {
  std::string small;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (byte >= 'A' && byte <= 'Z') {
      small.push_back(static_cast<char>(byte + 32));
    } else if (byte == 0xd0 && next >= 0x90 && next <= 0xaf) {  // А to Я; from Р on they are two blocks apart
      small.push_back(static_cast<char>(next < 0xa0 ? 0xd0 : 0xd1));
      small.push_back(static_cast<char>(next < 0xa0 ? next + 0x20 : next - 0x20));
      ++i;
    } else if ((byte == 0xd0 && next == 0x81) || (byte == 0xd1 && next == 0x91)) {  // Ё and ё read as е
      small += "е";
      ++i;
    } else {
      small.push_back(text[i]);
    }
  }
  return small;
}

// Small letters between blanks, so that " кп " finds a whole word.
std::string words_of(const std::string& name) {
  std::string words = " " + lower(name) + " ";
  for (char& c : words) {
    if (std::string_view("\t.,:;/()[]\"'!?-+&").find(c) != std::string_view::npos) c = ' ';
  }
  return words;
}

using Parts = std::span<const std::string_view>;

bool has_one(const std::string& words, Parts parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return words.find(part) != std::string::npos; });
}

constexpr std::array<std::string_view, 6> kQuote{"коммерческ", " кп ", "предложен", "quote", "proposal", " offer"};
constexpr std::array<std::string_view, 10> kNotSent{"подготов", "готовим", "составл", "согласов", "запрос",
                                                    " нужно ",  "draft",   "prepar",  "approv",   "request"};
constexpr std::array<std::string_view, 8> kPaid{
    "оплачен",        "оплата получен", "получена оплата",  "предоплата получен",
    "деньги получен", " paid ",         "payment received", "prepaid"};
constexpr std::array<std::string_view, 8> kNotPaid{" не оплачен", "неоплачен", "ожид",   " ждем ",
                                                   "частично",    "not paid",  "unpaid", "awaiting"};
constexpr std::array<std::string_view, 3> kPayment{"оплат", "поступлен", "payment"};
constexpr std::array<std::string_view, 3> kMeeting{"встреч", "meeting", "замер"};
constexpr std::array<std::string_view, 6> kHeld{"проведен", "состоял", "прошл", "завершен", " held ", " done "};
constexpr std::array<std::string_view, 5> kComplaint{"рекламац", "жалоб", "претензи", "complaint", "claim"};

// ---- what stands in the directories

struct Found {
  std::vector<std::string> ids;
  std::string names;  // "A, B"

  void add(std::string id, const std::string& name) {
    ids.push_back(std::move(id));
    names += (names.empty() ? "" : ", ") + name;
  }
};

// Stages of deals, the lost ones never.
Found stages_like(const PortalFacts& facts, Parts wanted, Parts also, Parts unwanted) {
  Found found;
  for (const auto& stage : facts.stages) {
    const auto words = words_of(stage.name);
    const bool fits = stage.list.starts_with("DEAL_STAGE") && !stage.lost && has_one(words, wanted) &&
                      (also.empty() || has_one(words, also)) && !has_one(words, unwanted);
    if (fits) found.add(stage.id, stage.name);
  }
  return found;
}

Found smart_like(const PortalFacts& facts, Parts wanted) {
  Found found;
  for (const auto& type : facts.smart_processes) {
    if (has_one(words_of(type.name), wanted)) found.add("DYNAMIC_" + type.id, type.name);
  }
  return found;
}

Found pipelines_like(const PortalFacts& facts, Parts wanted) {
  Found found;
  for (const auto& pipeline : facts.pipelines) {
    if (has_one(words_of(pipeline.name), wanted)) found.add(pipeline.id, pipeline.name);
  }
  return found;
}

// ---- the four

struct Choice {
  Found found;
  const char* group;
  Phrase reason;
};

// The first choice that was found; without any, `otherwise`, for which nothing is written.
Proposal first_of(Phrase subject, const char* key, std::span<const Choice> choices, Line otherwise) {
  for (const auto& choice : choices) {
    if (!choice.found.ids.empty()) {
      return {subject, choice.group, key, choice.found.ids, {choice.reason, {choice.found.names}}};
    }
  }
  return {subject, "", "", {}, std::move(otherwise)};
}

Proposal propose_quotes(const PortalFacts& facts) {
  const auto own = facts.method("crm.quote.list").rows;
  if (own > 0) return {Phrase::subject_quotes, "", "", {}, {Phrase::quotes_own, {std::to_string(own)}}};
  const std::array<Choice, 2> choices{{{smart_like(facts, kQuote), "types", Phrase::quotes_smart},
                                       {stages_like(facts, kQuote, {}, kNotSent), "stages", Phrase::quotes_stage}}};
  return first_of(Phrase::subject_quotes, "quote", choices, {Phrase::quotes_none});
}

Proposal propose_payments(const PortalFacts& facts) {
  const auto own = facts.method("crm.item.list?entityTypeId=31").rows;
  if (own > 0) return {Phrase::subject_payments, "", "", {}, {Phrase::payments_own, {std::to_string(own)}}};
  Found orders;
  const auto paid = facts.method(kPaymentList).rows;
  if (paid > 0) orders.add("PAYMENT", std::to_string(paid));
  const std::array<Choice, 3> choices{{{smart_like(facts, kPayment), "types", Phrase::payments_smart},
                                       {std::move(orders), "types", Phrase::payments_orders},
                                       {stages_like(facts, kPaid, {}, kNotPaid), "stages", Phrase::payments_stage}}};
  return first_of(Phrase::subject_payments, "payment", choices, {Phrase::payments_none});
}

// `types.meeting` stands instead of the CRM's own: a smart process would switch off meetings among the activities, so a
// stage is preferred.
Proposal propose_meetings(const PortalFacts& facts) {
  const std::array<Choice, 1> choices{{{stages_like(facts, kMeeting, kHeld, {}), "stages", Phrase::meetings_stage}}};
  return first_of(Phrase::subject_meetings, "meeting", choices, {Phrase::meetings_own});
}

Proposal propose_complaints(const PortalFacts& facts) {
  if (auto found = pipelines_like(facts, kComplaint); !found.ids.empty()) {
    return {
        Phrase::subject_complaints, "pipelines", "complaints", found.ids, {Phrase::complaints_pipeline, {found.names}}};
  }
  const std::array<Choice, 2> choices{{{smart_like(facts, kComplaint), "types", Phrase::complaints_smart},
                                       {stages_like(facts, kComplaint, {}, {}), "stages", Phrase::complaints_stage}}};
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
    return std::find(one.values.begin(), one.values.end(), "PAYMENT") != one.values.end();
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
  std::string text = "  " + entry.alias + ":\n    crm: bitrix24\n";
  const auto line = [&text](const std::string& key, const std::string& value) {
    text += "    " + key + ": " + value + "\n";
  };
  line("mode", entry.leads ? "classic" : "simple");
  line("zone", entry.zone);
  line("currency", entry.currency);
  line("application_tokens_file", json(entry.tokens_file));
  line("rest_url_file", json(entry.rest_file));
  std::map<std::string, std::string> groups;
  for (const auto& proposal : entry.proposals) {
    if (proposal.group.empty()) continue;
    std::string& group = groups[proposal.group];
    group += (group.empty() ? "" : ", ") + proposal.key + ": " + json(proposal.values);
  }
  for (const auto& [group, lists] : groups) line(group, "{" + lists + "}");
  return text;
}

}  // namespace kpistream::app
