#include "exporters/prometheus/places.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace kpistream::exporters {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;

std::size_t ranking_window() {
  const auto windows = Calendar::windows(WindowSet::periods);
  return static_cast<std::size_t>(std::find(windows.begin(), windows.end(), "28d") - windows.begin());
}

// Everybody, with how much was counted of him.
std::map<std::string, std::int64_t> counts_of(const PortalFigures& portal, Family family) {
  const std::size_t window = ranking_window();
  std::map<std::string, std::int64_t> counts;
  for (const auto& [id, kpi] : portal.kpis) {
    for (const auto& [key, cells] : kpi.windows) {
      if (key.family != family) continue;
      auto& count = counts[key.dimension];
      if (kpi.definition.windows == WindowSet::periods) count += cells[window].at(kCountSlot);
    }
  }
  counts.erase(std::string(kOther));
  return counts;
}

std::set<std::string> greatest(const std::map<std::string, std::int64_t>& counts, std::size_t most) {
  std::vector<std::pair<std::int64_t, std::string_view>> ranks;  // the count below zero, so that the greatest is first
  ranks.reserve(counts.size());
  for (const auto& [value, count] : counts) ranks.emplace_back(-count, value);
  std::sort(ranks.begin(), ranks.end());
  if (ranks.size() > most) ranks.resize(most);
  std::set<std::string> values;
  for (const auto& [count, value] : ranks) values.emplace(value);
  return values;
}

}  // namespace

bool Places::give(const PortalFigures& portal) {
  const std::int64_t day = portal.now / kDaySeconds;
  if (given_on_ == day || portal.known_since == 0) return false;
  given_on_ = day;
  const auto before = std::tuple(managers_, sources_);
  managers_.by = greatest(counts_of(portal, Family::manager), managers_.most);
  sources_.by = greatest(counts_of(portal, Family::source), sources_.most);
  return before != std::tuple(managers_, sources_);
}

std::string_view Places::of(Family family, const std::string& value) {
  if (family == Family::pipeline || value == kOther) return value;
  Taken& taken = family == Family::manager ? managers_ : sources_;
  if (taken.by.size() < taken.most) taken.by.insert(value);
  return taken.by.contains(value) ? std::string_view(value) : kOther;
}

}  // namespace kpistream::exporters
