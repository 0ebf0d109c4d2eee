// K27: do as many inquiries leave the funnel, won or lost, as come in?
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "stream/insight/numbers.hpp"
#include "stream/insight/view.hpp"

namespace kpistream::insight {

enum class FlowState : std::uint8_t { unknown, shortage, balanced, clot };
[[nodiscard]] std::string_view flow_state_name(FlowState state);  // as the label `state`

inline constexpr int kFlowWeeks = 13;               // how many closed weeks are replayed for the hysteresis
inline constexpr std::int64_t kFlowSampleMin = 20;  // in + out; below, the state is unknown

// What a run of evaluations amounts to, so that a figure on the border does not flicker:
//   clot      entered above 1.20 twice in a row, or at once above 1.15 when the excess is significant (p < 0.05);
//             left below 1.10
//   shortage  below 1.00
//   balanced  all else
//   unknown   fewer than kFlowSampleMin inquiries, or not reliable. Interrupts a row, but ends no clot.
class FlowJudge {
 public:
  // `counts`: in, and out as the base.
  FlowState feed(const Compared& counts, bool reliable);

 private:
  bool clot_ = false;
  int above_ = 0;
};

struct FlowBalance {
  std::optional<Compared> counts;  // in, and out as the base; nothing when the window begins before the portal is known
  FlowState state = FlowState::unknown;
  [[nodiscard]] std::int64_t net() const { return counts ? counts->value - counts->base : 0; }
};

struct FlowOf {
  FlowBalance week;          // the closed week, judged week by week
  FlowBalance month;         // 28d up to now, judged at the end of each closed week and now
  std::int64_t backlog = 0;  // inquiries open now
  // How long the backlog takes to leave at the pace of the last 28 days. Nothing when nothing leaves, which with a
  // backlog is `diverging`; nothing either when these 28 days are not known.
  std::optional<std::int64_t> drain_seconds;
  bool diverging = false;
};

struct Flow {
  // Over PortalSettings::main_pipelines, or all.
  FlowOf portal;
  // Of these, each. Empty where leads and deals are apart: there an inquiry enters one funnel and leaves another.
  std::map<std::string, FlowOf> pipelines;
  // The stage where most deals wait longest: open deals times the median time in the stage over 13 weeks. A stage
  // nobody has left in that time counts as slow as the slowest. Empty: no open deals.
  std::string bottleneck;
  std::int64_t bottleneck_stay = 0;  // the seconds it was taken with
  // Open deals that the counts of opened, won and lost ones do not explain; anything but 0 is a lost event. Nothing
  // when nothing is known.
  std::optional<std::int64_t> residual;
};

[[nodiscard]] Flow flow(const Figures& figures);

}  // namespace kpistream::insight
