#include "exporters/prometheus/page.hpp"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <span>
#include <stdexcept>

namespace kpistream::exporters {
namespace {

constexpr std::string_view kOpenMetrics = "application/openmetrics-text";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& letter : small) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  return small;
}

// What stands before the first `sign`; takes it off.
std::string_view take_part(std::string_view& text, char sign) {
  const auto end = text.find(sign);
  const auto part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return trimmed(part);
}

// Thousandths, as a client gives them: "0.5", "1", ".3".
int quality(std::string_view text) {
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || !(value >= 0) || value > 1) return 0;
  return static_cast<int>(value * 1'000);
}

// One element of a list such as Accept.
struct Wish {
  std::string what;
  std::string version;
  int quality = 1'000;
};

std::vector<Wish> wishes_in(std::string_view list) {
  std::vector<Wish> wishes;
  while (!list.empty()) {
    std::string_view element = take_part(list, ',');
    Wish wish;
    wish.what = lower(take_part(element, ';'));
    while (!element.empty()) {
      std::string_view parameter = take_part(element, ';');
      const std::string name = lower(take_part(parameter, '='));
      if (name == "q") wish.quality = quality(trimmed(parameter));
      if (name == "version") wish.version = parameter;
    }
    if (!wish.what.empty()) wishes.push_back(std::move(wish));
  }
  return wishes;
}

void append_name(std::string& page, const FamilyText& family, Format format) {
  std::string_view name = family.name;
  const auto cut = [&](std::string_view ending) {
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
  };
  if (format == Format::open_metrics && family.type == "counter") cut("_total");
  if (format == Format::open_metrics && is_info(family)) cut("_info");
  page.append(name);
}

void append_help(std::string& page, std::string_view help, Format format) {
  for (const char letter : help) {
    if (letter == '"' && format == Format::open_metrics) page.push_back('\\');
    page.push_back(letter);
  }
}

void append_header(std::string& page, const FamilyText& family, Format format) {
  page.append("# HELP ");
  append_name(page, family, format);
  page.push_back(' ');
  append_help(page, family.help, format);
  page.append("\n# TYPE ");
  append_name(page, family, format);
  page.push_back(' ');
  page.append(format == Format::open_metrics && is_info(family) ? "info" : family.type).push_back('\n');
}

// Families of one name, one behind the other.
using Run = std::span<const FamilyText* const>;

std::vector<Run> runs_of(const std::vector<const FamilyText*>& sorted) {
  std::vector<Run> runs;
  for (auto begin = sorted.begin(); begin != sorted.end();) {
    const auto end = std::find_if(begin, sorted.end(), [&](const auto* one) { return one->name != (*begin)->name; });
    runs.emplace_back(begin, end);
    begin = end;
  }
  return runs;
}

std::size_t series_in(const Run& run) {
  std::size_t series = 0;
  for (const FamilyText* family : run) series += family->series;
  return series;
}

Group group_in(const Run& run) { return group_of(run.front()->name, run.front()->type); }

// Which of the runs there is room for.
std::vector<bool> chosen(const std::vector<Run>& runs, const Selection& selection, Counted& counted) {
  std::vector<bool> taken(runs.size());
  for (std::size_t group = 0; group < kGroups; ++group) {
    if (!selection.groups.test(group)) continue;
    bool full = false;  // so that what is left out is the end of the group, whatever the sizes
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (group_in(runs[i]) != static_cast<Group>(group)) continue;
      const std::size_t series = series_in(runs[i]);
      full = full || counted.series + series > selection.series_max;
      (full ? counted.dropped.at(group) : counted.series) += series;
      taken[i] = !full;
    }
  }
  return taken;
}

}  // namespace

Format format_of(std::string_view accept) {
  int open_metrics = 0;
  int text = 0;
  for (const Wish& wish : wishes_in(accept)) {
    const bool ours = wish.version.empty() || wish.version == "1.0.0" || wish.version == "0.0.1";
    if (wish.what == kOpenMetrics && ours) open_metrics = std::max(open_metrics, wish.quality);
    const bool any = wish.what == "text/plain" || wish.what == "text/*" || wish.what == "*/*";
    if (any && (wish.version.empty() || wish.version == "0.0.4")) text = std::max(text, wish.quality);
  }
  return open_metrics > text ? Format::open_metrics : Format::text;
}

std::string_view content_type(Format format) {
  return format == Format::open_metrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                        : "text/plain; version=0.0.4; charset=utf-8";
}

bool takes_gzip(std::string_view accept_encoding) {
  int named = -1;
  int any = 0;
  for (const Wish& wish : wishes_in(accept_encoding)) {
    if (wish.what == "gzip" || wish.what == "x-gzip") named = wish.quality;
    if (wish.what == "*") any = wish.quality;
  }
  return named >= 0 ? named > 0 : any > 0;
}

std::string gzip(std::string_view bytes) {
  constexpr int kLevel = 1;
  constexpr int kGzipWindow = 15 + 16;
  constexpr int kMemory = 9;
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("no memory to compress an answer");
  std::string packed(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  // zlib asks for pointers to what it does not change.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int done = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (done != Z_STREAM_END) throw std::runtime_error("an answer could not be compressed");
  return packed;
}

Counted append_page(std::string& page, std::vector<const FamilyText*> families, const Selection& selection,
                    Format format) {
  std::stable_sort(families.begin(), families.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  const auto runs = runs_of(families);
  Counted counted;
  const auto taken = chosen(runs, selection, counted);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!taken[i]) continue;
    append_header(page, *runs[i].front(), format);
    for (const FamilyText* family : runs[i]) page.append(family->samples);
  }
  return counted;
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
