#include "stream/facts/field_mark.hpp"

#include <algorithm>
#include <string>

namespace kpistream {
namespace {

constexpr int kListBits = 32;  // above them the list of fields, below what they held

std::uint32_t fnv1a(std::string_view text, std::uint32_t hash = 2'166'136'261U) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
  return hash;
}

// With an end that no text holds, so that two texts are not one.
std::uint32_t add(std::string_view text, std::uint32_t hash) {
  return fnv1a(std::string_view("\xff", 1), fnv1a(text, hash));
}

}  // namespace

std::uint64_t field_mark(const std::vector<Field>& kept, const PortalSettings& settings) {
  std::vector<std::string> listed = settings.action_fields;
  std::erase_if(listed, [](const std::string& name) { return name == kAmountField || name == kOwnerField; });
  if (listed.empty()) return 0;
  std::sort(listed.begin(), listed.end());
  std::uint32_t list = fnv1a("");
  for (const std::string& name : listed) {
    const auto field = settings.fields.find(name);
    list = add(field == settings.fields.end() ? std::string() : field->second, add(name, list));
  }
  std::uint32_t values = fnv1a("");
  for (const Field& field : kept) {
    if (std::binary_search(listed.begin(), listed.end(), field.name))
      values = add(field.value, add(field.name, values));
  }
  const std::uint64_t mark = (static_cast<std::uint64_t>(list) << kListBits) | values;
  return mark == 0 ? 1 : mark;
}

bool fields_changed(std::uint64_t before, std::uint64_t after) {
  return before != 0 && after != 0 && before != after && before >> kListBits == after >> kListBits;
}

}  // namespace kpistream
