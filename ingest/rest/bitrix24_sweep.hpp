// Healing: what webhooks lost is found by reading each list from where the last reading came to. Pure; internal.
//
// A list by time of change is read page by page in the order of ids, from the moment the last sweep began by the
// portal's clock; what changes meanwhile is in the next sweep. A list by id (stage history, calls) only grows.
// Sources: Bitrix24 REST documentation, "Handling large volumes of data", crm.stagehistory.list, list methods.
#pragma once

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
  std::string_view name;     // of its cursor, and the beginning of its readings' subjects
  std::string_view command;  // before the filters
  std::string_view since;    // filter by time of change, or of creation for lists by id
  std::string_view after;    // filter by id
  std::string_view rows;     // where the rows are in the result; empty: the result itself
  std::string_view id;       // of a row
  bool by_id;
};
[[nodiscard]] std::span<const Bitrix24List> bitrix24_lists();

// One list of one portal. Not thread-safe.
class Bitrix24Sweep {
 public:
  // `cursor`: how far it was read, 0: never; then it begins with what changed since `first`.
  Bitrix24Sweep(const Bitrix24List& list, std::int64_t cursor, UnixSeconds first);

  [[nodiscard]] const Bitrix24List& list() const { return list_; }
  // How many pages are worth asking for at once: more, the longer the list turns out to be.
  [[nodiscard]] std::size_t pages() const { return pages_; }
  // Commands for the next `pages` pages, each going on where the one before ends; the first is the batch's w<number>.
  [[nodiscard]] std::vector<std::string> commands(std::size_t number, std::size_t pages) const;

  struct Reading {
    std::string subject;
    std::string body;
  };
  enum class Step : std::uint8_t { more, done, failed };
  // Takes the answers to commands(). `now`: the portal's clock, or ours if it told none. Readings say where the list
  // was read to; a sweep that found the same as the one before has none. After `failed` it goes on where it was.
  Step take(std::span<const BatchPart> parts, UnixSeconds now, std::vector<Reading>& readings);

  // The moment up to which the list has been compared with what we know, by the portal's clock; 0: never yet.
  [[nodiscard]] UnixSeconds verified() const { return verified_; }

  static constexpr UnixSeconds kOverlap = 120;    // a change may be stored a little after its time
  static constexpr std::int64_t kIdOverlap = 20;  // and a row after one with a greater id
  static constexpr std::size_t kPagesMost = 16;   // of one list in a batch

 private:
  void begin();
  [[nodiscard]] std::string subject(bool last, std::int64_t after) const;

  const Bitrix24List& list_;
  const UnixSeconds first_;
  std::int64_t cursor_;     // a time, or an id
  UnixSeconds since_ = 0;   // 0: no such filter
  std::int64_t after_ = 0;  // id of the last row read
  std::int64_t upto_ = 0;   // what the cursor will be
  UnixSeconds began_ = 0;   // the portal's clock at the first page
  std::size_t pages_ = 1;
  std::size_t read_ = 0;  // pages of this sweep
  std::string previous_;  // the only page of the sweep before
  UnixSeconds verified_ = 0;
};

}  // namespace kpistream::ingest
