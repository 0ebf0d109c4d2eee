// Bitrix24: everything is asked for by batches of up to 50 commands, each of which counts as one request: the records
// that webhooks told of, and the lists that tell what webhooks did not.
// Source: Bitrix24 REST documentation, "batch", "Limits", "Features of list methods".
#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <span>

#include "ingest/rest/answers.hpp"
#include "ingest/rest/backfill_meter.hpp"
#include "ingest/rest/bitrix24_audit.hpp"
#include "ingest/rest/bitrix24_commands.hpp"
#include "ingest/rest/bitrix24_offline.hpp"
#include "ingest/rest/bitrix24_sweep.hpp"
#include "ingest/rest/execution_times.hpp"
#include "ingest/rest/healing_meter.hpp"
#include "ingest/rest/reader_base.hpp"

namespace kpistream::ingest {
namespace {

namespace asio = boost::asio;

// The portal's bucket is 50 deep and loses 2 a second (all plans but Enterprise). We stay below its rim: requests that
// we spread the network draws together, and the portal's clock is not ours. A predecessor may have left its bucket as
// full as we would, so a start adds no more than still fits then; the rest comes at the rate it drains.
constexpr ReaderBase::Rate kRate{45, 2, 4};
constexpr std::uint64_t kNewIds = 1'000;       // so many of the greatest ids of a kind are new
constexpr UnixSeconds kFirstWindow = 604'800;  // a week
constexpr std::size_t kDirectoryPagesMost = 200;

// Readings by list are cheap for a portal, but their answers must stay within what we take.
constexpr std::size_t kWishesMost = 500;
constexpr std::size_t kQueueBatchesMost = 20;                 // in a row: what else is to be read has its turn
constexpr std::chrono::milliseconds kListRefused{3'600'000};  // until a list that the portal refuses is tried again

class Bitrix24Reader final : public ReaderBase {
 public:
  Bitrix24Reader(RestPool& pool, ReaderOptions options, Journal& journal, const Clock& clock)
      : ReaderBase(pool, std::move(options), journal, clock, Crm::bitrix24, kRate),
        lists_(bitrix24_lists(options_.item_types)),
        offline_(options_.handler),
        audit_(options_.known, options_.item_types) {
    const BackfillCursors begun = options_.backfills ? options_.backfills() : BackfillCursors();
    for (const auto& [name, cursor] : begun) {
      const auto parsed = parse_backfill_cursor(name);
      const Bitrix24List* list = parsed ? list_of(parsed->list) : nullptr;
      if (list == nullptr || cursor == kBackfillDone) continue;
      backfills_.push_back({Bitrix24Sweep(*list, Bitrix24Sweep::Backfill{parsed->from, cursor}), now()});
      progress_.resume(parsed->from);
    }
    if (!options_.heal) return;
    for (const Bitrix24List& list : lists_) {
      const std::int64_t cursor = options_.cursor ? options_.cursor(list.name) : 0;
      meter_.note(list.name, list.by_id ? 0 : cursor, false);
      const UnixSeconds first = options_.first_read_from != 0 ? options_.first_read_from : clock_.wall() - kFirstWindow;
      sweeps_.push_back({Bitrix24Sweep(list, cursor, first), now()});
    }
  }
  ~Bitrix24Reader() override { stop(); }

  void collect(MeterSink& sink) const override {
    ReaderBase::collect(sink);
    const std::string_view portal = options_.portal;
    meter_.collect(portal, sink);
    if (options_.application) {
      sink.counter("kpistream_offline_events_total",
                   "This counts events taken from the portal's queue for the application.", {{"portal", portal}},
                   offline_events_.value());
    }
    progress_.collect(portal, sink);
  }

 protected:
  [[nodiscard]] bool knows(std::string_view subject) const override { return bitrix24_kind(subject) != nullptr; }

