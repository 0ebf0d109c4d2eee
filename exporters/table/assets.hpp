// The page's style and script, which are part of the program.
#pragma once

#include <string_view>

namespace kpistream::exporters {

struct Asset {
  std::string_view path;  // relative to the page; another one when the content changes
  std::string_view content_type;
  std::string_view content;
};
[[nodiscard]] const Asset& page_style();
[[nodiscard]] const Asset& page_script();

}  // namespace kpistream::exporters
