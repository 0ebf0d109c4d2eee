#include "tests/unit/stream/insight/fake_figures.hpp"

#include <algorithm>

namespace kpistream::tests {
namespace {

void drop_zeros(std::map<std::string, Cell>& cells) {
  std::erase_if(cells, [](const auto& entry) { return entry.second.zero(); });
}

}  // namespace

std::map<std::string, Cell> FakeFigures::sums(std::string_view kpi, Family family, const Range& range) const {
  std::map<std::string, Cell> found;
  each(kpi, range, [&](const Entry& entry) {
    const Of& of = entry.of;
    found[family == Family::pipeline  ? of.pipeline
          : family == Family::manager ? of.manager
                                      : of.source]
        .add(entry.cell);
  });
  drop_zeros(found);
  return found;
}

Cell FakeFigures::sum(std::string_view kpi, const Range& range) const {
  Cell found;
  each(kpi, range, [&](const Entry& entry) { found.add(entry.cell); });
  return found;
}

std::map<std::string, Cell> FakeFigures::labelled(std::string_view kpi, std::string_view label,
                                                  const Range& range) const {
  std::map<std::string, Cell> found;
  each(kpi, range, [&](const Entry& entry) {
    const auto value = entry.of.labels.find(std::string(label));
    if (value != entry.of.labels.end()) found[value->second].add(entry.cell);
  });
  drop_zeros(found);
  return found;
}

std::int64_t FakeFigures::coverage(const Range& range) const {
  if (range.last <= range.first) return 1'000;
  Minute lost = 0;
  for (const Range& hole : holes_) {
    lost += std::max<Minute>(0, std::min(hole.last, range.last) - std::max(hole.first, range.first));
  }
  return 1'000 - 1'000 * lost / (range.last - range.first);
}

}  // namespace kpistream::tests
