// A scripted Bitrix24 portal for the tests of its reader.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "support.hpp"

namespace kpistream::ingest {

inline constexpr std::string_view kSecret = "/rest/1/s3cret-canary/";

// The values of "w0", "w1", ... of a batch, in order.
inline std::vector<std::string> commands_of(const std::string& body) {
  std::vector<std::string> commands;
  for (std::size_t i = 0;; ++i) {
    const std::string key = "\"w" + std::to_string(i) + "\":\"";
    const auto at = body.find(key);
    if (at == std::string::npos) return commands;
    const auto from = at + key.size();
    commands.push_back(body.substr(from, body.find('"', from) - from));
  }
}

inline constexpr auto kFunnels = "crm.category.list?entityTypeId=2";

// Every command is answered with its own text.
inline Reply echo(const std::vector<std::string>& commands) {
  std::string results;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    results += (i == 0 ? "\"w" : ",\"w") + std::to_string(i) + "\":{\"OF\":\"" + commands[i] + "\"}";
  }
  return reply(200, R"({"result":{"result":{)" + results + R"(},"result_error":[],"result_total":[]},"time":{}})");
}

// A portal whose directories are empty and whose batches are answered by a function of the commands. On its own thread.
class Portal {
 public:
  using Batch = std::function<Reply(const std::vector<std::string>& commands)>;

  explicit Portal(Batch batch)
      : server([this, answer = std::move(batch)](const SeenRequest& request) {
          seen();
          if (request.target == std::string(kSecret) + "user.get.json") return users(request);
          const auto commands = commands_of(request.body);
          if (commands.front() == kFunnels) return echo(commands);
          {
            const std::lock_guard lock(mutex_);
            batches_.push_back(commands);
          }
          return answer(commands);
        }) {}

  [[nodiscard]] std::vector<std::vector<std::string>> batches() const {
    const std::lock_guard lock(mutex_);
    return batches_;
  }
  [[nodiscard]] ReaderOptions options() const { return options_for(server.url() + std::string(kSecret)); }

  std::function<void()> seen = [] {};  // called for every request
  std::function<Reply(const SeenRequest&)> users = [](const SeenRequest&) { return reply(200, R"({"result":[]})"); };

 private:
  mutable std::mutex mutex_;
  std::vector<std::vector<std::string>> batches_;

 public:
  Server server;
};

}  // namespace kpistream::ingest
