// What reports say, as lines: once as text, once as HTML.
#pragma once

#include <string>
#include <vector>

#include "exporters/table/table.hpp"

namespace kpistream::exporters {

struct Finding {
  std::string title;
  std::string value;  // empty: the title says it all
  std::string note;   // what it means, or what to do
  bool bad = false;
};

struct Chapter {
  std::string title;
  std::vector<Finding> findings;
};

struct Paper {
  std::string title;
  std::string lead;  // the verdict, one sentence
  bool bad = false;  // the verdict
  std::vector<Chapter> chapters;
  std::string end;
};

[[nodiscard]] Paper weekly_report(const Table& table, const Calendar& calendar);
[[nodiscard]] Paper audit(const Table& table, const Calendar& calendar);

[[nodiscard]] std::string paper_text(const Paper& paper);
[[nodiscard]] std::string paper_html(const Paper& paper, Language language);

}  // namespace kpistream::exporters
