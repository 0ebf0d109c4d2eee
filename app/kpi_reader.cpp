#include "app/kpi_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "app/built_in_kpis.hpp"
#include "app/kpi_keys.hpp"
#include "app/kpi_names.hpp"
#include "app/kpi_section.hpp"
#include "app/yaml_reader.hpp"
#include "stream/kpi/formula.hpp"

namespace kpistream::app {
namespace {

constexpr std::size_t kKpisMax = 500;

template <class Kpis>
auto find_kpi(Kpis& kpis, std::string_view id) {
  return std::find_if(kpis.begin(), kpis.end(), [&](const auto& kpi) { return kpi.id == id; });
}

// In the place of the one it replaces, else at the end.
template <class Kpi>
void put_kpi(std::vector<Kpi>& kpis, Kpi kpi) {
  const auto it = find_kpi(kpis, kpi.id);
  it == kpis.end() ? kpis.push_back(std::move(kpi)) : void(*it = std::move(kpi));
}

template <class Kpi>
void erase_kpi(std::vector<Kpi>& kpis, std::string_view id) {
  kpis.erase(std::remove_if(kpis.begin(), kpis.end(), [&](const Kpi& kpi) { return kpi.id == id; }), kpis.end());
}

// The name in an expression that begins at `position`.
std::string_view name_at(std::string_view expression, std::size_t position) {
  constexpr std::string_view kInNames = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  const auto rest = expression.substr(std::min(position, expression.size()));
  return rest.substr(0, rest.find_first_not_of(kInNames));
}

// Lays one file over a catalogue. What a KPI says of itself is checked as it is read, the rest when all are there.
class Overlay {
 public:
  Overlay(const std::string& file, const Catalogue& base) : errors_(file), all_(base) {}

  CatalogueResult read(const std::string& text) {
    auto root = Section::document(text, errors_, kpis_shape(), "kpis");
    if (!errors_.none()) return {{}, errors_.all()};
    if (auto kpis = root.section("kpis")) kpis_.emplace(std::move(*kpis));
    if (!root.has("kpis")) root.complain("kpis", "is missing: a mapping of ids and definitions");
    root.finish();
    if (kpis_) {
      for (const auto& id : kpis_->keys()) read_entry(id);
      if (all_.definitions.size() + all_.formulas.size() > kKpisMax) {
        root.complain("kpis", fmt::format("more than {} KPIs", kKpisMax));
      }
      for (auto& formula : all_.formulas) check_formula(formula);
      check_names();
    }
    if (!errors_.none()) return {{}, errors_.all()};
    return {std::move(all_), {}};
  }

 private:
  void read_entry(const std::string& id) {
    if (kpis_->is_off(id)) return switch_off(id);
    if (const auto wrong = wrong_id(id); !wrong.empty()) kpis_->complain_of_key(id, wrong);
    auto section = kpis_->section(id);
    if (!section) {
      if (kpis_->size(id) == 0) kpis_->complain_of_key(id, "says nothing; give `facts` or `formula`, or `off`");
      return;
    }
    section->narrow(section->has("formula") ? "formula" : "");
    if (section->has("formula")) {
      erase_kpi(all_.definitions, id);
      put_kpi(all_.formulas, read_formula(id, *section));
    } else {
      erase_kpi(all_.formulas, id);
      put_kpi(all_.definitions, read_definition(id, *section));
    }
    sections_.emplace(id, std::move(*section));
  }

  void switch_off(const std::string& id) {
    const auto known = ids();
    if (std::find(known.begin(), known.end(), id) == known.end()) {
      return kpis_->complain_of_key(id, fmt::format("there is no such KPI to switch off{}", did_you_mean(id, known)));
    }
    erase_kpi(all_.definitions, id);
    erase_kpi(all_.formulas, id);
  }

  [[nodiscard]] std::vector<std::string> ids() const {
    std::vector<std::string> known;
    for (const auto& definition : all_.definitions) known.push_back(definition.id);
    for (const auto& formula : all_.formulas) known.push_back(formula.id);
    return known;
  }

  // ---- formulas

  // Of a formula of this file at its own key; of one below it at the KPI of this file that spoilt it.
  void complain(const Formula& formula, std::string_view key, std::string_view culprit, std::string_view message) {
    if (const auto own = sections_.find(formula.id); own != sections_.end()) return own->second.complain(key, message);
    kpis_->complain_of_key(culprit, fmt::format("the formula '{}' is computed from it: {}; change or switch off the "
                                                "formula too",
                                                formula.id, message));
  }

  void check_formula(Formula& formula) {
    try {
      const CompiledFormula compiled(formula, all_.definitions);
      std::vector<const Definition*> parts;
      for (const auto& part : compiled.parts()) parts.push_back(&*find_kpi(all_.definitions, part.id));
      check_windows(formula, parts);
      check_by(formula, "pipeline", &Formula::by_pipeline, &Definition::by_pipeline, parts);
      check_by(formula, "manager", &Formula::by_manager, &Definition::by_manager, parts);
      check_by(formula, "source", &Formula::by_source, &Definition::by_source, parts);
    } catch (const FormulaError& error) {
      for (const auto& mistake : error.mistakes()) explain(formula, mistake);
    }
  }

