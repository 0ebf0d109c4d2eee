#include "exporters/prometheus/kpi_families.hpp"

#include <set>

#include "exporters/prometheus/series.hpp"
#include "stream/kpi/duration.hpp"

namespace kpistream::exporters {
namespace {

using LabelValues = std::vector<std::string>;

const Cell kZero;

// The beginnings of sentences; what they count over follows.
std::string count_help(const Definition& definition) { return "This counts " + definition.counted; }
std::string sum_help(const Definition& definition) { return "This adds up " + definition.summed; }

// One portal's figures under one definition.
class DefinitionWriter {
 public:
  DefinitionWriter(const KpiFigures& kpi, const PortalFigures& portal, Places& places, Exposition& out)
      : d_(kpi.definition), kpi_(kpi), portal_(portal), places_(places), out_(out) {
    collect_seen();
  }

  // Returns how many series of managers without a place there would be.
  std::size_t write() {
    const bool periods = d_.windows == WindowSet::periods;
    if (periods && d_.totals) write_totals();
    write_windows(Family::pipeline, pipelines_);
    if (d_.by_source) write_windows(Family::source, sources_);
    return d_.by_manager ? write_windows(Family::manager, portal_.managers) : 0;
  }

 private:
  // Which label values and pipelines this KPI has shown in this portal: each of them is shown from then on, 0 included.
  void collect_seen() {
    for (const auto& [key, cell] : kpi_.totals) {
      total_labels_.insert(key.labels);
      if (d_.by_pipeline) pipelines_.insert(key.pipeline);
    }
    for (const auto& [key, cells] : kpi_.windows) {
      if (key.family == Family::source) sources_.insert(key.dimension);
      if (key.family != Family::pipeline) continue;
      window_labels_.insert(key.labels);
      if (d_.by_pipeline) pipelines_.insert(key.dimension);
    }
    if (d_.total_labels.empty()) total_labels_.insert(LabelValues{});
    if (d_.window_labels.empty()) window_labels_.insert(LabelValues{});
    if (!d_.by_pipeline) pipelines_.insert("");
    if (d_.by_pipeline) add_home_pipelines();
  }

  // The funnels in which this KPI happens in such a portal: shown from the beginning, 0 included.
  void add_home_pipelines() {
    const auto& settings = portal_.settings;
    switch (d_.facts.front()) {
      case FactKind::new_lead:
      case FactKind::first_response:
        return settings.leads ? add_pipeline(kLeadPipeline) : add_deal_pipelines();
      case FactKind::lead_converted:
      case FactKind::lead_lost:
        return settings.leads ? add_pipeline(kLeadPipeline) : void();
      case FactKind::quote_sent:
        if (settings.crm == Crm::bitrix24) return add_pipeline(kNoPipeline);
        return settings.quote_stages.empty() ? void() : add_deal_pipelines();  // a stage of a deal, if any is named
      case FactKind::payment:
        return add_pipeline(kNoPipeline);
      case FactKind::lead_processed:
      case FactKind::lead_waiting:
      case FactKind::inquiry_open:
      case FactKind::lead_open:
      case FactKind::inquiry_won:
      case FactKind::inquiry_lost:
        return settings.leads ? add_pipeline(kLeadPipeline) : add_deal_pipelines();
      default:
        return add_deal_pipelines();
    }
  }

  void add_pipeline(const std::string& id) { pipelines_.insert(id); }

  void add_deal_pipelines() {
    for (const auto& [id, name] : portal_.pipeline_names) pipelines_.insert(id);
  }

  [[nodiscard]] Labels labels(std::string_view dimension, std::string_view value, const std::vector<Label>& names,
                              const LabelValues& values) const {
    Labels all{{"portal", portal_.settings.alias}};
    if (!dimension.empty()) all.add(dimension, value);
    for (std::size_t i = 0; i < names.size() && i < values.size(); ++i) all.add(names[i].name(), values[i]);
    return all;
  }

