#include "ingest/amocrm/items.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "ingest/json/json.hpp"

namespace kpistream::ingest {
namespace {

bool is_index(std::string_view text) { return text.empty() || is_id(text); }

// What stands before the fields: section, action, index, and the extra levels seen in the wild
// (task[update][0][0][id], leads[note][0][note][text]).
std::size_t depth_of_fields(FieldPath path) {
  std::size_t depth = std::min<std::size_t>(2, path.size());
  while (depth + 1 < path.size() && (is_index(path[depth]) || path[depth] == "note")) ++depth;
  return depth;
}

// Finds the record that a pair belongs to. Pairs of one record mostly follow each other.
class Places {
 public:
  std::size_t find(FieldPath place, std::size_t next) {
    if (last_ != kNone && std::equal(place.begin(), place.end(), place_.begin(), place_.end())) return last_;
    place_ = place;
    return last_ = places_.try_emplace({place.begin(), place.end()}, next).first->second;
  }

 private:
  static constexpr std::size_t kNone = SIZE_MAX;
  std::map<std::vector<std::string_view>, std::size_t> places_;
  FieldPath place_;
  std::size_t last_ = kNone;
};

}  // namespace

std::string_view Item::get(std::string_view name) const {
  for (const auto& [path, value] : fields) {
    if (path.size() == 1 && path[0] == name) return value;
  }
  return {};
}

std::string_view Item::get(std::string_view name, std::string_view below) const {
  for (const auto& [path, value] : fields) {
    if (path.size() == 2 && path[0] == name && path[1] == below) return value;
  }
  return {};
}

std::string Item::id(std::string_view name) const { return id_or_empty(get(name)); }
std::string Item::actor(std::string_view name) const { return actor_or_empty(get(name)); }

std::int64_t Item::number(std::string_view name, std::string_view or_name) const {
  const auto value = parse_integer(get(name));
  return value == 0 && !or_name.empty() ? parse_integer(get(or_name)) : value;
}

std::vector<Item> items_of(const Form& form) {
  static constexpr std::array<std::string_view, 1> kId{"id"};
  std::vector<Item> items;
  Places places;
  for (const auto& pair : form.pairs()) {
    const FieldPath path = pair.path;
    if (path[0] == "account") continue;
    const std::size_t depth = depth_of_fields(path);
    const std::size_t place = places.find(path.first(depth), items.size());
    if (place == items.size()) items.push_back({path[0], path.size() > 1 ? path[1] : std::string_view{}, {}});
    // Without fields the value itself is the record's id: leads[delete]=40100004.
    items[place].fields.emplace_back(depth < path.size() ? path.subspan(depth) : FieldPath(kId), pair.value);
  }
  return items;
}

std::string_view CustomField::text() const {
  for (const auto& [index, value] : values) {
    if (!value.text.empty()) return value.text;
  }
  return {};
}

std::string_view CustomField::choice() const {
  for (const auto& [index, value] : values) {
    if (!value.choice.empty()) return value.choice;
  }
  return {};
}

std::vector<CustomField> custom_fields(const Item& item) {
  std::map<std::string_view, CustomField> by_index;
  for (const auto& [path, value] : item.fields) {
    if (path.size() < 3 || path[0] != "custom_fields") continue;
    CustomField& field = by_index[path[1]];
    if (path[2] == "id") field.id = value;
    if (path[2] == "code") field.code = value;
    if (path[2] != "values" || path.size() < 4 || path.size() > 5) continue;
    FieldValue& told = field.values[path[3]];
    const bool is_value = path.size() == 4 || path[4] == "value";
    if (is_value && told.text.empty()) told.text = value;
    if (path.size() == 5 && path[4] == "enum" && told.choice.empty()) told.choice = value;
  }
  std::vector<CustomField> fields;
  fields.reserve(by_index.size());
  for (auto& [index, field] : by_index) fields.push_back(std::move(field));
  return fields;
}

const CustomField* find_code(const std::vector<CustomField>& fields, std::string_view code) {
  const auto it = std::find_if(fields.begin(), fields.end(), [&](const CustomField& f) { return f.code == code; });
  return it == fields.end() ? nullptr : &*it;
}

std::vector<std::string_view> tags(const Item& item) {
  std::vector<std::string_view> ids;
  for (const auto& [path, value] : item.fields) {
    if (path.size() == 3 && path[0] == "tags" && path[2] == "id") ids.push_back(value);
  }
  return ids;
}

}  // namespace kpistream::ingest
