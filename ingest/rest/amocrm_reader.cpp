// amoCRM: lists are read page by page from where the last reading came to, for what hooks leave out and what they lost.
// Source: amoCRM developers, API v4: leads, tasks, notes, events, "Limits and recommendations".
#include <algorithm>
#include <array>
#include <set>

#include "ingest/json/json.hpp"
#include "ingest/rest/amocrm_lists.hpp"
#include "ingest/rest/amocrm_sweep.hpp"
#include "ingest/rest/answers.hpp"
#include "ingest/rest/backfill_meter.hpp"
#include "ingest/rest/healing_meter.hpp"
#include "ingest/rest/reader_base.hpp"

namespace kpistream::ingest {
namespace {

namespace asio = boost::asio;

// At most 6 within any second; 7 are allowed, and the network may draw them together. One at a start: with what was
// asked just before a crash they are 7.
constexpr ReaderBase::Rate kRate{2, 4, 1};
constexpr UnixSeconds kFirstWindow = 604'800;                 // a week
constexpr std::size_t kLeadsAtOnce = 50;                      // by their ids: an address may be two thousand bytes long
constexpr std::chrono::milliseconds kListRefused{3'600'000};  // until a list that the account refuses is tried again
constexpr std::string_view kCatalogues = "catalogs";
constexpr std::size_t kCustomersAtOnce = 10;    // whose purchases are read before the lists have their turn
constexpr std::size_t kPurchasePagesMost = 40;  // of a customer: ten thousand purchases
// Whoever goes on asking while an account is blocked stays blocked.
constexpr std::chrono::minutes kBlockedFirst{2};
constexpr std::chrono::minutes kBlockedMost{32};

// What an account refuses to say to any request, and why. Closed list, for figures.
enum class Refusal : std::uint8_t { none, token, unpaid, blocked };
constexpr std::array<std::string_view, 3> kRefusals{"token", "unpaid", "blocked"};

// "leads/701": that lead alone.
constexpr std::string_view kLead = "leads/";
bool is_one_lead(std::string_view subject) { return subject.starts_with(kLead) && is_id(subject.substr(kLead.size())); }

// "customers/5/transactions": all purchases of that customer.
bool is_purchases(std::string_view subject) {
  constexpr std::string_view kCustomers = "customers/";
  constexpr std::string_view kTransactions = "/transactions";
  if (!subject.starts_with(kCustomers) || !subject.ends_with(kTransactions)) return false;
  subject.remove_prefix(kCustomers.size());
  return subject.size() > kTransactions.size() && is_id(subject.substr(0, subject.size() - kTransactions.size()));
}

// The id of the catalogue that holds invoices; empty: there is none.
std::string invoices_in(const std::string& catalogues) {
  std::string found;
  JsonDocument document;
  if (!document.parse(catalogues)) return found;
  document.root()["_embedded"]["catalogs"].each([&found](const JsonValue& one) {
    if (found.empty() && one["type"].text() == "invoices") found = one["id"].id();
  });
  return found;
}

class AmoReader final : public ReaderBase {
 public:
  AmoReader(RestPool& pool, ReaderOptions options, Journal& journal, const Clock& clock)
      : ReaderBase(pool, std::move(options), journal, clock, Crm::amocrm, kRate),
        blocked_(kBlockedFirst, kBlockedMost, chance_of(options_)) {
    for (const AmoList& list : amocrm_lists()) {
      if (!options_.heal && !list.time.empty()) continue;
      const std::int64_t cursor = options_.cursor ? options_.cursor(std::string(list.name)) : 0;
      const UnixSeconds first = options_.first_read_from != 0 ? options_.first_read_from : clock_.wall() - kFirstWindow;
      if (!list.time.empty()) meter_.note(std::string(list.name), cursor, false);
      sweeps_.push_back({AmoSweep(list, cursor, first), now(), 0});
    }
    const BackfillCursors begun = options_.backfills ? options_.backfills() : BackfillCursors();
    for (const auto& [name, cursor] : begun) {
      const auto parsed = parse_backfill_cursor(name);
      const AmoList* list = parsed ? amocrm_list(parsed->list) : nullptr;
      if (list == nullptr || cursor == kBackfillDone) continue;
      add_backfill(*list, parsed->from, cursor);
      progress_.resume(parsed->from);
      written_ = true;
    }
  }
  ~AmoReader() override { stop(); }

