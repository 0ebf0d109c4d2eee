// A page in the text format.
#pragma once

#include <string>
#include <vector>

#include "exporters/prometheus/page.hpp"

namespace kpistream::tests {

inline std::string text_of(const std::vector<exporters::FamilyText>& families,
                           exporters::Format format = exporters::Format::text) {
  std::vector<const exporters::FamilyText*> all;
  for (const auto& family : families) all.push_back(&family);
  std::string page;
  exporters::append_page(page, std::move(all), {exporters::GroupSet().set(), SIZE_MAX}, format);
  return page.append(exporters::end_of_page(format));
}

}  // namespace kpistream::tests
