#include "exporters/table/csv.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpistream::exporters {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr std::string_view kEnd = "\r\n";

class Csv {
 public:
  explicit Csv(Language language) : separator_(language == Language::ru ? ';' : ',') { out_ = kMark; }

  Csv& field(std::string_view text) {
    if (!first_) out_ += separator_;
    first_ = false;
    const bool formula = !text.empty() && std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos;
    out_ += '"';
    if (formula) out_ += '\'';
    for (const char c : text) out_.append(c == '"' ? 2 : 1, c);
    out_ += '"';
    return *this;
  }

  Csv& number(std::string_view text) {
    if (!first_) out_ += separator_;
    first_ = false;
    out_ += text;
    return *this;
  }

  void end() {
    out_ += kEnd;
    first_ = true;
  }

  std::string take() { return std::move(out_); }

 private:
  const char separator_;
  bool first_ = true;
  std::string out_;
};

void add(Csv& csv, Language language, LineUnit unit, const Figure& figure) {
  csv.number(figure.value ? file_number(language, unit, *figure.value) : std::string());
}

void add_members(Csv& csv, const Table& table, const Members& members, const Said& title, bool people) {
  const Language language = table.view.language;
  if (members.rows.empty()) return;
  csv.end();
  csv.field(fmt::format("{}, {}", say(language, title), file_day(language, table.columns[members.column])));
  for (const Line& line : members.lines) csv.field(line_title(language, line, table.currency));
  csv.end();
  csv.field(file_state(table, members));
  for (std::size_t i = 0; i < members.lines.size(); ++i) csv.number({});
  csv.end();
  for (const MemberRow& row : members.rows) {
    csv.field(people ? name_of(table.managers_all, row.id) : source_text(table, row.id));
    for (std::size_t i = 0; i < members.lines.size(); ++i) add(csv, language, members.lines[i].unit, row.figures[i]);
    csv.end();
  }
}

}  // namespace

std::string file_day(Language language, const Column& column) {
  const std::string& first = column.first;
  if (language == Language::en) return first;
  std::string text = first.substr(8, 2) + "." + first.substr(5, 2) + "." + first.substr(0, 4);
  if (first.size() > 10) text += " " + first.substr(11);
  return text;
}

std::string file_state(Language language, const Column& column, const std::vector<Figure>& figures) {
  std::string text(say(language, column.running ? Said{"идёт", "under way"} : Said{"закрыт", "closed"}));
  if (column.known) {
    const auto share = insight::percent(language, static_cast<double>(column.coverage) / 1000);
    text += language == Language::ru ? fmt::format(", сверено {}", share) : fmt::format(", {} verified", share);
  } else {
    text += say(language, {", начался до учёта", ", began before the records"});
  }
  const auto corrected = std::count_if(figures.begin(), figures.end(), [](const Figure& f) { return f.corrected; });
  const auto otherwise =
      std::count_if(figures.begin(), figures.end(), [](const Figure& f) { return f.counted_otherwise; });
  if (corrected != 0)
    text += fmt::format(", {}: {}", say(language, {"исправлено потом", "corrected since"}), corrected);
  if (otherwise != 0)
    text += fmt::format(", {}: {}", say(language, {"считалось иначе", "counted in another way"}), otherwise);
  return text;
}

std::string file_state(const Table& table, std::size_t column) {
  std::vector<Figure> figures;
  for (const RowBlock& block : table.blocks) {
    for (const Row& row : block.rows) figures.push_back(row.figures[column]);
  }
  return file_state(table.view.language, table.columns[column], figures);
}

std::string file_state(const Table& table, const Members& members) {
  std::vector<Figure> figures;
  for (const MemberRow& row : members.rows) figures.insert(figures.end(), row.figures.begin(), row.figures.end());
  return file_state(table.view.language, table.columns[members.column], figures);
}

std::string file_number(Language language, LineUnit unit, std::int64_t value) {
  const std::int64_t scale = line_unit_scale(unit);
  if (scale == 1) return std::to_string(value);
  const std::uint64_t size = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  const auto of = static_cast<std::uint64_t>(scale);
  const std::size_t digits = std::to_string(scale).size() - 1;
  return fmt::format("{}{}{}{:0{}}", value < 0 ? "-" : "", size / of, language == Language::ru ? ',' : '.', size % of,
                     digits);
}

std::string table_csv(const Table& table) {
  const Language language = table.view.language;
  Csv csv(language);
  csv.field(say(language, {"Показатель", "Indicator"}));
  for (const Column& column : table.columns) csv.field(file_day(language, column));
  csv.end();
  csv.field(say(language, kStateTitle));
  for (std::size_t i = 0; i < table.columns.size(); ++i) csv.field(file_state(table, i));
  csv.end();
  for (const RowBlock& block : table.blocks) {
    for (const Row& row : block.rows) {
      csv.field(line_title(language, row.line, table.currency));
      for (const Figure& figure : row.figures) add(csv, language, row.line.unit, figure);
      csv.end();
    }
  }
  add_members(csv, table, table.managers, {"Менеджеры", "Managers"}, true);
  add_members(csv, table, table.sources, {"Источники", "Sources"}, false);
  return csv.take();
}

}  // namespace kpistream::exporters
