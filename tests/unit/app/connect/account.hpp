// An account's answers to the questions of connect and doctor.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/connect/account_facts.hpp"
#include "ingest/rest/readers.hpp"

namespace kpistream::app {

class Account {
 public:
  Account() {
    answers["account"] = {200, true,
                          R"({"id":31990001,"name":"Демострой","current_user_id":9,"currency":"RUB",
      "customers_mode":"unavailable","is_unsorted_on":true,"is_loss_reason_enabled":true,"_embedded":{
      "task_types":[{"id":1,"name":"Связаться","code":"FOLLOW_UP"},{"id":2,"name":"Встреча","code":"MEETING"}],
      "datetime_settings":{"timezone":"Asia/Omsk"}}})"};
    user("9", "Вера", R"("is_admin":true)");
    list("leads/pipelines", "pipelines", "");
    for (const auto& name : ingest::amocrm_list_paths()) answers.try_emplace(name, AccountAnswer{204, false, ""});
  }

  // Of the last added list: the rows, each a JSON object.
  void list(const std::string& path, const std::string& member, const std::string& rows) {
    answers[path] = {200, true, R"({"_embedded":{")" + member + "\":[" + rows + R"(]},"_links":{}})"};
  }
  void user(const std::string& id, const std::string& name, const std::string& rights) {
    add(users, R"({"id":)" + id + R"(,"name":")" + name + R"(","rights":{)" + rights + "}}");
    list("users", "users", users);
  }
  // `statuses`: "id:name" or "id:name:1" for one of what is not yet accepted.
  void pipeline(const std::string& id, const std::string& name, const std::vector<std::string>& statuses = {},
                bool archived = false) {
    std::string rows;
    for (const auto& status : statuses) {
      const auto colon = status.find(':');
      const bool incoming = status.ends_with(":1");
      add(rows, R"({"id":)" + status.substr(0, colon) + R"(,"type":)" + (incoming ? "1" : "0") + R"(,"name":")" +
                    status.substr(colon + 1, incoming ? status.size() - colon - 3 : std::string::npos) + "\"}");
    }
    add(pipelines, R"({"id":)" + id + R"(,"name":")" + name + R"(","is_archive":)" + (archived ? "true" : "false") +
                       R"(,"_embedded":{"statuses":[)" + rows + "]}}");
    list("leads/pipelines", "pipelines", pipelines);
  }
  void field(const std::string& id, const std::string& name, const std::string& type,
             const std::string& enums = "null") {
    add(fields, R"({"id":)" + id + R"(,"name":")" + name + R"(","type":")" + type + R"(","enums":)" + enums + "}");
    list("leads/custom_fields", "custom_fields", fields);
  }
  void invoices(const std::string& choices) {
    list("catalogs", "catalogs", R"({"id":5,"type":"regular"},{"id":7,"type":"invoices"})");
    list("catalogs/7/custom_fields", "custom_fields", R"({"id":1,"code":"BILL_STATUS","enums":[)" + choices + "]}");
  }

  [[nodiscard]] AccountFacts facts() const {
    return ask_account([this](const std::string& call) -> AccountAnswer {
      asked.push_back(call);
      const std::string query = call.substr(7);  // after api/v4/
      if (const auto page = pages.find(query); page != pages.end()) return page->second;
      const auto found = answers.find(query.substr(0, query.find('?')));
      return found == answers.end() ? AccountAnswer{404, true, "{}"} : found->second;
    });
  }

  std::map<std::string, AccountAnswer> answers;  // by path below api/v4/
  std::map<std::string, AccountAnswer> pages;    // by path and query, instead
  mutable std::vector<std::string> asked;

 private:
  static void add(std::string& rows, const std::string& row) { rows += (rows.empty() ? "" : ",") + row; }

  std::string users;
  std::string pipelines;
  std::string fields;
};

}  // namespace kpistream::app
