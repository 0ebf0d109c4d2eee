// A page in the text format.
#pragma once

#include <string>
#include <vector>

#include "exporters/prometheus/page.hpp"

namespace kpistream::tests {

inline std::string text_of(const std::vector<exporters::FamilyText>& families,
                           exporters::Format format = exporters::Format::text) {
  std::string page;
  exporters::append_page(
      page, exporters::choose(exporters::shared(families), {exporters::GroupSet().set(), SIZE_MAX}).runs, format);
  return page.append(exporters::end_of_page(format));
}

inline std::string joined(const std::vector<std::shared_ptr<const std::string>>& texts) {
  std::string page;
  for (const auto& text : texts) page += *text;
  return page;
}

}  // namespace kpistream::tests
