#include "exporters/prometheus/kpi_texts.hpp"

#include <algorithm>

#include "exporters/prometheus/insight_families.hpp"
#include "exporters/prometheus/kpi_families.hpp"

namespace kpistream::exporters {
namespace {

constexpr std::size_t kReadyMax = 4;  // pages that are kept: two formats, for a server or two that ask for parts

bool same(const Selection& a, const Selection& b) { return a.groups == b.groups && a.series_max == b.series_max; }

// True: it is another text than before.
bool replace(std::vector<FamilyText>& have, std::vector<FamilyText> now) {
  if (have == now) return false;
  have = std::move(now);
  return true;
}

}  // namespace

void KpiTexts::refresh(const PortalFigures& figures, bool other_formulas, Portal& portal) {
  Exposition out;
  write_portal(figures, out);
  bool changed = replace(portal.own, out.take());
  changed |= std::erase_if(portal.kpis, [&](const auto& block) { return !figures.kpis.contains(block.first); }) != 0;
  const auto look_at = [&](Block& block, std::uint64_t version, const auto& write) {
    if (block.version == version && block.shape == figures.shape) return;
    write();
    block = {version, figures.shape, out.take()};
    changed = true;
  };
  for (const auto& [id, kpi] : figures.kpis) {
    look_at(portal.kpis[id], kpi.version, [&, &of = kpi] { write_kpi(of, figures, out); });
  }
  if (other_formulas) {
    portal.formulas.clear();
    changed = true;
  }
  for (const auto& [formula, compiled] : *formulas_) {
    look_at(portal.formulas[formula.id], version_of(compiled, figures),
            [&, &one = formula, &by = compiled] { write_formula(one, by, figures, out); });
  }
  if (changed) ++version_;
}

void KpiTexts::refresh(Beside beside) {
  const bool other_formulas = formulas_ != beside.formulas;
  formulas_ = std::move(beside.formulas);
  board_.read([&](const std::vector<const PortalFigures*>& portals) {
    for (const PortalFigures* figures : portals) refresh(*figures, other_formulas, portals_[figures->settings.alias]);
  });
  if (insights_.size() != beside.insights.size()) ++version_;
  insights_.resize(beside.insights.size());
  for (std::size_t i = 0; i < insights_.size(); ++i) {
    InsightSource& source = beside.insights[i];
    if (insights_[i].source == source) continue;
    Exposition out;
    write_insight_families(*source.summary, *source.taken, out);
    if (replace(insights_[i].families, out.take())) ++version_;
    insights_[i].source = std::move(source);
  }
  if (replace(others_, std::move(beside.others))) ++version_;
}

std::vector<const FamilyText*> KpiTexts::families() const {
  std::vector<const FamilyText*> all;
  const auto add = [&](const std::vector<FamilyText>& families) {
    for (const FamilyText& family : families) all.push_back(&family);
  };
  for (const auto& [alias, portal] : portals_) {
    add(portal.own);
    for (const auto& [id, block] : portal.kpis) add(block.families);
    for (const auto& [id, block] : portal.formulas) add(block.families);
  }
  for (const Insight& insight : insights_) add(insight.families);
  add(others_);
  return all;
}

// The one of the same wish, else one that has waited longest.
KpiTexts::Ready& KpiTexts::ready_for(const Selection& selection, Format format) {
  const auto found = std::find_if(ready_.begin(), ready_.end(), [&](const Ready& ready) {
    return ready.format == format && same(ready.selection, selection);
  });
  if (found != ready_.end()) {
    std::rotate(found, found + 1, ready_.end());
    return ready_.back();
  }
  if (ready_.size() == kReadyMax) ready_.erase(ready_.begin());
  return ready_.emplace_back(Ready{selection, format, 0, {}, {}});
}

Counted KpiTexts::append(std::string& page, Beside beside, const Selection& selection, Format format) {
  const std::lock_guard lock(mutex_);
  refresh(std::move(beside));
  Ready& ready = ready_for(selection, format);
  if (ready.version != version_) {
    ready.text.clear();
    ready.counted = append_page(ready.text, families(), selection, format);
    ready.version = version_;
  }
  page.append(ready.text);
  return ready.counted;
}

}  // namespace kpistream::exporters
