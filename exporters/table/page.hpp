// The page a head of sales opens on Monday: the table, what it means and what to do, in Russian and English.
//
// It is whole without scripts. A script renews it when figures move, opens what is behind a figure beside it, keeps
// named views and takes decisions on advice. Nothing is loaded from elsewhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporters/table/cell_detail.hpp"
#include "exporters/table/table.hpp"

namespace kpistream::exporters {

struct PageOptions {
  std::string style;    // addresses, relative to the page
  std::string script;   //
  std::string metrics;  // empty: not for this viewer
  std::string version;
  bool live = true;  // false: a page to keep or to print, without a script
};

[[nodiscard]] std::string page_html(const Table& table, const Calendar& calendar, const PageOptions& options);

[[nodiscard]] std::string cell_html(const Table& table, const CellDetail& detail, const Calendar& calendar,
                                    const PageOptions& options);

}  // namespace kpistream::exporters
