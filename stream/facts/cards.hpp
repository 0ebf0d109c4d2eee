// Whose an act is that was noted on a contact or company instead of on one of their deals (EntityKind::card).
//
// Acts and deals both have links to the card, so whose an act is follows from what is known, in whatever order it came:
// the newest deal that was open at the time of the act, else the newest that was closed no longer than kAfterClosing
// before. A call that the client made and that was answered is also that of the deal made within kLiveCallSeconds after
// it: it is what made the deal. Of a task the time is when it was made. On a card with more than kCardDealsMax deals
// (somebody's catch-all contact) an act is no deal's.
#pragma once

#include <optional>
#include <vector>

#include "stream/facts/links.hpp"

namespace kpistream {

inline constexpr std::int64_t kAfterClosing = 2'592'000;  // thirty days
inline constexpr std::size_t kCardDealsMax = 256;

// The deals of a card, as they are when it is made.
class CardDeals {
 public:
  explicit CardDeals(const LinkView& card);
  // Of a link of LinkKind::contact, touch or step to the card; nothing: of none of them.
  [[nodiscard]] std::optional<EntityRef> owner(const Link& act) const;

 private:
  std::vector<Link> deals_;  // LinkKind::held, by creation; none where there are too many
};

// The deals that acts of a card may have gone to, or come from, when a link of LinkKind::held came or went there.
[[nodiscard]] std::vector<EntityRef> deals_beside(const Link& held, const LinkView& card);

// The links that go to a deal, and those that go to its cards and are its own.
class DealView : public LinkView {
 public:
  // `created`: of the deal. The views must outlive it.
  DealView(EntityRef deal, UnixSeconds created, const LinkView& own, const std::vector<const LinkView*>& cards);

  void each(LinkKind kind, UnixSeconds from, UnixSeconds to,
            const std::function<bool(const Link&)>& visit) const override;
  [[nodiscard]] std::optional<Link> newest_touch() const override;

 private:
  struct Card {
    const LinkView* links;
    CardDeals deals;
  };
  [[nodiscard]] bool ours(const Card& card, const Link& act) const;
  [[nodiscard]] std::optional<Link> next(const Card& card, LinkKind kind, UnixSeconds from, UnixSeconds to,
                                         const std::optional<Link>& after) const;

  EntityRef deal_;
  UnixSeconds created_;
  const LinkView& own_;
  std::vector<Card> cards_;
};

}  // namespace kpistream
