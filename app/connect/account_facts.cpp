// Sources: amoCRM developers, API v4: account (with task_types, datetime_settings), users, leads/pipelines,
// leads/loss_reasons, leads/custom_fields, leads/tags, catalogs, sources; RFC 7519 for the token's end.
#include "app/connect/account_facts.hpp"

#include <algorithm>
#include <array>

#include "app/connect/names.hpp"
#include "app/connect/shown.hpp"
#include "ingest/json/json.hpp"
#include "ingest/rest/readers.hpp"

namespace kpistream::app {
namespace {

using ingest::JsonValue;

constexpr std::size_t kPagesMost = 20;  // of 250
constexpr std::string_view kApi = "api/v4/";
constexpr std::string_view kPaidCode = "paid";
constexpr std::string_view kMeetingId = "2";
constexpr std::string_view kWonId = "142";
constexpr std::string_view kLostId = "143";

MethodFacts judged(const AccountAnswer& answer) {
  if (answer.status == 204 || (answer.status == 200 && answer.json)) return {MethodFacts::State::readable, 0, ""};
  if (answer.status == 0 || answer.status == 429 || answer.status >= 500) return {};
  return {MethodFacts::State::refused, 0, "HTTP " + std::to_string(answer.status)};
}

Reached reached_by(const AccountAnswer& answer) {
  if (answer.status == 200 && answer.json) return Reached::yes;
  if (answer.status == 0) return Reached::no_answer;
  if (answer.status == 401) return Reached::bad_secret;
  if (answer.status == 402) return Reached::no_plan;
  if (answer.status >= 300 && answer.status < 400) return Reached::moved;
  if (answer.status == 403 || answer.status == 429 || answer.status >= 500) return Reached::limited;
  return Reached::not_bitrix24;
}

using Visit = std::function<void(const JsonValue&)>;

// Each element of a list, whatever pages it has. False: it cannot be read.
bool each(const AskAccount& ask, AccountFacts& facts, const std::string& path, std::string_view member,
          const Visit& visit) {
  bool more = true;
  for (std::size_t page = 1; page <= kPagesMost && more; ++page) {
    const AccountAnswer answer = ask(std::string(kApi) + path + "?limit=250&page=" + std::to_string(page));
    if (page == 1) facts.lists[path] = judged(answer);
    ingest::JsonDocument document;
    if (answer.status != 200 || !document.parse(answer.body)) break;
    document.root()["_embedded"][member].each(visit);
    more = !document.root()["_links"]["next"]["href"].text().empty();  // where it leads is not looked at
  }
  return facts.readable(path);
}

void read_account(const JsonValue& root, AccountFacts& facts, std::string& user) {
  facts.id = root["id"].id();
  facts.name = shown(root["name"]);
  facts.currency = made_of(root["currency"], "");
  user = root["current_user_id"].id();
  const auto mode = root["customers_mode"].text();
  facts.customers = !mode.empty() && mode != "unavailable" && mode != "disabled";
  facts.unsorted = root["is_unsorted_on"].truth();
  facts.loss_reasons = root["is_loss_reason_enabled"].truth();
  facts.zone = made_of(root["_embedded"]["datetime_settings"]["timezone"], "/_+-");
  root["_embedded"]["task_types"].each([&](const JsonValue& one) {
    const auto id = one["id"].id();
    facts.task_types.push_back({id, shown(one["name"]), id == kMeetingId || one["code"].text() == "MEETING"});
  });
}

void read_pipeline(const JsonValue& one, AccountFacts& facts) {
  const auto pipeline = one["id"].id();
  facts.pipelines.push_back({pipeline, shown(one["name"]), one["is_archive"].truth()});
  one["_embedded"]["statuses"].each([&](const JsonValue& status) {
    const auto id = status["id"].id();
    facts.statuses.push_back(
        {pipeline, id, shown(status["name"]), status["type"].integer() == 1, id == kWonId, id == kLostId});
  });
}

void read_users(const AskAccount& ask, const std::string& current, AccountFacts& facts) {
  each(ask, facts, "users", "users", [&](const JsonValue& one) {
    const auto rights = one["rights"];
    const bool told_active = rights["is_active"].exists();
    AccountUser user{one["id"].id(), shown(one["name"]), !told_active || rights["is_active"].truth(),
                     rights["is_free"].truth()};
    if (user.id == current) {
      facts.employee = user.name;
      facts.admin = rights["is_admin"].truth();
      facts.rank_told = true;
    }
    facts.users.push_back(std::move(user));
  });
}

void read_invoices(const AskAccount& ask, AccountFacts& facts) {
  each(ask, facts, "catalogs", "catalogs", [&](const JsonValue& one) {
    if (one["type"].text() == "invoices") facts.invoices = one["id"].id();
  });
  if (facts.invoices.empty()) return;
  each(ask, facts, "catalogs/" + facts.invoices + "/custom_fields", "custom_fields", [&](const JsonValue& field) {
    if (field["code"].text() != "BILL_STATUS") return;
    field["enums"].each([&](const JsonValue& choice) {
      if (choice["code"].text() == kPaidCode) facts.paid.push_back({choice["id"].id(), shown(choice["value"])});
    });
  });
}

void read_directories(const AskAccount& ask, AccountFacts& facts) {
  const auto named = [&](const std::string& path, std::string_view member, std::vector<Named>& names) {
    each(ask, facts, path, member, [&](const JsonValue& one) {
      names.push_back({one["id"].id(), shown(one["name"])});
    });
  };
  each(ask, facts, "leads/pipelines", "pipelines", [&](const JsonValue& one) { read_pipeline(one, facts); });
  named("leads/loss_reasons", "loss_reasons", facts.reasons);
  named("leads/tags", "tags", facts.tags);
  named("sources", "sources", facts.sources);
  each(ask, facts, "leads/custom_fields", "custom_fields", [&](const JsonValue& one) {
    AccountField field{one["id"].id(), shown(one["name"]), one["type"].text(), {}};
    one["enums"].each([&](const JsonValue& choice) {
      field.choices.push_back({choice["id"].id(), shown(choice["value"])});
    });
    facts.fields.push_back(std::move(field));
  });
}

// A value of base64url, or -1.
int sextet(char c) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const auto at = kAlphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::string from_base64url(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = sextet(c);
    if (value < 0) return {};
    bits = ((bits << 6) | static_cast<std::uint32_t>(value)) & 0xffffU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>((bits >> count) & 0xffU));
  }
  return bytes;
}

}  // namespace

