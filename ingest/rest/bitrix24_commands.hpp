// What is asked of a Bitrix24 portal, as commands of a batch, and what the answers mean. Pure; internal to ingest/rest.
//
// Records of one kind are read fifty at a time by a list, which costs a portal as much as one alone; a record that the
// list leaves out is then asked for by itself, since only that answer says whether it is gone.
// Sources: Bitrix24 REST documentation, "batch", "Features of list methods", the list methods' own pages.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/rest/answers.hpp"
#include "ingest/rest/wish_queue.hpp"
#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

inline constexpr std::size_t kBatchCommandsMost = 50;
inline constexpr std::size_t kPageRows = 50;

// Without a selection a task comes without the records it belongs to.
inline constexpr std::string_view kTaskFields =
    "&select%5B%5D=ID&select%5B%5D=STATUS&select%5B%5D=DEADLINE&select%5B%5D=RESPONSIBLE_ID&select%5B%5D=CREATED_BY"
    "&select%5B%5D=CREATED_DATE&select%5B%5D=CHANGED_DATE&select%5B%5D=CLOSED_DATE&select%5B%5D=CLOSED_BY"
    "&select%5B%5D=UF_CRM_TASK";

// The closed table of what may be asked for: records by their id, and what is read whole.
struct Bitrix24Kind {
  std::string_view get;      // subject before the id; of what is read whole: the subject
  std::string_view more;     // parameters that go with `get` and `list`, and are no part of the subject
  std::string_view list;     // command for several, before the ids; empty: there is none
  std::string_view list_id;  // "&filter%5B%40ID%5D%5B%5D=": before each id
  std::string_view rows;     // where a list's rows are in its result; empty: the result itself
  std::string_view wrap;     // what a single answer has around the row: `{"item":`; empty: nothing
  bool ahead;                // its figures are looked at today
  EntityKind entity;         // what we know it as
};
[[nodiscard]] std::span<const Bitrix24Kind> bitrix24_kinds();
[[nodiscard]] const Bitrix24Kind* bitrix24_kind(std::string_view subject);  // null: not in the table
// Directories that one command reads whole; each is a subject of the table too.
[[nodiscard]] std::span<const std::string_view> bitrix24_directories();
// What fields deals and leads have, with the choices of those that are lists; likewise.
[[nodiscard]] std::span<const std::string_view> bitrix24_field_lists();
[[nodiscard]] std::string_view id_in(std::string_view subject);

// What a command of a batch asks for.
struct Bitrix24Command {
  std::string text;
  std::vector<WishQueue::Asked> asked;  // one, or those of a list
  const Bitrix24Kind* list = nullptr;   // null: a single one
};

// One subject of the table by itself.
[[nodiscard]] Bitrix24Command single_command(const WishQueue::Asked& asked);
// All of `asked` in as few commands as possible; those in `singly` each for itself. Subjects must be in the table.
[[nodiscard]] std::vector<Bitrix24Command> commands_for(const std::vector<WishQueue::Asked>& asked,
                                                        const std::set<std::string, std::less<>>& singly);
[[nodiscard]] std::string batch_body(const std::vector<std::string>& commands);
[[nodiscard]] std::string_view method_of(std::string_view command);

// Asks which of these records are still there. At most kPageRows ids of digits; `kind` has a list.
[[nodiscard]] std::string check_command(const Bitrix24Kind& kind, const std::vector<std::string>& ids);

struct Bitrix24Outcome {
  struct Reading {
    std::string subject;
    Position asked = 0;
    unsigned status = 0;
    std::string body;
  };
  std::vector<Reading> readings;
  std::vector<WishQueue::Asked> again;   // not answered
  std::vector<WishQueue::Asked> singly;  // left out by a list
};
[[nodiscard]] Bitrix24Outcome outcome_of(const Bitrix24Command& command, const BatchPart& part);

}  // namespace kpistream::ingest
