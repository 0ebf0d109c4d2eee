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

Observation read_category(const JsonValue& category) {
  Observation seen;
  seen.ref = {EntityKind::pipeline, category["id"].text()};
  seen.name = category["name"].text();
  if (!is_id(seen.ref.id)) seen.ref.id.clear();
  return seen;
}

// A stage of whatever kind of record. A list of other words (sources, types of contacts) has no semantics: told alike.
Observation read_status(const JsonValue& status) {
  Observation seen;
  const std::string list = status["ENTITY_ID"].text();
  const std::string stage = status["STATUS_ID"].text();
  if (list.empty() || stage.empty()) return seen;
  seen.ref = {EntityKind::stage, list + "/" + stage};
  seen.name = status["NAME"].text();
  const std::string semantics = status["SEMANTICS"].text();
  KeptFields kept;
  kept.add("semantics", semantics == "S" || semantics == "F" ? semantics : "P");
  seen.fields = std::move(kept).sorted();
  return seen;
}

Observation read_currency(const JsonValue& currency) {
  Observation seen;
  const std::string code = currency["CURRENCY"].text();
  const std::int64_t micros = rate_micros(currency["AMOUNT"].scalar(), currency["AMOUNT_CNT"].integer());
  if (code.size() != 3 || !is_label(code) || micros == 0) return seen;
  seen.ref = {EntityKind::currency, code};
  KeptFields kept;
  kept.add("rate", std::to_string(micros));
  if (currency["BASE"].truth()) kept.add("base", "Y");
  seen.fields = std::move(kept).sorted();
  return seen;
}

// Dismissed is gone; the name stays for what was done before.
Observation read_employee(const JsonValue& user) {
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

struct Directory {
  std::string_view method;
  std::string_view inside;  // of the result; empty: the result itself
  Observation (*read)(const JsonValue&);
};
constexpr std::array<Directory, 4> kDirectories{{{"user.get", "", read_employee},
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

std::optional<Decoded> decode_directory(const Subject& subject, const JsonValue& root) {
  for (const Directory& directory : kDirectories) {
    if (directory.method != subject.method()) continue;
    Decoded decoded;
    decoded.event = directory.method;
    const JsonValue result = root["result"];
    const JsonValue rows = directory.inside.empty() ? result : result[directory.inside];
    if (!rows.is_array()) decoded.verdict = DecodeVerdict::quarantined;
    rows.each([&](const JsonValue& row) {
      Observation seen = directory.read(row);
      if (!seen.ref.id.empty()) decoded.observations.push_back(std::move(seen));
    });
    return decoded;
  }
  return std::nullopt;
}

}  // namespace kpistream::ingest
