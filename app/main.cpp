#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <exception>

#include "app/commands.hpp"

using kpistream::app::AdviceCommand;
using kpistream::app::BackfillCommand;
using kpistream::app::BackupCommand;
using kpistream::app::CommandOptions;
using kpistream::app::ConnectCommand;
using kpistream::app::DoctorCommand;
using kpistream::app::DrillDownQuery;
using kpistream::app::ReportCommand;
using kpistream::app::RulesCommand;
using kpistream::app::run_config_schema;
using kpistream::app::TablesQuery;

namespace {

void add_config_option(CLI::App& command, CommandOptions& options) {
  command.add_option("--config.file", options.config_file, "Configuration file")->capture_default_str();
  command.add_option("--storage.path", options.storage_path, "Directory of the store; overrides storage.path");
}

// All that `serve` takes; check-config takes the same, so that the same line can be checked.
void add_serve_options(CLI::App& command, CommandOptions& options) {
  add_config_option(command, options);
  command.add_option("--hook.listen-address", options.hook_address, "address:port for webhooks; overrides listen.hook");
  command
      .add_option("--web.listen-address", options.admin_addresses,
                  "address:port for the page and metrics; may be given several times; overrides listen.admin")
      ->allow_extra_args(false);
  command.add_option("--web.config.file", options.web_config_file,
                     "TLS and passwords of the admin address, as Prometheus reads them");
  command.add_option("--web.external-url", options.external_url,
                     "Where people see the admin address, for example https://kpi.example.com/kpi");
  command.add_option("--web.route-prefix", options.route_prefix,
                     "Before all paths of the admin address; the path of --web.external-url if not given");
  command.add_option("--web.telemetry-path", options.telemetry_path, "Where the metrics are")
      ->capture_default_str()
      ->check([](const std::string& path) { return path.starts_with('/') ? "" : "must begin with '/'"; }, "PATH");
  command.add_flag("--web.enable-lifecycle", options.lifecycle,
                   "Let POST or PUT /-/reload and /-/quit reload and end the daemon, as SIGHUP and SIGTERM do");
  command.add_option("--log.level", options.log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  command.add_option("--log.format", options.log_format, "logfmt or json")->check(CLI::IsMember({"logfmt", "json"}));
  command.add_option("--clock.start", options.clock_start,
                     "Start the clock at this time, for example 2026-09-14T16:30:00+03:00, and let it run on");
  command.add_flag("--storage.accept-loss", options.accept_loss,
                   "Serve a store that has lost its newest records (put back from a backup, or damaged)");
  command.add_flag("!--storage.no-sync", options.sync,
                   "For measuring only: acknowledge before the disk has it. A power cut then loses webhooks");
}

void add_serve(CLI::App& app, CommandOptions& options, int& result) {
  auto* serve = app.add_subcommand("serve", "Receive webhooks and show the figures");
  add_serve_options(*serve, options);
  serve->callback([&] { result = run_serve(options); });
}

void add_demo(CLI::App& app, CommandOptions& options, int& result) {
  auto* demo = app.add_subcommand("demo", "Show it all with two invented departments, without any CRM");
  demo->add_option("--storage.path", options.storage_path,
                   "Directory of the demo, made anew each time; a temporary one if not given");
  demo->add_option("--hook.listen-address", options.hook_address, "address:port for webhooks; 127.0.0.1:10480");
  demo->add_option("--web.listen-address", options.admin_addresses,
                   "address:port for the page and metrics; 127.0.0.1:10481")
      ->expected(1);
  demo->add_option("--log.level", options.log_level, "debug, info, warn or error; warn if not given")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  demo->add_option("--clock.start", options.clock_start,
                   "Start the clock at this time, for example 2026-09-14T16:30:00+03:00, and let it run on");
  demo->callback([&] { result = run_demo(options); });
}

void add_others(CLI::App& app, CommandOptions& options, DrillDownQuery& query, int& result) {
  auto* check =
      app.add_subcommand("check-config", "Check the configuration and the options of serve, and say all that is wrong");
  add_serve_options(*check, options);
  check->add_flag("--print-effective", options.effective,
                  "Print the configuration with all defaults, and without secrets");
  check->callback([&] { result = run_check_config(options); });
  auto* schema = app.add_subcommand("config-schema", "Print the JSON Schema of the configuration, for editors");
  auto* kpis_file = schema->add_flag("--kpis")->description("That of a file of KPIs");
  schema->callback([&, kpis_file] { result = run_config_schema(kpis_file->count() > 0); });
  auto* verify = app.add_subcommand(
      "verify", "Replay the journal beside the stored figures and compare; works beside a running daemon");
  add_config_option(*verify, options);
  verify->add_flag("--json", options.json, "Report as JSON");
  verify->callback([&] { result = run_verify(options); });
  auto* kpis = app.add_subcommand("kpis", "Show the KPIs in force and what each of them counts");
  kpis->add_option("--config.file", options.config_file, "Configuration file; without one, the built-in KPIs")
      ->capture_default_str();
  kpis->add_option("--storage.path", options.storage_path, "Directory of the store; overrides storage.path");
  kpis->add_flag("--json", options.json, "As JSON");
  auto* diff = kpis->add_subcommand("diff", "Rebuilt KPIs that are held: old against new, per manager and week");
  diff->add_option("--clock.start", options.clock_start, "The time to look from, instead of now");
  diff->fallthrough();
  kpis->callback([&, diff] { result = diff->parsed() ? run_kpis_diff(options) : run_kpis(options); });
  auto* facts = app.add_subcommand("facts", "Show the facts that make a figure, with links into the CRM");
  add_config_option(*facts, options);
  facts->add_option("--portal", query.portal, "Alias of the portal")->required();
  facts->add_option("--kpi", query.kpi, "Id of the KPI, see kpistream kpis")->required();
  facts->add_option("--from", query.from, "First day, for example 2026-09-14; today if not given");
  facts->add_option("--to", query.to, "Last day; the first if not given");
  facts->add_option("--pipeline", query.pipeline, "Only of this pipeline");
  facts->add_option("--manager", query.manager, "Only of this manager");
  facts->add_option("--source", query.source, "Only of this source");
  facts->add_flag("--json", options.json, "As JSON");
  facts->callback([&] { result = run_facts(options, query); });
  app.add_subcommand("version", "Show the version")->callback([] { std::puts("kpistream " KPISTREAM_VERSION); });
}

void add_tables(CLI::App& app, CommandOptions& options, TablesQuery& query, int& result) {
  auto* tables = app.add_subcommand("tables", "Show the tables of closed periods, or one with what has changed since");
  add_config_option(*tables, options);
  tables->add_option("--portal", query.portal, "Alias of the portal");
  tables->add_option("--schedule", query.schedule, "Name of the schedule, see periods in the configuration");
  tables->add_option("--period", query.period, "The table of this period: its first day, for example 2026-09-07");
  tables->add_option("--due", query.due, "The table that was due then, in seconds since 1970");
  tables->add_flag("--json", options.json, "As JSON");
  tables->callback([&] { result = run_tables(options, query); });
}

void add_advice(CLI::App& app, CommandOptions& options, AdviceCommand& command, int& result) {
  auto* advice = app.add_subcommand("advice", "Show the advice that holds now, and what became of it");
  add_config_option(*advice, options);
  advice->add_option("--portal", command.portal, "Alias of the portal");
  advice->add_flag("--json", options.json, "As JSON");
  advice->add_option("--clock.start", options.clock_start, "The time to look from, instead of now");
  advice->require_subcommand(0, 1);
  const auto add = [&](const char* name, const char* status, const char* what) {
    auto* change = advice->add_subcommand(name, what);
    change->add_option("card", command.card, "Id of the card")->required();
    change->fallthrough();
    change->callback([&, status] { command.status = status; });
    return change;
  };
  auto* accept = add("accept", "accepted", "Somebody takes the advice up; its effect is measured from now on");
  accept->add_option("--owner", command.owner, "Who does it, an id of a user of the CRM");
  accept->add_option("--due", command.due, "Last day, for example 2026-12-01");
  add("decline", "declined", "Nobody will do it");
  add("done", "done", "What was accepted is done");
  advice->callback(
      [&] { result = command.status.empty() ? run_advice(options, command) : run_advice_change(options, command); });
}

void add_backfill(CLI::App& app, CommandOptions& options, BackfillCommand& command, int& result) {
  auto* backfill = app.add_subcommand("backfill", "Make the daemon read a portal's history, and watch it");
  add_config_option(*backfill, options);
  backfill->add_option("--portal", command.portal, "Alias of the portal");
  backfill->add_option("--from", command.from, "First day, for example 2026-01-01; without: watch the one under way");
  backfill->callback([&] { result = run_backfill(options, command); });
}

void add_health(CLI::App& app, CommandOptions& options, int& result) {
  auto* health = app.add_subcommand("health", "Say whether the daemon takes webhooks; ends with 1 when it does not");
  add_config_option(*health, options);
  health->callback([&] { result = run_health(options); });
}

void add_backup(CLI::App& app, CommandOptions& options, BackupCommand& command, int& result) {
  auto* backup = app.add_subcommand("backup", "Copy the store to backup.path, beside the running daemon or without it");
  add_config_option(*backup, options);
  backup->add_option("--check", command.path, "Only read this backup and see whether it is whole");
  backup->add_flag("--json", options.json, "As JSON");
  backup->callback([&] { result = run_backup(options, command); });
  auto* restore = app.add_subcommand("restore", "Put a backup back, into a store that is empty or not there");
  add_config_option(*restore, options);
  restore->add_option("--from", command.path, "The backup, a folder")->required();
  restore->add_flag("--json", options.json, "As JSON");
  restore->callback([&] { result = run_restore(options, command); });
}

void add_rules(CLI::App& app, CommandOptions& options, RulesCommand& command, int& result) {
  auto* rules =
      app.add_subcommand("rules", "Write the alerts' thresholds of every portal as a rule file of Prometheus");
  add_config_option(*rules, options);
  auto* out = rules->add_option("--out", command.out, "File to write; to standard output if not given");
  auto* check = rules->add_option("--check", command.check, "Only see whether this file is of the configuration");
  check->excludes(out);
  rules->add_flag("--json", options.json, "As JSON")->excludes(out)->excludes(check);
  auto* backtest = rules->add_subcommand("backtest", "Say on which days the alerts about sales would have fired");
  backtest->add_option("--portal", command.portal, "Alias of the portal; all if not given");
  backtest->add_option("--from", command.from, "First day, for example 2026-09-01; four weeks ago if not given");
  backtest->add_option("--to", command.to, "Last day; today if not given");
  backtest->add_option("--clock.start", options.clock_start, "The time to look from, instead of now");
  backtest->fallthrough();
  rules->callback([&, backtest] {
    result = backtest->parsed() ? run_rules_backtest(options, command) : run_rules(options, command);
  });
}

void add_language_option(CLI::App& command, std::string& language) {
  command.add_option("--lang", language, "ru or en; by the locale if not given")->check(CLI::IsMember({"ru", "en"}));
}

// What connecting has in common, whatever the CRM.
void add_connection_options(CLI::App& connect, CommandOptions& options, ConnectCommand& command) {
  connect.add_option("--config.file", options.config_file, "Configuration file that is written, if there is none")
      ->capture_default_str();
  connect.add_option("--storage.path", options.storage_path, "storage.path of a new configuration");
  connect.add_option("--hook.listen-address", options.hook_address, "listen.hook of a new configuration");
  connect.add_option("--web.listen-address", options.admin_addresses, "listen.admin of a new configuration")
      ->expected(1);
  connect.add_option("--alias", command.alias, "Name of the portal: 1 to 32 of a-z 0-9 _ -");
  connect.add_option("--public-url", command.public_url, "Where the daemon is seen from the internet");
  connect.add_option("--zone", command.zone, "Time zone of the portal, an IANA name");
  connect.add_option("--wait", command.wait, "Seconds to wait for the first event; 0: do not")
      ->check(CLI::Range(0, 86'400));
  connect.add_flag("--yes", command.yes, "Ask nothing");
  connect.add_flag("--overwrite", command.overwrite, "Replace files that are there already");
  add_language_option(connect, command.language);
}

void add_connect(CLI::App& app, CommandOptions& options, ConnectCommand& command, int& result) {
  auto* connect = app.add_subcommand("connect", "Check a portal, propose what counts as what, and configure it");
  connect->require_subcommand(1);
  auto* bitrix24 = connect->add_subcommand("bitrix24", "A Bitrix24 portal, by its incoming webhook");
  add_connection_options(*bitrix24, options, command);
  bitrix24->add_option("--webhook-url-file", command.webhook_file, "File with the address of the incoming webhook");
  bitrix24->add_option("--application-token-file", command.token_file, "File with the token of the outgoing webhook");
  bitrix24->callback([&] { result = run_connect_bitrix24(options, command); });
  auto* amocrm = connect->add_subcommand("amocrm", "An amoCRM or Kommo account, by a long-lived token");
  add_connection_options(*amocrm, options, command);
  amocrm->add_option("--account", command.account, "Address of the account, for example demostroy.amocrm.ru");
  amocrm->add_option("--token-file", command.token_file, "File with the long-lived token");
  amocrm->callback([&] { result = run_connect_amocrm(options, command); });
}

// What both papers have in common.
void add_paper_options(CLI::App& paper, CommandOptions& options, ReportCommand& command) {
  add_config_option(paper, options);
  paper.add_option("--portal", command.portal, "Alias of the table; not needed where there is one");
  paper.add_option("--lang", command.language, "ru or en")->check(CLI::IsMember({"ru", "en"}))->capture_default_str();
  paper.add_option("--out", command.out, "File to write; to standard output if not given");
  paper.add_flag_function(
      "--hide-names", [&command](std::int64_t yes) { command.hide_names = yes > 0; },
      "Ids in the place of people's names; as page.hide_names if not given, --hide-names=no for names");
  paper.add_option("--clock.start", options.clock_start, "The time to look from, instead of now");
}

void add_papers(CLI::App& app, CommandOptions& options, ReportCommand& command, int& result) {
  auto* report = app.add_subcommand("report", "Write the closed week on one page: for a meeting, mail or a messenger");
  add_paper_options(*report, options, command);
  report->add_option("--format", command.format, "text, html or mail")
      ->check(CLI::IsMember({"text", "html", "mail"}))
      ->capture_default_str();
  report->add_option("--mail.from", command.from, "Sender of a mail");
  report->add_option("--mail.to", command.to, "Whom a mail is for");
  report->add_flag("--telegram", command.telegram, "Send it to the chat of report.telegram instead of writing it")
      ->excludes("--format")
      ->excludes("--out");
  report->add_flag("--quiet", command.quiet, "Write or send nothing when nothing matters");
  report->callback([&] { result = run_report(options, command); });
  auto* audit = app.add_subcommand("audit", "After a backfill, write what a portal loses and where to begin");
  add_paper_options(*audit, options, command);
  audit->add_option("--format", command.format, "text or html")
      ->check(CLI::IsMember({"text", "html"}))
      ->capture_default_str();
  audit->callback([&] { result = run_audit(options, command); });
}

void add_doctor(CLI::App& app, CommandOptions& options, DoctorCommand& command, int& result) {
  auto* doctor = app.add_subcommand("doctor", "Check every configured portal and the daemon, and name each cure");
  add_config_option(*doctor, options);
  doctor->add_option("--portal", command.portal, "Alias of the portal; all if not given");
  doctor->add_flag("--json", options.json, "As JSON");
  doctor->add_flag("--heal", command.heal, "Mend the webhooks of amoCRM accounts: enable, make or correct them");
  doctor->add_option("--clock.start", options.clock_start, "The time to compare with, instead of now");
  add_language_option(*doctor, command.language);
  doctor->callback([&] { result = run_doctor(options, command); });
}

int run(int argc, char** argv) {
  CLI::App app{"kpistream: sales KPIs from the webhooks of Bitrix24 and amoCRM, for Prometheus"};
  app.set_version_flag("--version", "kpistream " KPISTREAM_VERSION);
  app.require_subcommand(1);
  CommandOptions options;
  DrillDownQuery query;
  TablesQuery tables;
  AdviceCommand advice;
  BackfillCommand backfill;
  BackupCommand backup;
  RulesCommand rules;
  ConnectCommand connect;
  DoctorCommand doctor;
  ReportCommand report;
  int result = 0;
  add_serve(app, options, result);
  add_demo(app, options, result);
  add_others(app, options, query, result);
  add_tables(app, options, tables, result);
  add_advice(app, options, advice, result);
  add_backfill(app, options, backfill, result);
  add_health(app, options, result);
  add_backup(app, options, backup, result);
  add_rules(app, options, rules, result);
  add_connect(app, options, connect, result);
  add_doctor(app, options, doctor, result);
  add_papers(app, options, report, result);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kpistream: %s\n", error.what());
    return 1;
  }
}
