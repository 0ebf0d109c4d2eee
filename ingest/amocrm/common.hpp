// What webhooks and REST answers of amoCRM have in common, so that one happening gives one observation whichever way it
// comes. Internal to ingest/amocrm.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

// A contact or company as a place of its own (EntityKind::card); without an id: none.
[[nodiscard]] EntityRef contact_card(const std::string& id);
[[nodiscard]] EntityRef company_card(const std::string& id);

// Ids are digits, or empty for "nobody", "nothing", "not told". Authors and closers may also be "0": a robot.

struct LeadState {
  std::string id;
  std::string status;
  std::string pipeline;
  std::string owner;
  std::string old_owner;   // before this change; empty or the same: no change of owner
  std::string old_status;  // before this change; empty: not told
  std::string author;      // of this change
  bool moved = false;      // this change brought the lead into its status
  MinorUnits price = 0;
  UnixSeconds updated = 0;
  UnixSeconds closed = 0;
  UnixSeconds created = 0;
  std::string creator;
  std::string source;
  Presence presence = Presence::unchanged;
  std::optional<std::string> loss_reason;
  std::optional<EntityRef> client;
  std::optional<std::vector<EntityRef>> cards;  // all its contacts and companies
  std::vector<Field> fields;
  std::uint64_t field_mark = 0;  // of `fields`; see StagePoint::fields
};
// The deal, also as it was just before a change of owner.
[[nodiscard]] std::vector<Observation> observe_lead(LeadState lead);
[[nodiscard]] bool is_lost(std::string_view status);
[[nodiscard]] Outcome outcome_of_status(std::string_view status);
// By the names that the CRM gives to the choices of an invoice's status.
[[nodiscard]] bool is_paid(std::string_view status);

// The record that something belongs to, by the CRM's word or number for its kind: a deal, or a contact or company
// (EntityKind::card). Id empty: to none that counts.
[[nodiscard]] EntityRef place_of(std::string_view kind, std::string id);

struct CallNote {
  std::string note_id;
  std::string uniq;  // of the telephony; the same call may be noted on several cards
  bool incoming = false;
  std::int64_t seconds = 0;
  std::int64_t status = 0;  // call_status, 0: not told
  std::string phone;        // the client's; only a hash of it is kept
  std::string owner;
  EntityRef place;
  UnixSeconds created = 0;
  UnixSeconds updated = 0;
};
// Has an identity and a time; without them it is not counted as a call.
[[nodiscard]] bool is_call(const CallNote& note);
[[nodiscard]] Observation observe_call(const CallNote& note);

// Something written: what somebody wrote down, or a text message, which is kept as a note too.
struct WrittenNote {
  std::string id;
  std::string author;  // "0" or empty: a robot
  EntityRef place;
  UnixSeconds created = 0;
  UnixSeconds updated = 0;
};
// Has an identity and a time.
[[nodiscard]] bool is_written(const WrittenNote& note);
[[nodiscard]] Observation observe_comment(const WrittenNote& note);
[[nodiscard]] Observation observe_sms(const WrittenNote& note, bool incoming);

struct TaskState {
  std::string id;
  std::string type;
  std::string owner;
  std::string author;
  std::string editor;  // who changed it last
  EntityRef place;
  UnixSeconds due = 0;
  bool done = false;
  UnixSeconds created = 0;
  UnixSeconds updated = 0;
};
[[nodiscard]] Observation observe_task(const TaskState& task);

}  // namespace kpistream::ingest