  // New records are what today's figures are made of; an edit of old ones, maybe of ten thousand at once, can wait.
  // Called on the processor's thread alone.
  [[nodiscard]] unsigned patience(std::string_view subject) override {
    const Bitrix24Kind& kind = *bitrix24_kind(subject);
    std::uint64_t id = 0;
    const std::string_view digits = id_in(subject);
    std::from_chars(digits.data(), digits.data() + digits.size(), id);
    std::uint64_t& newest = newest_[&kind];
    newest = std::max(newest, id);
    if (!kind.ahead) return 2;
    return id + kNewIds > newest ? 0 : 1;
  }

  [[nodiscard]] bool has_work() const override {
    return wishes_.any(unblocked()) || next_of(backfills_) <= now() || offline_due() <= now();
  }

  asio::awaitable<void> run() override {
    Time directory_due = now();
    while (!stopping()) {
      if (now() >= directory_due) {
        directory_due = now();
        const bool done = co_await read_directory();
        directory_due += done ? options_.directory : std::min(options_.directory, options_.retry_most);
      }
      const Time next =
          std::min({directory_due, times_.next_unblocked(now()), next_of(sweeps_), next_of(backfills_), offline_due()});
      co_await idle(next);
      if (stopping()) continue;
      if (offline_due() <= now()) co_await fetch_offline();
      if (wishes_.any(unblocked())) {
        if (wishes_.waiting() < kBatchCommandsMost) co_await pause(options_.gather);
        co_await read_wishes();
      }
      if (next_of(sweeps_) <= now()) co_await sweep(sweeps_);
      if (options_.heal && options_.known && check_due_ <= now()) {
        check_due_ = now() + options_.poll;
        co_await look_for_deleted();
      }
      if (next_of(backfills_) <= now()) co_await go_back();
    }
  }

 private:
  [[nodiscard]] WishQueue::Ready unblocked() const {
    return [this, at = now()](std::string_view subject) {
      return !is_of_queue(subject) && times_.blocked_until(method_of(subject)) <= at;
    };
  }

  // ---- the application's queue of events

  [[nodiscard]] bool is_of_queue(std::string_view subject) const {
    return options_.application && subject == kOfflineSubject;
  }

  // Told that there is something, at once; else as often as the lists, and after an installation.
  [[nodiscard]] Time offline_due() const {
    if (!options_.application) return Time::max();
    const bool told = wishes_.any([this](std::string_view subject) { return is_of_queue(subject); });
    return offline_schedule_.due(told, offline_.bound(options_.application->installation()));
  }

  asio::awaitable<void> fetch_offline() {
    using Step = Bitrix24Offline::Step;
    const auto wish = wishes_.take(kOfflineSubject);
    offline_.begin(options_.application->installation());
    Step step = Step::on;
    bool whole = false;
    std::size_t bodies = 0;
    for (std::size_t i = 0; i < kQueueBatchesMost && step == Step::on && !whole && !stopping(); ++i) {
      const auto commands = offline_.commands();
      whole = commands.empty();
      if (whole) break;
      const auto batch = co_await ask_batch(commands);
      const auto taken = batch ? offline_.take(batch->parts) : Bitrix24Offline::Taken{Step::failed, {}, 0};
      step = taken.step;
      offline_events_.add(taken.events);
      bodies += taken.bodies.size();
      for (const auto& body : taken.bodies) co_await record(std::string(kOfflineSubject), wish.asked, 200, body);
      co_await settle();  // what is asked for next may delete it in the portal
      if (batch) co_await conclude(Result::ok, true);
    }
    if (stopping()) co_return;
    offline_schedule_.ended(step, whole || step != Step::on, now(), options_.poll, options_.retry_first);
    meter_.note(std::string(kOfflineSubject), 0, step != Step::on);
    if (step == Step::failed && wish.asked != 0) wishes_.put_back({wish});
    if (step == Step::failed || wish.asked == 0 || bodies != 0) co_return;
    co_await record(std::string(kOfflineSubject), wish.asked, 200, R"({"result":{"events":[]}})");
    co_await settle();
  }

