#include "app/metrics_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "app/json_answer.hpp"
#include "app/query.hpp"
#include "exporters/prometheus/accept.hpp"

namespace kpistream::app {
namespace {

using exporters::Format;
using exporters::Group;
using exporters::GroupSet;

struct Groups {
  GroupSet set;
  std::string error;
};

Groups groups_in(std::string_view query) {
  Groups groups;
  for (const std::string& name : Query(query).list("collect")) {
    const auto group = exporters::group_of_name(name);
    if (!group)
      return {{}, fmt::format("there is no such group to collect; there are {}", exporters::all_group_names())};
    groups.set.set(static_cast<std::size_t>(*group));
  }
  if (groups.set.none()) groups.set.set();
  return groups;
}

// They stand behind all business figures.
bool is_own(const exporters::FamilyText& family) { return !family.name.starts_with("crm_"); }

std::size_t series_in(const std::vector<exporters::FamilyText>& families, const GroupSet& groups) {
  std::size_t series = 0;
  for (const auto& family : families) {
    const auto group = static_cast<std::size_t>(exporters::group_of(family.name, family.type));
    series += groups.test(group) ? family.series : 0;
  }
  return series;
}

// About the page itself.
void write_about(const exporters::Counted& counted, std::size_t own, double seconds, exporters::Exposition& out) {
  out.family("kpistream_export_duration_seconds", "gauge",
             "This is how long the figures of this page took to be written.")
      .sample({}, seconds);
  auto& dropped = out.family(
      "kpistream_export_series_dropped", "gauge",
      "This counts the series of each group that this page leaves out, because export.max_series has no room or, of "
      "managers, because they stand under other.");
  std::size_t about = 2;
  for (std::size_t group = static_cast<std::size_t>(Group::portals); group < exporters::kGroups; ++group, ++about) {
    dropped.sample({{"group", exporters::kGroupNames.at(group)}}, static_cast<std::int64_t>(counted.dropped.at(group)));
  }
  out.family("kpistream_export_series", "gauge", "This counts the series of this page.")
      .sample({}, static_cast<std::int64_t>(counted.series + own + about));
}

std::vector<exporters::InsightSource> insights_of(const Insights& insights) {
  std::vector<exporters::InsightSource> sources;
  for (const auto& portal : insights.all()) sources.push_back({portal.summary, portal.taken});
  return sources;
}

}  // namespace

ingest::AdminResponse MetricsPage::answer(const ingest::AdminRequest& request, bool hide_names) {
  const auto begun = parts_.clock.steady();
  const Groups groups = groups_in(request.query);
  if (!groups.error.empty()) return json_error(400, groups.error);
  const Format format = exporters::format_of(request.accept);
  // First, so that a page never says "all records are in the figures" beside figures that are older than that.
  auto own = parts_.sources.families();
  const auto others = std::stable_partition(own.begin(), own.end(), is_own);
  exporters::KpiTexts::Beside beside{
      parts_.formulas.get(), insights_of(parts_.insights), {others, own.end()}, hide_names};
  own.erase(others, own.end());
  const std::size_t own_series = series_in(own, groups.set);
  const std::size_t most = parts_.config.export_series_max;
  const exporters::Selection selection{groups.set, most - std::min(most, own_series)};

  ingest::AdminResponse response;
  response.content_type = exporters::content_type(format);
  response.headers = {{"Vary", "Accept, Accept-Encoding"}};
  const auto rest = [&](const exporters::Counted& counted) {
    exporters::Exposition about;
    write_about(counted, own_series, std::chrono::duration<double>(parts_.clock.steady() - begun).count(), about);
    for (auto& family : about.take()) own.push_back(std::move(family));
    std::string text;
    exporters::append_page(text, exporters::choose(exporters::shared(std::move(own)), {groups.set, SIZE_MAX}).runs,
                           format);
    return text.append(exporters::end_of_page(format));
  };
  if (exporters::takes_gzip(request.accept_encoding)) {
    auto page = texts_.packed(std::move(beside), selection, format);
    page.text.append(exporters::PackedText(rest(page.counted)));
    response.body = page.text.gzip();
    response.headers.emplace_back("Content-Encoding", "gzip");
  } else {
    auto page = texts_.page(std::move(beside), selection, format);
    response.rest = std::move(page.texts);
    response.rest.push_back(std::make_shared<const std::string>(rest(page.counted)));
  }
  return response;
}

}  // namespace kpistream::app
