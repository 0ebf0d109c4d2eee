#include "ingest/bitrix24/deliveries.hpp"

#include <algorithm>
#include <array>

#include "ingest/bitrix24/calls.hpp"
#include "ingest/bitrix24/directories.hpp"
#include "ingest/bitrix24/items.hpp"
#include "ingest/form/form.hpp"
#include "ingest/json/json.hpp"

namespace kpistream::ingest {
namespace {

// Events that only say that a record changed: the record is read. `subject` goes before the id.
struct Readable {
  std::string_view event;
  std::string_view subject;
};
constexpr std::array<Readable, 23> kReadable{{{"ONCRMLEADADD", "crm.lead.get?id="},
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
                                              {"ONCRMINVOICEADD", "crm.invoice.get?id="},
                                              {"ONCRMINVOICEUPDATE", "crm.invoice.get?id="},
                                              {"ONCRMINVOICEDELETE", "crm.invoice.get?id="},
                                              {"ONCRMINVOICESETSTATUS", "crm.invoice.get?id="},
                                              {"ONCRMTIMELINECOMMENTADD", "crm.timeline.comment.get?id="},
                                              {"ONCRMTIMELINECOMMENTUPDATE", "crm.timeline.comment.get?id="},
                                              {"ONCRMTIMELINECOMMENTDELETE", "crm.timeline.comment.get?id="},
                                              {"ONTASKADD", "tasks.task.get?taskId="},
                                              {"ONTASKUPDATE", "tasks.task.get?taskId="},
                                              {"ONTASKDELETE", "tasks.task.get?taskId="}}};

// Those whose records count only where the portal's mapping says so.
struct Mapped {
  std::string_view event;
  std::string_view subject;
  bool (*counts)(const PortalSettings&);
};
constexpr std::array<Mapped, 5> kMapped{
    {{"ONCRMDOCUMENTGENERATORDOCUMENTADD", "crm.documentgenerator.document.get?id=", documents_count},
     {"ONCRMDOCUMENTGENERATORDOCUMENTUPDATE", "crm.documentgenerator.document.get?id=", documents_count},
     {"ONCRMDOCUMENTGENERATORDOCUMENTDELETE", "crm.documentgenerator.document.get?id=", documents_count},
     {"ONPAYMENTENTITYSAVED", "sale.payment.get?id=", payments_count},
     {"ONPAYMENTDELETED", "sale.payment.get?id=", payments_count}}};

// With or without "_<entityTypeId>" at their end.
constexpr std::array<std::string_view, 3> kDynamic{"ONCRMDYNAMICITEMADD", "ONCRMDYNAMICITEMUPDATE",
                                                   "ONCRMDYNAMICITEMDELETE"};
constexpr std::array<std::string_view, 3> kTaskComment{"ONTASKCOMMENTADD", "ONTASKCOMMENTUPDATE",
                                                       "ONTASKCOMMENTDELETE"};
constexpr std::array<std::string_view, 3> kCurrency{"ONCRMCURRENCYADD", "ONCRMCURRENCYUPDATE", "ONCRMCURRENCYDELETE"};

// Events we know and that no figure needs: who buys is told by the records themselves, a talk by its end, a meeting and
// a conversation in an open line by their activities, an order by its payments. Those of applications concern the
// reader.
constexpr std::array<std::string_view, 17> kIgnored{"ONCRMCONTACT",
                                                    "ONCRMCOMPANY",
                                                    "ONCRMDOCUMENTGENERATOR",
                                                    "ONCRMDYNAMICITEM",
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
                                                    "ONAPP"};

// By what the names begin with. What a smart process stands for only the mapping knows.
struct About {
  std::string_view beginning;
  Topic topic;
};
constexpr std::array<About, 15> kAbout{{{"ONCRMLEAD", Topic::lead},
                                        {"ONCRMDEAL", Topic::deal},
                                        {"ONCRMCONTACT", Topic::contact},
                                        {"ONCRMCOMPANY", Topic::company},
                                        {"ONVOXIMPLANTCALL", Topic::call},
                                        {"ONEXTERNALCALL", Topic::call},
                                        {"ONTASK", Topic::task},
                                        {"ONCRMACTIVITY", Topic::activity},
                                        {"ONCRMQUOTE", Topic::quote},
                                        {"ONCRMDOCUMENTGENERATOR", Topic::quote},
                                        {"ONCRMINVOICE", Topic::payment},
                                        {"ONPAYMENT", Topic::payment},
                                        {"ONOPENLINE", Topic::message},
                                        {"ONSESSION", Topic::message},
                                        {"ONCRMTIMELINECOMMENT", Topic::note}}};

class FormData : public EventData {
 public:
  explicit FormData(const Form& form) : form_(form) {}
  [[nodiscard]] std::string value(std::string_view key, std::string_view inner) const override {
    const FormPair* pair = inner.empty() ? form_.find({"data", key}) : form_.find({"data", key, inner});
    return pair == nullptr ? std::string() : std::string(pair->value);
  }

