#include "ingest/bitrix24/deliveries.hpp"

#include <array>

#include "ingest/form/form.hpp"
#include "ingest/json/json.hpp"
#include "ingest/parts.hpp"
#include "stream/facts/links.hpp"

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

// KPI.md K8: direction and code are read together.
CallOutcome call_outcome(Direction direction, std::string_view code) {
  if (code == "200") return CallOutcome::talk;
  for (const std::string_view missed : {"304", "480", "486", "603", "603-S"}) {
    if (code == missed) return direction == Direction::in ? CallOutcome::missed : CallOutcome::failed;
  }
  for (const std::string_view failed : {"402", "402-B24", "403", "404", "423", "484", "503"}) {
    if (code == failed) return CallOutcome::failed;
  }
  return CallOutcome::unknown;
}

Direction call_direction(std::string_view type) {
  if (type == "1") return Direction::out;
  if (type == "2" || type == "3") return Direction::in;
  return type == "4" ? Direction::callback : Direction::none;
}

// A talk of more than a day is a slip of some telephony, and adding it up could overflow.
constexpr std::int64_t kTalkSecondsMax = 86'400;
constexpr std::size_t kCallIdMax = 128;

Decoded decode_call(const Form& form) {
  Decoded decoded;
  decoded.event = "ONVOXIMPLANTCALLEND";
  const auto type = value(form, {"data", "CALL_TYPE"});
  const auto id = value(form, {"data", "CALL_ID"});
  const auto start = parse_iso_time(value(form, {"data", "CALL_START_DATE"}));
  if (type == "5") {  // the portal calls by itself to say something
    decoded.verdict = DecodeVerdict::ignored;
    return decoded;
  }
  const auto direction = call_direction(type);
  const auto code = value(form, {"data", "CALL_FAILED_CODE"});
  const auto seconds = code == "200" ? parse_integer(value(form, {"data", "CALL_DURATION"})) : 0;
  const bool readable = !id.empty() && id.size() <= kCallIdMax && start != 0 && direction != Direction::none &&
                        seconds >= 0 && seconds <= kTalkSecondsMax;
  if (!readable) {
    decoded.verdict = DecodeVerdict::quarantined;
    return decoded;
  }
  Observation call;
  call.ref = {EntityKind::call, std::string(id)};
  call.version = start;
  Details details;
  details.owner = id_or_empty(value(form, {"data", "PORTAL_USER_ID"}));  // a group call nobody took has none
  details.direction = direction;
  details.seconds = seconds;
  details.call = call_outcome(direction, code);
  details.start = start;
  details.line = line_hash(value(form, {"data", "PHONE_NUMBER"}));
  details.rating = rating_of(parse_integer(value(form, {"data", "CALL_VOTE"})));  // told by some telephony only
  call.details = details;
  decoded.observations.push_back(std::move(call));
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
