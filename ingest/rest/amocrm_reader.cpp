// amoCRM: lists read by `updated_at` from where the last read came to, page by page; for what hooks leave out.
// Source: amoCRM developers, API v4: leads, tasks, notes, users, pipelines, paging by `_links.next`.
#include <simdjson.h>

#include <array>

#include "ingest/rest/reader_base.hpp"

namespace kpistream::ingest {
namespace {

namespace asio = boost::asio;

// The limit is 7 in any second: a burst and a second's drain stay below it.
constexpr double kBurst = 2;
constexpr double kPerSecond = 4.5;
constexpr std::size_t kPagesMost = 10'000;
constexpr UnixSeconds kOverlap = 600;  // pages are numbered over living data: look back a little
constexpr UnixSeconds kFirstWindow = 7 * 86'400;
constexpr std::string_view kNotes = "&filter[note_type][]=call_in&filter[note_type][]=call_out";

struct List {
  std::string_view name;   // subject, and path below /api/v4/
  std::string_view query;  // beyond the window
  bool by_update;          // false: a directory, read whole
};

constexpr std::array<List, 7> kLists{{{"leads", "&with=contacts,loss_reason,source_id&order[updated_at]=asc", true},
                                      {"tasks", "", true},
                                      {"leads/notes", kNotes, true},
                                      {"contacts/notes", kNotes, true},
                                      {"companies/notes", kNotes, true},
                                      {"users", "", false},
                                      {"leads/pipelines", "", false}}};

// The query of `_links.next.href`, if there is one and it is plain. The address in front of it is never used.
std::string next_query(const std::string& body) {
  simdjson::dom::parser parser;
  std::string_view href;
  if (parser.parse(body).at_key("_links").at_key("next").at_key("href").get(href) != simdjson::SUCCESS) return {};
  const auto question = href.find('?');
  if (question == std::string_view::npos || href.size() > 2'000) return {};
  std::string query;
  for (const char c : href.substr(question)) {
    if (c <= ' ' || c >= 0x7f || c == '#') return {};
    query.push_back(c);
  }
  return query;
}

class AmoReader : public ReaderBase {
 public:
  AmoReader(RestPool& pool, ReaderOptions options, Journal& journal, const Clock& clock)
      : ReaderBase(pool, std::move(options), journal, clock, Crm::amocrm,
                   ApiBudget(kBurst, kPerSecond, clock.steady())) {}
  ~AmoReader() override { stop(); }

 protected:
  asio::awaitable<void> run() override {
    auto lists_due = now();
    auto directory_due = now();
    while (!stopping()) {
      for (const List& list : kLists) {
        auto& due = list.by_update ? lists_due : directory_due;
        const auto wish = wishes_.take(std::string(list.name));
        if (stopping() || (now() < due && wish.asked == 0)) continue;
        const bool done = co_await read_list(list, wish.asked);
        if (!done) wishes_.put_back({wish});
      }
      if (now() >= lists_due) lists_due = now() + options_.poll;
      if (now() >= directory_due) directory_due = now() + options_.directory;
      const auto next = std::min(lists_due, directory_due) - now();
      co_await idle(std::max(std::chrono::duration_cast<std::chrono::milliseconds>(next), options_.gather));
      co_await pause(std::min(options_.gather, options_.poll));
    }
  }

 private:
  [[nodiscard]] UnixSeconds begin_of(const List& list) const {
    const UnixSeconds cursor = options_.cursor ? options_.cursor(std::string(list.name)) : 0;
    if (cursor != 0) return cursor - kOverlap;
    return options_.first_read_from != 0 ? options_.first_read_from : clock_.wall() - kFirstWindow;
  }

  asio::awaitable<bool> read_list(const List& list, Position asked) {
    const std::string name(list.name);
    const std::string path = base_.path + "api/v4/" + name;
    std::string query = "?page=1&limit=250" + std::string(list.query);
    if (list.by_update) query += "&filter[updated_at][from]=" + std::to_string(begin_of(list));
    for (std::size_t page = 1; page <= kPagesMost && !stopping(); ++page) {
      HttpAnswer answer;
      HttpRequest request{false, path + query, options_.token, ""};
      const Result result = co_await ask(std::move(request), answer);
      if (result != Result::ok || (answer.status != 200 && answer.status != 204)) co_return false;
      query = answer.status == 204 ? "" : next_query(answer.body);
      const bool last = query.empty();
      std::string subject = last ? name : name + "?page=" + std::to_string(page);
      co_await record(std::move(subject), last ? asked : 0, answer.status, std::move(answer.body));
      if (last) co_return true;
    }
    co_return false;
  }
};

}  // namespace

std::unique_ptr<Reader> make_amocrm_reader(RestPool& pool, ReaderOptions options, Journal& journal,
                                           const Clock& clock) {
  return std::make_unique<AmoReader>(pool, std::move(options), journal, clock);
}

}  // namespace kpistream::ingest
