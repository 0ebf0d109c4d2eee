// Bitrix24: wishes go out as batches of up to 50 commands, each of which counts as one request.
// Source: Bitrix24 REST documentation, "batch", "Limits", "Features of list methods".
#include <simdjson.h>

#include <array>
#include <map>

#include "ingest/rest/reader_base.hpp"

namespace kpistream::ingest {
namespace {

namespace asio = boost::asio;

constexpr double kBucketDepth = 50;  // all plans but Enterprise
constexpr double kBucketPerSecond = 2;
constexpr std::size_t kBatchMost = 50;
constexpr std::size_t kDirectoryPagesMost = 200;

// The closed table of what may be asked for: a method with its fixed part, then an id of digits.
constexpr std::array<std::string_view, 6> kAllowed{"crm.lead.get?id=",
                                                   "crm.deal.get?id=",
                                                   "crm.activity.get?id=",
                                                   "crm.quote.get?id=",
                                                   "crm.item.get?entityTypeId=31&id=",
                                                   "tasks.task.get?taskId="};
// Without a selection a task comes without the records it belongs to.
constexpr std::string_view kTaskFields =
    "&select[]=ID&select[]=STATUS&select[]=DEADLINE&select[]=RESPONSIBLE_ID&select[]=CREATED_BY&select[]=CREATED_DATE"
    "&select[]=CHANGED_DATE&select[]=CLOSED_DATE&select[]=UF_CRM_TASK";

bool is_digits(std::string_view text) {
  return !text.empty() && text.size() <= 19 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool allowed(std::string_view subject) {
  for (const auto prefix : kAllowed) {
    if (subject.starts_with(prefix)) return is_digits(subject.substr(prefix.size()));
  }
  return false;
}

std::string command_of(const std::string& subject) {
  return subject.starts_with("tasks.task.get") ? subject + std::string(kTaskFields) : subject;
}

std::string batch_body(const std::vector<WishQueue::Asked>& asked) {
  std::string body = R"({"halt":0,"cmd":{)";
  for (std::size_t i = 0; i < asked.size(); ++i) {
    // Allowed subjects hold nothing that JSON would want escaped.
    body += (i == 0 ? "\"w" : ",\"w") + std::to_string(i) + "\":\"" + command_of(asked[i].subject) + "\"";
  }
  return body + "}}";
}

class Bitrix24Reader : public ReaderBase {
 public:
  Bitrix24Reader(RestPool& pool, ReaderOptions options, Journal& journal, const Clock& clock)
      : ReaderBase(pool, std::move(options), journal, clock, Crm::bitrix24,
                   ApiBudget(kBucketDepth, kBucketPerSecond, clock.steady())) {}
  ~Bitrix24Reader() override { stop(); }

 protected:
  asio::awaitable<void> run() override {
    auto directory_due = now();
    while (!stopping()) {
      if (now() >= directory_due) {
        const bool done = co_await read_directory();
        directory_due = now() + (done ? options_.directory : options_.retry_most);
      }
      co_await idle(std::chrono::duration_cast<std::chrono::milliseconds>(directory_due - now()));
      if (wishes_.empty()) continue;
      co_await pause(options_.gather);
      if (!stopping()) co_await read_wishes();
    }
  }

 private:
  asio::awaitable<void> read_wishes() {
    auto asked = wishes_.take(kBatchMost);
    std::erase_if(asked, [](const auto& wish) { return !allowed(wish.subject); });
    if (asked.empty()) co_return;
    HttpAnswer answer;
    HttpRequest request{true, base_.path + "batch.json", "", batch_body(asked)};
    const Result result = co_await ask(std::move(request), answer);
    if (result != Result::ok || answer.status != 200) {
      if (result == Result::ok) co_await pause(options_.retry_first);  // a 4xx for the batch as a whole
      wishes_.put_back(asked);
      co_return;
    }
    co_await take_answers(asked, answer.body);
  }

  asio::awaitable<void> take_answers(std::vector<WishQueue::Asked> asked, const std::string& body) {
    std::vector<WishQueue::Asked> again;
    bool limited = false;
    simdjson::dom::parser parser;
    simdjson::dom::element outer;
    const bool readable = parser.parse(body).at_key("result").get(outer) == simdjson::SUCCESS;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const std::string key = "w" + std::to_string(i);
      simdjson::dom::element found;
      if (readable && outer["result"].at_key(key).get(found) == simdjson::SUCCESS) {
        std::string body_of_one = "{\"result\":" + simdjson::minify(found) + "}";
        co_await record(asked[i].subject, asked[i].asked, 200, std::move(body_of_one));
      } else if (readable && outer["result_error"].at_key(key).get(found) == simdjson::SUCCESS && !is_limit(found)) {
        co_await record(asked[i].subject, asked[i].asked, 400, simdjson::minify(found));
      } else {
        limited = true;
        again.push_back(asked[i]);
      }
    }
    if (!limited) co_return;
    note_limited();
    co_await pause(options_.retry_first);
    wishes_.put_back(again);
  }

  static bool is_limit(simdjson::dom::element error) {
    std::string_view code;
    if (error["error"].get(code) != simdjson::SUCCESS) return false;
    return code == "QUERY_LIMIT_EXCEEDED" || code == "OPERATION_TIME_LIMIT" || code == "OVERLOAD_LIMIT";
  }

  // Users page by page, then the funnels of deals. False: not complete, to be tried again soon.
  asio::awaitable<bool> read_directory() {
    std::int64_t start = 0;
    for (std::size_t page = 0; page < kDirectoryPagesMost && !stopping(); ++page) {
      HttpAnswer answer;
      HttpRequest request{true, base_.path + "user.get.json", "", "{\"start\":" + std::to_string(start) + "}"};
      const Result result = co_await ask(std::move(request), answer);
      if (result != Result::ok || answer.status != 200) co_return false;
      const auto next = next_of(answer.body);
      std::string subject = next > start ? "user.get?start=" + std::to_string(start) : "user.get";
      co_await record(std::move(subject), 0, answer.status, std::move(answer.body));
      if (next <= start) break;
      start = next;
    }
    HttpAnswer answer;
    HttpRequest request{true, base_.path + "crm.category.list.json", "", R"({"entityTypeId":2})"};
    const Result result = co_await ask(std::move(request), answer);
    if (result != Result::ok || answer.status != 200) co_return false;
    co_await record("crm.category.list?entityTypeId=2", 0, answer.status, std::move(answer.body));
    co_return true;
  }

  static std::int64_t next_of(const std::string& body) {
    simdjson::dom::parser parser;
    std::int64_t next = 0;
    if (parser.parse(body).at_key("next").get(next) != simdjson::SUCCESS) return 0;
    return next;
  }
};

}  // namespace

std::unique_ptr<Reader> make_bitrix24_reader(RestPool& pool, ReaderOptions options, Journal& journal,
                                             const Clock& clock) {
  return std::make_unique<Bitrix24Reader>(pool, std::move(options), journal, clock);
}

}  // namespace kpistream::ingest
