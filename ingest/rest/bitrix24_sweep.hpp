// Healing: what webhooks lost is found by reading each list from where the last reading came to. And backfill: the same
// lists once, from a day of long ago. Pure; internal.
//
// A list by time of change is read page by page in the order of ids, from the moment the last sweep began by the
// portal's clock; what changes meanwhile is in the next sweep. A list by id (stage history, calls) only grows.
// Sources: Bitrix24 REST documentation, "Handling large volumes of data", crm.stagehistory.list, list methods.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/rest/answers.hpp"
#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

struct Bitrix24List {
  std::string name;        // of its cursor, and the beginning of its readings' subjects
  std::string command;     // before the filters
  std::string_view since;  // filter by time of change, or of creation for lists by id
  std::string_view after;  // filter by id
  std::string_view rows;   // where the rows are in the result; empty: the result itself
  std::string_view id;     // of a row
  bool by_id;
};
// Those of every portal, and those of its smart processes (entityTypeId, digits).
[[nodiscard]] std::vector<Bitrix24List> bitrix24_lists(const std::vector<std::string>& item_types);

// One list of one portal; `list` must outlive it. Not thread-safe.
class Bitrix24Sweep {
 public:
  static constexpr UnixSeconds kOverlap = 120;    // a change may be stored a little after its time
  static constexpr std::int64_t kIdOverlap = 20;  // and a row after one with a greater id
  static constexpr std::size_t kPagesMost = 40;   // of one list in a batch
  static constexpr UnixSeconds kTellEvery = 600;
  static constexpr std::int64_t kDone = INT64_MAX;

  // `cursor`: how far it was read, 0: never; then it begins with what changed since `first`.
  Bitrix24Sweep(const Bitrix24List& list, std::int64_t cursor, UnixSeconds first);
  // Backfill of what changed since `from`. `cursor`: 1 to begin with, else as its last reading told (the id it has read
  // to, plus one); kDone: nothing is left to do.
  struct Backfill {
    UnixSeconds from;
    std::int64_t cursor = 1;
  };
  Bitrix24Sweep(const Bitrix24List& list, Backfill backfill);

  [[nodiscard]] const Bitrix24List& list() const { return list_; }
  // How many pages are worth asking for at once: more, the longer the list turns out to be.
  [[nodiscard]] std::size_t pages() const { return pages_; }
  // Commands for the next `pages` pages, each going on where the one before ends; the first is the batch's w<number>.
  [[nodiscard]] std::vector<std::string> commands(std::size_t number, std::size_t pages) const;

  // A command that makes the portal count what is left to read.
  [[nodiscard]] std::string count_command() const;

  struct Reading {
    std::string subject;
    std::string body;
  };
  enum class Step : std::uint8_t { more, done, failed };
  // Takes the answers to commands(). `now`: the portal's clock, or ours if it told none. Readings say where the list
  // was read to; a sweep that found the same as the one before has none, but for one every kTellEvery of a list by
  // time of change: how far it was compared is known from there. After `failed` it goes on where it was.
  Step take(std::span<const BatchPart> parts, UnixSeconds now, std::vector<Reading>& readings);

  // The last answer was more than can be taken.
  void shrink() { pages_ = std::max<std::size_t>(1, pages_ / 2); }

  // The moment up to which the list has been compared with what we know, by the portal's clock; 0: never yet.
  [[nodiscard]] UnixSeconds verified() const { return verified_; }
  [[nodiscard]] bool is_backfill() const { return backfill_ != 0; }
  [[nodiscard]] bool finished() const { return is_backfill() && cursor_ == kDone; }
  // Of a backfill whose list the portal refuses: there is nothing more to be had.
  void give_up() {
    cursor_ = kDone;
    refused_ = true;
  }
  [[nodiscard]] bool refused() const { return refused_; }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }  // read so far

 private:
  void begin();
  [[nodiscard]] std::string subject(bool last, std::int64_t after) const;

  const Bitrix24List& list_;
  const UnixSeconds first_;
  const UnixSeconds backfill_ = 0;  // since when; 0: it is none
  std::int64_t cursor_;             // a time, or an id
  UnixSeconds since_ = 0;           // 0: no such filter
  std::int64_t after_ = 0;          // id of the last row read
  std::int64_t upto_ = 0;           // what the cursor will be
  UnixSeconds began_ = 0;           // the portal's clock at the first page
  std::size_t pages_ = 1;
  std::size_t read_ = 0;  // pages of this sweep
  std::string previous_;  // the only page of the sweep before
  UnixSeconds told_ = 0;  // the portal's clock at the last sweep that had a reading
  UnixSeconds verified_ = 0;
  std::uint64_t rows_ = 0;
  bool refused_ = false;
};

}  // namespace kpistream::ingest
