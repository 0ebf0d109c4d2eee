// How the portal's mapping reads an entity: what links and facts have in common. Internal to stream/facts.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/facts/entity.hpp"
#include "stream/facts/fact.hpp"
#include "stream/facts/portal_view.hpp"

namespace kpistream {

[[nodiscard]] bool contains(const std::vector<std::string>& list, std::string_view value);
[[nodiscard]] bool is_robot(const PortalSettings& portal, const std::string& user);

// ---- staged records

[[nodiscard]] Outcome outcome_of(const StagePoint& point, const PortalSettings& portal);

// The stay in the outcome that a record is in now: since when, and by whose hand.
struct Closing {
  Outcome outcome = Outcome::unknown;
  UnixSeconds since = 0;
  const StagePoint* first = nullptr;  // points into the entity; null without points
};
// Where the newest run of points that are all alike begins; `alike` holds for the last one. Without an outcome.
[[nodiscard]] Closing began(const Entity& entity, const std::function<bool(const StagePoint&)>& alike);
[[nodiscard]] Closing closing_of(const Entity& entity, const PortalSettings& portal);

// The first point from which on the record counts as an inquiry; null: not yet accepted.
[[nodiscard]] const StagePoint* first_accepted(const Entity& entity, const PortalSettings& portal);

// One stay in one stage of one pipeline.
struct Stay {
  const StagePoint* first = nullptr;
  UnixSeconds from = 0;
};
[[nodiscard]] std::vector<Stay> stays_of(const Entity& entity);

// Of a quote: in the client's hands, or already beyond that.
[[nodiscard]] bool is_sent(const StagePoint& point, const PortalSettings& portal);

// In the base currency by the rate of that local day, the configured one before the CRM's own; nothing when there is no
// rate.
[[nodiscard]] std::optional<MinorUnits> converted(MinorUnits amount, const std::string& currency, std::int64_t day,
                                                  const Portal& portal);

// ---- acts

// An act as the mapping sees it.
struct ActView {
  EntityRef ref;
  EntityKind kind{};
  Details details;        // with Act::meeting where the mapping says so
  UnixSeconds at = 0;     // when it happened; kNoTime: not known
  UnixSeconds due = 0;    // an open one: when it is to happen; kNoTime: some day
  bool planned = false;   // open: a task, a call or meeting to come
  bool human = true;      // not a robot's, as far as is told
  bool by_robot = false;  // made by one
  bool done_by_robot = false;
};
[[nodiscard]] ActView view_act(const EntityRef& ref, const Entity& entity, const PortalSettings& portal);
[[nodiscard]] bool is_missed(const Details& call);
[[nodiscard]] std::string_view channel_of(const ActView& act);  // call, message, email, meeting

// One human act that counts as an action (K5).
struct ActionOf {
  UnixSeconds at = 0;
  std::string actor;
  std::string_view name;
};
[[nodiscard]] std::vector<ActionOf> actions_of(const ActView& act);
// Of a staged record itself: made, moved, a listed field changed.
[[nodiscard]] std::vector<ActionOf> actions_of(EntityKind kind, const Entity& record, const PortalSettings& portal);
[[nodiscard]] bool is_creation(const ActionOf& action);
// The id of the place of like acts: by one person on one record.
[[nodiscard]] std::string acts_id(const EntityRef& target, const ActionOf& action);

}  // namespace kpistream