AmoBrand brand_of_host(std::string_view host) {
  return host.ends_with(".kommo.com") ? AmoBrand::kommo : AmoBrand::amocrm;
}

std::string account_address(std::string_view told) {
  constexpr std::string_view kHere = "http://127.0.0.1";
  constexpr std::string_view kHost = "abcdefghijklmnopqrstuvwxyz0123456789.-";
  if (told.starts_with(kHere)) return std::string(told.substr(0, told.find('/', kHere.size())));
  const auto scheme = told.find("://");
  if (scheme != std::string_view::npos) {
    if (told.substr(0, scheme) != "https") return {};
    told.remove_prefix(scheme + 3);
  }
  const std::string host = lower(told.substr(0, told.find_first_of("/?#")));
  const auto of = [&](std::string_view zone) { return host.size() > zone.size() && host.ends_with(zone); };
  const bool known = of(".amocrm.ru") || of(".amocrm.com") || of(".kommo.com");
  const bool plain = host.find_first_not_of(kHost) == std::string::npos;
  return known && plain ? "https://" + host : "";
}

const MethodFacts& AccountFacts::list(std::string_view path) const {
  static const MethodFacts kUnknown;
  const auto found = lists.find(std::string(path));
  return found == lists.end() ? kUnknown : found->second;
}

AccountFacts ask_account(const AskAccount& ask) {
  AccountFacts facts;
  const AccountAnswer account = ask(std::string(kApi) + "account?with=task_types,datetime_settings");
  facts.reached = reached_by(account);
  ingest::JsonDocument document;
  if (facts.reached != Reached::yes) return facts;
  if (!document.parse(account.body)) {
    facts.reached = Reached::not_bitrix24;
    return facts;
  }
  std::string user;
  read_account(document.root(), facts, user);
  read_users(ask, user, facts);
  read_directories(ask, facts);
  read_invoices(ask, facts);
  for (const auto& list : ingest::amocrm_list_paths()) {
    if (!facts.lists.contains(list)) facts.lists[list] = judged(ask(std::string(kApi) + list + "?limit=1"));
  }
  return facts;
}

UnixSeconds token_end(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return 0;
  ingest::JsonDocument document;
  if (!document.parse(from_base64url(token.substr(first + 1, second - first - 1)))) return 0;
  return document.root()["exp"].integer();
}

}  // namespace kpistream::app
