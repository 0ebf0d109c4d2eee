// What a viewer has chosen to see. All of it stands in the address, so that a link is a view.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/insight/wording.hpp"
#include "stream/kpi/figures.hpp"
#include "stream/periods/schedule.hpp"

namespace kpistream::exporters {

using insight::Language;

struct View {
  static constexpr std::size_t kColumnsMax = 26;
  static constexpr std::size_t kColumns = 8;  // when the address does not say
  static constexpr std::size_t kChosenMax = 64;

  std::string portal;  // empty: the first one
  Language language = Language::ru;
  periods::Period period = periods::Period::week;
  std::size_t columns = kColumns;  // the running one among them
  std::string until;               // a local day: the newest column is the one it is in; empty: now
  std::string at;                  // which column managers and sources are of, by its first day; empty: the usual one
  std::vector<std::string> lines;  // ids; empty: the blocks
  std::optional<Family> by;        // of whom figures are; nothing: of everybody
  std::vector<std::string> of;     // ids of managers, funnels or sources, added up
  std::string sort;                // a line of managers, the largest first; empty: revenue
  friend bool operator==(const View&, const View&) = default;
};

// One parameter, percent-decoded; several of one name in their order.
using Parameters = std::function<std::vector<std::string>(std::string_view name)>;

struct ReadView {
  View view;
  std::string error;  // what is wrong, and the cure; then the view is the usual one
};
// `language`: where the address names none.
[[nodiscard]] ReadView read_view(const Parameters& parameters, Language language);

// The address of a view, from the folder the page is in: "?portal=acme&period=week". What is usual is left out, but
// not the language.
[[nodiscard]] std::string address_of(const View& view);
[[nodiscard]] std::string percent_encoded(std::string_view text);

// "2026-09-14" of the years 1970 to 9999; nothing: there is no such day.
[[nodiscard]] std::optional<Day> parse_day(std::string_view text);

[[nodiscard]] std::string_view family_name(Family family);  // "manager"
[[nodiscard]] std::string_view language_name(Language language);

// Of the header Accept-Language: the first of ours that it names with the greatest weight; Russian where it has none.
[[nodiscard]] Language accepted_language(std::string_view header);

}  // namespace kpistream::exporters
