// An invented Bitrix24 portal as its REST shows it: lists of rows, and what a reader that sweeps them writes into the
// journal, after the webhooks. Subjects and bodies are those of ingest/rest/bitrix24_sweep.cpp, so that all behind is
// the real thing.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stream/ports/journal.hpp"

namespace kpistream::app::demo {

enum class List : std::uint8_t {
  leads,
  deals,
  lead_history,
  deal_history,
  quotes,
  invoices,
  activities,
  tasks,
  calls,
};
inline constexpr std::size_t kLists = 9;

// Not thread-safe.
class Lists {
 public:
  // A reader that has never read has the rows since `since`.
  Lists(std::string portal, UnixSeconds since);

  // A row that is new, or has changed, as JSON.
  void put(List list, std::int64_t id, std::string row);
  // A record that no list has: it is read by itself, since a webhook told of it.
  void put_single(std::string subject, std::string body);

  // A webhook's form: it is in the journal before what the lists say.
  void tell(std::string body);

  // What a reader finds that reads all lists at `now`. `quiet`: it also tells how far it has compared those of which it
  // finds nothing new, as it does every ten minutes.
  void read(UnixSeconds now, bool quiet, std::vector<NewRecord>& found);

 private:
  struct Kept {
    std::map<std::int64_t, std::string> changed;  // by id
    std::int64_t cursor = 0;                      // a moment; of a list that only grows, an id
  };

  void read(std::size_t list, UnixSeconds now, std::vector<NewRecord>& found);
  [[nodiscard]] NewRecord webhook(UnixSeconds now, std::string body) const;
  [[nodiscard]] NewRecord reading(UnixSeconds now, std::string subject, std::string body) const;

  const std::string portal_;
  const UnixSeconds since_;
  std::array<Kept, kLists> lists_;
  std::vector<std::pair<std::string, std::string>> single_;
  std::vector<std::string> told_;
};

}  // namespace kpistream::app::demo