  void explain(const Formula& formula, const FormulaMistake& mistake) {
    const std::string& text = mistake.in_when ? formula.when : formula.expression;
    const std::string name(name_at(text, mistake.position));
    std::string cause = mistake.text;
    if (!mistake.name.empty() && find_kpi(all_.formulas, mistake.name) != all_.formulas.end()) {
      cause = fmt::format("'{}' is a formula, and formulas are computed from definitions only", mistake.name);
    } else if (!mistake.name.empty()) {
      cause += did_you_mean(mistake.name, variables());
    }
    const std::string message = fmt::format("at character {}: {}", mistake.position + 1, cause);
    complain(formula, mistake.in_when ? "when" : "formula", culprit(name), message);
  }

  [[nodiscard]] std::vector<std::string> variables() const {
    std::vector<std::string> names;
    for (const auto& definition : all_.definitions) {
      names.push_back(definition.id);
      if (definition.measure != Measure::none) names.push_back(definition.id + "_sum");
      for (const char* quantile : {"_p50", "_p90"}) {
        if (definition.quantiles()) names.push_back(definition.id + quantile);
      }
    }
    return names;
  }

  // Which KPI of this file a name in a formula means.
  [[nodiscard]] std::string culprit(const std::string& name) const {
    for (const auto& id : kpis_->keys()) {
      if (name == id || name == id + "_sum" || name == id + "_p50" || name == id + "_p90") return id;
    }
    return kpis_->keys().front();
  }

  void check_windows(Formula& formula, const std::vector<const Definition*>& parts) {
    const auto own = sections_.find(formula.id);
    const bool given = own != sections_.end() && own->second.has("windows");
    if (own != sections_.end() && !given) formula.windows = parts.front()->windows;
    for (const Definition* part : parts) {
      if (part->windows == formula.windows) continue;
      return complain(formula, given ? "windows" : "formula", part->id,
                      fmt::format("'{}' has the windows {}, {} has {}; these have nothing in common", part->id,
                                  window_set_name(part->windows), given ? "the formula" : "'" + parts.front()->id + "'",
                                  window_set_name(formula.windows)));
    }
  }

  // What is not written is taken from the parts: shown by what all of them are shown by.
  void check_by(Formula& formula, std::string_view name, bool Formula::*shown, bool Definition::*has,
                const std::vector<const Definition*>& parts) {
    const auto own = sections_.find(formula.id);
    const auto without =
        std::find_if(parts.begin(), parts.end(), [&](const Definition* part) { return !(part->*has); });
    if (own != sections_.end() && !own->second.has("by")) {
      formula.*shown = without == parts.end();
    } else if (formula.*shown && without != parts.end()) {
      complain(formula, "by", (*without)->id, fmt::format("'{}' is not counted by {}", (*without)->id, name));
    }
  }

  // ---- names

  void check_names() {
    std::map<std::string, std::string> taken;  // by whom
    for (const auto& definition : all_.definitions) {
      for (const auto& noun : nouns_of(definition)) claim(taken, of_cohorts(definition.windows) + noun, definition.id);
    }
    for (const auto& formula : all_.formulas) claim(taken, of_cohorts(formula.windows) + formula.name, formula.id);
  }

  // Names of cohorts stand apart: crm_cohort_win_ratio beside crm_window_win_ratio.
  static std::string of_cohorts(WindowSet set) { return is_cohort(set) ? "cohort_" : ""; }

  void claim(std::map<std::string, std::string>& taken, const std::string& noun, const std::string& id) {
    const auto [it, free] = taken.emplace(noun, id);
    if (free) return;
    const auto own = sections_.find(id);
    const auto& [mine, other] = own != sections_.end() ? std::pair(id, it->second) : std::pair(it->second, id);
    kpis_->complain_of_key(mine,
                           fmt::format("the metric name '{}' belongs to '{}' already; give another name, sum_name "
                                       "or stem",
                                       noun, other));
  }

  ConfigErrors errors_;
  Catalogue all_;
  std::optional<Section> kpis_;
  std::map<std::string, Section> sections_;  // of the KPIs of this file
};

}  // namespace

CatalogueResult read_catalogue(const std::string& text, const std::string& file, const Catalogue& base) {
  return Overlay(file, base).read(text);
}

const Catalogue& built_in_catalogue() {
  static const Catalogue catalogue = [] {
    auto result = read_catalogue(std::string(built_in_kpis()), "deploy/kpis.yml", {});
    if (!result.catalogue) throw std::logic_error(fmt::format("{}", fmt::join(result.errors, "\n")));
    return std::move(*result.catalogue);
  }();
  return catalogue;
}

CatalogueResult load_catalogue(const std::string& file) {
  if (file.empty()) return {built_in_catalogue(), {}};
  std::ifstream in(file);
  std::stringstream text;
  if (!in || !(text << in.rdbuf())) {
    return {{}, {file + ":1:1: cannot be read; does it exist, and may this user read it?"}};
  }
  return read_catalogue(text.str(), file, built_in_catalogue());
}

}  // namespace kpistream::app
