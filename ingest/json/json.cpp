#include "ingest/json/json.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstring>
#include <optional>
#include <type_traits>

namespace kpistream::ingest {
namespace {

using simdjson::dom::element;

// The shortest text that names the same number is the one that was sent, up to 15 digits. No arithmetic.
std::string decimal(double number) {
  std::array<char, 32> digits{};
  const auto [end, failed] = std::to_chars(digits.begin(), digits.end(), number, std::chars_format::fixed);
  return failed == std::errc{} ? std::string(digits.begin(), end) : std::string();
}

}  // namespace

// The only place that knows what a Handle is.
struct JsonAccess {
  static_assert(std::is_trivially_copyable_v<element> && sizeof(element) == sizeof(JsonValue::Handle));

  static element of(const JsonValue& value) {
    element found;
    std::memcpy(static_cast<void*>(&found), value.handle_.data(), sizeof found);
    return found;
  }
  static JsonValue value(const element& found) {
    JsonValue::Handle handle{};
    std::memcpy(handle.data(), static_cast<const void*>(&found), sizeof found);
    return JsonValue(handle);
  }
};

bool JsonValue::is_object() const { return exists_ && JsonAccess::of(*this).is_object(); }
bool JsonValue::is_array() const { return exists_ && JsonAccess::of(*this).is_array(); }
bool JsonValue::is_string() const { return exists_ && JsonAccess::of(*this).is_string(); }

JsonValue JsonValue::operator[](std::string_view key) const {
  element found;
  if (!is_object() || JsonAccess::of(*this).at_key(key).get(found) != simdjson::SUCCESS) return {};
  return JsonAccess::value(found);
}

void JsonValue::each(const std::function<void(JsonValue)>& visit) const {
  simdjson::dom::array array;
  if (!exists_ || JsonAccess::of(*this).get(array) != simdjson::SUCCESS) return;
  for (const element value : array) visit(JsonAccess::value(value));
}

std::string JsonValue::text() const {
  if (!exists_) return {};
  const element value = JsonAccess::of(*this);
  std::string_view string;
  if (value.get(string) == simdjson::SUCCESS) return std::string(string);
  std::int64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) return std::to_string(number);
  return {};
}

std::string JsonValue::id() const { return id_or_empty(text()); }
std::string JsonValue::actor() const { return actor_or_empty(text()); }
std::int64_t JsonValue::integer() const { return parse_integer(text()); }

bool JsonValue::truth() const {
  bool value = false;
  if (exists_ && JsonAccess::of(*this).get(value) == simdjson::SUCCESS) return value;
  const std::string word = text();
  return word == "Y" || word == "1";
}

std::string JsonValue::scalar() const {
  if (!exists_) return {};
  const element value = JsonAccess::of(*this);
  double number = 0;
  if (value.is_bool()) return truth() ? "1" : "";
  return value.is_double() && value.get(number) == simdjson::SUCCESS ? decimal(number) : text();
}

MinorUnits JsonValue::money() const { return exists_ && JsonAccess::of(*this).is_bool() ? 0 : parse_money(scalar()); }

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
  root_ = JsonAccess::value(root);
  return true;
}

namespace {

// Reads `count` digits at `at`; false when they are not there.
bool digits(std::string_view text, std::size_t at, std::size_t count, int& value) {
  if (at + count > text.size() || text[at] == '-') return false;
  const auto [end, failed] = std::from_chars(text.data() + at, text.data() + at + count, value);
  return failed == std::errc{} && end == text.data() + at + count;
}

// "+03:00", "+0300", "-03", "Z": seconds east of UTC; nothing when it is none.
std::optional<std::int64_t> offset_of(std::string_view text) {
  if (text == "Z") return 0;
  const bool colon = text.size() == 6 && text[3] == ':';
  if (!colon && text.size() != 5 && text.size() != 3) return {};
  int hours = 0;
  int minutes = 0;
  if ((text[0] != '+' && text[0] != '-') || !digits(text, 1, 2, hours)) return {};
  if (text.size() > 3 && !digits(text, colon ? 4 : 3, 2, minutes)) return {};
  if (hours > 15 || minutes > 59) return {};
  const std::int64_t seconds = hours * 3600 + minutes * 60;
  return text[0] == '-' ? -seconds : seconds;
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
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
  if (!read || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return 0;
  if (hour > 23 || minute > 59 || second > 60) return 0;
  std::string_view rest = text.substr(19);
  if (rest.starts_with('.')) rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  const auto offset = offset_of(rest);
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!offset || !date.ok()) return 0;
  const auto days = sys_days(date).time_since_epoch();
  const seconds of_day = hours(hour) + minutes(minute) + seconds(second);
  return (duration_cast<seconds>(days) + of_day).count() - *offset;
}

std::int64_t parse_integer(std::string_view text) {
  text = trim(text);
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failed == std::errc{} && end == text.data() + text.size() ? value : 0;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 19 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string id_or_empty(std::string_view text) {
  return is_id(text) && text != "0" ? std::string(text) : std::string();
}

std::string actor_or_empty(std::string_view text) { return is_id(text) ? std::string(text) : std::string(); }

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  });
}

}  // namespace kpistream::ingest
