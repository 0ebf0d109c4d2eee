// A scripted amoCRM account for the tests of its reader.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "support.hpp"

namespace kpistream::ingest {

// An account whose lists are empty (204) but for those a test answers. Handlers run on its own thread.
class Account {
 public:
  using List = std::function<Reply(const SeenRequest&)>;

  Account()
      : server([this](const SeenRequest& request) {
          const auto it = lists.find(name_of(request.target));
          return it == lists.end() ? reply(204, "", "") : it->second(request);
        }) {}

  // "leads/notes" of "/api/v4/leads/notes?page=1"; "leads/bin" where what was deleted is asked for.
  static std::string name_of(const std::string& target) {
    if (target.find("only_deleted") != std::string::npos) return "leads/bin";
    const auto path = target.substr(0, target.find('?'));
    return path.starts_with("/api/v4/") ? path.substr(8) : "?" + path;
  }

  [[nodiscard]] std::vector<std::string> targets(const std::string& list) const {
    std::vector<std::string> some;
    for (const auto& request : server.seen()) {
      if (name_of(request.target) == list) some.push_back(request.target);
    }
    return some;
  }

  // So that no time passes unless a test says so.
  [[nodiscard]] ReaderOptions options() const {
    auto options = options_for(server.url());
    options.burst = options.per_second = 1e9;
    options.heal = true;
    return options;
  }

  std::map<std::string, List> lists;  // to be filled before the reader starts
  Server server;
};

inline Reply page(const std::string& items, const std::string& next = "") {
  const std::string link = next.empty() ? "" : R"(,"next":{"href":")" + next + "\"}";
  return reply(200,
               R"({"_page":1,"_links":{"self":{"href":"https://acme.amocrm.ru/"})" + link + R"(},"_embedded":{"x":[)" +
                   items + "]}}",
               "application/hal+json");
}

inline std::string row(int id, UnixSeconds at) {
  return R"({"id":)" + std::to_string(id) + R"(,"updated_at":)" + std::to_string(at) + R"(,"created_at":)" +
         std::to_string(at) + "}";
}

inline Reply refusal(int status) {
  return reply(status, R"({"title":"x","status":)" + std::to_string(status) + "}", "application/problem+json");
}

inline constexpr UnixSeconds kThen = 1'789'000'000;
inline const std::vector<std::string> kAll{
    "events",          "leads", "tasks",           "leads/notes",        "contacts/notes", "companies/notes",
    "customers/notes", "users", "leads/pipelines", "leads/loss_reasons", "catalogs",       "leads/bin"};

// The pages of a list that were written down.
inline std::vector<NewRecord> pages(const Bench& bench, const std::string& list) {
  std::vector<NewRecord> some;
  for (const auto& record : bench.journal.records()) {
    if (record.subject.starts_with(list + "?")) some.push_back(record);
  }
  return some;
}

inline std::string upto(const NewRecord& record) {
  const auto at = record.subject.find("upto=");
  return at == std::string::npos ? "" : record.subject.substr(at + 5);
}

}  // namespace kpistream::ingest
