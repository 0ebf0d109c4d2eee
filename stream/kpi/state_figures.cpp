#include "stream/kpi/state_figures.hpp"

#include <algorithm>

#include "stream/kpi/cells.hpp"
#include "stream/kpi/teams.hpp"

namespace kpistream {
namespace {

bool has_family(const Definition& definition, Family family) {
  if (family == Family::manager) return definition.by_manager;
  return family == Family::pipeline ? definition.by_pipeline : definition.by_source;
}

const std::string& dimension_of(const BucketKey& key, Family family) {
  if (family == Family::manager) return key.manager;
  return family == Family::source ? key.source : key.pipeline;
}

}  // namespace

StateFigures::StateFigures(const State& state, const std::vector<Definition>& definitions, const PortalSettings& portal,
                           const Calendar& calendar, UnixSeconds now)
    : state_(state),
      definitions_(definitions),
      portal_(portal),
      calendar_(calendar),
      now_(now),
      verified_(verified_of(state, portal)) {}

const std::map<std::string, std::string>& StateFigures::teams() const {
  if (!teams_) teams_ = teams_of(state_, portal_);
  return *teams_;
}

const Definition* StateFigures::find(std::string_view kpi) const {
  const auto it = std::find_if(definitions_.begin(), definitions_.end(),
                               [&](const Definition& definition) { return definition.id == kpi; });
  return it == definitions_.end() ? nullptr : &*it;
}

std::map<std::string, Cell> StateFigures::sums(std::string_view kpi, Family family, const Range& range) const {
  std::map<std::string, Cell> sums;
  const Definition* definition = find(kpi);
  if (definition == nullptr || !has_family(*definition, family)) return sums;
  visit_cells(state_, *definition, portal_.alias, calendar_, range,
              [&](const BucketKey& key, const Cell& cell) { sums[dimension_of(key, family)].add(cell); });
  std::erase_if(sums, [](const auto& entry) { return entry.second.zero(); });
  return sums;
}

Cell StateFigures::sum(std::string_view kpi, const Range& range) const {
  Cell sum;
  const Definition* definition = find(kpi);
  if (definition == nullptr) return sum;
  visit_cells(state_, *definition, portal_.alias, calendar_, range,
              [&](const BucketKey&, const Cell& cell) { sum.add(cell); });
  return sum;
}

std::map<std::string, Cell> StateFigures::labelled(std::string_view kpi, std::string_view label,
                                                   const Range& range) const {
  std::map<std::string, Cell> sums;
  const Definition* definition = find(kpi);
  if (definition == nullptr) return sums;
  const auto& labels = definition->window_labels;
  const auto at = std::find_if(labels.begin(), labels.end(), [&](const Label& have) { return have.name() == label; });
  if (at == labels.end()) return sums;
  const auto index = static_cast<std::size_t>(at - labels.begin());
  visit_cells(state_, *definition, portal_.alias, calendar_, range, [&](const BucketKey& key, const Cell& cell) {
    if (index < key.labels.size()) sums[key.labels[index]].add(cell);
  });
  std::erase_if(sums, [](const auto& entry) { return entry.second.zero(); });
  return sums;
}

std::int64_t StateFigures::coverage(const Range& range) const { return worst_coverage_of(range, verified_, now_); }

}  // namespace kpistream
