// From families to the bytes of an answer: which of them, in which format, compressed or not.
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
// At level 1: more costs several times the time for a fifth of the bytes.
[[nodiscard]] std::string gzip(std::string_view bytes);

// How many series a page has, and how many of each group were left out because there was no room.
struct Counted {
  std::size_t series = 0;
  std::array<std::size_t, kGroups> dropped{};
};

// Families of one name stand together, under the words of the first of them. Whole families are left out where
// `series_max` does not hold them all, the last groups first and in them the last names: the same ones each time, and
// never a part of one, whose sums would be wrong.
struct Selection {
  GroupSet groups = GroupSet().set();
  std::size_t series_max = 0;
};
// Appends to `page`, sorted by name. The end of the page is not written.
Counted append_page(std::string& page, std::vector<const FamilyText*> families, const Selection& selection,
                    Format format);
// What has to stand behind the last family.
[[nodiscard]] std::string_view end_of_page(Format format);

// The families of a page in the text format, as another writer wrote it.
[[nodiscard]] std::vector<FamilyText> families_in(std::string_view text);

}  // namespace kpistream::exporters