 private:
  const Form& form_;
};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

// CRM events put the id under FIELDS, tasks under FIELDS_AFTER or (deleted) FIELDS_BEFORE. The documentation has it
// bare in those of comments.
std::string id_of(const EventData& data) {
  for (const std::string_view place : {"FIELDS", "FIELDS_AFTER", "FIELDS_BEFORE"}) {
    auto id = data.value(place, "ID");
    if (!id.empty() && id != "0") return id;
  }
  auto id = data.value("ID");
  return id == "0" ? std::string() : id;
}

Decoded of_event(std::string_view event, DecodeVerdict verdict = DecodeVerdict::understood) {
  Decoded decoded;
  decoded.event = event;
  decoded.verdict = verdict;
  return decoded;
}

Decoded wish_for(std::string_view event, std::string_view subject, std::string_view id) {
  if (!is_id(id)) return of_event(event, DecodeVerdict::quarantined);
  Decoded decoded = of_event(event);
  decoded.wishes.push_back(std::string(subject) + std::string(id));
  return decoded;
}

Decoded decode_call(const EventData& data) {
  const CallWords words{data.value("CALL_ID"),
                        data.value("CALL_TYPE"),
                        data.value("PORTAL_USER_ID"),
                        data.value("PHONE_NUMBER"),
                        data.value("CALL_DURATION"),
                        data.value("CALL_START_DATE"),
                        data.value("CALL_FAILED_CODE"),
                        data.value("CALL_VOTE"),
                        {},
                        {}};
  constexpr std::string_view kEvent = "ONVOXIMPLANTCALLEND";
  if (is_announcement(words)) return of_event(kEvent, DecodeVerdict::ignored);
  auto call = read_call(words);
  if (!call) return of_event(kEvent, DecodeVerdict::quarantined);
  Decoded decoded = of_event(kEvent);
  decoded.observations.push_back(std::move(*call));
  return decoded;
}

// All that a directory keeps of an employee is in the event itself.
Decoded decode_user(const EventData& data) {
  auto user = read_user(data.value("ID"), data.value("NAME"), data.value("LAST_NAME"));
  if (!user) return of_event("ONUSERADD", DecodeVerdict::quarantined);
  Decoded decoded = of_event("ONUSERADD");
  decoded.observations.push_back(std::move(*user));
  return decoded;
}

// `suffix`: what the event's name has behind `event`.
Decoded decode_dynamic(std::string_view event, std::string_view suffix, const EventData& data,
                       const PortalSettings& settings) {
  std::string type = data.value("FIELDS", "ENTITY_TYPE_ID");
  if (!suffix.empty()) type = suffix.substr(1);
  if (!is_id(type)) return of_event(event, DecodeVerdict::quarantined);  // of what kind? Perhaps an invoice
  if (!item_kind(type, settings)) return of_event(event, DecodeVerdict::ignored);
  return wish_for(event, "crm.item.get?entityTypeId=" + type + "&id=", id_of(data));
}

// The id in the event is that of the comment, and none at all in the chat of a task.
Decoded decode_task_comment(std::string_view event, const EventData& data) {
  std::string task = data.value("FIELDS_AFTER", "TASK_ID");
  if (task.empty()) task = data.value("FIELDS_BEFORE", "TASK_ID");
  return wish_for(event, "tasks.task.get?taskId=", task);
}

Decoded without_meaning(std::string_view event) {
  for (const auto known : kIgnored) {
    if (event.starts_with(known)) return of_event(known, DecodeVerdict::ignored);
  }
  return of_event("other", DecodeVerdict::unknown);
}

}  // namespace

Decoded decode_bitrix24_event(std::string_view name, const EventData& data, const PortalSettings& settings) {
  const std::string event = upper(name);
  if (event == "ONVOXIMPLANTCALLEND") return decode_call(data);
  if (event == "ONUSERADD") return decode_user(data);
  for (const auto& [known, subject] : kReadable) {
    if (event == known) return wish_for(known, subject, id_of(data));
  }
  for (const auto& [known, subject, counts] : kMapped) {
    if (event != known) continue;
    return counts(settings) ? wish_for(known, subject, id_of(data)) : of_event(known, DecodeVerdict::ignored);
  }
  for (const auto known : kDynamic) {
    if (!event.starts_with(known)) continue;
    const auto suffix = std::string_view(event).substr(known.size());
    if (suffix.empty() || suffix.starts_with('_')) return decode_dynamic(known, suffix, data, settings);
  }
  for (const auto known : kTaskComment) {
    if (event == known) return decode_task_comment(known, data);
  }
  for (const auto known : kCurrency) {
    if (event != known) continue;
    Decoded decoded = of_event(known);
    decoded.wishes.emplace_back("crm.currency.list");
    return decoded;
  }
  if (event == "ONOFFLINEEVENT") {
    Decoded decoded = of_event("ONOFFLINEEVENT");
    decoded.wishes.emplace_back("event.offline.get");
    return decoded;
  }
  return without_meaning(event);
}

Decoded decode_bitrix24_delivery(const Record& record, const PortalSettings& settings) {
  thread_local Form form;
  if (form.parse(record.body, FormLimits{}) != FormStatus::ok) {
    Decoded decoded = of_event("other", DecodeVerdict::quarantined);
    decoded.failure = DecodeFailure::syntax;
    return decoded;
  }
  const FormPair* event = form.find({"event"});
  Decoded decoded =
      decode_bitrix24_event(event == nullptr ? std::string_view{} : event->value, FormData(form), settings);
  if (const FormPair* sent = form.find({"ts"})) decoded.happened = parse_integer(sent->value);
  return decoded;
}

Topic bitrix24_topic(std::string_view event) {
  const auto about =
      std::find_if(kAbout.begin(), kAbout.end(), [&](const About& one) { return event.starts_with(one.beginning); });
  return about == kAbout.end() ? Topic::other : about->topic;
}

}  // namespace kpistream::ingest
