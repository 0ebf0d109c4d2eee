#include "ingest/rest/bitrix24_audit.hpp"

#include <algorithm>
#include <utility>

namespace kpistream::ingest {

Bitrix24Audit::Bitrix24Audit(Known known, const std::vector<std::string>& item_types) : known_(std::move(known)) {
  const Bitrix24Kind& like = *bitrix24_kind("crm.item.get?entityTypeId=31&id=1");
  for (const std::string& type : item_types) {
    if (items_.size() + 1 == kBatchCommandsMost) break;  // so that a page of all of them is one batch
    ItemKind& item = items_[type];
    item.get = "crm.item.get?entityTypeId=" + type + "&id=";
    item.list = "crm.item.list?entityTypeId=" + type + "&start=-1";
    item.kind = like;
    item.kind.get = item.get;
    item.kind.list = item.list;
  }
}

std::vector<Bitrix24Audit::Round> Bitrix24Audit::by_list(const Bitrix24Kind& kind,
                                                         const std::vector<std::string>& known) const {
  std::map<const Bitrix24Kind*, std::vector<std::string>> lists;
  for (const std::string& id : known) {
    if (bitrix24_kind(std::string(kind.get) + id) == &kind) lists[&kind].push_back(id);
    const auto colon = id.find(':');
    const auto item = colon == std::string::npos ? items_.end() : items_.find(std::string_view(id).substr(0, colon));
    if (item != items_.end()) lists[&item->second.kind].push_back(id.substr(colon + 1));
  }
  std::vector<Round> rounds;
  rounds.reserve(lists.size());
  for (auto& [list, ids] : lists) rounds.push_back({list, std::move(ids)});
  return rounds;
}

std::vector<std::string> Bitrix24Audit::next() {
  asked_.clear();
  std::vector<std::string> commands;
  for (const Bitrix24Kind& kind : bitrix24_kinds()) {
    if (kind.list.empty()) continue;
    std::string& after = after_[&kind];
    const std::size_t most = std::min(commands.size() + kListsOfAKind, kBatchCommandsMost - items_.size());
    for (std::size_t pages = 0; pages < kListsOfAKind && commands.size() < most; ++pages) {
      const auto ids = known_(kind.entity, after, kPageRows);
      after = ids.size() < kPageRows ? std::string() : ids.back();  // begins anew
      for (Round& round : by_list(kind, ids)) {
        commands.push_back(check_command(*round.kind, round.ids));
        asked_.push_back(std::move(round));
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
