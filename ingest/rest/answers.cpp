#include "ingest/rest/answers.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace kpistream::ingest {
namespace {

namespace json = simdjson::ondemand;

// A missing result says nothing about the record: all of these are asked again.
constexpr std::array<std::string_view, 4> kLimits{"QUERY_LIMIT_EXCEEDED", "OVERLOAD_LIMIT", "INTERNAL_SERVER_ERROR",
                                                  "ERROR_UNEXPECTED_ANSWER"};
constexpr std::string_view kBlocked = "OPERATION_TIME_LIMIT";

bool is(json::value& value, json::json_type type) { return value.type().value() == type; }

// Unix seconds, whole or not, or 0.
std::int64_t seconds_of(json::value value) {
  double seconds = 0;
  if (value.get_double().get(seconds) != simdjson::SUCCESS) return 0;
  return seconds > 0 && seconds < 1e11 ? std::llround(seconds) : 0;
}

BatchPart::Kind kind_of_error(const std::string& error) {
  json::parser parser;
  const simdjson::padded_string padded(error);
  json::document document;
  std::string_view code;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return BatchPart::Kind::error;
  if (document["error"].get_string().get(code) != simdjson::SUCCESS) return BatchPart::Kind::error;
  if (code == kBlocked) return BatchPart::Kind::blocked;
  const bool limited = std::find(kLimits.begin(), kLimits.end(), code) != kLimits.end();
  return limited ? BatchPart::Kind::limited : BatchPart::Kind::error;
}

// The part that "w<n>" names, or null.
BatchPart* part_of(std::string_view key, std::vector<BatchPart>& parts) {
  std::size_t number = 0;
  const char* const end = key.data() + key.size();
  if (key.size() < 2 || key[0] != 'w') return nullptr;
  const auto [stop, wrong] = std::from_chars(key.data() + 1, end, number);
  if (wrong != std::errc() || stop != end || number >= parts.size()) return nullptr;
  return &parts[number];
}

void take_result(BatchPart& part, json::value value) {
  if (part.kind != BatchPart::Kind::missing) return;
  part.json = std::string(simdjson::to_json_string(value).value());
  part.kind = BatchPart::Kind::result;
}

void take_error(BatchPart& part, json::value value) {
  if (part.kind != BatchPart::Kind::missing) return;
  part.json = std::string(simdjson::to_json_string(value).value());
  if (!part.json.starts_with('{')) part.json = "{\"error\":" + part.json + "}";
  part.kind = kind_of_error(part.json);
}

void take_total(BatchPart& part, json::value value) {
  std::int64_t total = 0;
  if (value.get_int64().get(total) == simdjson::SUCCESS && total > 0) part.total = total;
}

void take_time(BatchPart& part, json::value value) {
  if (!is(value, json::json_type::object)) return;
  for (auto field : value.get_object()) {
    if (field.unescaped_key().value() == "operating_reset_at") part.reset_at = seconds_of(field.value());
  }
}

// PHP writes an empty object as []; then there is nothing to take.
void for_each_part(json::value group, std::vector<BatchPart>& parts, void (*take)(BatchPart&, json::value)) {
  if (!is(group, json::json_type::object)) return;
  for (auto field : group.get_object()) {
    if (BatchPart* part = part_of(field.unescaped_key().value(), parts)) take(*part, field.value());
  }
}

void split_groups(json::value outer, std::vector<BatchPart>& parts) {
  for (auto field : outer.get_object()) {
    const std::string_view name = field.unescaped_key().value();
    if (name == "result") for_each_part(field.value(), parts, take_result);
    if (name == "result_error") for_each_part(field.value(), parts, take_error);
    if (name == "result_total") for_each_part(field.value(), parts, take_total);
    if (name == "result_time") for_each_part(field.value(), parts, take_time);
  }
}

std::int64_t finish_of(json::value time) {
  if (!is(time, json::json_type::object)) return 0;
  std::int64_t finish = 0;
  for (auto field : time.get_object()) {
    if (field.unescaped_key().value() == "finish") finish = seconds_of(field.value());
  }
  return finish;
}

// A number, bare or as text.
std::string number_of(json::value value) {
  const std::string_view raw = value.raw_json_token();
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto first = std::find_if(raw.begin(), raw.end(), digit);
  const auto last = std::find_if_not(first, raw.end(), digit);
  return {first, last};
}

void take_row(json::value row, std::vector<Row>& rows) {
  if (!is(row, json::json_type::object)) return;
  Row taken;
  taken.json = std::string(simdjson::to_json_string(row).value());
  json::parser parser;
  const simdjson::padded_string padded(taken.json);
  json::document document = parser.iterate(padded);
  for (auto field : document.get_object()) {
    const std::string_view name = field.unescaped_key().value();
    if (name == "ID" || name == "id") taken.id = number_of(field.value());
  }
  if (!taken.id.empty()) rows.push_back(std::move(taken));
}

// Runs `read` over the fields of an answer that must be one JSON object and nothing else. False: it is not.
template <class Read>
bool each_field(const std::string& body, Read read) {
  try {
    json::parser parser;
    const simdjson::padded_string padded(body);
    json::document document = parser.iterate(padded);
    json::object root = document.get_object();
    for (auto field : root) read(std::string_view(field.unescaped_key().value()), json::value(field.value()));
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  } catch (const simdjson::simdjson_error&) {
    return false;
  }
}

// `_links` without `next`, or with an empty one: the last page.
bool links_on(json::value links) {
  bool more = false;
  if (!is(links, json::json_type::object)) return false;
  for (auto link : links.get_object()) {
    if (link.unescaped_key().value() != "next") continue;
    json::value next = link.value();
    if (!is(next, json::json_type::object)) continue;
    for (auto field : next.get_object()) {
      json::value href = field.value();
      if (field.unescaped_key().value() == "href") more = is(href, json::json_type::string);
    }
  }
  return more;
}

ListRow list_row(std::string_view raw, std::string_view time) {
  ListRow row;
  row.json = std::string(raw);
  json::parser parser;
  const simdjson::padded_string padded(row.json);
  json::document document = parser.iterate(padded);
  for (auto field : document.get_object()) {
    const std::string_view name = field.unescaped_key().value();
    json::value value = field.value();
    if (name == time) row.at = seconds_of(value);
    if (name != "id") continue;
    row.id = is(value, json::json_type::string) ? std::string(value.get_string().value()) : number_of(value);
  }
  return row;
}

// The rows stand in the one array that `_embedded` has.
bool take_rows(json::value embedded, std::string_view time, std::vector<ListRow>& rows) {
  if (!is(embedded, json::json_type::object)) return false;
  for (auto field : embedded.get_object()) {
    json::value list = field.value();
    if (!is(list, json::json_type::array)) continue;
    for (auto element : list.get_array()) {
      json::value row = element.value();
      if (is(row, json::json_type::object)) rows.push_back(list_row(simdjson::to_json_string(row).value(), time));
    }
    return true;
  }
  return false;
}

}  // namespace

