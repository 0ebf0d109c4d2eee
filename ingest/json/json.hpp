// Tolerant reading of a CRM's JSON answers, over simdjson.
//
// Both CRMs give one thing in several shapes: 7 or "7", null, "", false, [] or {} for "none". Every reader here takes
// all of them and never throws; what is absent or odd reads as empty.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "stream/crm/money.hpp"
#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

inline constexpr std::size_t kJsonDepthMax = 64;

// A value inside a JsonDocument, which must outlive it. Cheap to copy.
class JsonValue {
 public:
  JsonValue() = default;

  [[nodiscard]] bool exists() const { return exists_; }
  [[nodiscard]] bool is_object() const;  // {} included
  [[nodiscard]] bool is_array() const;   // [] included
  [[nodiscard]] bool is_string() const;

  [[nodiscard]] JsonValue operator[](std::string_view key) const;
  void each(const std::function<void(JsonValue)>& visit) const;  // elements of an array

  [[nodiscard]] std::string text() const;      // string or whole number; "" for anything else
  [[nodiscard]] std::string scalar() const;    // text(), a decimal number too, and "1" for true
  [[nodiscard]] std::string id() const;        // of a record or a person: id_or_empty(text())
  [[nodiscard]] std::string actor() const;     // of whoever did something: actor_or_empty(text())
  [[nodiscard]] std::int64_t integer() const;  // number or digits; 0 for anything else
  [[nodiscard]] bool truth() const;            // true, "Y", "1", 1
  [[nodiscard]] MinorUnits money() const;      // "250000.00", 250000, 99000.5, all as parse_money() reads them
  [[nodiscard]] UnixSeconds time() const;      // ISO 8601 with offset; 0 for anything else

 private:
  friend class JsonDocument;
  friend struct JsonAccess;
  // The bytes of the library's handle to a value, so that its header stays out of here.
  using Handle = std::array<std::byte, 2 * sizeof(void*)>;
  explicit JsonValue(const Handle& handle) : handle_(handle), exists_(true) {}
  alignas(void*) Handle handle_{};
  bool exists_ = false;
};

// Not copyable. Not thread-safe.
class JsonDocument {
 public:
  JsonDocument();
  ~JsonDocument();

  // False: not JSON, or nested deeper than kJsonDepthMax; root() then does not exist.
  bool parse(std::string_view text);
  [[nodiscard]] JsonValue root() const { return root_; }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  JsonValue root_;
};

// "2026-09-14T10:00:03+03:00", also with Z, +0300 or +03, fractions of a second cut; 0 when it is not such a time.
[[nodiscard]] UnixSeconds parse_iso_time(std::string_view text);
using kpistream::parse_money;
// A whole number, blanks around it allowed; 0 when it is not one, or too large.
[[nodiscard]] std::int64_t parse_integer(std::string_view text);
// 1 to 19 digits: what an id of either CRM looks like.
[[nodiscard]] bool is_id(std::string_view text);
// The id of a record or a person, or "" for everything else, 0 included: what may become a label or a key.
[[nodiscard]] std::string id_or_empty(std::string_view text);
// The id of whoever did something, or "" for everything else. 0 stays: it is a robot, and that is not "nobody told".
[[nodiscard]] std::string actor_or_empty(std::string_view text);
// Short and plain enough to become a label: [A-Za-z0-9_.-]{1,32}.
[[nodiscard]] bool is_label(std::string_view text);

}  // namespace kpistream::ingest
