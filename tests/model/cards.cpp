// Acts that are noted on a contact or company: whose of the deals they are.
#include <algorithm>

#include "tests/model/events.hpp"

namespace kpistream::model {
namespace {

constexpr std::int64_t kLive = 60;
constexpr std::int64_t kAfter = 30 * 86'400;

bool closed(const Standing& standing) { return standing.outcome == Outcome::won || standing.outcome == Outcome::lost; }

// Since when it stands as it is closed now; never, when it is not.
UnixSeconds closed_since(const Thing& deal) {
  if (!closed(deal.standings.back())) return kEver;
  UnixSeconds since = 0;
  for (std::size_t i = deal.standings.size(); i > 0; --i) {
    if (deal.standings[i - 1].outcome != deal.standings.back().outcome) break;
    since = deal.standings[i - 1].at;
  }
  return since;
}

}  // namespace

EntityRef deal_of_card(const Portal& portal, const EntityRef& card, UnixSeconds at, bool called) {
  std::vector<const Thing*> open;
  std::vector<const Thing*> done;
  for (const Thing& deal : portal.world.things()) {
    if (deal.gone || std::find(deal.cards.begin(), deal.cards.end(), card) == deal.cards.end()) continue;
    if (deal.created > at + (called ? kLive : 0)) continue;
    const UnixSeconds since = closed_since(deal);
    if (at <= since) open.push_back(&deal);
    if (at > since && at - since <= kAfter) done.push_back(&deal);
  }
  const auto& candidates = open.empty() ? done : open;
  const Thing* newest = nullptr;
  for (const Thing* deal : candidates) {
    const bool newer = newest == nullptr || deal->created > newest->created ||
                       (deal->created == newest->created && std::stoll(deal->ref.id) > std::stoll(newest->ref.id));
    if (newer) newest = deal;
  }
  return newest == nullptr ? EntityRef{} : newest->ref;
}

}  // namespace kpistream::model
