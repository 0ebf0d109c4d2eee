#include <fmt/format.h>

#include <cstdio>
#include <fstream>

#include "app/command_tools.hpp"
#include "app/portals.hpp"
#include "app/table_moment.hpp"
#include "exporters/prometheus/formula_families.hpp"
#include "exporters/table/report.hpp"
#include "ingest/proof/base64.hpp"
#include "store/store.hpp"
#include "stream/kpi/kpi_sets.hpp"

namespace kpistream::app {
namespace {

using exporters::Language;
using exporters::Table;

struct Made {
  std::string title;
  std::string text;
  std::string html;
  bool matters = true;
};

using Make = Made (*)(const Table& table, const Calendar& calendar);

Made make_report(const Table& table, const Calendar& calendar) {
  return {exporters::report_title(table, calendar), exporters::report_text(table, calendar),
          exporters::report_html(table, calendar), exporters::report_matters(table)};
}

Made make_audit(const Table& table, const Calendar& calendar) {
  return {exporters::audit_title(table, calendar), exporters::audit_text(table, calendar),
          exporters::audit_html(table, calendar), true};
}

// From the store as it is, beside a daemon that serves it.
std::optional<Made> made(const CommandOptions& options, const ReportCommand& command, Make make) {
  const auto config = config_of(options);
  if (!config) return std::nullopt;
  const std::string alias = table_portal_of(*config, command.portal);
  const auto tables = table_settings(*config);
  const auto portal = std::find_if(tables.begin(), tables.end(), [&](const auto& each) { return each.alias == alias; });
  if (portal == tables.end()) {
    fmt::print(stderr, "--portal: write one of those that have a table of their own\n");
    return std::nullopt;
  }
  const auto store = store::Store::open_read_only(config->storage_path);
  const auto now = now_of(options);
  const auto in_force = stored_definitions(store->state(), DefinitionState::in_force);
  Board board(store->state(), tables);
  board.load(in_force, now);
  const TableMoment moment(store->frozen(),
                           std::make_shared<const exporters::Formulas>(exporters::compile(config->kpis)), *portal, now,
                           board, look_at(store->state(), *portal, in_force, now));
  const auto language = command.language == "en" ? Language::en : Language::ru;
  exporters::Viewer viewer;
  viewer.hide_names = command.hide_names;
  return make(exporters::make_table(moment.parts(), exporters::report_view(alias, language), viewer),
              moment.calendar());
}

// RFC 2047: a header that is not ASCII, in pieces that no mail server cuts.
std::string header_word(const std::string& text) {
  constexpr std::size_t kPiece = 39;  // bytes, at most 52 characters of Base64
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.size(), at + kPiece);
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // no letter in two
    out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", ingest::base64(text.substr(at, end - at)));
    at = end;
  }
  return out;
}

std::string mail_part(std::string_view type, const std::string& body) {
  constexpr std::size_t kLine = 76;
  const std::string coded = ingest::base64(body);
  std::string out = fmt::format(
      "--kpistream-part\r\nContent-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", type);
  for (std::size_t at = 0; at < coded.size(); at += kLine) out += coded.substr(at, kLine) + "\r\n";
  return out;
}

// RFC 5322, for sendmail -t.
std::string mail(const Made& report, const ReportCommand& command) {
  return fmt::format(
      "From: {}\r\nTo: {}\r\nSubject: {}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; "
      "boundary=\"kpistream-part\"\r\n\r\n{}{}--kpistream-part--\r\n",
      command.from, command.to, header_word(report.title), mail_part("text/plain", report.text),
      mail_part("text/html", report.html));
}

int write(const std::string& text, const std::string& out) {
  if (out.empty()) {
    fmt::print("{}", text);
    return 0;
  }
  std::ofstream file(out, std::ios::binary);
  file << text;
  file.flush();
  if (file) return 0;
  fmt::print(stderr, "{}: cannot be written\n", out);
  return 1;
}

bool one_line(const std::string& text) { return text.find_first_of("\r\n") == std::string::npos; }

int print(const CommandOptions& options, const ReportCommand& command, Make make) {
  if (command.format == "mail" &&
      (command.from.empty() || command.to.empty() || !one_line(command.from + command.to))) {
    fmt::print(stderr, "--format mail: name --mail.from and --mail.to, an address each\n");
    return 1;
  }
  const auto report = made(options, command, make);
  if (!report) return 1;
  if (command.quiet && !report->matters) return 0;
  if (command.format == "mail") return write(mail(*report, command), command.out);
  return write(command.format == "html" ? report->html : report->text, command.out);
}

}  // namespace

int run_report(const CommandOptions& options, const ReportCommand& command) {
  return print(options, command, make_report);
}
int run_audit(const CommandOptions& options, const ReportCommand& command) {
  return print(options, command, make_audit);
}

}  // namespace kpistream::app
