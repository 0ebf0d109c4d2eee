#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>

#include "ingest/http/bytes.hpp"
#include "ingest/http/listener.hpp"

namespace kpistream::ingest {
namespace {

using Stopwatch = decltype(ServerOptions::stopwatch);

// Around the goals, 50 ms for 99 of 100 and 500 ms for 999 of 1,000, and up to what amoCRM waits.
using namespace std::chrono_literals;
constexpr std::array<Durations::Time, Durations::kBucketsMax - 1> kAcknowledgedWithin{
    500us, 1ms, 2ms, 5ms, 10ms, 25ms, 50ms, 100ms, 250ms, 500ms, 2'000ms};

// A form, or not said, or JSON where the CRM sends that too. What else a webhook could be (multipart, XML, packed) we
// do not read.
bool is_readable(const Head& head, bool takes_json) {
  if (!head.content_encoding.empty() && !equals_lower(head.content_encoding, "identity")) return false;
  const std::string_view type = trim(head.content_type.substr(0, head.content_type.find(';')));
  return type.empty() || equals_lower(type, "application/x-www-form-urlencoded") ||
         (takes_json && equals_lower(type, "application/json"));
}

Answer answer_of(HookVerdict verdict) {
  switch (verdict) {
    case HookVerdict::accepted:
      return Answer::accepted;
    case HookVerdict::unreadable:
      return Answer::unreadable;
    case HookVerdict::too_large:
      return Answer::too_large;
    case HookVerdict::stranger:
      break;
  }
  return Answer::stranger;
}

// Proves and journals, on one I/O thread. The journal tells its listener once a group; that becomes one visit of the
// I/O thread for all answers of the group.
class HookService final : public Service, public AppendListener {
 public:
  HookService(Journal& journal, const Clock& clock, std::shared_ptr<const HookGuards> guards, Stopwatch stopwatch,
              Durations& acknowledged, Loop& loop)
      : journal_(journal),
        clock_(clock),
        guards_(std::move(guards)),
        stopwatch_(stopwatch),
        acknowledged_(acknowledged),
        loop_(loop) {}

  void set_guards(std::shared_ptr<const HookGuards> guards) {
    loop_.post([this, guards = std::move(guards)] { guards_ = guards; });
  }

  std::optional<Answer> refuse(const Head& head, std::string_view path) override {
    const HookGuard* guard = guard_of(path);
    if (guard == nullptr) return Answer::not_found;
    if (head.method == "GET" && guard->takes_query(query_of(head.target))) return std::nullopt;
    if (head.method != "POST") return Answer::method;
    if (!is_readable(head, guard->takes_json(path))) return Answer::unsupported;
    return std::nullopt;
  }

  Reply serve(const Request& request, std::string_view body, Waiting& waiting, std::uint64_t slot) override {
    const auto whole = stopwatch_();
    const HookGuard* guard = guard_of(request.path);
    if (guard == nullptr) return {Answer::not_found, {}};  // a reload took the route away
    HookResult result = request.method == "GET" ? guard->admit_query(request.path, query_of(request.target))
                                                : guard->admit(request.path, body);
    if (result.verdict != HookVerdict::accepted) return {answer_of(result.verdict), {}};
    NewRecord record;
    record.kind = RecordKind::delivery;
    record.crm = result.crm;
    record.portal = std::move(result.portal);
    record.arrived = clock_.wall();
    record.body = std::move(result.body);
    const std::uint64_t token = keep({waiting.self(), slot, whole});
    if (!journal_.append(std::move(record), *this, token)) {
      (void)take(token);
      return {Answer::overloaded, {}};
    }
    ++taken_;
    return {};
  }

  void on_group(std::span<const Ticket> tickets) noexcept override {
    loop_.post([this, group = std::vector<Ticket>(tickets.begin(), tickets.end())] { settle(group); });
    const std::lock_guard lock(mutex_);
    told_ += tickets.size();
    all_told_.notify_all();
  }

  // REQUIRES: the I/O thread has ended.
  void wait_until_all_told() {
    std::unique_lock lock(mutex_);
    all_told_.wait(lock, [this] { return told_ == taken_; });
  }

 private:
  struct Pending {
    std::shared_ptr<Waiting> waiting;
    std::uint64_t slot = 0;
    std::chrono::steady_clock::time_point whole;  // when all of the request was here
  };

  const HookGuard* guard_of(std::string_view path) const {
    const auto found =
        std::find_if(guards_->begin(), guards_->end(), [&](const auto& guard) { return guard->owns(path); });
    return found == guards_->end() ? nullptr : found->get();
  }

  void settle(const std::vector<Ticket>& group) {
    for (const Ticket& ticket : group) {
      Pending pending = take(ticket.token);
      const bool appended = ticket.outcome == AppendOutcome::appended;
      const bool told = pending.waiting->complete(pending.slot, appended ? Answer::accepted : Answer::unavailable);
      if (told && appended) whole_.push_back(pending.whole);
      settled_.push_back(std::move(pending.waiting));
    }
    for (const auto& waiting : settled_) waiting->resume();  // after all: one write for a connection with several
    settled_.clear();
    const auto now = stopwatch_();  // one look for the group, whose answers leave together
    for (const auto whole : whole_) acknowledged_.add(std::chrono::duration_cast<Durations::Time>(now - whole));
    whole_.clear();
  }

  std::uint64_t keep(Pending pending) {
    if (free_.empty()) {
      free_.push_back(pending_.size());
      pending_.emplace_back();
    }
    const std::uint64_t token = free_.back();
    free_.pop_back();
    pending_[token] = std::move(pending);
    return token;
  }

  Pending take(std::uint64_t token) {
    free_.push_back(token);
    return std::exchange(pending_[token], {});
  }

  Journal& journal_;
  const Clock& clock_;
  std::shared_ptr<const HookGuards> guards_;
  const Stopwatch stopwatch_;
  Durations& acknowledged_;
  Loop& loop_;
  std::vector<Pending> pending_;  // by token
  std::vector<std::uint64_t> free_;
  std::vector<std::shared_ptr<Waiting>> settled_;
  std::vector<std::chrono::steady_clock::time_point> whole_;  // of the group at hand
  std::uint64_t taken_ = 0;

  std::mutex mutex_;
  std::condition_variable all_told_;
  std::uint64_t told_ = 0;
};

// The outcome of a request as a label; closed list.
struct Outcome {
  std::string_view result;
  std::vector<Answer> answers;
};

const std::array<Outcome, 11>& outcomes() {
  static const std::array<Outcome, 11> kOutcomes{{
      {"accepted", {Answer::accepted}},
      {"stranger", {Answer::stranger}},
      {"unreadable", {Answer::unreadable}},
      {"too_large", {Answer::too_large}},
      {"overloaded", {Answer::overloaded}},
      {"unavailable", {Answer::unavailable, Answer::internal}},
      {"unsupported", {Answer::unsupported}},
      {"not_found", {Answer::not_found}},
      {"method", {Answer::method}},
      {"bad_request",
       {Answer::bad_request, Answer::target_too_long, Answer::expectation, Answer::header_too_large,
        Answer::unimplemented, Answer::version}},
      {"timeout", {Answer::timeout}},
  }};
  return kOutcomes;
}

}  // namespace

struct HookServer::Impl {
  Impl(const ServerOptions& options, Journal& journal, const Clock& clock, std::shared_ptr<const HookGuards> guards)
      : listener(options, clock, "POST", [&](Loop& loop) {
          auto service = std::make_unique<HookService>(journal, clock, guards, options.stopwatch, acknowledged, loop);
          services.push_back(service.get());
          return service;
        }) {}

