#include "stream/periods/retention.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "stream/codec/keys.hpp"

namespace kpistream::periods {
namespace {

std::vector<UnixSeconds> dues_of(const State& state, const std::string& portal, const std::string& schedule) {
  std::vector<UnixSeconds> dues;
  const std::string all = schedule_prefix(Tag::snapshot, portal, schedule);
  state.scan(Space::periods, all, after_prefix(all), [&](std::string_view key, std::string_view) {
    dues.push_back(parse_id(key).due);
    return true;
  });
  return dues;
}

// The first `surplus` of the tables that are due so, and what is left of ledgers before the next one.
Retained erase_first(const State& state, const std::string& portal, const std::string& schedule,
                     const std::vector<UnixSeconds>& dues, std::size_t surplus, StateBatch& batch) {
  std::size_t left = kRetentionErases;
  const std::size_t going = std::min(surplus, left);
  for (std::size_t i = 0; i < going; ++i, --left) {
    batch.erases.push_back({Space::periods, id_key(Tag::snapshot, {portal, schedule, dues[i]})});
  }
  const UnixSeconds oldest = going < dues.size() ? dues[going] : INT64_MAX;
  // Also what an earlier slice, or one that a crash cut off, has left.
  for (const Tag tag : {Tag::correction, Tag::end}) {
    state.scan(Space::periods, schedule_prefix(tag, portal, schedule), id_key(tag, {portal, schedule, oldest}),
               [&](std::string_view key, std::string_view) {
                 if (left == 0) return false;
                 batch.erases.push_back({Space::periods, std::string(key)});
                 return --left != 0;
               });
  }
  return {oldest, left == 0};
}

}  // namespace

Retained retain_slice(const State& state, const std::string& portal, const std::string& schedule, std::size_t keep,
                      StateBatch& batch) {
  const auto dues = dues_of(state, portal, schedule);
  if (dues.empty()) return {};
  const std::size_t surplus = dues.size() - std::min(dues.size(), std::max<std::size_t>(keep, 1));
  return erase_first(state, portal, schedule, dues, surplus, batch);
}

Retained retain_since(const State& state, const std::string& portal, const std::string& schedule, UnixSeconds since,
                      StateBatch& batch) {
  const auto dues = dues_of(state, portal, schedule);
  const auto surplus = std::lower_bound(dues.begin(), dues.end(), since) - dues.begin();
  return erase_first(state, portal, schedule, dues, static_cast<std::size_t>(surplus), batch);
}

}  // namespace kpistream::periods
