// Links: what one record means for another. Each link follows from the state of the record it comes from, and is kept
// under the record it goes to, in the order of time, so that facts of the second can be derived however many there are.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stream/facts/entity.hpp"
#include "stream/facts/portal_view.hpp"

namespace kpistream {

// Stored in keys: numbers never change.
enum class LinkKind : std::uint8_t {
  contact = 1,   // act -> lead, deal, card: may be the first response
  step = 2,      // open task or planned meeting -> lead, deal, card
  touch = 3,     // human act -> deal, card: it is not idle
  child = 4,     // deal -> the lead it grew from
  win = 5,       // won deal -> client
  call = 6,      // call -> telephone line
  act = 7,       // act -> acts: what counts as one action when repeated within a minute
  presence = 8,  // human act -> working day of whose hand it was; only where PortalSettings::active_time is on
  made = 9,      // lead, deal -> its maker
  priced = 10,   // deal, quote, invoice -> a currency that is not the portal's own: its money follows the rate
  held = 11,     // deal -> card: it is a deal of this contact or company
};

// What a link tells, by kind:
//   contact  at: the act; word: call, message, email, meeting; value: kClientCalled or 0; who: by whom
//   step     at: its deadline or start; value: to a card, when it was made
//   touch    at: the act; value: to a card, kClientCalled or 0
//   child    at: since when the deal is won or lost, else its creation; value: its Outcome; who: its owner then;
//            amount: of the deal; word: its pipeline
//   win      at: the closing; amount; who: its owner then; word: its pipeline
//   call     at: the call; value: kLineMissed, kLineTalk or 0
//   act      at: the act; who: the actor; word: the action
//   presence at: the act; who: the actor
//   made     at: the creation. A record that is gone has been made all the same
//   priced   at: its newest change, which no event of it lies behind
//   held     at: its creation; value: since when it is closed; 0: it is open
struct Link {
  LinkKind kind{};
  EntityRef to;
  EntityRef from;
  UnixSeconds at = 0;
  std::string who;
  std::string word;
  std::int64_t value = 0;
  MinorUnits amount = 0;
  friend bool operator==(const Link&, const Link&) = default;
};
inline constexpr std::int64_t kClientCalled = 1;  // and was answered
inline constexpr std::int64_t kLineMissed = 1;
inline constexpr std::int64_t kLineTalk = 2;

// All links that go out from a record, no two alike in (kind, to, at).
[[nodiscard]] std::vector<Link> links_of(const EntityRef& ref, const Entity& entity, const Portal& portal);

// The links that go to one record.
class LinkView {
 public:
  virtual ~LinkView() = default;
  // Those of a kind with `at` in [from, to], by time, of touches the newest first, until `visit` returns false.
  virtual void each(LinkKind kind, UnixSeconds from, UnixSeconds to,
                    const std::function<bool(const Link&)>& visit) const = 0;
  // The newest LinkKind::touch; nothing when there is none.
  [[nodiscard]] virtual std::optional<Link> newest_touch() const = 0;
};

// A missed call that is returned later than this is one that nobody came back on (K11).
inline constexpr std::int64_t kReturnSecondsMax = 604'800;  // seven days

// Which records' facts depend on a link that came or went: mostly the one it goes to. A talk decides whether the calls
// missed before it on the same line were returned, a record that is made whether those made just before and after it
// are an import. `beside`: the links that go to the same record.
[[nodiscard]] std::vector<EntityRef> affected_by(const Link& link, const LinkView& beside,
                                                 const PortalSettings& portal);

// Where the links are that tell whether a record was made together with many others; its id is empty when its maker or
// its creation is not known.
[[nodiscard]] EntityRef maker_of(const EntityRef& ref, const Entity& entity);

// Whether one hand made more than `bulk` such records within a minute, this one among them: an import (K1). `made`: the
// links that go to the record's maker. Looks at no more than about twice `bulk` of them.
[[nodiscard]] bool made_in_bulk(const Entity& entity, const LinkView& made, std::int64_t bulk);

// FNV-1a of the last ten digits, as hexadecimal: the same subscriber however the number is written. Empty for fewer
// than five digits (hidden or internal numbers).
[[nodiscard]] std::string line_hash(std::string_view number);

}  // namespace kpistream
