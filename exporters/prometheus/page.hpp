// From families to the text of an answer: which of them, in which format.
//
// Sources: prometheus.io "Exposition formats" (text 0.0.4), OpenMetrics 1.0 ("Text format", "Overall structure",
// "Unit").
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/prometheus/exposition.hpp"
#include "exporters/prometheus/groups.hpp"

namespace kpistream::exporters {

enum class Format { text, open_metrics };

[[nodiscard]] std::string_view content_type(Format format);

// How many series a page has, and how many of each group were left out because there was no room.
struct Counted {
  std::size_t series = 0;
  std::array<std::size_t, kGroups> dropped{};
};

// Whole families are left out where `series_max` does not hold them all, the last groups first and in them the last
// names: the same ones each time, and never a part of one, whose sums would be wrong.
struct Selection {
  GroupSet groups = GroupSet().set();
  std::size_t series_max = 0;
  friend bool operator==(const Selection&, const Selection&) = default;
};

// Families of one name, which stand together under the words of the first of them.
using Run = std::vector<SharedFamily>;

struct Chosen {
  std::vector<Run> runs;  // sorted by name
  Counted counted;
};
[[nodiscard]] Chosen choose(const std::vector<SharedFamily>& families, const Selection& selection);

// What stands before the samples of a run, by the first of it.
[[nodiscard]] std::string header_of(const FamilyText& family, Format format);
// All of them, without the end of the page.
void append_page(std::string& page, const std::vector<Run>& runs, Format format);
// What has to stand behind the last family.
[[nodiscard]] std::string_view end_of_page(Format format);

// The families of a page in the text format, as another writer wrote it.
[[nodiscard]] std::vector<FamilyText> families_in(std::string_view text);

}  // namespace kpistream::exporters