  void collect(MeterSink& sink) const override {
    ReaderBase::collect(sink);
    const std::string_view portal = options_.portal;
    meter_.collect(portal, sink);
    progress_.collect(portal, sink);
    const auto refusal = static_cast<std::size_t>(refusal_.load());
    for (std::size_t i = 0; i < kRefusals.size(); ++i) {
      sink.gauge("kpistream_account_refuses", "The value is 1 while the account answers no request at all, by why.",
                 {{"portal", portal}, {"reason", kRefusals.at(i)}}, refusal == i + 1 ? 1 : 0);
    }
    for (const auto& errand : options_.errands) errand->collect(sink);
  }

 protected:
  [[nodiscard]] bool knows(std::string_view subject) const override {
    return is_one_lead(subject) || is_purchases(subject) ||
           std::any_of(sweeps_.begin(), sweeps_.end(),
                       [subject](const Healing& one) { return one.sweep.list().name == subject; });
  }

  [[nodiscard]] bool has_work() const override { return next_due() <= now(); }

  asio::awaitable<void> run() override {
    while (!stopping()) {
      co_await idle(next_due());
      if (stopping()) break;
      if (wished()) co_await pause(options_.gather);
      take_wishes();
      if (wishes_.any(is_one_lead)) co_await read_leads();
      if (purchases_due_ <= now()) co_await read_purchases();
      // One page of each list that is due: no list waits for another's end.
      for (Healing& one : sweeps_) {
        if (one.due <= now() && !stopping()) co_await read_page(one);
      }
      for (const auto& errand : options_.errands) co_await run(*errand);
      if (next_of(backfills_) <= now() && !stopping()) co_await go_back();
    }
  }

 private:
  struct Healing {
    AmoSweep sweep;
    Time due;
    Position asked = 0;  // by a wish
  };

  [[nodiscard]] static Time next_of(const std::vector<Healing>& all) {
    Time next = Time::max();
    for (const Healing& one : all) next = std::min(next, one.due);
    return next;
  }

  [[nodiscard]] Time next_due() const {
    Time next = std::min(next_of(sweeps_), next_of(backfills_));
    for (const auto& errand : options_.errands) next = std::min(next, errand->due());
    if (wishes_.any(is_purchases)) next = std::min(next, purchases_due_);
    return wished() ? std::min(next, now()) : next;
  }

  [[nodiscard]] bool wished() const {
    return wishes_.any([this](std::string_view subject) { return can_be_asked(subject); });
  }

  // A list that is refused is not asked for whatever happens.
  [[nodiscard]] bool can_be_asked(std::string_view subject) const {
    if (is_one_lead(subject)) return true;
    if (is_purchases(subject)) return purchases_due_ <= now();
    return std::any_of(sweeps_.begin(), sweeps_.end(), [&](const Healing& one) {
      return one.sweep.list().name == subject && put_off_.find(subject) == put_off_.end();
    });
  }

  // An event needs a reading that begins after it.
  void take_wishes() {
    for (Healing& one : sweeps_) {
      if (!one.sweep.at_its_beginning() || !can_be_asked(one.sweep.list().name)) continue;
      const auto wish = wishes_.take(one.sweep.list().name);
      if (wish.asked == 0) continue;
      one.asked = wish.asked;
      one.due = now();
    }
  }

  // ---- one page

  [[nodiscard]] std::string target_of(const AmoSweep& sweep) const {
    const AmoList& list = sweep.list();
    const std::string path = list.path.empty() ? "catalogs/" + invoices_ + "/elements" : std::string(list.path);
    return base_.path + "api/v4/" + path + sweep.query();
  }

