#include "app/kpi_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpistream::app {
namespace {

constexpr std::size_t kNameMax = 64;

// What Prometheus, or the figures that are no definitions, mean by them.
constexpr std::array kTakenEndings{"_created", "_count", "_sum", "_bucket", "_info", "_total", "_retracted"};
constexpr std::array kTakenBeginnings{"window_",   "manager_",  "managers_", "source_", "portal_",
                                      "pipeline_", "cohort_",   "plan_",     "flow_",   "coverage_",
                                      "advice_",   "snapshot_", "team_",     "anomaly_"};
constexpr std::array kVariableEndings{"_sum", "_p50", "_p90"};

}  // namespace

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > kNameMax || text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

void check_name(Section& section, std::string_view key, const std::string& name) {
  if (name.empty()) return;
  if (!is_name(name)) {
    return section.complain(key, fmt::format("'{}' is no name for a metric: a letter, then letters, digits and _, all "
                                             "of them small and at most {}",
                                             name, kNameMax));
  }
  for (const std::string_view ending : kTakenEndings) {
    if (!name.ends_with(ending)) continue;
    section.complain(key, fmt::format("'{}' must not end in {}: to Prometheus that means something else; write for "
                                      "example '{}'",
                                      name, ending, name.substr(0, name.size() - ending.size())));
  }
  for (const std::string_view beginning : kTakenBeginnings) {
    if (name.starts_with(beginning)) {
      section.complain(
          key, fmt::format("'{}' must not begin with {}: such names are taken; give another `name`", name, beginning));
    }
  }
}

std::string wrong_id(const std::string& id) {
  if (!is_name(id)) {
    return fmt::format("'{}' is no id: a letter, then letters, digits and _, all of them small and at most {}", id,
                       kNameMax);
  }
  for (const std::string_view ending : kVariableEndings) {
    if (id.ends_with(ending))
      return fmt::format("an id must not end in {}: formulas mean a part of a KPI by it", ending);
  }
  return {};
}

std::vector<std::string> nouns_of(const Definition& d) {
  std::vector<std::string> nouns;
  const auto add = [&](std::string noun) {
    if (std::find(nouns.begin(), nouns.end(), noun) == nouns.end()) nouns.push_back(std::move(noun));
  };
  if (!d.name.empty()) add(d.name);
  if (!d.sum_name.empty()) add(d.sum_name);
  if (!d.oldest_name.empty()) add(d.oldest_name);
  if (d.stem.empty()) return nouns;
  if (!d.durations()) {
    for (const char* ending : {"_p50", "_p90"}) add(d.stem + ending);
    return nouns;
  }
  for (const char* ending : {"_seconds", "_retracted_seconds", "_p50_seconds", "_p90_seconds"}) add(d.stem + ending);
  return nouns;
}

std::string sentence_of(const std::string& id) {
  std::string text = id;
  std::replace(text.begin(), text.end(), '_', ' ');
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

Words read_words(Section& section, std::string_view key, const std::string& otherwise) {
  Words words;
  if (section.is_map(key)) {
    auto both = section.section(key);
    words.ru = both->text("ru").value_or("");
    words.en = both->text("en").value_or("");
    both->finish();
  } else {
    words.ru = words.en = section.text(key).value_or("");
  }
  if (words.ru.empty()) words.ru = words.en.empty() ? otherwise : words.en;
  if (words.en.empty()) words.en = words.ru;
  return words;
}

std::string lower_first(std::string text) {
  const bool capital = !text.empty() && text[0] >= 'A' && text[0] <= 'Z';
  const bool abbreviation = text.size() > 1 && text[1] >= 'A' && text[1] <= 'Z';
  if (capital && !abbreviation) text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

}  // namespace kpistream::app
