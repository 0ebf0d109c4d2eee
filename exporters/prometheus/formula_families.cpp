#include "exporters/prometheus/formula_families.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "exporters/prometheus/series.hpp"

namespace kpistream::exporters {
namespace {

// One formula over one portal.
class FormulaWriter {
 public:
  FormulaWriter(const Formula& formula, const CompiledFormula& compiled, const PortalFigures& portal, Places& places,
                Exposition& out)
      : f_(formula), compiled_(compiled), portal_(portal), places_(places), out_(out) {}

  void write() {
    write_family(Family::pipeline, f_.by_pipeline);
    if (f_.by_manager) write_family(Family::manager, true);
    if (f_.by_source) write_family(Family::source, true);
  }

 private:
  // The cells of the parts, added up over labels; with `split` by the family's dimension.
  using Sums = std::map<std::string, std::map<std::string, std::vector<Cell>>>;  // dimension, part

  void write_family(Family family, bool split) {
    const auto sums = add_up(family, split);
    const auto names = Calendar::windows(f_.windows);
    for (const auto& [dimension, parts] : sums) {
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (is_shown(portal_, f_.windows, family, i)) write_one(family, split ? &dimension : nullptr, parts, i);
      }
    }
  }

  [[nodiscard]] Sums add_up(Family family, bool split) const {
    Sums sums;
    for (const auto& part : compiled_.parts()) {
      const auto kpi = portal_.kpis.find(part.id);
      if (kpi == portal_.kpis.end() || !is_configured(kpi->second.definition, portal_.settings)) return {};
      for (const auto& [key, cells] : kpi->second.windows) {
        if (key.family != family) continue;
        auto& sum = sums[split ? std::string(places_.of(family, key.dimension)) : std::string()][part.id];
        sum.resize(cells.size());
        for (std::size_t i = 0; i < cells.size(); ++i) sum[i].add(cells[i]);
      }
    }
    return sums;
  }

  void write_one(Family family, const std::string* dimension, const std::map<std::string, std::vector<Cell>>& parts,
                 std::size_t window) {
    static const Cell nothing;
    const auto value = compiled_.evaluate([&](std::string_view id) -> const Cell* {
      const auto part = parts.find(std::string(id));
      return part == parts.end() || window >= part->second.size() ? &nothing : &part->second[window];
    });
    if (!value) return;
    Labels labels{{"portal", portal_.settings.alias}};
    if (dimension != nullptr) labels.add(family_label(family), *dimension);
    const auto label = Calendar::label(f_.windows);
    if (!label.empty()) labels.add(label, window_value(portal_, f_.windows, window));
    out_.family(
            family_prefix(f_.windows, family) + f_.name, "gauge",
            "This is " + f_.shown +
                (is_cohort(f_.windows) ? window_help(f_.windows) : ", within the window, in the portal's time zone."))
        .sample(labels, *value);
  }

  const Formula& f_;
  const CompiledFormula& compiled_;
  const PortalFigures& portal_;
  Places& places_;
  Exposition& out_;
};

}  // namespace

Formulas compile(const Catalogue& catalogue) {
  Formulas formulas;
  for (const Formula& formula : catalogue.formulas) {
    formulas.emplace_back(formula, CompiledFormula(formula, catalogue.definitions));
  }
  return formulas;
}

void write_formula(const Formula& formula, const CompiledFormula& compiled, const PortalFigures& portal, Places& places,
                   Exposition& out) {
  if (portal.known_since != 0) FormulaWriter(formula, compiled, portal, places, out).write();
}

std::uint64_t version_of(const CompiledFormula& compiled, const PortalFigures& portal) {
  std::uint64_t newest = 0;
  for (const auto& part : compiled.parts()) {
    const auto kpi = portal.kpis.find(part.id);
    if (kpi != portal.kpis.end()) newest = std::max(newest, kpi->second.version);
  }
  return newest;
}

}  // namespace kpistream::exporters