std::optional<BatchAnswer> split_batch(const std::string& body, std::size_t commands) {
  BatchAnswer answer;
  answer.parts.resize(commands);
  bool found = false;
  const bool readable = each_field(body, [&](std::string_view key, json::value value) {
    if (key == "time") answer.finished = finish_of(value);
    if (key != "result" || found) return;
    found = true;
    split_groups(value, answer.parts);
  });
  if (!readable || !found) return std::nullopt;
  return answer;
}

std::optional<std::vector<Row>> split_rows(const std::string& result, std::string_view member) {
  std::vector<Row> rows;
  bool found = false;
  const auto take = [&](json::value list) {
    found = true;
    for (auto element : list.get_array()) take_row(element.value(), rows);
  };
  try {
    json::parser parser;
    const simdjson::padded_string padded(result);
    json::document document = parser.iterate(padded);
    if (document.type().value() == json::json_type::array) {  // also an empty object as PHP writes it
      for (auto element : document.get_array()) take_row(element.value(), rows);
      return rows;
    }
    if (member.empty()) return std::nullopt;
    for (auto field : document.get_object()) {
      if (field.unescaped_key().value() == member) take(field.value());
    }
  } catch (const simdjson::simdjson_error&) {
    return std::nullopt;
  }
  if (!found) return std::nullopt;
  return rows;
}

std::optional<std::int64_t> next_start(const std::string& body) {
  std::int64_t next = 0;
  bool found = false;
  const bool readable = each_field(body, [&](std::string_view key, json::value value) {
    if (key == "result") found = true;
    if (key == "next") next = value.get_int64();
  });
  if (!readable || !found || next < 0) return std::nullopt;
  return next;
}

std::optional<ListPage> split_page(const std::string& body, std::string_view time) {
  ListPage page;
  bool found = false;
  const bool readable = each_field(body, [&](std::string_view key, json::value value) {
    if (key == "_links") page.more = links_on(value);
    if (key == "_embedded") found = take_rows(value, time, page.rows);
  });
  if (!readable || !found) return std::nullopt;
  return page;
}

}  // namespace kpistream::ingest
