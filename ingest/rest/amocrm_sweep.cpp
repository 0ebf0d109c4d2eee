#include "ingest/rest/amocrm_sweep.hpp"

#include <algorithm>
#include <functional>

namespace kpistream::ingest {
namespace {

std::string text(std::int64_t number) { return std::to_string(number); }

std::string bound(std::string_view field, std::string_view side, UnixSeconds at) {
  return "&filter%5B" + std::string(field) + "%5D%5B" + std::string(side) + "%5D=" + text(at);
}

constexpr std::uint64_t kTooEarly = 50;  // before this part of the period is read nothing is extrapolated

bool in_order(const std::vector<ListRow>& rows) {
  return std::is_sorted(rows.begin(), rows.end(), [](const ListRow& a, const ListRow& b) { return a.at < b.at; });
}

}  // namespace

AmoSweep::AmoSweep(const AmoList& list, std::int64_t cursor, UnixSeconds first)
    : list_(list), first_(first), cursor_(cursor), window_(list.window), limit_(list.limit) {
  begin();
}

AmoSweep::AmoSweep(const AmoList& list, Backfill backfill)
    : list_(list),
      first_(backfill.from),
      backfill_(true),
      to_(backfill.to),
      cursor_(backfill.cursor),
      window_(list.window),
      limit_(list.limit) {
  const bool by_row = list_.order == AmoList::Order::numbered && list_.window == 0;
  open_window(cursor_ > 1 && !by_row ? cursor_ : first_);
  if (by_row) offset_ = static_cast<std::size_t>(cursor_ - 1);
}

void AmoSweep::begin() {
  read_ = 0;
  telling_ = false;
  began_ = 0;
  offset_ = 0;
  unordered_ = false;
  if (!list_.time.empty()) from_ = cursor_ == 0 ? first_ : cursor_ - kOverlap;
}

void AmoSweep::open_window(UnixSeconds from) {
  from_ = from;
  offset_ = 0;
  upto_ = window_ == 0 ? 0 : std::min(to_, from_ + window_ - 1);
}

std::string AmoSweep::query() const {
  std::string query = "?page=" + std::to_string(offset_ / limit_ + 1) + "&limit=" + std::to_string(limit_);
  query += list_.query;
  if (list_.time.empty()) return query;
  query += bound(list_.time, "from", from_);
  return upto_ == 0 ? query : query + bound(list_.time, "to", upto_);
}

void AmoSweep::shrink() { limit_ = std::max(std::min(kLimitLeast, limit_), limit_ / 2); }

void AmoSweep::give_up() {
  cursor_ = kDone;
  refused_ = true;
}

std::optional<std::uint64_t> AmoSweep::expected() const {
  if (finished() || (!by_time() && window_ == 0)) return rows_;
  const auto all = static_cast<std::uint64_t>(std::max<UnixSeconds>(1, to_ - first_));
  const auto read = static_cast<std::uint64_t>(std::clamp<UnixSeconds>(from_ - first_, 0, to_ - first_));
  if (read < all / kTooEarly || read == 0) return std::nullopt;
  return rows_ * all / read;
}

std::string AmoSweep::subject(bool last, UnixSeconds from) const {
  std::string subject = std::string(list_.name) + "?page=" + text(static_cast<std::int64_t>(read_));
  if (list_.time.empty()) return subject;
  subject += "&from=" + text(from);
  if (backfill_) return subject + "&backfill=" + text(first_) + "&upto=" + text(cursor_);
  return last ? subject + "&upto=" + text(cursor_) : subject + "&more=1";
}

// Where the next page begins.
void AmoSweep::go_on(const ListPage& page) {
  const std::size_t rows = page.rows.size();
  const std::size_t limit = limit_;
  const std::size_t number = offset_ / limit;
  unordered_ = unordered_ || !in_order(page.rows);
  const UnixSeconds at = page.rows.empty() ? 0 : page.rows.back().at;
  if (by_time() && at > from_) {
    from_ = at;
    offset_ = 0;
  } else {
    // An account may give less at once than it is asked for.
    if (rows != 0 && rows < limit) limit_ = std::max(rows, std::min(kLimitLeast, limit));
    offset_ = number * limit + rows;
    if (limit_ == limit && offset_ / limit <= number) offset_ = (number + 1) * limit;
  }
  if (!backfill_ || window_ != 0) return;
  // One that turned out to be in no order goes on by number, but not over a restart.
  cursor_ = list_.order == AmoList::Order::by_time ? from_ : static_cast<std::int64_t>(offset_) + 1;
}

// Of a backfill. What has not changed since long ago is not where anything changes now: such a window has an end.
AmoSweep::Step AmoSweep::end_of_window(std::size_t pages) {
  if (window_ == 0 || upto_ >= to_) {
    cursor_ = kDone;
    return Step::done;
  }
  if (pages > kWindowPages) window_ = std::max<UnixSeconds>(86'400, window_ / 2);
  if (pages < kWindowPages / 4) window_ = std::min(kWindowMost, 2 * window_);
  open_window(upto_ + 1);
  cursor_ = from_;
  return Step::more;
}

// The page without the rows that were taken already; empty: there is no other.
std::string AmoSweep::fresh(const ListPage& page) {
  std::string rows;
  for (const ListRow& row : page.rows) {
    if (!seen_.emplace(row.id, row.at).second) continue;
    rows += (rows.empty() ? "" : ",") + row.json;
  }
  return rows.empty() ? rows : R"({"_embedded":{"events":[)" + rows + "]}}";
}

// Not what the sweep before found in its place.
bool AmoSweep::is_new(const std::string& body, bool last) {
  const bool alone = last && read_ == 0;
  if (!alone && !list_.time.empty()) {  // pages of a list by time begin where they may
    previous_.clear();
    return true;
  }
  if (previous_.size() <= read_) previous_.resize(read_ + 1, 0);
  const std::size_t hash = std::hash<std::string>()(body);
  const bool same = previous_[read_] == hash;
  previous_[read_] = hash;
  if (last) previous_.resize(read_ + 1);
  return !same;
}

void AmoSweep::forget_old() {
  std::erase_if(seen_, [this](const auto& one) { return one.second < cursor_ - 2 * kOverlap; });
}

AmoSweep::Step AmoSweep::take(const ListPage& page, const std::string& body, UnixSeconds now,
                              std::vector<Reading>& readings) {
  if (began_ == 0) began_ = now;
  const bool last = !page.more;
  rows_ += page.rows.size();
  const UnixSeconds from = from_;
  const std::size_t pages = offset_ / limit_ + 1;
  Step step = last ? Step::done : Step::more;
  if (!last) go_on(page);
  if (last && backfill_) step = end_of_window(pages);
  if (last && !backfill_ && !list_.time.empty()) cursor_ = std::max(cursor_, began_);
  const bool log = list_.name == "events" && !backfill_;
  std::string told = log ? fresh(page) : body;
  // What has told anything tells up to when it was read, too.
  const bool overdue = last && !list_.time.empty() && (telling_ || began_ >= told_ + kTellEvery);
  const bool found = backfill_ || (log ? !told.empty() : is_new(body, last));
  ++read_;
  if (found || overdue) {
    readings.push_back({subject(last, from), told.empty() ? 204U : 200U, std::move(told)});
    telling_ = true;
    told_ = began_;
  }
  if (!last || backfill_) return step;
  verified_ = list_.time.empty() ? 0 : began_;
  limit_ = std::min(list_.limit, 2 * limit_);
  forget_old();
  begin();
  return step;
}

}  // namespace kpistream::ingest
