// Sources: Bitrix24 REST documentation, "batch", "scope", "profile", "app.info", crm.settings.mode.get,
// crm.category.list, crm.status.list, crm.type.list, crm.deal.fields, "Error codes".
#include "app/connect/portal_facts.hpp"

#include <algorithm>
#include <array>

#include "app/connect/shown.hpp"
#include "ingest/json/json.hpp"
#include "ingest/rest/answers.hpp"
#include "ingest/rest/bitrix24_commands.hpp"
#include "ingest/rest/bitrix24_sweep.hpp"

namespace kpistream::app {
namespace {

using ingest::BatchPart;
using ingest::JsonValue;

// ---- what is asked

std::string scope_of(std::string_view method) {
  if (method.starts_with("tasks.")) return "task";
  if (method.starts_with("voximplant.")) return "telephony";
  return std::string(method.substr(0, method.find('.')));
}

// Counts and names the records, and shows none of them.
std::string probe_of(const ingest::Bitrix24List& list) {
  const bool small = list.after.find("%3Eid%5D") != std::string_view::npos;
  return list.name + (list.name.find('?') == std::string::npos ? "?" : "&") +
         "start=0&select%5B%5D=" + (small ? "id" : "ID");
}

void read_scopes(const JsonValue& result, PortalFacts& facts) {
  result.each([&](const JsonValue& scope) { facts.scopes.push_back(scope.text()); });
}

void read_profile(const JsonValue& result, PortalFacts& facts) {
  facts.admin = result["ADMIN"].truth();
  facts.employee = shown(result["NAME"]);
  if (const auto last = shown(result["LAST_NAME"]); !last.empty()) facts.employee += " " + last;
  facts.zone = made_of(result["TIME_ZONE"], "/_+-");
}

void read_app(const JsonValue& result, PortalFacts& facts) { facts.license = made_of(result["LICENSE"], "_-"); }

void read_mode(const JsonValue& result, PortalFacts& facts) {
  const auto mode = result.integer();
  facts.mode_told = mode == 1 || mode == 2;
  facts.leads = mode != 2;
}

void read_currencies(const JsonValue& result, PortalFacts& facts) {
  result.each([&](const JsonValue& one) {
    if (one["BASE"].truth()) facts.currency = made_of(one["CURRENCY"], "");
  });
}

void read_categories(const JsonValue& result, PortalFacts& facts) {
  result["categories"].each([&](const JsonValue& one) {
    facts.pipelines.push_back({made_of(one["id"], ""), shown(one["name"])});
  });
}

void read_statuses(const JsonValue& result, PortalFacts& facts) {
  result.each([&](const JsonValue& one) {
    const auto semantics = one["SEMANTICS"].text();
    facts.stages.push_back(
        {one["ENTITY_ID"].text(), shown(one["STATUS_ID"]), shown(one["NAME"]), semantics == "S", semantics == "F"});
  });
}

void read_types(const JsonValue& result, PortalFacts& facts) {
  result["types"].each([&](const JsonValue& one) {
    facts.smart_processes.push_back({made_of(one["entityTypeId"], ""), shown(one["title"])});
  });
}

void no_reader(const JsonValue& /*result*/, PortalFacts& /*facts*/) {}

struct Question {
  std::string command;
  std::string method;  // empty: whether it may be called is of no matter
  void (*read)(const JsonValue& result, PortalFacts& facts);
};

constexpr std::array<std::string_view, 3> kFieldLists{kDealFields, "crm.lead.fields", "crm.quote.fields"};

std::vector<Question> make_questions() {
  std::vector<Question> questions{{"scope", "", read_scopes},
                                  {"profile", "", read_profile},
                                  {"app.info", "", read_app},
                                  {"crm.settings.mode.get", "", read_mode},
                                  {"crm.currency.list", "crm.currency.list", read_currencies},
                                  {"crm.category.list?entityTypeId=2", "crm.category.list", read_categories},
                                  {"crm.status.list", "crm.status.list", read_statuses},
                                  {"crm.type.list", std::string(kTypeList), read_types},
                                  {"user.get", "user.get", no_reader}};
  for (const auto& list : ingest::bitrix24_lists({})) {
    questions.push_back({probe_of(list), list.name, no_reader});
  }
  questions.push_back({"sale.payment.list?select%5B%5D=id", std::string(kPaymentList), no_reader});
  for (const auto& method : kFieldLists) questions.push_back({std::string(method), std::string(method), nullptr});
  return questions;
}

const std::vector<Question>& questions() {
  static const std::vector<Question> kQuestions = make_questions();
  return kQuestions;
}

// ---- what is answered

// Custom fields only. {"UF_CRM_COST": {"type": "money", "formLabel": "..."}}: the keys are found by their codes, which
// are ASCII; a label stands in the object behind.
void read_fields(const std::string& json, const JsonValue& result, PortalFacts& facts) {
  constexpr std::string_view kBegin = "\"UF_CRM_";
  for (auto at = json.find(kBegin); at != std::string::npos; at = json.find(kBegin, at + 1)) {
    const auto end = json.find('"', at + 1);
    if (end == std::string::npos) return;
    const std::string code = json.substr(at + 1, end - at - 1);
    const JsonValue field = result[code];
    if (!field.is_object()) continue;
    std::string label = field["formLabel"].text();
    if (label.empty()) label = field["listLabel"].text();
    facts.fields.try_emplace(code, std::move(label));
  }
}

MethodFacts method_facts(const BatchPart& part) {
  if (part.kind == BatchPart::Kind::result) return {MethodFacts::State::readable, part.total, ""};
  ingest::JsonDocument document;
  if (part.kind != BatchPart::Kind::error || !document.parse(part.json)) return {};
  const JsonValue root = document.root();
  std::string code = shown(root["error"]);
  if (code == "insufficient_scope") return {MethodFacts::State::no_scope, 0, ""};
  if (code.empty()) code = shown(root["error_description"]);
  return {MethodFacts::State::refused, 0, std::move(code)};
}

void take(const Question& question, const BatchPart& part, PortalFacts& facts) {
  if (!question.method.empty()) facts.methods[question.method] = method_facts(part);
  ingest::JsonDocument document;
  if (part.kind != BatchPart::Kind::result || !document.parse("{\"result\":" + part.json + "}")) return;
  const JsonValue result = document.root()["result"];
  question.read == nullptr ? read_fields(part.json, result, facts) : question.read(result, facts);
}

Reached reached_by(unsigned status, bool json, const std::string& body) {
  if (status == 0) return Reached::no_answer;
  if (status >= 300 && status < 400) return Reached::moved;
  if (status == 429 || status >= 500) return Reached::limited;
  ingest::JsonDocument document;
  const std::string code = json && document.parse(body) ? document.root()["error"].text() : "";
  if (code == "ACCESS_DENIED" || status == 402) return Reached::no_plan;
  if (status == 401 || status == 403) return Reached::bad_secret;
  return Reached::not_bitrix24;
}

}  // namespace

const MethodFacts& PortalFacts::method(std::string_view name) const {
  static const MethodFacts kUnknown;
  const auto found = methods.find(std::string(name));
  return found == methods.end() ? kUnknown : found->second;
}

const std::vector<PortalMethod>& portal_methods() {
  static const std::vector<PortalMethod> kMethods = [] {
    std::vector<PortalMethod> methods;
    for (const auto& question : questions()) {
      if (!question.method.empty()) methods.push_back({question.method, scope_of(question.method)});
    }
    return methods;
  }();
  return kMethods;
}

std::string portal_question() {
  std::vector<std::string> commands;
  for (const auto& question : questions()) commands.push_back(question.command);
  return ingest::batch_body(commands);
}

PortalFacts portal_facts(unsigned status, bool json, const std::string& body) {
  PortalFacts facts;
  const auto answer = status == 200 && json ? ingest::split_batch(body, questions().size()) : std::nullopt;
  if (!answer) {
    facts.reached = reached_by(status, json, body);
    return facts;
  }
  facts.reached = Reached::yes;
  facts.clock = answer->finished;
  for (std::size_t i = 0; i < questions().size(); ++i) take(questions()[i], answer->parts[i], facts);
  return facts;
}

}  // namespace kpistream::app
