// Rows of an invented portal's lists and directories as its REST prints them. Fields that nobody reads are left out.
// Source: Bitrix24 REST documentation; tests/data/bitrix24.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/demo/cast.hpp"
#include "stream/crm/vocabulary.hpp"

namespace kpistream::app::demo {

// A lead or a deal.
struct Staged {
  std::int64_t id = 0;
  int owner = 0;
  int creator = 0;
  int mover = 0;
  UnixSeconds created = 0;
  UnixSeconds changed = 0;
  UnixSeconds moved = 0;
  std::string stage;
  std::string_view semantics;  // S won, F lost
  std::int64_t roubles = 0;
  int category = 0;       // deals
  std::int64_t lead = 0;  // deals; 0: of none
  std::int64_t contact = 0;
  bool repeat = false;
  std::string_view source;
  std::string_view reason;  // of a refusal
};
[[nodiscard]] std::string lead_row(const Staged& lead);
[[nodiscard]] std::string deal_row(const Staged& deal);
// What the stage history says of its newest move. `row`: an id of its own.
[[nodiscard]] std::string history_row(std::int64_t row, bool lead, const Staged& record);

struct Target {
  bool lead = false;
  std::int64_t id = 0;  // 0: none
};

// A letter or a meeting.
struct Activity {
  std::int64_t id = 0;
  bool meeting = false;
  int owner = 0;
  UnixSeconds created = 0;
  UnixSeconds changed = 0;
  UnixSeconds start = 0;
  UnixSeconds end = 0;
  bool done = false;
  Target target = {};
};
[[nodiscard]] std::string activity_row(const Activity& activity);

struct Task {
  std::int64_t id = 0;
  int owner = 0;
  UnixSeconds created = 0;
  UnixSeconds changed = 0;
  UnixSeconds deadline = 0;
  bool done = false;
  Target target = {};
};
[[nodiscard]] std::string task_row(const Task& task);

struct Call {
  std::int64_t id = 0;
  int owner = 0;
  bool incoming = false;
  bool answered = false;
  UnixSeconds start = 0;
  std::int64_t seconds = 0;
  std::int64_t contact = 0;  // whose telephone
  Target target = {};
};
[[nodiscard]] std::string call_row(const Call& call);
// The webhook that tells of it when it has ended: a form, its authentication part cut out.
[[nodiscard]] std::string call_webhook(const Call& call);

struct Invoice {
  std::int64_t id = 0;
  int owner = 0;
  UnixSeconds created = 0;
  UnixSeconds changed = 0;
  bool paid = false;
  std::int64_t roubles = 0;
  std::int64_t contact = 0;
  std::int64_t deal = 0;
};
[[nodiscard]] std::string invoice_row(const Invoice& invoice);

// Subject and body of a comment's own reading.
[[nodiscard]] std::pair<std::string, std::string> comment(std::int64_t id, int author, UnixSeconds at, Target target);

// "C1:WON": the stage of a funnel beside the first.
[[nodiscard]] std::string stage_of(int category, std::size_t stage);

// Subjects and bodies of users, departments, fields, funnels, stages, sources and currencies.
inline constexpr int kCategories = 2;
[[nodiscard]] std::vector<std::pair<std::string, std::string>> directories(const Cast& cast, UnixSeconds at);

}  // namespace kpistream::app::demo
