#include "app/connect/names.hpp"

#include <algorithm>
#include <cstddef>

#include "app/json_text.hpp"

namespace kpistream::app {

std::string lower(std::string_view text) {
  std::string small;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (byte >= 'A' && byte <= 'Z') {
      small.push_back(static_cast<char>(byte + 32));
    } else if (byte == 0xd0 && next >= 0x90 && next <= 0xaf) {  // А to Я; from Р on they are two blocks apart
      small.push_back(static_cast<char>(next < 0xa0 ? 0xd0 : 0xd1));
      small.push_back(static_cast<char>(next < 0xa0 ? next + 0x20 : next - 0x20));
      ++i;
    } else if ((byte == 0xd0 && next == 0x81) || (byte == 0xd1 && next == 0x91)) {  // Ё and ё read as е
      small += "е";
      ++i;
    } else {
      small.push_back(text[i]);
    }
  }
  return small;
}

std::string words_of(const std::string& name) {
  std::string words = " " + lower(name) + " ";
  for (char& c : words) {
    if (std::string_view("\t.,:;/()[]\"'!?-+&").find(c) != std::string_view::npos) c = ' ';
  }
  return words;
}

bool has_one(const std::string& words, Parts parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return words.find(part) != std::string::npos; });
}

Found like(const std::vector<Named>& all, Parts wanted, Parts also, Parts unwanted) {
  Found found;
  for (const auto& one : all) {
    const auto words = words_of(one.name);
    const bool fits = has_one(words, wanted) && (also.empty() || has_one(words, also)) && !has_one(words, unwanted);
    if (fits) found.add(one.id, one.name);
  }
  return found;
}

Proposal first_of(Phrase subject, const char* key, std::span<const Choice> choices, Line otherwise) {
  for (const auto& choice : choices) {
    if (!choice.found.any()) continue;
    const char* name = choice.key == nullptr ? key : choice.key;
    return {subject, {{choice.group, name, json(choice.found.ids)}}, {choice.reason, {choice.found.names}}};
  }
  return {subject, {}, std::move(otherwise)};
}

}  // namespace kpistream::app
