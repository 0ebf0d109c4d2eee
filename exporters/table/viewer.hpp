// Who looks at the table, and what of it is theirs.
#pragma once

#include <string>

namespace kpistream::exporters {

struct Viewer {
  std::string portal;       // only this table; empty: every one
  std::string manager;      // a manager: own figures and the team's median; empty: a head, who sees all
  bool hide_names = false;  // ids in the place of people's names
  bool metrics = true;      // may open the page of metrics too
  friend bool operator==(const Viewer&, const Viewer&) = default;
};

}  // namespace kpistream::exporters
