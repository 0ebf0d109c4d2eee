// Deletions that no webhook told of: no list shows what is not there, so the ids we know are listed again at a slow
// pace. Pure; internal to ingest/rest.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ingest/rest/bitrix24_commands.hpp"

namespace kpistream::ingest {

// Goes round all records that are known. Not thread-safe.
class Bitrix24Audit {
 public:
  // See ReaderOptions::known.
  using Known = std::function<std::vector<std::string>(EntityKind kind, const std::string& after, std::size_t most)>;
  static constexpr std::size_t kListsOfAKind = 6;  // a round, and one more for each smart process of the kind

  // `item_types`: smart processes that count; their records are known as "<type>:<id>".
  explicit Bitrix24Audit(Known known, const std::vector<std::string>& item_types = {});

  // The commands of the next round, which are not more than one batch takes; empty: nothing is known.
  [[nodiscard]] std::vector<std::string> next();
  // Which of the records that next() asked about are missing in the answers. That may mean no more than a lost right:
  // only what a record's own method says counts.
  [[nodiscard]] std::vector<WishQueue::Asked> missing(const std::vector<BatchPart>& parts) const;

 private:
  struct Round {
    const Bitrix24Kind* kind;
    std::vector<std::string> ids;
  };
  // What is known of a kind, by the list that shows it. Ids of other forms belong to records without a list.
  [[nodiscard]] std::vector<Round> by_list(const Bitrix24Kind& kind, const std::vector<std::string>& known) const;

  struct ItemKind {
    std::string get;
    std::string list;
    Bitrix24Kind kind;  // views of the two
  };
  Known known_;
  std::map<std::string, ItemKind, std::less<>> items_;  // by type
  std::map<const Bitrix24Kind*, std::string> after_;    // up to which id we have come
  std::vector<Round> asked_;                            // by command
};

}  // namespace kpistream::ingest
