#include "stream/facts/cards.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "stream/facts/derive.hpp"
#include "stream/facts/words.hpp"

namespace kpistream {
namespace {

bool is_open(const Link& deal, UnixSeconds at) { return deal.value == 0 || at <= deal.value; }

// Whether there can be an act that is of either deal.
bool meet(const Link& a, const Link& b) {
  const auto reaches = [](const Link& deal, const Link& other) {
    return deal.value == 0 || seconds_between(deal.value, other.at - kLiveCallSeconds) <= kAfterClosing;
  };
  return reaches(a, b) && reaches(b, a);
}

std::vector<Link> held_on(const LinkView& card, std::size_t most) {
  std::vector<Link> deals;
  card.each(LinkKind::held, INT64_MIN, INT64_MAX, [&](const Link& deal) {
    deals.push_back(deal);
    return deals.size() < most;
  });
  return deals;
}

// Of deals made in one second, as imports and lists do, the one with the greater number: the CRMs count upwards.
bool made_before(const Link& a, const Link& b) {
  const std::size_t ours = a.from.id.size();
  const std::size_t theirs = b.from.id.size();
  return std::tie(a.at, ours, a.from.id) < std::tie(b.at, theirs, b.from.id);
}

// The order in which links lie.
bool before(const Link& a, const Link& b) {
  return std::tie(a.at, a.from.kind, a.from.id) < std::tie(b.at, b.from.kind, b.from.id);
}

}  // namespace

CardDeals::CardDeals(const LinkView& card) : deals_(held_on(card, kCardDealsMax + 1)) {
  if (deals_.size() > kCardDealsMax) deals_.clear();
  std::sort(deals_.begin(), deals_.end(), made_before);
}

std::optional<EntityRef> CardDeals::owner(const Link& act) const {
  const bool step = act.kind == LinkKind::step;
  const UnixSeconds at = step ? act.value : act.at;
  if (step && at == 0) return std::nullopt;
  const std::int64_t ahead = !step && act.value == kClientCalled ? kLiveCallSeconds : 0;
  const Link* owner = nullptr;
  for (const Link& deal : deals_) {
    if (seconds_between(at, deal.at) > ahead) break;
    const bool open = is_open(deal, at);
    if (!open && seconds_between(deal.value, at) > kAfterClosing) continue;
    if (open || owner == nullptr || !is_open(*owner, at)) owner = &deal;
  }
  return owner == nullptr ? std::nullopt : std::optional(owner->from);
}

std::vector<EntityRef> deals_beside(const Link& held, const LinkView& card) {
  std::vector<EntityRef> beside;
  const auto deals = held_on(card, kCardDealsMax + 2);
  if (deals.size() > kCardDealsMax + 1) return beside;  // it was too many before, and is
  const bool at_the_limit = deals.size() >= kCardDealsMax;
  for (const Link& deal : deals) {
    if (deal.from != held.from && (at_the_limit || meet(deal, held))) beside.push_back(deal.from);
  }
  return beside;
}

DealView::DealView(EntityRef deal, UnixSeconds created, const LinkView& own, const std::vector<const LinkView*>& cards)
    : deal_(std::move(deal)), created_(created), own_(own) {
  cards_.reserve(cards.size());
  for (const LinkView* card : cards) cards_.push_back({card, CardDeals(*card)});
}

bool DealView::ours(const Card& card, const Link& act) const { return card.deals.owner(act) == deal_; }

// The first of its links there that comes behind `after`.
std::optional<Link> DealView::next(const Card& card, LinkKind kind, UnixSeconds from, UnixSeconds to,
                                   const std::optional<Link>& after) const {
  std::optional<Link> found;
  card.links->each(kind, after ? after->at : from, to, [&](const Link& act) {
    if ((after && !before(*after, act)) || !ours(card, act)) return true;
    found = act;
    return false;
  });
  return found;
}

void DealView::each(LinkKind kind, UnixSeconds from, UnixSeconds to,
                    const std::function<bool(const Link&)>& visit) const {
  if (kind != LinkKind::contact && kind != LinkKind::step) return own_.each(kind, from, to, visit);
  std::vector<std::optional<Link>> heads;
  heads.reserve(cards_.size());
  for (const Card& card : cards_) heads.push_back(next(card, kind, from, to, std::nullopt));
  bool more = true;
  const auto take_heads = [&](const Link* until) {  // null: all
    while (more) {
      std::optional<Link>* first = nullptr;
      for (auto& head : heads) {
        if (head && (first == nullptr || before(*head, **first))) first = &head;
      }
      if (first == nullptr || (until != nullptr && !before(**first, *until))) return;
      more = visit(**first);
      *first = next(cards_[static_cast<std::size_t>(first - heads.data())], kind, from, to, *first);
    }
  };
  own_.each(kind, from, to, [&](const Link& link) {
    take_heads(&link);
    more = more && visit(link);
    return more;
  });
  take_heads(nullptr);
}

std::optional<Link> DealView::newest_touch() const {
  auto newest = own_.newest_touch();
  for (const Card& card : cards_) {
    // What is older than the deal cannot be its own.
    card.links->each(LinkKind::touch, newest ? std::max(newest->at, created_) : created_, INT64_MAX,
                     [&](const Link& touch) {
                       if (!ours(card, touch)) return true;
                       newest = touch;
                       return false;
                     });
  }
  return newest;
}

}  // namespace kpistream
