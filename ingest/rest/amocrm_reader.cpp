// amoCRM: lists read by `updated_at` from where the last read came to, page by page; for what hooks leave out.
// Source: amoCRM developers, API v4: leads, tasks, notes, users, pipelines, paging by `_links.next`.
#include <algorithm>
#include <array>

#include "ingest/rest/answers.hpp"
#include "ingest/rest/reader_base.hpp"

namespace kpistream::ingest {
namespace {

namespace asio = boost::asio;

// At most 6 within any second; 7 are allowed, and the network may draw them together.
constexpr ReaderBase::Rate kRate{2, 4, 2};
constexpr std::size_t kPagesMost = 10'000;
constexpr UnixSeconds kOverlap = 600;          // pages are numbered over living data: look back a little
constexpr UnixSeconds kFirstWindow = 604'800;  // a week
constexpr std::string_view kLeads = "&with=contacts,loss_reason,source_id&order%5Bupdated_at%5D=asc";
constexpr std::string_view kNotes =
    "&filter%5Bnote_type%5D%5B%5D=call_in&filter%5Bnote_type%5D%5B%5D=call_out"
    "&filter%5Bnote_type%5D%5B%5D=common";

struct List {
  std::string_view name;   // subject, and path below /api/v4/
  std::string_view query;  // beyond the window
  bool by_update;          // false: a directory, read whole
};

constexpr std::array<List, 7> kLists{{{"leads", kLeads, true},
                                      {"tasks", "", true},
                                      {"leads/notes", kNotes, true},
                                      {"contacts/notes", kNotes, true},
                                      {"companies/notes", kNotes, true},
                                      {"users", "", false},
                                      {"leads/pipelines", "", false}}};

class AmoReader final : public ReaderBase {
 public:
  AmoReader(RestPool& pool, ReaderOptions options, Journal& journal, const Clock& clock)
      : ReaderBase(pool, std::move(options), journal, clock, Crm::amocrm, kRate) {}
  ~AmoReader() override { stop(); }

 protected:
  [[nodiscard]] bool knows(std::string_view subject) const override {
    return std::any_of(kLists.begin(), kLists.end(), [subject](const List& list) { return list.name == subject; });
  }

  [[nodiscard]] bool has_work() const override { return wishes_.waiting() != 0; }

  asio::awaitable<void> run() override {
    std::array<Time, kLists.size()> due{};
    due.fill(now());
    while (!stopping()) {
      for (std::size_t i = 0; i < kLists.size() && !stopping(); ++i) {
        const List& list = kLists[i];
        const auto wish = wishes_.take(list.name);
        if (now() < due[i] && wish.asked == 0) continue;
        // After a failure the reader has paused already; the other lists come first.
        due[i] = now();
        const bool done = co_await read_list(list, wish.asked);
        if (done) due[i] += list.by_update ? options_.poll : options_.directory;
        if (!done && wish.asked != 0) wishes_.put_back({wish});
      }
      co_await idle(*std::min_element(due.begin(), due.end()));
      if (has_work()) co_await pause(options_.gather);
    }
  }

  BackfillStart backfill(UnixSeconds /*from*/) override { return BackfillStart::impossible; }
  [[nodiscard]] BackfillProgress backfill_progress() const override { return {}; }

 private:
  [[nodiscard]] std::string first_query(const List& list) const {
    std::string query = "?page=1&limit=250" + std::string(list.query);
    if (!list.by_update) return query;
    const UnixSeconds cursor = options_.cursor ? options_.cursor(std::string(list.name)) : 0;
    UnixSeconds from = options_.first_read_from != 0 ? options_.first_read_from : clock_.wall() - kFirstWindow;
    if (cursor != 0) from = cursor - kOverlap;
    return query + "&filter%5Bupdated_at%5D%5Bfrom%5D=" + std::to_string(from);
  }

  // False: broken off, to be read again from its beginning.
  asio::awaitable<bool> read_list(const List& list, Position asked) {
    const std::string name(list.name);
    const std::string path = base_.path + "api/v4/" + name;
    std::string query = first_query(list);
    for (std::size_t page = 1; page <= kPagesMost && !stopping(); ++page) {
      HttpRequest request{false, path + query, options_.token, ""};
      HttpAnswer answer = co_await ask(std::move(request));
      Result result = judge(answer);
      std::optional<std::string> next = "";  // 204 and refusals end the list
      if (answer.status == 200) next = next_query(answer.body);
      if (next == query) next = std::nullopt;  // would never end
      if (result == Result::ok && !next) result = Result::failed;
      co_await conclude(result, result == Result::ok);
      if (result != Result::ok || stopping()) co_return false;
      query = *next;
      const bool last = query.empty();
      std::string subject = last ? name : name + "?page=" + std::to_string(page);
      co_await record(std::move(subject), last ? asked : 0, answer.status, std::move(answer.body));
      co_await settle();
      if (last) co_return true;
    }
    co_return !stopping();
  }
};

}  // namespace

std::unique_ptr<Reader> make_amocrm_reader(RestPool& pool, ReaderOptions options, Journal& journal,
                                           const Clock& clock) {
  return std::make_unique<AmoReader>(pool, std::move(options), journal, clock);
}

}  // namespace kpistream::ingest