  // The account's clock, as far as ours bears it out: a reading that comes too early costs nothing, a cursor that is
  // ahead costs what lies behind it.
  [[nodiscard]] UnixSeconds account_time(const HttpAnswer& answer) const {
    return answer.date == 0 ? clock_.wall() : std::min(answer.date, clock_.wall() + AmoSweep::kOverlap);
  }

  asio::awaitable<void> read_page(Healing& one) {
    const AmoList& list = one.sweep.list();
    if (list.path.empty() && invoices_.empty()) {  // until a catalogue of invoices is found
      one.due = one.sweep.is_backfill() ? now() + options_.retry_first : Time::max();
      if (one.sweep.is_backfill() && catalogues_known_) one.sweep.give_up();
      co_return;
    }
    HttpRequest request{false, target_of(one.sweep), options_.token, ""};
    const HttpAnswer answer = co_await ask(std::move(request));
    if (stopping()) co_return;
    if (one.sweep.is_backfill()) progress_.change([](BackfillProgress& progress) { ++progress.requests; });
    const auto page = page_of(answer, list.time);
    if (!page) co_return co_await take_trouble(one, answer);
    put_off_.erase(list.name);
    if (list.name == kCatalogues) find_invoices(answer.body);
    std::vector<AmoSweep::Reading> readings;
    const auto step = one.sweep.take(*page, answer.body, account_time(answer), readings);
    for (auto& reading : readings)
      co_await record(std::move(reading.subject), 0, reading.status, std::move(reading.body));
    const bool done = step == AmoSweep::Step::done;
    // What was asked for is answered by all of the readings together.
    if (done && one.asked != 0) co_await record(std::string(list.name), one.asked, 204, "");
    co_await settle();
    if (done) {
      one.asked = 0;
      one.due = now() + (list.time.empty() ? options_.directory : options_.poll);
    }
    if (!one.sweep.is_backfill()) meter_.note(std::string(list.name), one.sweep.verified(), false);
    co_await conclude(Result::ok, true);
  }

  void find_invoices(const std::string& body) {
    catalogues_known_ = true;
    const std::string found = invoices_in(body);
    if (found.empty() || found == invoices_) return;
    invoices_ = found;
    for (Healing& one : sweeps_) {
      if (one.sweep.list().path.empty()) one.due = now();
    }
  }

  // ---- single leads: is one that was told to be deleted there after all?

  asio::awaitable<void> read_leads() {
    auto asked = wishes_.take(kLeadsAtOnce, is_one_lead);
    const AmoList& list = *amocrm_list("leads");
    std::string target = base_.path + "api/v4/leads?page=1&limit=250" + std::string(list.query);
    for (const auto& one : asked) target += "&filter%5Bid%5D%5B%5D=" + one.subject.substr(kLead.size());
    HttpRequest request{false, std::move(target), options_.token, ""};
    const HttpAnswer answer = co_await ask(std::move(request));
    if (stopping()) co_return;
    const auto page = page_of(answer, list.time);
    if (!page) {
      wishes_.put_back(asked);
      if (co_await is_refusal(answer)) co_await conclude(Result::denied, false);
      co_return;
    }
    for (auto& one : asked) {
      const auto row = std::find_if(page->rows.begin(), page->rows.end(), [&](const ListRow& found) {
        return std::string_view(one.subject).substr(kLead.size()) == found.id;
      });
      const bool there = row != page->rows.end();
      std::string body = there ? R"({"_embedded":{"leads":[)" + row->json + "]}}" : "";
      co_await record(std::move(one.subject), one.asked, there ? 200 : 204, std::move(body));
    }
    co_await settle();
    co_await conclude(Result::ok, true);
  }

  // ---- purchases of customers, told by customer

  asio::awaitable<void> read_purchases() {
    const auto asked = wishes_.take(kCustomersAtOnce, is_purchases);
    for (auto one = asked.begin(); one != asked.end(); ++one) {
      if (co_await read_customer(*one)) continue;
      const std::vector<WishQueue::Asked> left(one, asked.end());
      wishes_.put_back(left);
      co_return;
    }
  }

