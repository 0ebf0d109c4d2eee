// What a portal's history means by KPI.md: plain loops over what happened, one event for each thing that is counted.
#pragma once

#include <string>
#include <vector>

#include "tests/model/clock.hpp"
#include "tests/model/history.hpp"

namespace kpistream::model {

struct Event {
  FactKind kind{};
  UnixSeconds at = 0;  // kNoTime: some day
  UnixSeconds created = 0;
  std::string then;  // owner then
  std::string now;   // owner now
  std::string actor;
  std::string pipeline = "none";
  std::string stage;
  MinorUnits amount = 0;
  MinorUnits profit = 0;
  bool rated = true;     // false: in a currency that has no rate
  std::string currency;  // that currency
  bool timed = false;    // `seconds` and `working` are known
  std::int64_t seconds = 0;
  std::int64_t working = 0;
  std::string direction;
  std::string outcome;
  std::string reason;
  std::string source;
  std::string action;
  std::string client;
  std::string type;
  std::string channel;
  std::vector<Field> fields;
};

struct Portal {
  const World& world;
  const PortalSettings& settings;
  const Clock& clock;
};

[[nodiscard]] std::vector<Event> events_of(const Portal& portal);

// Parts of it. `deeds`: gets all that people did, for work_events().
struct Deed {
  UnixSeconds at = 0;
  std::string who;
  std::string name;
};
void staged_events(const Portal& portal, std::vector<Event>& events, std::vector<Deed>& deeds);
void act_events(const Portal& portal, std::vector<Event>& events, std::vector<Deed>& deeds);
void work_events(const Portal& portal, std::vector<Deed> deeds, std::vector<Event>& events);

// ---- what both look at

[[nodiscard]] bool listed(const std::vector<std::string>& list, const std::string& value);
[[nodiscard]] bool robot(const PortalSettings& settings, const std::string& user);
[[nodiscard]] std::string known(const std::string& owner, const std::string& otherwise = "none");
[[nodiscard]] bool before(const EntityRef& a, const EntityRef& b);  // who comes first of two at one moment

// An act as the portal's mapping sees it.
struct Doing {
  const Thing* thing = nullptr;
  Details details;
  bool human = true;  // not a robot's, as far as is told
  bool planned = false;
};
[[nodiscard]] std::vector<Doing> doings(const Portal& portal);

// Whose an act on a contact or company is; `called`: it is a call of theirs that was answered. Without an id: nobody's.
[[nodiscard]] EntityRef deal_of_card(const Portal& portal, const EntityRef& card, UnixSeconds at, bool called);

struct Contact {
  UnixSeconds at = 0;
  EntityRef from;
  std::string who;
  std::string channel;
  bool inbound = false;
};
[[nodiscard]] std::vector<Contact> contacts_with(const Portal& portal, const EntityRef& record);
// When a human did something about it last; 0: never.
[[nodiscard]] UnixSeconds touched(const Portal& portal, const EntityRef& record);
[[nodiscard]] bool has_step(const Portal& portal, const EntityRef& record);

// Repeats by one hand within a minute are one.
void count_deeds(std::vector<Deed> deeds, const Event& shape, std::vector<Event>& events);

}  // namespace kpistream::model