  Durations acknowledged{kAcknowledgedWithin};
  std::vector<HookService*> services;  // owned by the listener; declared first, because that fills it
  Listener listener;
};

HookServer::HookServer(const ServerOptions& options, Journal& journal, const Clock& clock,
                       std::shared_ptr<const HookGuards> guards)
    : impl_(std::make_unique<Impl>(options, journal, clock, std::move(guards))) {}

HookServer::~HookServer() {
  stop();
  for (HookService* service : impl_->services) service->wait_until_all_told();
}

void HookServer::start() { impl_->listener.start(); }

std::uint16_t HookServer::port() const { return impl_->listener.ports().front(); }

void HookServer::set_guards(const std::shared_ptr<const HookGuards>& guards) {
  for (HookService* service : impl_->services) service->set_guards(guards);
}

bool HookServer::drain(std::chrono::milliseconds timeout) { return impl_->listener.drain(timeout); }

void HookServer::stop() { impl_->listener.stop(); }

void HookServer::collect(MeterSink& sink) const {
  for (const Outcome& outcome : outcomes()) {
    double value = 0;
    for (const Answer answer : outcome.answers) value += impl_->listener.count(answer);
    sink.counter("kpistream_webhook_requests_total",
                 "This counts requests to the webhook listener, by what became of them.", {{"result", outcome.result}},
                 value);
  }
  impl_->acknowledged.collect(sink, "kpistream_webhook_ack_seconds",
                              "This tells how long accepted webhooks waited for their 2xx, from the last byte of the "
                              "request until the answer was given to the socket; the sync of the journal is within.",
                              {});
  collect_connections(sink, "hook", impl_->listener.connections());
}

}  // namespace kpistream::ingest