  void write_totals() {
    for (const auto& pipeline : pipelines_) {
      for (const auto& values : total_labels_) {
        for (const bool retracted : {false, true}) write_total(pipeline, values, retracted);
      }
    }
  }

  void write_total(const std::string& pipeline, const LabelValues& values, bool retracted) {
    const auto it = kpi_.totals.find(TotalSeriesKey{retracted, pipeline, values});
    const Cell& cell = it == kpi_.totals.end() ? kZero : it->second;
    const auto all = labels(d_.by_pipeline ? "pipeline" : "", pipeline, d_.total_labels, values);
    if (d_.durations() && !d_.stem.empty()) return write_histogram(all, cell, retracted);
    if (!d_.name.empty()) total_family(d_.name, count_help(d_), retracted, false).sample(all, cell.at(kCountSlot));
    if (d_.sum_name.empty()) return;
    write_amount(total_family(d_.sum_name, sum_help(d_), retracted, d_.money()), all, cell.at(kSumSlot));
  }

  // Both only grow. `below_zero`: what is added up may be less than nothing, a deal that cost more than it brought or a
  // refund, and then stands in the other one.
  Exposition::Family& total_family(const std::string& noun, const std::string& what, bool retracted, bool below_zero) {
    const std::string total = "crm_" + noun + "_total";
    const std::string other = "crm_" + noun + "_retracted_total";
    if (retracted) {
      return out_.family(other, "counter",
                         "This is what was taken back again of " + total + (below_zero ? ", or was below zero," : "") +
                             " since the first record: the net figure is the difference.");
    }
    return out_.family(total, "counter",
                       what + " since the first record, and never falls" +
                           (below_zero ? ": those below zero are in " + other : "") + ".");
  }

  void write_histogram(const Labels& all, const Cell& cell, bool retracted) {
    static const std::vector<std::int64_t> bounds(kClassicBounds.begin(), kClassicBounds.end());
    std::vector<std::int64_t> counts(bounds.size() + 1);
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = cell.at(kFirstBucketSlot + static_cast<Slot>(i));
    const std::string name = "crm_" + d_.stem + (retracted ? "_retracted_seconds" : "_seconds");
    const std::string help = retracted
                                 ? "This is the histogram of what was taken back again of crm_" + d_.stem + "_seconds."
                                 : "This is the histogram of " + d_.summed + " since the first record.";
    out_.family(name, "histogram", help).histogram(all, bounds, counts, cell.at(kSumSlot));
  }

  // Where the samples of a window go; null: this KPI has none such.
  struct WindowFamilies {
    Exposition::Family* count = nullptr;
    Exposition::Family* sum = nullptr;
    Exposition::Family* p50 = nullptr;
    Exposition::Family* p90 = nullptr;
  };

  WindowFamilies window_families(Family family) {
    const auto named = [&](const std::string& noun, const std::string& help) {
      return &out_.family(family_prefix(d_.windows, family) + noun, "gauge", help);
    };
    WindowFamilies to;
    if (!d_.name.empty()) to.count = named(d_.name, count_help(d_) + window_help(d_.windows));
    if (!d_.sum_name.empty()) to.sum = named(d_.sum_name, sum_help(d_) + window_help(d_.windows));
    if (!d_.quantiles() || d_.stem.empty()) return to;
    const std::string unit = d_.money() ? "" : "_seconds";
    const std::string help =
        " of the " + d_.summed + ", within the window, in the portal's time zone, exact to one part in sixteen.";
    to.p50 = named(d_.stem + "_p50" + unit, "This is the median" + help);
    to.p90 = named(d_.stem + "_p90" + unit, "This is the 90th percentile" + help);
    return to;
  }

