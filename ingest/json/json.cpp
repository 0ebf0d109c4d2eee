#include "ingest/json/json.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>

namespace kpistream::ingest {
namespace {

using simdjson::dom::element;
static_assert(std::is_trivially_copyable_v<element> && sizeof(element) == 2 * sizeof(void*), "an element is a document and an index");

}  // namespace

// The only place that knows what Raw is.
struct JsonAccess {
  template <class Raw>
  static element of(const Raw& raw) {
    element value;
    std::memcpy(static_cast<void*>(&value), &raw, sizeof value);
    return value;
  }
  template <class Raw>
  static Raw raw(const element& value) {
    Raw raw;
    std::memcpy(static_cast<void*>(&raw), &value, sizeof raw);
    return raw;
  }
};

bool JsonValue::is_object() const { return exists_ && JsonAccess::of(raw_).is_object(); }
bool JsonValue::is_array() const { return exists_ && JsonAccess::of(raw_).is_array(); }
bool JsonValue::is_string() const { return exists_ && JsonAccess::of(raw_).is_string(); }

JsonValue JsonValue::operator[](std::string_view key) const {
  element found;
  if (!is_object() || JsonAccess::of(raw_).at_key(key).get(found) != simdjson::SUCCESS) return {};
  return JsonValue(JsonAccess::raw<Raw>(found));
}

void JsonValue::each(const std::function<void(JsonValue)>& visit) const {
  simdjson::dom::array array;
  if (!exists_ || JsonAccess::of(raw_).get(array) != simdjson::SUCCESS) return;
  for (const element value : array) visit(JsonValue(JsonAccess::raw<Raw>(value)));
}

void JsonValue::each_field(const std::function<void(std::string_view, JsonValue)>& visit) const {
  simdjson::dom::object object;
  if (!exists_ || JsonAccess::of(raw_).get(object) != simdjson::SUCCESS) return;
  for (const auto& field : object) visit(field.key, JsonValue(JsonAccess::raw<Raw>(field.value)));
}

std::string JsonValue::text() const {
  if (!exists_) return {};
  const element value = JsonAccess::of(raw_);
  std::string_view string;
  if (value.get(string) == simdjson::SUCCESS) return std::string(string);
  std::int64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) return std::to_string(number);
  return {};
}

std::int64_t JsonValue::integer() const { return parse_integer(text()); }

bool JsonValue::truth() const {
  bool value = false;
  if (exists_ && JsonAccess::of(raw_).get(value) == simdjson::SUCCESS) return value;
  const std::string word = text();
  return word == "Y" || word == "1";
}

MinorUnits JsonValue::money() const {
  double number = 0;
  // The parser has made a binary fraction of it; a hundredth of any amount below 2^46 is still told apart exactly.
  if (exists_ && JsonAccess::of(raw_).is_double() && JsonAccess::of(raw_).get(number) == simdjson::SUCCESS) {
    return std::abs(number) < 7e13 ? std::llround(number * 100) : 0;
  }
  return parse_money(text());
}

UnixSeconds JsonValue::time() const { return parse_iso_time(text()); }

struct JsonDocument::Impl {
  simdjson::dom::parser parser;
};

JsonDocument::JsonDocument() : impl_(std::make_unique<Impl>()) {}
JsonDocument::~JsonDocument() = default;

bool JsonDocument::parse(std::string_view text) {
  root_ = {};
  if (impl_->parser.allocate(std::max<std::size_t>(text.size(), 64), kJsonDepthMax) != simdjson::SUCCESS) return false;
  element root;
  if (impl_->parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) return false;
  root_ = JsonValue(JsonAccess::raw<JsonValue::Raw>(root));
  return true;
}

namespace {

// Reads `count` digits at `at`; false when they are not there.
bool digits(std::string_view text, std::size_t at, std::size_t count, int& value) {
  if (at + count > text.size()) return false;
  const auto [end, failed] = std::from_chars(text.data() + at, text.data() + at + count, value);
  return failed == std::errc{} && end == text.data() + at + count && value >= 0;
}

// "+03:00", "+0300", "-03", "Z": seconds east of UTC; nothing when it is none.
std::optional<std::int64_t> offset_of(std::string_view text) {
  if (text == "Z") return 0;
  int hours = 0;
  int minutes = 0;
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-') || !digits(text, 1, 2, hours)) return {};
  if (text.size() > 3 && !digits(text, text[3] == ':' ? 4 : 3, 2, minutes)) return {};
  const std::int64_t seconds = hours * 3600 + minutes * 60;
  return text[0] == '-' ? -seconds : seconds;
}

}  // namespace

UnixSeconds parse_iso_time(std::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  const bool read = text.size() > 19 && digits(text, 0, 4, year) && digits(text, 5, 2, month) &&
                    digits(text, 8, 2, day) && digits(text, 11, 2, hour) && digits(text, 14, 2, minute) &&
                    digits(text, 17, 2, second);
  if (!read || text[4] != '-' || text[7] != '-' || text[10] != 'T' || hour > 23 || minute > 59 || second > 60) return 0;
  std::string_view rest = text.substr(19);
  if (rest.starts_with('.')) rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  const auto offset = offset_of(rest);
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!offset || !date.ok()) return 0;
  const auto days = sys_days(date).time_since_epoch();
  return duration_cast<seconds>(days).count() + hour * 3600 + minute * 60 + second - *offset;
}

MinorUnits parse_money(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto point = text.find_first_of(".,");
  const std::string_view whole = text.substr(0, point);
  std::string_view fraction = point == std::string_view::npos ? "" : text.substr(point + 1);
  std::int64_t units = 0;
  const auto [end, failed] = std::from_chars(whole.data(), whole.data() + whole.size(), units);
  if (failed != std::errc{} || end != whole.data() + whole.size() || units < 0 || units > INT64_MAX / 200) return 0;
  if (fraction.find_first_not_of("0123456789") != std::string_view::npos) return 0;
  std::int64_t cents = 0;
  for (std::size_t i = 0; i < 2; ++i) cents = cents * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  const std::int64_t amount = units * 100 + cents;
  return negative ? -amount : amount;
}

std::int64_t parse_integer(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failed == std::errc{} && end == text.data() + text.size() ? value : 0;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 19 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  });
}

}  // namespace kpistream::ingest
