#include "exporters/prometheus/kpi_texts.hpp"

#include <algorithm>
#include <utility>

#include "exporters/prometheus/insight_families.hpp"
#include "exporters/prometheus/kpi_families.hpp"
#include "exporters/prometheus/portal_families.hpp"

namespace kpistream::exporters {
namespace {

constexpr std::size_t kReadyMax = 4;  // pages that are kept: two formats, for a server or two that ask for parts
// Packed at once: some thirty kilobytes, enough to be worth it and little enough to do again. Not in bytes, with which
// every part would move when a number gets another digit.
constexpr std::size_t kPartSeries = 300;

// True: some text is another than before. One that is not stays where it is. Both are sorted by name.
bool replace(std::vector<SharedFamily>& have, std::vector<FamilyText> now) {
  bool changed = have.size() != now.size();
  std::vector<SharedFamily> next;
  next.reserve(now.size());
  auto old = have.cbegin();
  for (FamilyText& family : now) {
    while (old != have.cend() && (*old)->name < family.name) ++old;
    const bool same = old != have.cend() && **old == family;
    next.push_back(same ? *old : std::make_shared<const FamilyText>(std::move(family)));
    changed |= !same;
  }
  have = std::move(next);
  return changed;
}

}  // namespace

void KpiTexts::refresh(const PortalFigures& figures, const Beside& beside, bool other_formulas, Portal& portal) {
  Exposition out;
  bool changed =
      std::erase_if(portal.kpis, [&](const auto& block) { return !figures.kpis.contains(block.first); }) != 0;
  if (portal.places.give(figures)) {
    portal.kpis.clear();
    portal.formulas.clear();
    std::erase_if(insights_,
                  [&](const Insight& insight) { return insight.source.summary->portal == figures.settings.alias; });
  }
  const auto look_at = [&](Block& block, std::uint64_t version, const auto& write) {
    if (block.version == version && block.shape == figures.shape) return;
    write();
    changed |= replace(block.families, out.take());
    block.version = version;
    block.shape = figures.shape;
  };
  for (const auto& [id, kpi] : figures.kpis) {
    look_at(portal.kpis[id], kpi.version,
            [&, &of = kpi, &block = portal.kpis[id]] { block.left_out = write_kpi(of, figures, portal.places, out); });
  }
  if (other_formulas) {
    portal.formulas.clear();
    changed = true;
  }
  for (const auto& [formula, compiled] : *formulas_) {
    look_at(portal.formulas[formula.id], version_of(compiled, figures),
            [&, &one = formula, &by = compiled] { write_formula(one, by, figures, portal.places, out); });
  }
  write_portal(figures, portal.places, beside.hide_names, out);  // last, when everybody has a place
  changed |= replace(portal.own, out.take());
  if (changed) ++version_;
}

KpiTexts::Portal& KpiTexts::portal(const std::string& alias) {
  return portals_.try_emplace(alias, Portal{Places(limits_), {}, {}, {}}).first->second;
}

void KpiTexts::refresh(Beside beside) {
  const bool other_formulas = formulas_ != beside.formulas;
  formulas_ = std::move(beside.formulas);
  board_.read([&](const std::vector<const PortalFigures*>& portals) {
    for (const PortalFigures* figures : portals) {
      refresh(*figures, beside, other_formulas, portal(figures->settings.alias));
    }
  });
  if (insights_.size() != beside.insights.size()) ++version_;
  insights_.resize(beside.insights.size());
  for (std::size_t i = 0; i < insights_.size(); ++i) {
    InsightSource& source = beside.insights[i];
    if (insights_[i].source == source) continue;
    Exposition out;
    write_insight_families(*source.summary, *source.taken, portal(source.summary->portal).places, out);
    if (replace(insights_[i].families, out.take())) ++version_;
    insights_[i].source = std::move(source);
  }
  if (replace(others_, std::move(beside.others))) ++version_;
}

KpiTexts::Families KpiTexts::families() const {
  Families all;
  const auto add = [&](const Families& some) { all.insert(all.end(), some.begin(), some.end()); };
  for (const auto& [alias, portal] : portals_) {
    add(portal.own);
    for (const auto& [id, block] : portal.kpis) add(block.families);
    for (const auto& [id, block] : portal.formulas) add(block.families);
  }
  for (const Insight& insight : insights_) add(insight.families);
  add(others_);
  return all;
}

Chosen KpiTexts::chosen(const Selection& selection) const {
  Chosen chosen = choose(families(), selection);
  constexpr auto kManagers = static_cast<std::size_t>(Group::managers);
  for (const auto& [alias, portal] : portals_) {
    for (const auto& [id, block] : portal.kpis) {
      if (selection.groups.test(kManagers)) chosen.counted.dropped.at(kManagers) += block.left_out;
    }
  }
  return chosen;
}

KpiTexts::Page KpiTexts::page(Beside beside, const Selection& selection, Format format) {
  const std::lock_guard lock(mutex_);
  refresh(std::move(beside));
  const Chosen chosen = this->chosen(selection);
  Page page{{}, chosen.counted};
  for (const Run& run : chosen.runs) {
    page.texts.push_back(std::make_shared<const std::string>(header_of(*run.front(), format)));
    for (const auto& family : run) page.texts.emplace_back(family, &family->samples);
  }
  return page;
}

std::vector<std::vector<KpiTexts::Placed>> KpiTexts::parts_of(const std::vector<Run>& runs) {
  std::vector<std::vector<Placed>> parts;
  std::size_t series = kPartSeries;
  for (const Run& run : runs) {
    for (const auto& family : run) {
      if (series >= kPartSeries) {
        parts.emplace_back();
        series = 0;
      }
      parts.back().push_back({family, family == run.front()});
      series += family->series;
    }
  }
  return parts;
}

std::string KpiTexts::text_of(const std::vector<Placed>& part, Format format) {
  std::string text;
  for (const auto& [family, first] : part) {
    if (first) text.append(header_of(*family, format));
    text.append(family->samples);
  }
  return text;
}

// The one of the same wish, else one that has waited longest.
KpiTexts::Ready& KpiTexts::ready_for(const Selection& selection, Format format) {
  const auto found = std::find_if(ready_.begin(), ready_.end(), [&](const Ready& ready) {
    return ready.format == format && ready.selection == selection;
  });
  if (found != ready_.end()) {
    std::rotate(found, found + 1, ready_.end());
    return ready_.back();
  }
  if (ready_.size() == kReadyMax) ready_.erase(ready_.begin());
  Ready& ready = ready_.emplace_back();
  ready.selection = selection;
  ready.format = format;
  return ready;
}

KpiTexts::Packed KpiTexts::packed(Beside beside, const Selection& selection, Format format) {
  const std::lock_guard lock(mutex_);
  refresh(std::move(beside));
  Ready& ready = ready_for(selection, format);
  if (ready.version == version_) return ready.page;
  const Chosen chosen = this->chosen(selection);
  const auto before = std::exchange(ready.parts, {});
  ready.page = {{}, chosen.counted};
  for (auto& of : parts_of(chosen.runs)) {
    const FamilyText* const key = of.front().family.get();
    const auto had = before.find(key);
    const bool same = had != before.end() && had->second.of == of;
    PackedPart& part = ready.parts[key];
    part.text = same ? had->second.text : PackedText(text_of(of, format));
    part.of = std::move(of);
    ready.page.text.append(part.text);
  }
  ready.version = version_;
  return ready.page;
}

}  // namespace kpistream::exporters
