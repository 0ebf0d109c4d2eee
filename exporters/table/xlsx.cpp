#include "exporters/table/xlsx.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "exporters/table/csv.hpp"
#include "exporters/table/text.hpp"

namespace kpistream::exporters {
namespace {

constexpr double kTitleWidth = 34;
constexpr double kFigureWidth = 16;
constexpr std::size_t kHeadRows = 2;  // the period, and its state
constexpr double kSecondsOfDay = 86'400;

// A file in memory that the library writes by its name.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("kpistream-xlsx", MFD_CLOEXEC)) {
    if (descriptor_ < 0) throw std::runtime_error("there is no memory for a file");
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] std::string path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

  [[nodiscard]] std::string bytes() const {
    std::string all;
    std::string part(64u << 10, '\0');
    ::lseek(descriptor_, 0, SEEK_SET);
    for (ssize_t n = ::read(descriptor_, part.data(), part.size()); n > 0;
         n = ::read(descriptor_, part.data(), part.size())) {
      all.append(part, 0, static_cast<std::size_t>(n));
    }
    return all;
  }

 private:
  const int descriptor_;
};

class Workbook {
 public:
  Workbook(const std::string& path, Language language) : book_(workbook_new(path.c_str())) {
    if (book_ == nullptr) throw std::runtime_error("an Excel file cannot be made");
    bold_ = workbook_add_format(book_);
    format_set_bold(bold_);
    format_set_text_wrap(bold_);
    count_ = number_format("#,##0");
    money_ = number_format("#,##0.00");
    ratio_ = number_format("0.0%");
    seconds_ = number_format("[h]:mm:ss");
    number_ = number_format("#,##0.0##");
    day_ = number_format(language == Language::ru ? "dd.mm.yyyy" : "yyyy-mm-dd");
    format_set_bold(day_);
  }
  Workbook(const Workbook&) = delete;
  Workbook& operator=(const Workbook&) = delete;
  ~Workbook() {
    if (book_ != nullptr) workbook_close(book_);
  }

  void close() {
    const auto error = workbook_close(std::exchange(book_, nullptr));
    if (error != LXW_NO_ERROR) throw std::runtime_error(lxw_strerror(error));
  }

  lxw_worksheet* sheet(std::string_view name, std::size_t columns) {
    lxw_worksheet* const sheet = workbook_add_worksheet(book_, std::string(name).c_str());
    if (sheet == nullptr) throw std::runtime_error("an Excel sheet cannot be made");
    worksheet_set_column(sheet, 0, 0, kTitleWidth, nullptr);
    worksheet_set_column(sheet, 1, static_cast<lxw_col_t>(columns), kFigureWidth, nullptr);
    worksheet_freeze_panes(sheet, kHeadRows, 1);
    return sheet;
  }

  void text(lxw_worksheet* sheet, std::size_t row, std::size_t column, std::string_view text, bool bold = false) const {
    worksheet_write_string(sheet, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(column),
                           std::string(text).c_str(), bold ? bold_ : nullptr);
  }

  // A day as a day; with a time as text, which reads alike everywhere.
  void head(lxw_worksheet* sheet, std::size_t column, const Column& of) const {
    if (of.first.size() > 10) return text(sheet, 0, column, of.first, true);
    lxw_datetime day{};
    day.year = std::stoi(of.first.substr(0, 4));
    day.month = std::stoi(of.first.substr(5, 2));
    day.day = std::stoi(of.first.substr(8, 2));
    worksheet_write_datetime(sheet, 0, static_cast<lxw_col_t>(column), &day, day_);
  }

  void figure(lxw_worksheet* sheet, std::size_t row, std::size_t column, LineUnit unit, const Figure& figure) const {
    if (!figure.value) return;
    const double scale = unit == LineUnit::seconds ? kSecondsOfDay : static_cast<double>(line_unit_scale(unit));
    worksheet_write_number(sheet, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(column),
                           static_cast<double>(*figure.value) / scale, format(unit));
  }

 private:
  lxw_format* number_format(const char* text) {
    lxw_format* const format = workbook_add_format(book_);
    format_set_num_format(format, text);
    return format;
  }

  [[nodiscard]] lxw_format* format(LineUnit unit) const {
    if (unit == LineUnit::count) return count_;
    if (unit == LineUnit::money) return money_;
    if (unit == LineUnit::seconds) return seconds_;
    return unit == LineUnit::ratio ? ratio_ : number_;
  }

  lxw_workbook* book_;
  lxw_format* bold_ = nullptr;
  lxw_format* count_ = nullptr;
  lxw_format* money_ = nullptr;
  lxw_format* ratio_ = nullptr;
  lxw_format* seconds_ = nullptr;
  lxw_format* number_ = nullptr;
  lxw_format* day_ = nullptr;
};

void add_indicators(Workbook& book, const Table& table) {
  const Language language = table.view.language;
  auto* const sheet = book.sheet(say(language, {"Показатели", "Indicators"}), table.columns.size());
  book.text(sheet, 0, 0, say(language, {"Показатель", "Indicator"}), true);
  book.text(sheet, 1, 0, say(language, kStateTitle), true);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    book.head(sheet, i + 1, table.columns[i]);
    book.text(sheet, 1, i + 1, file_state(table, i), true);
  }
  std::size_t at = kHeadRows;
  for (const RowBlock& block : table.blocks) {
    book.text(sheet, at++, 0, say(language, block.title), true);
    for (const Row& row : block.rows) {
      book.text(sheet, at, 0, line_title(language, row.line, table.currency));
      for (std::size_t i = 0; i < row.figures.size(); ++i) book.figure(sheet, at, i + 1, row.line.unit, row.figures[i]);
      ++at;
    }
  }
}

void add_members(Workbook& book, const Table& table, const Members& members, const Said& title, bool people) {
  if (members.rows.empty()) return;
  const Language language = table.view.language;
  auto* const sheet = book.sheet(say(language, title), members.lines.size());
  book.head(sheet, 0, table.columns[members.column]);
  book.text(sheet, 1, 0, file_state(table, members), true);
  for (std::size_t i = 0; i < members.lines.size(); ++i) {
    book.text(sheet, 0, i + 1, line_title(language, members.lines[i], table.currency), true);
  }
  std::size_t at = kHeadRows;
  for (const MemberRow& row : members.rows) {
    book.text(sheet, at, 0, people ? name_of(table.managers_all, row.id) : source_text(table, row.id));
    for (std::size_t i = 0; i < members.lines.size(); ++i) {
      book.figure(sheet, at, i + 1, members.lines[i].unit, row.figures[i]);
    }
    ++at;
  }
}

}  // namespace

std::string table_xlsx(const Table& table) {
  const MemoryFile file;
  Workbook book(file.path(), table.view.language);
  add_indicators(book, table);
  add_members(book, table, table.managers, {"Менеджеры", "Managers"}, true);
  add_members(book, table, table.sources, {"Источники", "Sources"}, false);
  book.close();
  return file.bytes();
}

}  // namespace kpistream::exporters
