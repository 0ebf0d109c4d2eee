#include "ingest/bitrix24/deliveries.hpp"

#include <array>

#include "ingest/bitrix24/calls.hpp"
#include "ingest/form/form.hpp"
#include "ingest/json/json.hpp"

namespace kpistream::ingest {
namespace {

// Events that only say that a record changed: the record is read. `subject` goes before the id.
struct Readable {
  std::string_view event;
  std::string_view subject;
};
constexpr std::array<Readable, 22> kReadable{{{"ONCRMLEADADD", "crm.lead.get?id="},
                                              {"ONCRMLEADUPDATE", "crm.lead.get?id="},
                                              {"ONCRMLEADDELETE", "crm.lead.get?id="},
                                              {"ONCRMDEALADD", "crm.deal.get?id="},
                                              {"ONCRMDEALUPDATE", "crm.deal.get?id="},
                                              {"ONCRMDEALDELETE", "crm.deal.get?id="},
                                              {"ONCRMDEALMOVETOCATEGORY", "crm.deal.get?id="},
                                              {"ONCRMACTIVITYADD", "crm.activity.get?id="},
                                              {"ONCRMACTIVITYUPDATE", "crm.activity.get?id="},
                                              {"ONCRMACTIVITYDELETE", "crm.activity.get?id="},
                                              {"ONCRMQUOTEADD", "crm.quote.get?id="},
                                              {"ONCRMQUOTEUPDATE", "crm.quote.get?id="},
                                              {"ONCRMQUOTEDELETE", "crm.quote.get?id="},
                                              {"ONCRMTIMELINECOMMENTADD", "crm.timeline.comment.get?id="},
                                              {"ONCRMTIMELINECOMMENTUPDATE", "crm.timeline.comment.get?id="},
                                              {"ONCRMTIMELINECOMMENTDELETE", "crm.timeline.comment.get?id="},
                                              {"ONTASKADD", "tasks.task.get?taskId="},
                                              {"ONTASKUPDATE", "tasks.task.get?taskId="},
                                              {"ONTASKDELETE", "tasks.task.get?taskId="},
                                              {"ONCRMDYNAMICITEMADD_31", "crm.item.get?entityTypeId=31&id="},
                                              {"ONCRMDYNAMICITEMUPDATE_31", "crm.item.get?entityTypeId=31&id="},
                                              {"ONCRMDYNAMICITEMDELETE_31", "crm.item.get?entityTypeId=31&id="}}};

constexpr std::array<std::string_view, 3> kDynamic{"ONCRMDYNAMICITEMADD", "ONCRMDYNAMICITEMUPDATE",
                                                   "ONCRMDYNAMICITEMDELETE"};

// Events we know and that no figure needs now.
constexpr std::array<std::string_view, 21> kIgnored{"ONCRMCONTACT",
                                                    "ONCRMCOMPANY",
                                                    "ONCRMDOCUMENTGENERATOR",
                                                    "ONCRMCURRENCY",
                                                    "ONCRMINVOICE",
                                                    "ONCRMDYNAMICITEM",
                                                    "ONTASKCOMMENT",
                                                    "ONVOXIMPLANTCALLINIT",
                                                    "ONVOXIMPLANTCALLSTART",
                                                    "ONEXTERNALCALL",
                                                    "ONOPENLINE",
                                                    "ONSESSION",
                                                    "ONUSER",
                                                    "ONCALENDARENTRY",
                                                    "ONPAYMENT",
                                                    "ONORDER",
                                                    "ONSALE",
                                                    "ONSHIPMENT",
                                                    "ONBOOKING",
                                                    "ONOFFLINEEVENT",
                                                    "ONAPP"};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::string_view value(const Form& form, std::initializer_list<std::string_view> path) {
  const FormPair* pair = form.find(path);
  return pair == nullptr ? std::string_view{} : pair->value;
}

// CRM events put the id under FIELDS, tasks under FIELDS_AFTER or (deleted) FIELDS_BEFORE. The documentation has it
// bare in those of comments.
std::string_view id_of(const Form& form) {
  for (const std::string_view place : {"FIELDS", "FIELDS_AFTER", "FIELDS_BEFORE"}) {
    const auto id = value(form, {"data", place, "ID"});
    if (!id.empty() && id != "0") return id;
  }
  const auto id = value(form, {"data", "ID"});
  return id == "0" ? std::string_view{} : id;
}

CallWords call_words(const Form& form) {
  const auto word = [&form](std::string_view name) { return std::string(value(form, {"data", name})); };
  return {word("CALL_ID"),
          word("CALL_TYPE"),
          word("PORTAL_USER_ID"),
          word("PHONE_NUMBER"),
          word("CALL_DURATION"),
          word("CALL_START_DATE"),
          word("CALL_FAILED_CODE"),
          word("CALL_VOTE"),
          {},
          {}};
}

Decoded decode_call(const Form& form) {
  Decoded decoded;
  decoded.event = "ONVOXIMPLANTCALLEND";
  const CallWords words = call_words(form);
  if (is_announcement(words)) {
    decoded.verdict = DecodeVerdict::ignored;
  } else if (auto call = read_call(words)) {
    decoded.observations.push_back(std::move(*call));
  } else {
    decoded.verdict = DecodeVerdict::quarantined;
  }
  return decoded;
}

Decoded wish_for(std::string_view event, std::string_view subject, std::string_view id) {
  Decoded decoded;
  decoded.event = event;
  if (is_id(id)) {
    decoded.wishes.push_back(std::string(subject) + std::string(id));
  } else {
    decoded.verdict = DecodeVerdict::quarantined;
  }
  return decoded;
}

Decoded without_meaning(std::string_view event) {
  Decoded decoded;
  decoded.verdict = DecodeVerdict::unknown;
  decoded.event = "other";
  for (const auto known : kIgnored) {
    if (!event.starts_with(known)) continue;
    decoded.verdict = DecodeVerdict::ignored;
    decoded.event = known;
  }
  return decoded;
}

}  // namespace

Decoded decode_bitrix24_delivery(const Record& record) {
  thread_local Form form;
  if (form.parse(record.body, FormLimits{}) != FormStatus::ok) {
    Decoded decoded;
    decoded.verdict = DecodeVerdict::quarantined;
    decoded.event = "other";
    return decoded;
  }
  const std::string event = upper(value(form, {"event"}));
  if (event == "ONVOXIMPLANTCALLEND") return decode_call(form);
  for (const auto& [name, subject] : kReadable) {
    if (event == name) return wish_for(name, subject, id_of(form));
  }
  for (const auto name : kDynamic) {
    if (event != name) continue;
    const auto type = value(form, {"data", "FIELDS", "ENTITY_TYPE_ID"});
    if (type == "31") return wish_for(name, "crm.item.get?entityTypeId=31&id=", id_of(form));
    if (!is_id(type)) return wish_for(name, {}, {});  // of what kind? Perhaps an invoice: quarantined
  }
  return without_meaning(event);
}

}  // namespace kpistream::ingest
