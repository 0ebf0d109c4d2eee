#include "ingest/rest/bitrix24_audit.hpp"

#include <algorithm>
#include <utility>

namespace kpistream::ingest {

std::vector<std::string> Bitrix24Audit::next() {
  asked_.clear();
  std::vector<std::string> commands;
  for (const Bitrix24Kind& kind : bitrix24_kinds()) {
    if (kind.list.empty()) continue;
    std::string& after = after_[&kind];
    for (std::size_t n = 0; n < kListsOfAKind; ++n) {
      auto ids = known_(kind.entity, after, kPageRows);
      after = ids.size() < kPageRows ? std::string() : ids.back();  // begins anew
      // Ids that are not the portal's own belong to records of another method.
      std::erase_if(ids, [&](const std::string& id) { return bitrix24_kind(std::string(kind.get) + id) != &kind; });
      if (!ids.empty()) {
        commands.push_back(check_command(kind, ids));
        asked_.push_back({&kind, std::move(ids)});
      }
      if (after.empty()) break;
    }
  }
  return commands;
}

std::vector<WishQueue::Asked> Bitrix24Audit::missing(const std::vector<BatchPart>& parts) const {
  std::vector<WishQueue::Asked> missing;
  for (std::size_t i = 0; i < asked_.size() && i < parts.size(); ++i) {
    if (parts[i].kind != BatchPart::Kind::result) continue;
    const auto rows = split_rows(parts[i].json, asked_[i].kind->rows);
    if (!rows) continue;
    for (const auto& id : asked_[i].ids) {
      const bool there = std::any_of(rows->begin(), rows->end(), [&](const Row& row) { return row.id == id; });
      if (!there) missing.push_back({std::string(asked_[i].kind->get) + id, 0});
    }
  }
  return missing;
}

}  // namespace kpistream::ingest
