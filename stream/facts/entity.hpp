// The last known state of one record of a CRM, and how observations change it.
//
// A staged record is kept as the timeline of its known points, sorted by the CRM's own times, never by arrival: whole
// states, and between them the stages that only the CRM's history tells of (stream/facts/stage_history.hpp). What
// follows from it (won when, by whom, for how much) is a function of the timeline, so late, doubled and disordered
// observations need no special case.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "stream/crm/vocabulary.hpp"
#include "stream/ports/journal.hpp"

namespace kpistream {

// A contact or company that a deal has, and the newest word that said so.
struct Tie {
  EntityRef card;
  UnixSeconds version = 0;
  friend bool operator==(const Tie&, const Tie&) = default;
};

struct Entity {
  static constexpr std::size_t kPointsMax = 64;  // beyond it, points that repeat their neighbours are dropped
  static constexpr std::size_t kTiesMax = 64;    // beyond it, the last by id are not known

  bool gone = false;
  UnixSeconds presence_at = 0;  // of the newest word of the CRM's log about it
  bool ignore = false;
  UnixSeconds created = 0;
  std::string creator;
  std::string source;
  std::string loss_reason;
  UnixSeconds loss_reason_version = 0;
  std::vector<StagePoint> points;  // by `at`; equal times in order of arrival
  std::vector<StagePoint> late;    // changes that tell nothing beside them (stream/facts/stage_history.hpp)
  Details details;
  UnixSeconds details_version = 0;
  UnixSeconds target_version = 0;  // calls: of the word that knew details.target; else 0
  bool has_details = false;
  bool repeat = false;
  UnixSeconds repeat_version = 0;
  EntityRef parent;
  UnixSeconds parent_version = 0;
  EntityRef client;
  UnixSeconds client_version = 0;
  std::vector<Tie> ties;         // by card
  UnixSeconds ties_version = 0;  // of the newest word that told all of them; those after it tell one each
  std::vector<Field> fields;
  UnixSeconds fields_version = 0;
  std::string name;
  UnixSeconds cursor = 0;

  friend bool operator==(const Entity&, const Entity&) = default;

  // Takes in what a record of the journal tells. False: nothing changed (a duplicate, or an older version).
  bool observe(const Observation& observation);
};

}  // namespace kpistream