  // All pages of them. False: again, and later.
  asio::awaitable<bool> read_customer(const WishQueue::Asked& asked) {
    for (std::size_t number = 1;; ++number) {
      const std::string numbered = asked.subject + "?page=" + std::to_string(number);
      HttpRequest request{false, base_.path + "api/v4/" + numbered + "&limit=250", options_.token, ""};
      const HttpAnswer answer = co_await ask(std::move(request));
      if (stopping()) co_return false;
      auto page = page_of(answer, "");
      if (answer.status == 404 && answer.json) page.emplace();  // no such customer
      if (!page) {
        if (co_await is_refusal(answer)) {  // a missing right concerns them alone
          purchases_due_ = now() + kListRefused;
          count(Result::denied, true);
        }
        co_return false;
      }
      const bool empty = page->rows.empty();
      const bool last = !page->more || empty || number == kPurchasePagesMost;
      std::string subject = last ? asked.subject : numbered + "&more=1";
      std::string body = empty ? std::string() : answer.body;
      co_await record(std::move(subject), last ? asked.asked : 0, empty ? 204 : 200, std::move(body));
      co_await settle();
      co_await conclude(Result::ok, true);
      if (last) co_return true;
    }
  }

  // ---- answers

  // 204 is an empty page; nothing: it is none, see is_refusal().
  [[nodiscard]] std::optional<ListPage> page_of(const HttpAnswer& answer, std::string_view time) {
    std::optional<ListPage> page;
    if (answer.status == 204) page.emplace();
    if (answer.status == 200 && answer.json) page = split_page(answer.body, time);
    if (page) answers_again();
    return page;
  }

  void answers_again() {
    refusal_ = Refusal::none;
    limited_ = false;
    blocked_.reset();
  }

  // Of an answer that is not what was asked for. True: it concerns only that, a right is missing, or the account does
  // not have it; it is to be counted. Else it concerns all, and has been counted and waited for.
  asio::awaitable<bool> is_refusal(const HttpAnswer& answer) {
    const bool speaks = answer.arrived && answer.json;
    if (answer.status == 401 || answer.status == 402) {
      refusal_ = answer.status == 401 ? Refusal::token : Refusal::unpaid;
      co_await conclude(Result::denied, false);
    } else if (answer.status == 403 && (limited_ || !speaks)) {
      refusal_ = Refusal::blocked;
      count(Result::limited, false);
      co_await pause(blocked_.next());
    } else if (answer.status == 429) {
      limited_ = true;
      co_await conclude(Result::limited, false);
    } else if (speaks && answer.status >= 400 && answer.status < 500) {
      co_return true;
    } else {
      co_await conclude(Result::failed, false);
    }
    co_return false;
  }

  asio::awaitable<void> take_trouble(Healing& one, const HttpAnswer& answer) {
    const AmoList& list = one.sweep.list();
    const bool heals = !one.sweep.is_backfill();
    if (!answer.arrived || answer.status == 200 || answer.status >= 500)
      one.sweep.shrink();  // it may have been too much
    const bool refused = answer.arrived && answer.json && answer.status == 403 && !limited_;
    if (heals) meter_.note(std::string(list.name), 0, !(list.optional && (refused || answer.status == 404)));
    if (!co_await is_refusal(answer)) co_return;
    count(answer.status == 403 ? Result::denied : Result::ok, true);
    if (heals) {
      put_off_.insert(list.name);
      catalogues_known_ = catalogues_known_ || list.name == kCatalogues;
      one.due = now() + kListRefused;
    } else {
      one.sweep.give_up();
    }
  }

  // ---- what is done besides

  // Whatever is due of it.
  asio::awaitable<void> run(RestErrand& errand) {
    while (!stopping()) {
      const auto asked = errand.next(now());
      if (!asked) co_return;
      HttpRequest request{asked->post, base_.path + asked->call, options_.token, asked->body};
      const HttpAnswer answer = co_await ask(std::move(request));
      if (stopping()) co_return;
      const bool done = answer.arrived && answer.status >= 200 && answer.status < 300;
      // What concerns the whole account says nothing about what was asked.
      const bool told = done || co_await is_refusal(answer);
      if (stopping()) co_return;
      errand.take(told ? answer.status : 0, answer.body, now());
      if (done) answers_again();
      if (told) co_await conclude(answer.status == 403 ? Result::denied : Result::ok, done);
    }
  }