  asio::awaitable<void> read_wishes() {
    auto asked = wishes_.take(kWishesMost, unblocked());
    if (asked.empty() || stopping()) co_return;
    auto commands = commands_for(asked, singly_);
    while (commands.size() > kBatchCommandsMost) {
      wishes_.put_back(commands.back().asked);
      commands.pop_back();
    }
    std::vector<std::string> texts;
    texts.reserve(commands.size());
    for (const auto& command : commands) texts.push_back(command.text);
    auto batch = co_await ask_batch(texts);
    if (!batch) {
      for (const auto& command : commands) wishes_.put_back(command.asked);
      co_return;
    }
    co_await take_answers(commands, std::move(*batch));
  }

  // Nothing: it failed, and the pause that follows a failure is over.
  asio::awaitable<std::optional<BatchAnswer>> ask_batch(const std::vector<std::string>& commands) {
    HttpRequest request{true, base_.path + "batch.json", "", batch_body(commands)};
    const HttpAnswer answer = co_await ask(std::move(request));
    Result result = judge(answer);
    std::optional<BatchAnswer> batch;
    if (result == Result::ok && answer.status == 200) batch = split_batch(answer.body, commands.size());
    if (batch) {
      for (std::size_t i = 0; i < commands.size(); ++i) {
        times_.watch(method_of(commands[i]), batch->parts[i], batch->finished, now());
      }
      co_return batch;
    }
    if (result == Result::ok) result = Result::failed;  // a 4xx too: it is not about any one command
    co_await conclude(result, false);
    co_return std::nullopt;
  }

  asio::awaitable<void> take_answers(const std::vector<Bitrix24Command>& commands, BatchAnswer batch) {
    std::vector<WishQueue::Asked> again;
    bool limited = false;
    bool progress = false;
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const BatchPart& part = batch.parts[i];
      limited = limited || part.kind == BatchPart::Kind::limited || part.kind == BatchPart::Kind::missing;
      Bitrix24Outcome outcome = outcome_of(commands[i], part);
      progress = progress || !outcome.readings.empty() || !outcome.singly.empty();
      for (auto& reading : outcome.readings) {
        singly_.erase(reading.subject);
        co_await record(std::move(reading.subject), reading.asked, reading.status, std::move(reading.body));
      }
      for (const auto& asked : outcome.singly) singly_.insert(asked.subject);
      again.insert(again.end(), outcome.again.begin(), outcome.again.end());
      again.insert(again.end(), outcome.singly.begin(), outcome.singly.end());
    }
    co_await settle();
    wishes_.put_back(again);
    co_await conclude(limited ? Result::limited : Result::ok, progress);
  }

  // ---- healing and backfill

  struct Healing {
    Bitrix24Sweep sweep;
    Time due;
  };
  struct Part {
    Healing* healing;
    std::size_t first;  // command
    std::size_t pages;
  };

  [[nodiscard]] static Time next_of(const std::vector<Healing>& all) {
    Time next = Time::max();
    for (const auto& one : all) next = std::min(next, one.due);
    return next;
  }

  [[nodiscard]] const Bitrix24List* list_of(std::string_view name) const {
    const auto found = std::find_if(lists_.begin(), lists_.end(), [&](const auto& list) { return list.name == name; });
    return found == lists_.end() ? nullptr : &*found;
  }

  // One batch of pages of the lists that are due.
  asio::awaitable<void> sweep(std::vector<Healing>& all) {
    std::vector<Part> parts;
    std::vector<std::string> commands;
    for (Healing& one : all) {
      if (one.due > now() || commands.size() >= kBatchCommandsMost) continue;
      one.due = std::max(one.due, times_.blocked_until(method_of(one.sweep.list().command)));
      if (one.due > now()) continue;
      const std::size_t pages = std::min(one.sweep.pages(), kBatchCommandsMost - commands.size());
      parts.push_back({&one, commands.size(), pages});
      for (auto& command : one.sweep.commands(commands.size(), pages)) commands.push_back(std::move(command));
    }
    if (commands.empty()) co_return;
    const auto batch = co_await ask_batch(commands);
    if (batch) co_return co_await take_pages(parts, *batch);
    for (const auto& part : parts) {
      part.healing->sweep.shrink();  // it may have been too much
      meter_.note(part.healing->sweep.list().name, 0, true);
    }
  }