  // Returns how many series of those without a place there would be.
  std::size_t write_windows(Family family, const std::set<std::string>& dimensions) {
    const std::string_view dimension = family == Family::pipeline && !d_.by_pipeline ? "" : family_label(family);
    const WindowFamilies to = window_families(family);
    const auto windows = shown_windows(family);
    std::vector<const std::string*> others;
    for (const auto& value : dimensions) {
      if (family != Family::pipeline && places_.of(family, value) == kOther) {
        others.push_back(&value);
        continue;
      }
      for (const auto& values : window_labels_) {
        write_series(to, windows, labels(dimension, value, d_.window_labels, values), cells_of(family, value, values));
      }
    }
    if (others.empty()) return 0;
    for (const auto& values : window_labels_) {
      const auto sums = sums_of(family, others, values);
      write_series(to, windows, labels(dimension, kOther, d_.window_labels, values), &sums);
    }
    const std::size_t families = (to.count == nullptr ? 0 : 1) + (to.sum == nullptr ? 0 : 1);
    return others.size() * window_labels_.size() * windows.size() * families;
  }

  // Null: nothing was counted.
  [[nodiscard]] const std::vector<Cell>* cells_of(Family family, const std::string& value,
                                                  const LabelValues& values) const {
    const auto it = kpi_.windows.find(SeriesKey{family, value, values});
    return it == kpi_.windows.end() ? nullptr : &it->second;
  }

  [[nodiscard]] std::vector<Cell> sums_of(Family family, const std::vector<const std::string*>& of,
                                          const LabelValues& values) const {
    std::vector<Cell> sums(window_count());
    for (const std::string* value : of) {
      const auto* cells = cells_of(family, *value, values);
      for (std::size_t i = 0; cells != nullptr && i < cells->size(); ++i) sums.at(i).add((*cells)[i]);
    }
    return sums;
  }

  [[nodiscard]] std::size_t window_count() const { return Calendar::windows(d_.windows).size(); }

  struct Window {
    std::size_t index;
    Labels label;
  };

  [[nodiscard]] std::vector<Window> shown_windows(Family family) const {
    const auto label = Calendar::label(d_.windows);
    std::vector<Window> shown;
    for (std::size_t i = 0; i < window_count(); ++i) {
      if (!is_shown(portal_, d_.windows, family, i)) continue;
      shown.push_back({i, {}});
      if (!label.empty()) shown.back().label.add(label, window_value(portal_, d_.windows, i));
    }
    return shown;
  }

  void write_series(const WindowFamilies& to, const std::vector<Window>& windows, Labels all,
                    const std::vector<Cell>* cells) {
    const std::size_t own = all.size();
    for (const auto& [index, label] : windows) {
      all.add(label);
      write_window(to, all, cells == nullptr ? kZero : (*cells)[index]);
      all.cut(own);
    }
  }

  void write_window(const WindowFamilies& to, const Labels& all, const Cell& cell) const {
    if (to.count != nullptr) to.count->sample(all, cell.at(kCountSlot));
    // Absent when nothing was observed: there is no median of nothing.
    if (to.p50 != nullptr) {
      if (const auto median = quantile(cell, 0.5)) write_amount(*to.p50, all, *median);
      if (const auto ninetieth = quantile(cell, 0.9)) write_amount(*to.p90, all, *ninetieth);
    }
    if (to.sum != nullptr) write_amount(*to.sum, all, cell.at(kSumSlot));
  }

  void write_amount(Exposition::Family& to, const Labels& all, std::int64_t value) const {
    d_.money() ? to.money(all, value) : to.sample(all, value);
  }

  const Definition& d_;
  const KpiFigures& kpi_;
  const PortalFigures& portal_;
  Places& places_;
  Exposition& out_;
  std::set<LabelValues> total_labels_;
  std::set<LabelValues> window_labels_;
  std::set<std::string> pipelines_;
  std::set<std::string> sources_;
};

}  // namespace

std::size_t write_kpi(const KpiFigures& kpi, const PortalFigures& portal, Places& places, Exposition& out) {
  if (portal.known_since == 0 || !is_configured(kpi.definition, portal.settings)) return 0;
  return DefinitionWriter(kpi, portal, places, out).write();
}

}  // namespace kpistream::exporters