  // ---- backfill

  void add_backfill(const AmoList& list, UnixSeconds from, std::int64_t cursor) {
    backfills_.push_back({AmoSweep(list, AmoSweep::Backfill{from, clock_.wall(), cursor}), now(), 0});
  }

  BackfillStart backfill(UnixSeconds from) override {
    if (stopping() || !running()) return BackfillStart::impossible;
    if (!progress_.begin(from)) return BackfillStart::busy;
    post([this, from] {
      for (const AmoList& list : amocrm_lists()) {
        if (!list.time.empty()) add_backfill(list, from, 1);
      }
    });
    return BackfillStart::begun;
  }

  [[nodiscard]] BackfillProgress backfill_progress() const override {
    BackfillProgress progress = progress_.progress();
    progress.requests_per_second = kRate.per_second;
    return progress;
  }

  // What is asked for is written down first, so that it outlives us.
  asio::awaitable<void> write_backfill() {
    for (const Healing& one : backfills_) {
      std::string subject = "backfill?cursor=" + backfill_cursor(progress_.progress().from, one.sweep.list().name);
      co_await record(std::move(subject), 0, 200, "{}");
    }
    co_await settle();
    written_ = true;
  }

  // One page of each of its lists.
  asio::awaitable<void> go_back() {
    if (!written_) co_await write_backfill();
    for (Healing& one : backfills_) {
      if (one.due > now() || one.sweep.finished() || stopping()) continue;
      co_await read_page(one);
    }
    if (stopping()) co_return;
    const auto finished = [](const Healing& one) { return one.sweep.finished(); };
    const bool whole = std::all_of(backfills_.begin(), backfills_.end(), finished);
    if (whole) {
      std::string subject = "backfill?since=" + std::to_string(progress_.progress().from);
      co_await record(std::move(subject), 0, 200, "{}");
      co_await settle();
    }
    progress_.change([&](BackfillProgress& progress) { tell(progress, whole); });
    for (Healing& one : backfills_) {
      if (one.sweep.finished()) one.due = Time::max();
    }
    if (!whole) co_return;
    backfills_.clear();
    written_ = false;
  }

  // The account counts no rows: how many are expected follows from how much of the period they are.
  void tell(BackfillProgress& progress, bool whole) const {
    progress.active = !whole;
    progress.rows = progress.expected = 0;
    progress.refused.clear();
    bool known = true;
    for (const Healing& one : backfills_) {
      progress.rows += one.sweep.rows();
      const auto expected = one.sweep.expected();
      known = known && expected;
      progress.expected += expected.value_or(0);
      const bool lost = one.sweep.refused() && !one.sweep.list().optional;
      if (lost) progress.refused.emplace_back(one.sweep.list().name);
    }
    if (!known) progress.expected = 0;
  }

  // All of the pool's thread alone; has_work() is asked there. What knows() looks at does not change.
  std::vector<Healing> sweeps_;
  std::vector<Healing> backfills_;
  std::set<std::string_view, std::less<>> put_off_;  // lists that the account refuses
  std::string invoices_;                             // the catalogue that holds them
  bool catalogues_known_ = false;
  bool written_ = false;  // what the backfill was asked for
  Time purchases_due_;    // not before; later than now when the account refuses them
  bool limited_ = false;  // the account said that we ask too often, and nothing since
  Backoff blocked_;
  std::atomic<Refusal> refusal_{Refusal::none};
  HealingMeter meter_;
  BackfillMeter progress_;
};

}  // namespace

std::unique_ptr<Reader> make_amocrm_reader(RestPool& pool, ReaderOptions options, Journal& journal,
                                           const Clock& clock) {
  return std::make_unique<AmoReader>(pool, std::move(options), journal, clock);
}

}  // namespace kpistream::ingest
