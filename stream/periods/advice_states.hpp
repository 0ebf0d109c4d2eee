// What became of advice: who took it up, until when, and the card as it was then, so that its effect can be measured
// after one, two and four weeks (K31).
//
// Kept in Space::periods: nothing here follows from the journal. Pure functions; what they put is applied by the thread
// that writes the state.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "stream/insight/advice.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::periods {

enum class AdviceStatus : std::uint8_t { fresh, accepted, declined, done };
inline constexpr AdviceStatus kLastAdviceStatus = AdviceStatus::done;
[[nodiscard]] std::string_view advice_status_name(AdviceStatus status);  // "new", "accepted", "declined", "done"
[[nodiscard]] std::optional<AdviceStatus> advice_status_of(std::string_view name);

struct AdviceState {
  AdviceStatus status = AdviceStatus::fresh;
  std::string owner;        // who is to do it, as a manager's id
  UnixSeconds due = 0;      // until when; 0: not said
  UnixSeconds changed = 0;  // when the status became what it is; 0: never
  UnixSeconds accepted = 0;
  std::optional<insight::Card> card;  // as it was when it was accepted
};

struct AdviceChange {
  AdviceStatus status = AdviceStatus::accepted;
  std::string owner;
  UnixSeconds due = 0;
  UnixSeconds at = 0;  // wall clock
};

// The state after a change. Nothing when it cannot follow: a card is accepted or declined first, and only what is
// accepted is done. Accepting again changes owner and due only: the effect counts from the first time, unless it was
// declined in between. `card` as it is now.
[[nodiscard]] std::optional<AdviceState> change_advice(const AdviceState& before, const AdviceChange& change,
                                                       const insight::Card& card);

// Of a card nobody has touched: fresh. Throws CodecError.
[[nodiscard]] AdviceState advice_state(const State& state, const std::string& portal, const std::string& card);
[[nodiscard]] std::map<std::string, AdviceState> advice_states(const State& state, const std::string& portal);
void put_advice(StateBatch& batch, const std::string& portal, const std::string& card, const AdviceState& advice);

// Of what was accepted: the ratio then and later.
[[nodiscard]] insight::AdviceEffect effect_of(const Figures& figures, const AdviceState& advice);

// Advice that somebody has taken up or declined, by card.
struct AdviceTaken {
  AdviceState state;
  insight::AdviceEffect effect;
};
using TakenAdvice = std::map<std::string, AdviceTaken>;
[[nodiscard]] AdviceStatus status_of(const TakenAdvice& taken, const std::string& card);

}  // namespace kpistream::periods
