// The records of a webhook body: `leads[status][0]...` and so on. Internal to ingest/amocrm.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/form/form.hpp"

namespace kpistream::ingest {

using FieldPath = std::span<const std::string_view>;

// One record. Views into the form it was gathered from.
struct Item {
  std::string_view section;  // "leads"
  std::string_view action;   // "status"
  std::vector<std::pair<FieldPath, std::string_view>> fields;

  // The value of a field without brackets of its own; the first, if it stands there twice.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] std::string_view get(std::string_view name, std::string_view below) const;
  // Of a record or a person, and of whoever did something: as id_or_empty() and actor_or_empty() have it.
  [[nodiscard]] std::string id(std::string_view name) const;
  [[nodiscard]] std::string actor(std::string_view name) const;
  // A whole number; 0 when it is absent or none. The second name is an older one for the same thing.
  [[nodiscard]] std::int64_t number(std::string_view name, std::string_view or_name = {}) const;
};

// All records of the body in the order of their first pairs, whatever is mixed: several sections and actions, sparse
// or repeated indices, levels more than documented (task[update][0][0][id]), the account first, last or absent.
[[nodiscard]] std::vector<Item> items_of(const Form& form);

struct FieldValue {
  std::string_view text;    // also of the scalar form in which dates come
  std::string_view choice;  // enum id
};
// A custom field of a record.
struct CustomField {
  std::string_view id;
  std::string_view code;                          // "UTM_SOURCE"; empty for fields that users made
  std::map<std::string_view, FieldValue> values;  // by index

  // The first value that is told counts where one is asked for.
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] std::string_view choice() const;
};
[[nodiscard]] std::vector<CustomField> custom_fields(const Item& item);
// The field with that code, or null.
[[nodiscard]] const CustomField* find_code(const std::vector<CustomField>& fields, std::string_view code);
// Ids of the tags of a record.
[[nodiscard]] std::vector<std::string_view> tags(const Item& item);

}  // namespace kpistream::ingest
