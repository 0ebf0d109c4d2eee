#include "exporters/prometheus/page.hpp"

#include <algorithm>

namespace kpistream::exporters {
namespace {

// A family's own name: OpenMetrics keeps the ending that says what it is for its samples.
std::string_view name_of(const FamilyText& family, Format format) {
  std::string_view name = family.name;
  const auto cut = [&](std::string_view ending) {
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
  };
  if (format == Format::open_metrics && family.type == "counter") cut("_total");
  if (format == Format::open_metrics && is_info(family)) cut("_info");
  return name;
}

// That the name ends in; nothing of what has none. To an info the standard allows none.
std::string_view unit_of(const FamilyText& family, std::string_view name) {
  if (is_info(family)) return {};
  for (const std::string_view ending : {"_seconds", "_bytes", "_ratio"}) {
    if (name.ends_with(ending)) return ending.substr(1);
  }
  return {};
}

void append_line(std::string& page, std::string_view keyword, std::string_view name, std::string_view text) {
  page.append("# ").append(keyword).append(" ").append(name).append(" ").append(text).push_back('\n');
}

std::string with_quotes_escaped(std::string_view help) {
  std::string escaped;
  for (const char letter : help) {
    if (letter == '"') escaped.push_back('\\');
    escaped.push_back(letter);
  }
  return escaped;
}

// In the order in which each standard shows them.
void append_header(std::string& page, const FamilyText& family, Format format) {
  const auto name = name_of(family, format);
  if (format == Format::text) {
    append_line(page, "HELP", name, family.help);
    append_line(page, "TYPE", name, family.type);
    return;
  }
  append_line(page, "TYPE", name, is_info(family) ? "info" : family.type);
  if (const auto unit = unit_of(family, name); !unit.empty()) append_line(page, "UNIT", name, unit);
  append_line(page, "HELP", name, with_quotes_escaped(family.help));
}

std::vector<Run> runs_of(std::vector<SharedFamily> families) {
  std::stable_sort(families.begin(), families.end(), [](const auto& a, const auto& b) { return a->name < b->name; });
  std::vector<Run> runs;
  for (SharedFamily& family : families) {
    if (runs.empty() || runs.back().front()->name != family->name) runs.emplace_back();
    runs.back().push_back(std::move(family));
  }
  return runs;
}

std::size_t series_in(const Run& run) {
  std::size_t series = 0;
  for (const auto& family : run) series += family->series;
  return series;
}

Group group_in(const Run& run) { return group_of(run.front()->name, run.front()->type); }

}  // namespace

std::string_view content_type(Format format) {
  return format == Format::open_metrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                        : "text/plain; version=0.0.4; charset=utf-8";
}

Chosen choose(const std::vector<SharedFamily>& families, const Selection& selection) {
  auto runs = runs_of(families);
  Chosen chosen;
  std::vector<bool> taken(runs.size());
  for (std::size_t group = 0; group < kGroups; ++group) {
    if (!selection.groups.test(group)) continue;
    bool full = false;  // so that what is left out is the end of the group, whatever the sizes
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (group_in(runs[i]) != static_cast<Group>(group)) continue;
      const std::size_t series = series_in(runs[i]);
      full = full || chosen.counted.series + series > selection.series_max;
      (full ? chosen.counted.dropped.at(group) : chosen.counted.series) += series;
      taken[i] = !full;
    }
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (taken[i]) chosen.runs.push_back(std::move(runs[i]));
  }
  return chosen;
}

std::string header_of(const FamilyText& family, Format format) {
  std::string header;
  append_header(header, family, format);
  return header;
}

void append_page(std::string& page, const std::vector<Run>& runs, Format format) {
  for (const Run& run : runs) {
    append_header(page, *run.front(), format);
    for (const auto& family : run) page.append(family->samples);
  }
}

std::string_view end_of_page(Format format) { return format == Format::open_metrics ? "# EOF\n" : ""; }

std::vector<FamilyText> families_in(std::string_view text) {
  std::vector<FamilyText> families;
  const auto word = [](std::string_view& rest) {
    const auto end = rest.find(' ');
    const auto first = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return first;
  };
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1);
    const std::string_view whole = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    std::string_view line = whole.substr(0, whole.find('\n'));
    if (line.starts_with("# HELP ")) {
      line.remove_prefix(7);
      FamilyText& family = families.emplace_back();
      family.name = word(line);
      family.help = line;
    } else if (line.starts_with("# TYPE ") && !families.empty()) {
      line.remove_prefix(7);
      static_cast<void>(word(line));
      families.back().type = line;
    } else if (!line.empty() && !families.empty()) {
      families.back().samples.append(whole);
      ++families.back().series;
    }
  }
  return families;
}

}  // namespace kpistream::exporters
