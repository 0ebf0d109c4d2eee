// Bitrix24: wishes go out as batches of up to 50 commands, each of which counts as one request.
// Source: Bitrix24 REST documentation, "batch", "Limits", "Features of list methods".
#include <algorithm>
#include <array>
#include <map>

#include "ingest/rest/answers.hpp"
#include "ingest/rest/reader_base.hpp"

namespace kpistream::ingest {
namespace {

namespace asio = boost::asio;

// The portal's bucket is 50 deep and loses 2 a second (all plans but Enterprise). We stay below its rim: requests that
// we spread the network draws together, and the portal's clock is not ours. A predecessor may have left its bucket as
// full as we would, so a start adds no more than still fits then; the rest comes at the rate it drains.
constexpr ReaderBase::Rate kRate{45, 2, 4};
constexpr std::size_t kBatchMost = 50;
constexpr std::size_t kDirectoryPagesMost = 200;
// The execution time of a method is counted over ten minutes.
constexpr std::int64_t kBlockedMost = 600;
constexpr std::int64_t kBlockedUnknown = 60;

// The closed table of what may be asked for: a method with its fixed part, then an id of digits.
constexpr std::array<std::string_view, 7> kAllowed{"crm.lead.get?id=",
                                                   "crm.deal.get?id=",
                                                   "crm.activity.get?id=",
                                                   "crm.quote.get?id=",
                                                   "crm.item.get?entityTypeId=31&id=",
                                                   "crm.timeline.comment.get?id=",
                                                   "tasks.task.get?taskId="};
// Without a selection a task comes without the records it belongs to.
constexpr std::string_view kTaskFields =
    "&select%5B%5D=ID&select%5B%5D=STATUS&select%5B%5D=DEADLINE&select%5B%5D=RESPONSIBLE_ID&select%5B%5D=CREATED_BY"
    "&select%5B%5D=CREATED_DATE&select%5B%5D=CHANGED_DATE&select%5B%5D=CLOSED_DATE&select%5B%5D=CLOSED_BY"
    "&select%5B%5D=UF_CRM_TASK";

bool is_digits(std::string_view text) {
  return !text.empty() && text.size() <= 19 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view method_of(std::string_view subject) { return subject.substr(0, subject.find('?')); }

std::string batch_body(const std::vector<WishQueue::Asked>& asked) {
  std::string body = R"({"halt":0,"cmd":{)";
  for (std::size_t i = 0; i < asked.size(); ++i) {
    // Known subjects hold nothing that JSON or a query would want escaped.
    body += (i == 0 ? "\"w" : ",\"w") + std::to_string(i) + "\":\"" + asked[i].subject;
    if (method_of(asked[i].subject) == "tasks.task.get") body += kTaskFields;
    body += '"';
  }
  return body + "}}";
}

class Bitrix24Reader final : public ReaderBase {
 public:
  Bitrix24Reader(RestPool& pool, ReaderOptions options, Journal& journal, const Clock& clock)
      : ReaderBase(pool, std::move(options), journal, clock, Crm::bitrix24, kRate) {}
  ~Bitrix24Reader() override { stop(); }

 protected:
  [[nodiscard]] bool knows(std::string_view subject) const override {
    return std::any_of(kAllowed.begin(), kAllowed.end(), [subject](std::string_view prefix) {
      return subject.starts_with(prefix) && is_digits(subject.substr(prefix.size()));
    });
  }

  [[nodiscard]] bool has_work() const override { return wishes_.any(unblocked()); }

  asio::awaitable<void> run() override {
    Time directory_due = now();
    while (!stopping()) {
      if (now() >= directory_due) {
        directory_due = now();
        const bool done = co_await read_directory();
        directory_due += done ? options_.directory : std::min(options_.directory, options_.retry_most);
      }
      co_await idle(std::min(directory_due, next_unblocked()));
      if (stopping() || !has_work()) continue;
      if (wishes_.waiting() < kBatchMost) co_await pause(options_.gather);
      co_await read_wishes();
    }
  }

 private:
  [[nodiscard]] WishQueue::Ready unblocked() const {
    return [this, at = now()](std::string_view subject) {
      const auto it = blocked_until_.find(method_of(subject));
      return it == blocked_until_.end() || it->second <= at;
    };
  }

  [[nodiscard]] Time next_unblocked() const {
    Time next = Time::max();
    for (const auto& [method, until] : blocked_until_) {
      if (until > now()) next = std::min(next, until);
    }
    return next;
  }

  asio::awaitable<void> read_wishes() {
    const auto asked = wishes_.take(kBatchMost, unblocked());
    if (asked.empty() || stopping()) co_return;
    HttpRequest request{true, base_.path + "batch.json", "", batch_body(asked)};
    const HttpAnswer answer = co_await ask(std::move(request));
    Result result = judge(answer);
    std::optional<BatchAnswer> batch;
    if (result == Result::ok && answer.status == 200) batch = split_batch(answer.body, asked.size());
    if (result == Result::ok && !batch) result = Result::failed;  // a 4xx too: it is not about any one of them
    if (!batch) {
      wishes_.put_back(asked);
      co_await conclude(result, false);
      co_return;
    }
    co_await take_answers(asked, std::move(*batch));
  }

  asio::awaitable<void> take_answers(const std::vector<WishQueue::Asked>& asked, BatchAnswer batch) {
    using Kind = BatchPart::Kind;
    std::vector<WishQueue::Asked> again;
    bool limited = false;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      BatchPart& part = batch.parts[i];
      watch_execution_time(method_of(asked[i].subject), part, batch.finished);
      const bool answered = part.kind == Kind::result || part.kind == Kind::error;
      if (!answered) {
        limited = limited || part.kind != Kind::blocked;
        again.push_back(asked[i]);
      } else if (part.kind == Kind::result) {
        std::string body = "{\"result\":" + part.json + "}";
        co_await record(asked[i].subject, asked[i].asked, 200, std::move(body));
      } else {
        co_await record(asked[i].subject, asked[i].asked, 400, std::move(part.json));
      }
    }
    co_await settle();
    wishes_.put_back(again);
    co_await conclude(limited ? Result::limited : Result::ok, again.size() < asked.size());
  }

  // A blocked method waits until its execution time starts anew; all others go on.
  void watch_execution_time(std::string_view method, const BatchPart& part, std::int64_t portal_now) {
    if (part.reset_at != 0) reset_at_.insert_or_assign(std::string(method), part.reset_at);
    if (part.kind != BatchPart::Kind::blocked) return;
    std::int64_t seconds = kBlockedUnknown;
    const auto told = reset_at_.find(method);
    if (told != reset_at_.end() && portal_now != 0 && told->second > portal_now) seconds = told->second - portal_now;
    blocked_until_.insert_or_assign(std::string(method), now() + std::chrono::seconds(std::min(seconds, kBlockedMost)));
  }

  // Users page by page, then the funnels of deals. False: not complete, to be tried again soon.
  asio::awaitable<bool> read_directory() {
    const bool users = co_await read_users();
    const bool funnels = co_await read_funnels();
    co_return users&& funnels;
  }

  asio::awaitable<bool> read_users() {
    std::int64_t start = 0;
    for (std::size_t page = 0; page < kDirectoryPagesMost && !stopping(); ++page) {
      HttpRequest request{true, base_.path + "user.get.json", "", "{\"start\":" + std::to_string(start) + "}"};
      HttpAnswer answer = co_await ask(std::move(request));
      const auto next = next_start(answer.body);
      const bool good = co_await conclude_page(answer, next.has_value());
      if (!good) co_return false;
      const bool last = !next || *next <= start;
      std::string subject = last ? "user.get" : "user.get?start=" + std::to_string(start);
      co_await record(std::move(subject), 0, answer.status, std::move(answer.body));
      co_await settle();
      if (last) co_return true;
      start = *next;
    }
    co_return false;
  }

  asio::awaitable<bool> read_funnels() {
    HttpRequest request{true, base_.path + "crm.category.list.json", "", R"({"entityTypeId":2})"};
    HttpAnswer answer = co_await ask(std::move(request));
    const bool good = co_await conclude_page(answer, next_start(answer.body).has_value());
    if (!good) co_return false;
    std::string subject = "crm.category.list?entityTypeId=2";
    co_await record(std::move(subject), 0, answer.status, std::move(answer.body));
    co_await settle();
    co_return true;
  }

  // True: to be recorded, as a page or as a refusal for the dialect to decide on.
  asio::awaitable<bool> conclude_page(const HttpAnswer& answer, bool readable) {
    Result result = judge(answer);
    if (result == Result::ok && answer.status < 400 && !readable) result = Result::failed;
    co_await conclude(result, result == Result::ok);
    co_return result == Result::ok;
  }

  // Both of the pool's thread alone; has_work() is asked there.
  std::map<std::string, std::int64_t, std::less<>> reset_at_;  // by method: the portal's clock
  std::map<std::string, Time, std::less<>> blocked_until_;     // by method: our clock
};

}  // namespace

std::unique_ptr<Reader> make_bitrix24_reader(RestPool& pool, ReaderOptions options, Journal& journal,
                                             const Clock& clock) {
  return std::make_unique<Bitrix24Reader>(pool, std::move(options), journal, clock);
}

}  // namespace kpistream::ingest