  asio::awaitable<void> take_pages(const std::vector<Part>& parts, const BatchAnswer& batch) {
    const UnixSeconds portal_now = batch.finished != 0 ? batch.finished : clock_.wall();
    bool limited = false;
    for (const auto& [healing, first, pages] : parts) {
      const auto answers = std::span(batch.parts).subspan(first, pages);
      std::vector<Bitrix24Sweep::Reading> readings;
      const auto step = healing->sweep.take(answers, portal_now, readings);
      for (auto& reading : readings) co_await record(std::move(reading.subject), 0, 200, std::move(reading.body));
      meter_.note(healing->sweep.list().name, healing->sweep.verified(), step == Bitrix24Sweep::Step::failed);
      if (step == Bitrix24Sweep::Step::done) healing->due = now() + options_.poll;
      if (step == Bitrix24Sweep::Step::failed) limited = put_off(*healing, answers) || limited;
    }
    co_await settle();
    co_await conclude(limited ? Result::limited : Result::ok, !limited);
  }

  // When a list that could not be read is tried again. True: the portal asks us to slow down.
  bool put_off(Healing& healing, std::span<const BatchPart> answers) {
    healing.sweep.shrink();
    const auto is = [](BatchPart::Kind kind) { return [kind](const BatchPart& part) { return part.kind == kind; }; };
    if (std::any_of(answers.begin(), answers.end(), is(BatchPart::Kind::blocked))) {
      healing.due = std::max(now(), times_.blocked_until(method_of(healing.sweep.list().command)));
      return false;
    }
    // A refusal says that this list is not for us: a right or a scope is missing.
    if (std::any_of(answers.begin(), answers.end(), is(BatchPart::Kind::error))) {
      healing.due = now() + kListRefused;
      if (healing.sweep.is_backfill()) healing.sweep.give_up();
      return false;
    }
    return true;
  }

  BackfillStart backfill(UnixSeconds from) override {
    if (stopping() || !running()) return BackfillStart::impossible;
    if (!progress_.begin(from)) return BackfillStart::busy;
    post([this, from] {
      for (const Bitrix24List& list : lists_) {
        backfills_.push_back({Bitrix24Sweep(list, Bitrix24Sweep::Backfill{from}), now()});
      }
    });
    return BackfillStart::begun;
  }

  [[nodiscard]] BackfillProgress backfill_progress() const override {
    BackfillProgress progress = progress_.progress();
    progress.requests_per_second = kRate.per_second;
    return progress;
  }

  asio::awaitable<void> go_back() {
    if (!counted_) co_await count_rows();
    if (stopping() || !counted_) co_return;
    co_await sweep(backfills_);
    const auto finished = [](const Healing& one) { return one.sweep.finished(); };
    const bool whole = std::all_of(backfills_.begin(), backfills_.end(), finished);
    if (whole) {
      std::string subject = "backfill?since=" + std::to_string(progress_.progress().from);
      co_await record(std::move(subject), 0, 200, "{}");
      co_await settle();
    }
    progress_.change([&](BackfillProgress& progress) {
      ++progress.requests;
      progress.active = !whole;
      progress.rows = 0;
      progress.refused.clear();
      for (const auto& one : backfills_) {
        progress.rows += one.sweep.rows();
        if (one.sweep.refused()) progress.refused.push_back(one.sweep.list().name);
      }
    });
    if (!whole) {
      for (auto& one : backfills_) {
        if (one.sweep.finished()) one.due = Time::max();
      }
      co_return;
    }
    backfills_.clear();
    written_ = counted_ = false;
  }

  // What is asked for is written down first, so that it outlives us; then the portal counts what there is to do.
  asio::awaitable<void> count_rows() {
    for (const auto& one : backfills_) {
      if (written_) break;
      std::string subject = "backfill?cursor=" + backfill_cursor(progress_.progress().from, one.sweep.list().name);
      co_await record(std::move(subject), 0, 200, "{}");
    }
    co_await settle();
    written_ = true;
    std::vector<std::string> commands;
    for (const auto& one : backfills_) commands.push_back(one.sweep.count_command());
    const auto batch = co_await ask_batch(commands);
    if (!batch) co_return;
    co_await conclude(Result::ok, true);
    counted_ = true;
    progress_.change([&](BackfillProgress& progress) {
      ++progress.requests;
      for (const auto& part : batch->parts) progress.expected += static_cast<std::uint64_t>(part.total);
    });
  }

