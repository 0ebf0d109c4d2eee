#include "ingest/bitrix24/directories.hpp"

#include <array>

#include "ingest/parts.hpp"

namespace kpistream::ingest {
namespace {

// "92.5000" for 1, "19.8000" for 100: in millionths of the base currency for one unit; 0 when there is no such rate.
std::int64_t rate_micros(const std::string& amount, std::int64_t units) {
  constexpr std::int64_t kUnitsMax = 1'000'000;
  const auto point = amount.find('.');
  const std::string whole = amount.substr(0, point);
  std::string rest = point == std::string::npos ? "" : amount.substr(point + 1);
  rest.resize(6, '0');
  if (units < 1 || units > kUnitsMax || whole.size() > 9 || !is_id(whole) || !is_id(rest)) return 0;
  const std::int64_t micros = parse_integer(whole) * 1'000'000 + parse_integer(rest);
  return (micros + units / 2) / units;
}

Observation read_category(const JsonValue& category, UnixSeconds /*arrived*/) {
  Observation seen;
  seen.ref = {EntityKind::pipeline, category["id"].text()};
  seen.name = category["name"].text();
  if (!is_id(seen.ref.id)) seen.ref.id.clear();
  return seen;
}

std::string after(std::string_view prefix, std::string_view list, std::string_view of) {
  if (!list.starts_with(prefix)) return {};
  const std::string_view rest = list.substr(prefix.size());
  return is_id(rest) ? std::string(of) + "/" + std::string(rest) : std::string();
}

// Whose stages a list holds, as EntityKind::stage has it; empty: it is a list of other words (types of contacts).
std::string records_of(std::string_view list) {
  if (list == "STATUS") return "lead/";
  if (list == "QUOTE_STATUS") return "quote/";
  if (list == "INVOICE_STATUS") return "5/";
  if (list == "DEAL_STAGE") return "deal/0";
  if (auto deals = after("DEAL_STAGE_", list, "deal"); !deals.empty()) return deals;
  if (auto invoices = after("SMART_INVOICE_STAGE_", list, "invoice"); !invoices.empty()) return invoices;
  constexpr std::string_view kSmart = "DYNAMIC_";
  constexpr std::string_view kStage = "_STAGE_";
  const auto stage = list.find(kStage);
  if (!list.starts_with(kSmart) || stage == std::string_view::npos) return {};
  const std::string_view type = list.substr(kSmart.size(), stage - kSmart.size());
  return is_id(type) ? after(list.substr(0, stage + kStage.size()), list, type) : std::string();
}

// A quote is in process before it is sent and after: of those stages their ids tell more.
bool tells_outcome(std::string_view list, std::string_view semantics) {
  return list != "QUOTE_STATUS" || semantics == "S" || semantics == "F";
}

// A stage of whatever kind of record, or a source. A list of other words has no semantics: told alike.
Observation read_status(const JsonValue& status, UnixSeconds /*arrived*/) {
  Observation seen;
  const std::string list = status["ENTITY_ID"].text();
  const std::string stage = status["STATUS_ID"].text();
  if (list.empty() || stage.empty()) return seen;
  seen.name = status["NAME"].text();
  if (list == "SOURCE") {
    if (is_label(stage)) seen.ref = {EntityKind::source, stage};
    return seen;
  }
  seen.ref = {EntityKind::stage, list + "/" + stage};
  const std::string semantics = status["SEMANTICS"].text();
  KeptFields kept;
  kept.add("semantics", semantics == "S" || semantics == "F" ? semantics : "P");
  if (tells_outcome(list, semantics)) kept.add("of", records_of(list));
  seen.fields = std::move(kept).sorted();
  return seen;
}

// One record for each moment at which the rate was set, so that what it was before stays known.
Observation read_currency(const JsonValue& currency, UnixSeconds arrived) {
  constexpr UnixSeconds kDay = 86'400;
  Observation seen;
  const std::string code = currency["CURRENCY"].text();
  const std::int64_t micros = rate_micros(currency["AMOUNT"].scalar(), currency["AMOUNT_CNT"].integer());
  if (code.size() != 3 || !is_label(code) || micros == 0) return seen;
  const UnixSeconds set = currency["DATE_UPDATE"].time();
  seen.ref = {EntityKind::currency, code + "/" + std::to_string(set > 0 ? set : arrived - arrived % kDay)};
  KeptFields kept;
  kept.add("rate", std::to_string(micros));
  if (currency["BASE"].truth()) kept.add("base", "Y");
  seen.fields = std::move(kept).sorted();
  return seen;
}

Observation read_department(const JsonValue& department, UnixSeconds /*arrived*/) {
  Observation seen;
  seen.ref = {EntityKind::department, department["ID"].id()};
  seen.name = department["NAME"].text();
  if (!is_id(seen.ref.id)) seen.ref.id.clear();
  return seen;
}

// Dismissed is gone; the name stays for what was done before.
Observation read_employee(const JsonValue& user, UnixSeconds /*arrived*/) {
  Observation seen =
      read_user(user["ID"].text(), user["NAME"].text(), user["LAST_NAME"].text()).value_or(Observation{});
  if (seen.ref.id.empty()) return seen;
  if (const JsonValue active = user["ACTIVE"]; active.exists()) {
    seen.presence = active.truth() ? Presence::present : Presence::gone;
  }
  if (const JsonValue departments = user["UF_DEPARTMENT"]; departments.is_array()) {
    KeptFields kept;
    departments.each([&kept](const JsonValue& department) { kept.add("department", department.id()); });
    seen.fields = std::move(kept).sorted();
  }
  return seen;
}

// Of the fields of leads or of deals only what the reasons of a refusal are called. A field that is no list of choices
// names none. Who may not see the fields is told so: then ids stay.
Decoded decode_fields(const Subject& subject, const JsonValue& root, const PortalSettings& settings) {
  Decoded decoded;
  decoded.event = subject.method();
  const JsonValue fields = root["result"];
  if (settings.loss_reason_field.empty() || !fields.is_object()) {
    decoded.verdict = DecodeVerdict::ignored;
    return decoded;
  }
  fields[settings.loss_reason_field]["items"].each([&decoded](const JsonValue& choice) {
    Observation seen;
    seen.ref = {EntityKind::loss_reason, choice["ID"].text()};
    seen.name = choice["VALUE"].text();
    if (is_label(seen.ref.id)) decoded.observations.push_back(std::move(seen));
  });
  return decoded;
}
constexpr std::array<std::string_view, 2> kFieldLists{"crm.deal.fields", "crm.lead.fields"};

constexpr std::string_view kDepartments = "department.get";  // its scope is one that a portal may well not give
constexpr std::int64_t kPage = 50;

struct Directory {
  std::string_view method;
  std::string_view inside;  // of the result; empty: the result itself
  Observation (*read)(const JsonValue&, UnixSeconds arrived);
};
constexpr std::array<Directory, 5> kDirectories{{{"user.get", "", read_employee},
                                                 {kDepartments, "", read_department},
                                                 {"crm.category.list", "categories", read_category},
                                                 {"crm.status.list", "", read_status},
                                                 {"crm.currency.list", "", read_currency}}};

}  // namespace

std::optional<Observation> read_user(const std::string& id, const std::string& name, const std::string& last_name) {
  if (!is_id(id)) return std::nullopt;
  Observation seen;
  seen.ref = {EntityKind::manager, id};
  seen.name = name;
  if (!last_name.empty()) seen.name += (name.empty() ? "" : " ") + last_name;
  return seen;
}

std::optional<Decoded> decode_directory(const Subject& subject, const Record& record, const JsonValue& root,
                                        const PortalSettings& settings) {
  for (const std::string_view fields : kFieldLists) {
    if (fields == subject.method()) return decode_fields(subject, root, settings);
  }
  for (const Directory& directory : kDirectories) {
    if (directory.method != subject.method()) continue;
    Decoded decoded;
    decoded.event = directory.method;
    const JsonValue result = root["result"];
    const JsonValue rows = directory.inside.empty() ? result : result[directory.inside];
    const bool departments = directory.method == kDepartments;
    if (!rows.is_array()) {
      decoded.verdict = departments ? DecodeVerdict::ignored : DecodeVerdict::quarantined;
      decoded.failure = DecodeFailure::answer;
    }
    std::int64_t count = 0;
    rows.each([&](const JsonValue& row) {
      ++count;
      Observation seen = directory.read(row, record.arrived);
      if (!seen.ref.id.empty()) decoded.observations.push_back(std::move(seen));
    });
    // What is read whole is one answer; departments come by pages.
    if (departments && count == kPage) {
      const auto start = parse_integer(subject.parameter("start"));
      decoded.wishes.push_back(std::string(kDepartments) + "?start=" + std::to_string(start + kPage));
    }
    return decoded;
  }
  return std::nullopt;
}

}  // namespace kpistream::ingest
