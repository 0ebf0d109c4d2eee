// Parts of observations that both dialects shape alike.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

// Far more than figures can be told apart by; a record with a list of thousands stays small.
inline constexpr std::size_t kFieldsMax = 64;

// The name of every tag of a record among its fields.
inline constexpr std::string_view kTag = "tag";

// Gathers the custom fields and tags of one record that a portal keeps.
class KeptFields {
 public:
  // An empty value is no value. A longer one than is kept is cut, never within a character of UTF-8.
  void add(std::string_view name, std::string_view value) {
    if (value.size() > kFieldValueMax) {
      std::size_t end = kFieldValueMax;
      while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
      value = value.substr(0, end);
    }
    if (!value.empty()) fields_.push_back({std::string(name), std::string(value)});
  }

  // None twice, whatever the order in which the CRM told them.
  [[nodiscard]] std::vector<Field> sorted() && {
    const auto before = [](const Field& a, const Field& b) {
      return std::tie(a.name, a.value) < std::tie(b.name, b.value);
    };
    std::sort(fields_.begin(), fields_.end(), before);
    fields_.erase(std::unique(fields_.begin(), fields_.end()), fields_.end());
    if (fields_.size() > kFieldsMax) fields_.resize(kFieldsMax);
    return std::move(fields_);
  }

 private:
  std::vector<Field> fields_;
};

// Who buys: a company before a person. Both empty: not known.
[[nodiscard]] inline EntityRef client_of(const std::string& company, const std::string& contact) {
  if (!company.empty()) return {EntityKind::client, "company:" + company};
  if (!contact.empty()) return {EntityKind::client, "contact:" + contact};
  return {};
}

// A client's vote; 0 for anything else.
[[nodiscard]] constexpr std::int64_t rating_of(std::int64_t vote) { return vote >= 1 && vote <= 5 ? vote : 0; }

}  // namespace kpistream::ingest
