// What happened in a portal, as the CRM itself would tell it: the truth that both the figures and the model start from.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "stream/kpi/definition.hpp"
#include "stream/portal.hpp"

namespace kpistream::model {

enum class What : std::uint8_t { create, edit, move, reprice, reassign, refield, remove, restore, act, name, relink };

// One line of the list. Which of the words mean something depends on `what`.
struct Happening {
  UnixSeconds at = 0;
  What what{};
  EntityRef ref;
  std::string who;  // whose hand it was
  // create: all; move: the first four; reprice: amount and currency; reassign: owner; refield: fields;
  // relink: parent, client and cards.
  std::string pipeline;
  std::string stage;
  Outcome outcome = Outcome::open;
  std::string reason;
  std::string owner;
  MinorUnits amount = 0;
  std::string currency;
  std::vector<Field> fields;
  std::string source;
  bool repeat = false;
  EntityRef parent;
  EntityRef client;
  std::vector<EntityRef> cards;
  Details details;      // act: how it stands from now on
  bool ignore = false;  // act: a template
  std::string name;     // name: of a manager or a pipeline
};

struct History {
  PortalSettings settings;
  bool entry_times = true;  // Bitrix24 tells when a stage was entered and by whom; amoCRM does not
  std::vector<Happening> happenings;
  std::vector<UnixSeconds> moments;     // at which the figures are looked at
  std::vector<Definition> definitions;  // that hold in the end
};

// How a staged record stood from `at` on.
struct Standing {
  UnixSeconds at = 0;
  UnixSeconds moved = 0;  // since when it is in its stage
  std::string mover;
  std::string author;
  std::string pipeline;
  std::string stage;
  Outcome outcome = Outcome::open;
  std::string owner;
  MinorUnits amount = 0;
  std::string currency;
  std::vector<Field> fields;
};

struct Thing {
  EntityRef ref;
  UnixSeconds created = 0;
  UnixSeconds changed = 0;
  std::string creator;
  std::string source;
  std::string reason;
  UnixSeconds reasoned = 0;  // since when the reason holds
  bool repeat = false;
  bool gone = false;
  bool ignore = false;
  EntityRef parent;
  EntityRef client;
  std::vector<EntityRef> cards;  // of a deal: its contacts and company
  std::vector<Field> fields;
  std::vector<Standing> standings;
  Details details;
  bool acted = false;
  std::string name;
};

// The portal after a list of happenings. What cannot happen (a move of a record that is not there) does not: so any
// happening may be left out of a history.
class World {
 public:
  // The record as it stands after it; null: it could not happen.
  const Thing* happen(const Happening& happening);
  [[nodiscard]] const std::vector<Thing>& things() const { return things_; }
  [[nodiscard]] const Thing* find(const EntityRef& ref) const;

 private:
  bool change(Thing& thing, const Happening& happening);

  std::vector<Thing> things_;
};

// A line for people.
[[nodiscard]] std::string describe(const Happening& happening);
[[nodiscard]] std::string describe(const PortalSettings& settings);
[[nodiscard]] std::string utc(UnixSeconds at);

}  // namespace kpistream::model