  // ---- deletions: a webhook that told of one may be lost, and no list shows what is not there

  asio::awaitable<void> look_for_deleted() {
    const auto commands = audit_.next();
    if (commands.empty()) co_return;
    const auto batch = co_await ask_batch(commands);
    if (!batch) co_return;
    co_await conclude(Result::ok, true);
    const auto missing = audit_.missing(batch->parts);
    for (std::size_t first = 0; first < missing.size() && !stopping(); first += kBatchCommandsMost) {
      const std::size_t last = std::min(missing.size(), first + kBatchCommandsMost);
      std::vector<WishQueue::Asked> some(missing.begin() + static_cast<std::ptrdiff_t>(first),
                                         missing.begin() + static_cast<std::ptrdiff_t>(last));
      co_await ask_singly(std::move(some));
    }
  }

  // False: not all of them were answered.
  asio::awaitable<bool> ask_singly(std::vector<WishQueue::Asked> asked) {
    std::vector<Bitrix24Command> commands;
    std::vector<std::string> texts;
    for (auto& one : asked) {
      commands.push_back(single_command(one));
      texts.push_back(commands.back().text);
    }
    auto batch = co_await ask_batch(texts);
    if (!batch) co_return false;
    const bool whole = std::all_of(batch->parts.begin(), batch->parts.end(), [](const BatchPart& part) {
      return part.kind == BatchPart::Kind::result || part.kind == BatchPart::Kind::error;
    });
    co_await take_answers(commands, std::move(*batch));
    co_return whole;
  }

  // Users page by page, then what is read whole. False: not complete, to be tried again soon.
  asio::awaitable<bool> read_directory() {
    const bool users = co_await read_users();
    std::vector<WishQueue::Asked> rest;
    for (const auto subject : bitrix24_directories()) rest.push_back({std::string(subject), 0});
    if (options_.fields) {
      for (const auto subject : bitrix24_field_lists()) rest.push_back({std::string(subject), 0});
    }
    const bool others = co_await ask_singly(std::move(rest));
    co_return users&& others;
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

  // True: to be recorded, as a page or as a refusal for the dialect to decide on.
  asio::awaitable<bool> conclude_page(const HttpAnswer& answer, bool readable) {
    Result result = judge(answer);
    if (result == Result::ok && answer.status < 400 && !readable) result = Result::failed;
    co_await conclude(result, result == Result::ok);
    co_return result == Result::ok;
  }

  std::map<const Bitrix24Kind*, std::uint64_t> newest_;  // greatest id; of the processor's thread alone
  const std::vector<Bitrix24List> lists_;
  // All of the pool's thread alone; has_work() is asked there.
  ExecutionTimes times_;
  std::set<std::string, std::less<>> singly_;  // wishes that a list has left out
  std::vector<Healing> sweeps_;
  std::vector<Healing> backfills_;
  Bitrix24Offline offline_;
  OfflineSchedule offline_schedule_;
  Counter offline_events_;
  Bitrix24Audit audit_;
  Time check_due_{};
  bool written_ = false;  // what the backfill was asked for
  bool counted_ = false;  // the rows that it has before it
  HealingMeter meter_;
  BackfillMeter progress_;
};

}  // namespace

std::vector<std::string> bitrix24_timed_lists(const std::vector<std::string>& item_types) {
  std::vector<std::string> names;
  for (const Bitrix24List& list : bitrix24_lists(item_types)) {
    if (!list.by_id) names.push_back(list.name);
  }
  return names;
}

std::unique_ptr<Reader> make_bitrix24_reader(RestPool& pool, ReaderOptions options, Journal& journal,
                                             const Clock& clock) {
  return std::make_unique<Bitrix24Reader>(pool, std::move(options), journal, clock);
}

}  // namespace kpistream::ingest
