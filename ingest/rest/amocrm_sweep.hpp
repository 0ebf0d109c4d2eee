// Healing and backfill of amoCRM: what webhooks lost is found by reading each list from where the last reading came to;
// a backfill is the same from a day of long ago, once. Pure; internal to ingest/rest.
//
// Lists are pages over living data. Where an order by time of change is to be had, a page begins where the one before
// ended, so that a record which changes meanwhile only moves to the end. Others are read by number, in an order that no
// change touches and with an open end, so that none falls out of a page and pulls others after it.
// Sources: amoCRM developers, "Limits and recommendations", "Events"; a third-party connector that lost rows to moving
// pages reads ten minutes again, as we do.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ingest/rest/amocrm_lists.hpp"
#include "ingest/rest/answers.hpp"

namespace kpistream::ingest {

// One list of one account. Not thread-safe.
class AmoSweep {
 public:
  static constexpr UnixSeconds kOverlap = 600;  // events and changes may show up a little after their time
  static constexpr UnixSeconds kTellEvery = 600;
  static constexpr std::size_t kLimitLeast = 10;
  static constexpr std::size_t kWindowPages = 20;  // more than these, and the next window of a backfill is half as long
  static constexpr UnixSeconds kWindowMost = 7'776'000;  // 90 days
  static constexpr std::int64_t kDone = INT64_MAX;

  // `cursor`: up to when it was compared, 0: never; then it begins with what changed since `first`.
  AmoSweep(const AmoList& list, std::int64_t cursor, UnixSeconds first);
  // Backfill of what changed from `from` to `to`. `cursor`: 1 to begin with, else as its last reading told.
  struct Backfill {
    UnixSeconds from;
    UnixSeconds to;
    std::int64_t cursor = 1;
  };
  AmoSweep(const AmoList& list, Backfill backfill);

  [[nodiscard]] const AmoList& list() const { return list_; }
  [[nodiscard]] bool at_its_beginning() const { return read_ == 0; }
  // Of the next page, with its '?'.
  [[nodiscard]] std::string query() const;

  struct Reading {
    std::string subject;
    unsigned status;
    std::string body;
  };
  enum class Step : std::uint8_t { more, done };
  // Takes the page, `body` as it came; an empty one: there is nothing. `now`: the account's clock. Readings say how far
  // the list was read; what was found to be the same as before has none, but for one every kTellEvery of a list by
  // time.
  Step take(const ListPage& page, const std::string& body, UnixSeconds now, std::vector<Reading>& readings);

  // The last page was more than the account can give, or we can take.
  void shrink();

  // The moment up to which the list has been compared with what we know, by the account's clock; 0: never yet.
  [[nodiscard]] UnixSeconds verified() const { return verified_; }
  [[nodiscard]] bool is_backfill() const { return backfill_; }
  [[nodiscard]] bool finished() const { return backfill_ && cursor_ == kDone; }
  void give_up();  // the account refuses the list of a backfill
  [[nodiscard]] bool refused() const { return refused_; }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  // Of a backfill: how many rows it may have, if they are spread evenly over the period; of a list without a place in
  // time as many as were read. Nothing: too early to say.
  [[nodiscard]] std::optional<std::uint64_t> expected() const;

 private:
  void begin();
  void open_window(UnixSeconds from);
  [[nodiscard]] bool by_time() const { return list_.order == AmoList::Order::by_time && !unordered_; }
  void go_on(const ListPage& page);
  Step end_of_window(std::size_t pages);
  [[nodiscard]] std::string subject(bool last, UnixSeconds from) const;
  [[nodiscard]] std::string fresh(const ListPage& page);
  [[nodiscard]] bool is_new(const std::string& body, bool last);
  void forget_old();

  const AmoList& list_;
  const UnixSeconds first_;
  const bool backfill_ = false;
  const UnixSeconds to_ = 0;  // of a backfill
  std::int64_t cursor_;       // a time, or in a backfill by numbered pages without windows a row
  UnixSeconds from_ = 0;      // of the pages
  UnixSeconds upto_ = 0;      // ... 0: open
  UnixSeconds window_;
  std::size_t offset_ = 0;  // rows before the next page
  std::size_t limit_;
  bool unordered_ = false;  // it is not in the order that was asked for
  UnixSeconds began_ = 0;   // the account's clock at the first page
  std::size_t read_ = 0;    // pages of this sweep
  bool telling_ = false;    // it has had a reading
  // What the pages of the sweep before were, as hashes: all of a directory, else only that of one with a single page.
  std::vector<std::size_t> previous_;
  UnixSeconds told_ = 0;  // the account's clock at the last sweep that had a reading
  UnixSeconds verified_ = 0;
  std::uint64_t rows_ = 0;
  bool refused_ = false;
  std::map<std::string, UnixSeconds> seen_;  // events that were taken already
};

}  // namespace kpistream::ingest
