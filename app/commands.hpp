// The commands of the program. Each returns the exit code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/drill_down.hpp"
#include "app/tables.hpp"

namespace kpistream::app {

struct CommandOptions {
  std::string config_file = "/etc/kpistream/kpistream.yml";
  std::string storage_path;                  // overrides storage.path
  std::string hook_address;                  // overrides listen.hook
  std::vector<std::string> admin_addresses;  // overrides listen.admin
  std::string log_level;                     // overrides log.level
  std::string log_format;                    // overrides log.format
  std::string clock_start;                   // empty: the system's time
  std::string telemetry_path = "/metrics";
  std::string web_config_file;              // TLS and passwords of the admin address; empty: none
  std::string external_url;                 // where people see the admin address
  std::optional<std::string> route_prefix;  // of all its paths; nothing: the path of the external URL
  bool lifecycle = false;                   // reload and end by HTTP
  bool accept_loss = false;                 // serve a store that is older than its seal
  bool sync = true;                         // false: for measuring only
  bool json = false;
  bool effective = false;  // check-config: print what is in force
};

struct AdviceCommand {
  std::string portal;  // empty: every one; of a change, the only one
  std::string card;
  std::string status;  // accepted, declined or done
  std::string owner;
  std::string due;  // last day, "2026-12-01"
};

struct BackfillCommand {
  std::string portal;  // empty: the only one
  std::string from;    // first day, "2026-01-01"; empty: watch the one that is under way
};

struct BackupCommand {
  std::string path;  // of a backup: to check it, or to put it back
};

struct RulesCommand {
  std::string out;     // a file that is written; empty: to standard output
  std::string check;   // a file that should be the same
  std::string portal;  // of a back-test; empty: every one
  std::string from;    // its first day; empty: four weeks ago
  std::string to;      // its last day; empty: today
};

struct ConnectCommand {
  std::string language;      // ru or en; empty: by the locale
  std::string alias;         // name of the new portal; empty: asked for, or by the portal's address
  std::string webhook_file;  // holds the address of the incoming webhook; empty: asked for
  std::string account;       // amoCRM: address of the account; empty: asked for
  std::string token_file;    // holds the token of the outgoing webhook, or of the account; empty: asked for
  std::string public_url;    // where the daemon is seen from the internet; empty: asked for
  std::string zone;          // empty: as the portal tells it
  bool yes = false;          // ask nothing
  bool overwrite = false;    // files that are there already
  int wait = -1;             // seconds for the first event; -1: five minutes if somebody is there
};

struct DoctorCommand {
  std::string language;  // as above
  std::string portal;    // empty: every one
  bool heal = false;     // mend the webhooks of amoCRM accounts
};

struct ReportCommand {
  std::string portal;              // empty: the only table
  std::string language = "ru";     // or en
  std::string format = "text";     // or html or mail
  std::string out;                 // a file that is written; empty: to standard output
  std::string from;                // of a mail
  std::string to;                  //
  bool quiet = false;              // nothing at all when nothing matters
  bool telegram = false;           // sent as report.telegram says, and not written
  std::optional<bool> hide_names;  // ids in the place of people's names; as page.hide_names if not given
};

int run_serve(const CommandOptions& options);
int run_demo(const CommandOptions& options);
int run_check_config(const CommandOptions& options);
int run_config_schema(bool kpis);
int run_verify(const CommandOptions& options);
int run_kpis(const CommandOptions& options);
int run_kpis_diff(const CommandOptions& options);
int run_facts(const CommandOptions& options, const DrillDownQuery& query);
int run_tables(const CommandOptions& options, const TablesQuery& query);
int run_advice(const CommandOptions& options, const AdviceCommand& command);
int run_rules(const CommandOptions& options, const RulesCommand& command);
int run_rules_backtest(const CommandOptions& options, const RulesCommand& command);
int run_backfill(const CommandOptions& options, const BackfillCommand& command);
int run_health(const CommandOptions& options);
int run_backup(const CommandOptions& options, const BackupCommand& command);
int run_restore(const CommandOptions& options, const BackupCommand& command);
int run_connect_bitrix24(const CommandOptions& options, const ConnectCommand& command);
int run_connect_amocrm(const CommandOptions& options, const ConnectCommand& command);
int run_report(const CommandOptions& options, const ReportCommand& command);
int run_audit(const CommandOptions& options, const ReportCommand& command);
int run_doctor(const CommandOptions& options, const DoctorCommand& command);
int run_advice_change(const CommandOptions& options, const AdviceCommand& command);

}  // namespace kpistream::app
