#include "ingest/bitrix24/calls.hpp"

#include "ingest/parts.hpp"
#include "stream/facts/links.hpp"

namespace kpistream::ingest {
namespace {

// A talk of more than a day is a slip of some telephony, and adding it up could overflow.
constexpr std::int64_t kTalkSecondsMax = 86'400;
constexpr std::size_t kCallIdMax = 128;

CallOutcome call_outcome(Direction direction, std::string_view code) {
  if (code == "200") return CallOutcome::talk;
  for (const std::string_view missed : {"304", "480", "486", "603", "603-S"}) {
    if (code == missed) return direction == Direction::in ? CallOutcome::missed : CallOutcome::failed;
  }
  for (const std::string_view failed : {"402", "402-B24", "403", "404", "423", "484", "503"}) {
    if (code == failed) return CallOutcome::failed;
  }
  return CallOutcome::unknown;
}

Direction call_direction(std::string_view type) {
  if (type == "1") return Direction::out;
  if (type == "2" || type == "3") return Direction::in;
  return type == "4" ? Direction::callback : Direction::none;
}

EntityRef record_of(const CallWords& words) {
  std::string id = id_or_empty(words.record_id);
  if (id.empty()) return {};
  if (words.record_type == "LEAD") return {EntityKind::lead, std::move(id)};
  if (words.record_type == "DEAL") return {EntityKind::deal, std::move(id)};
  return {};
}

}  // namespace

bool is_announcement(const CallWords& words) { return words.type == "5"; }

std::optional<Observation> read_call(const CallWords& words) {
  const auto start = parse_iso_time(words.start);
  const auto direction = call_direction(words.type);
  const auto seconds = words.code == "200" ? parse_integer(words.seconds) : 0;
  const bool readable = !words.id.empty() && words.id.size() <= kCallIdMax && start != 0 &&
                        direction != Direction::none && seconds >= 0 && seconds <= kTalkSecondsMax;
  if (!readable) return std::nullopt;
  Observation call;
  call.ref = {EntityKind::call, words.id};
  call.version = start;
  Details details;
  details.owner = id_or_empty(words.user);  // a group call nobody took has none
  details.direction = direction;
  details.seconds = seconds;
  details.call = call_outcome(direction, words.code);
  details.start = start;
  details.line = line_hash(words.number);
  details.rating = rating_of(parse_integer(words.vote));  // told by some telephony only
  details.target = record_of(words);
  call.details = details;
  return call;
}

CallWords call_words(const JsonValue& row) {
  return {row["CALL_ID"].text(),          row["CALL_TYPE"].text(),     row["PORTAL_USER_ID"].text(),
          row["PHONE_NUMBER"].text(),     row["CALL_DURATION"].text(), row["CALL_START_DATE"].text(),
          row["CALL_FAILED_CODE"].text(), row["CALL_VOTE"].text(),     row["CRM_ENTITY_TYPE"].text(),
          row["CRM_ENTITY_ID"].text()};
}

}  // namespace kpistream::ingest
