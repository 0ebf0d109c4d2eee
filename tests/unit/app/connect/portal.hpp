// A portal's answer to the only question that connect and doctor ask.
#pragma once

#include <map>
#include <string>

#include "app/connect/portal_facts.hpp"
#include "ingest/json/json.hpp"

namespace kpistream::app {

// Results as JSON by command; what is not named here fails with the scope missing.
class Portal {
 public:
  Portal() {
    results = {{"scope", R"(["crm","task","telephony","user"])"},
               {"profile", R"({"ID":"1","ADMIN":true,"NAME":"Anna","LAST_NAME":"Boss","TIME_ZONE":"Asia/Omsk"})"},
               {"crm.settings.mode.get", "1"},
               {"crm.currency.list", R"([{"CURRENCY":"USD","BASE":"N"},{"CURRENCY":"KZT","BASE":"Y"}])"},
               {"crm.category.list", R"({"categories":[{"id":0,"name":"Общая"}]})"},
               {"crm.status.list", "[]"},
               {"crm.type.list", R"({"types":[]})"},
               {"user.get", R"([{"ID":"1"}])"},
               {"crm.deal.fields", "{}"}};
    for (const auto& method : portal_methods()) results.try_emplace(method.name, "[]");
  }

  void pipeline(const std::string& id, const std::string& name) {
    results["crm.category.list"] =
        R"({"categories":[{"id":0,"name":"Общая"},{"id":)" + id + R"(,"name":")" + name + "\"}]}";
  }
  void stage(const std::string& id, const std::string& name, const std::string& list = "DEAL_STAGE",
             const std::string& semantics = "null") {
    std::string& rows = results["crm.status.list"];
    rows.pop_back();
    rows += std::string(rows.size() > 1 ? "," : "") + R"({"ENTITY_ID":")" + list + R"(","STATUS_ID":")" + id +
            R"(","NAME":")" + name + R"(","SEMANTICS":)" + semantics + "}]";
  }
  void smart_process(const std::string& id, const std::string& title) {
    results["crm.type.list"] = R"({"types":[{"id":1,"entityTypeId":)" + id + R"(,"title":")" + title + "\"}]}";
  }
  void no_scope(const std::string& method) { errors[method] = R"({"error":"insufficient_scope"})"; }

  [[nodiscard]] std::string body() const {
    ingest::JsonDocument question;
    question.parse(portal_question());
    std::string result;
    std::string error;
    std::string total;
    const auto add = [](std::string& to, const std::string& key, const std::string& json) {
      to += (to.empty() ? "\"" : ",\"") + key + "\":" + json;
    };
    for (std::size_t i = 0;; ++i) {
      const std::string key = "w" + std::to_string(i);
      const auto command = question.root()["cmd"][key].text();
      if (command.empty()) break;
      const std::string name = name_of(command);
      if (errors.contains(name)) {
        add(error, key, errors.at(name));
      } else if (results.contains(name)) {
        add(result, key, results.at(name));
      } else {
        add(error, key, R"({"error":"ERROR_METHOD_NOT_FOUND"})");
      }
      if (totals.contains(name)) add(total, key, std::to_string(totals.at(name)));
    }
    return R"({"result":{"result":{)" + result + R"(},"result_error":{)" + error + R"(},"result_total":{)" + total +
           R"(},"result_next":[],"result_time":[]},"time":{"start":1757840400,"finish":1757840400.25}})";
  }
  [[nodiscard]] PortalFacts facts() const { return portal_facts(200, true, body()); }

  std::map<std::string, std::string> results;
  std::map<std::string, std::string> errors;
  std::map<std::string, int> totals;

 private:
  // As portal_methods() has it, or the method alone.
  static std::string name_of(const std::string& command) {
    std::string name;
    for (const auto& method : portal_methods()) {
      const bool fits =
          command == method.name || command.starts_with(method.name + "?") || command.starts_with(method.name + "&");
      if (fits && method.name.size() > name.size()) name = method.name;
    }
    return name.empty() ? command.substr(0, command.find('?')) : name;
  }
};

}  // namespace kpistream::app
