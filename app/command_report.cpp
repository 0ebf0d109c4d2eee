#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <fstream>

#include "app/command_tools.hpp"
#include "app/mail.hpp"
#include "app/portals.hpp"
#include "app/table_moment.hpp"
#include "app/telegram.hpp"
#include "exporters/prometheus/formula_families.hpp"
#include "exporters/table/findings.hpp"
#include "exporters/table/report.hpp"
#include "ingest/rest/portal_client.hpp"
#include "store/store.hpp"
#include "stream/kpi/kpi_sets.hpp"

namespace kpistream::app {
namespace {

using exporters::Language;
using exporters::Table;

constexpr std::chrono::milliseconds kSendDeadline{30'000};  // of one message

struct Made {
  std::string title;
  std::string text;   // of at most kReportTextMax bytes, where it is a report
  std::string whole;  // the same, not cut
  std::string html;
  bool matters = true;
};

using Make = Made (*)(const Table& table, const Calendar& calendar);

Made make_report(const Table& table, const Calendar& calendar) {
  return {exporters::report_title(table, calendar), exporters::report_text(table, calendar),
          exporters::paper_text(exporters::weekly_report(table, calendar)), exporters::report_html(table, calendar),
          exporters::report_matters(table)};
}

Made make_audit(const Table& table, const Calendar& calendar) {
  const std::string text = exporters::audit_text(table, calendar);
  return {exporters::audit_title(table, calendar), text, text, exporters::audit_html(table, calendar), true};
}

// From the store as it is, beside a daemon that serves it.
std::optional<Made> made(const Config& config, const CommandOptions& options, const ReportCommand& command, Make make) {
  const std::string alias = table_portal_of(config, command.portal);
  const auto tables = table_settings(config);
  const auto portal = std::find_if(tables.begin(), tables.end(), [&](const auto& each) { return each.alias == alias; });
  if (portal == tables.end()) {
    fmt::print(stderr, "--portal: write one of those that have a table of their own\n");
    return std::nullopt;
  }
  const auto store = store::Store::open_read_only(config.storage_path);
  const auto now = now_of(options);
  const auto in_force = stored_definitions(store->state(), DefinitionState::in_force);
  Board board(store->state(), tables);
  board.load(in_force, now);
  const TableMoment moment(store->frozen(),
                           std::make_shared<const exporters::Formulas>(exporters::compile(config.kpis)), *portal, now,
                           board, look_at(store->state(), *portal, in_force, now));
  const auto language = command.language == "en" ? Language::en : Language::ru;
  exporters::Viewer viewer;
  viewer.hide_names = command.hide_names.value_or(config.hide_names);
  return make(exporters::make_table(moment.parts(), exporters::report_view(alias, language), viewer),
              moment.calendar());
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

// The token is in the address: nothing of it, nor of what is answered, is told.
int send(const std::string& text, const TelegramConfig& to) {
  const auto messages = telegram_messages(text);
  const std::string bot = fmt::format("{}{}bot{}", to.api_url, to.api_url.ends_with('/') ? "" : "/", to.bot_token);
  for (std::size_t sent = 0; sent < messages.size(); ++sent) {
    const auto answer =
        ingest::ask_portal(bot, "sendMessage", telegram_body(to.chat_id, messages[sent]), "", kSendDeadline);
    if (answer.status == 200) continue;
    fmt::print(stderr, "kpistream: {}; {} of {} messages are sent\n", telegram_failure(answer.status), sent,
               messages.size());
    return 1;
  }
  return 0;
}

int print(const CommandOptions& options, const ReportCommand& command, Make make) {
  const bool mailed = command.format == "mail";
  if (mailed && !(is_mail_address(command.from) && is_mail_address(command.to))) {
    fmt::print(stderr, "--format mail: name --mail.from and --mail.to, an address each\n");
    return 1;
  }
  const auto config = config_of(options);
  if (!config) return 1;
  if (command.telegram && config->telegram.bot_token.empty()) {
    fmt::print(stderr, "--telegram: report.telegram of the configuration has to name a bot and a chat\n");
    return 1;
  }
  const auto report = made(*config, options, command, make);
  if (!report) return 1;
  if (command.quiet && !report->matters) return 0;
  if (command.telegram) return send(report->whole, config->telegram);
  if (mailed)
    return write(mail_text({command.from, command.to, report->title, report->text, report->html}), command.out);
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
