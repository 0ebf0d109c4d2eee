#include "app/config_keys.hpp"

namespace kpistream::app {
namespace {

constexpr const char* kToken = "^[A-Za-z0-9._~-]{16,128}$";
constexpr const char* kBotToken = "^[0-9]+:[A-Za-z0-9_-]+$";
constexpr const char* kAlias = "^[a-z0-9_-]{1,32}$";
constexpr std::int64_t kExportSeriesMin = 1'000;  // the daemon's own are some hundreds
constexpr std::int64_t kExportSeriesMost = 100'000'000;
constexpr std::int64_t kExportPlacesMost = 1'000'000;

Shape endpoint() { return text_like("^.*:[0-9]{1,5}$"); }

std::vector<Key> listen_keys() {
  return {
      {"hook", endpoint(), "Address and port for webhooks; put a reverse proxy with TLS in front.",
       R"("0.0.0.0:10480")"},
      {"admin", list_of(endpoint()),
       "Address and port of the page, metrics and health, for your own machines only; a list where there are several.",
       R"("127.0.0.1:10481")"},
  };
}

std::vector<Key> storage_keys() {
  return {
      {"path", text(), "Directory of the store.", R"("/var/lib/kpistream")"},
      {"free_bytes_min", size(), "With less free space on that disk, webhooks get 503 until there is more; 0: never.",
       R"("128MiB")"},
  };
}

std::vector<Key> backup_keys() {
  return {
      {"path", text_like("^/|^$"), "Where `kpistream backup` makes its copies, an absolute path.", ""},
      {"keep", integer(1, 10'000), "How many of the newest backups stay.", "7"},
  };
}

std::vector<Key> rest_keys() {
  return {
      {"gather", duration(), "How long events about one record are gathered before it is read.", R"("1s")"},
      {"poll", duration(), "Between two reads of the lists that tell what webhooks did not.", R"("5m")"},
      {"directory", duration(),
       "Between two reads of users, funnels, stages, sources, reasons of refusal and currencies.", R"("1h")"},
  };
}

std::vector<Key> period_keys() {
  return {
      required(
          {"schedule", text_like("^(10m|hourly|daily|weekly|monthly|quarterly|\\s*\\S+(\\s+\\S+){4}\\s*)$"),
           "When the table of a closed period is taken: 10m, hourly, daily (09:00), weekly (Monday 09:00), monthly, "
           "quarterly, or five fields as in crontab.",
           ""}),
      {"period", word({"10m", "hour", "day", "week", "month", "quarter"}),
       "What the table is about; by the schedule if not given.", ""},
      {"keep", integer(1, 100'000), "How many tables are kept.", "100"},
  };
}

std::vector<Key> viewer_keys() {
  return {
      required({"name", text(1), "Whose token it is.", ""}),
      secret({"token", text_like(kToken), "What opens the page: 16 to 128 of A-Z a-z 0-9 . _ ~ -", ""}),
      required({"role", word({"head", "manager"}),
                "A head sees all; a manager sees his own figures and the team's median.", ""}),
      {"portal", text_like(kAlias), "Whose table; every one if not given, which a manager may not leave open.", ""},
      {"manager", text(1), "Of a manager: the id in the CRM.", ""},
  };
}

std::vector<Key> telegram_keys() {
  return {
      secret({"bot_token", text_like(kBotToken), "What @BotFather has given you.", ""}),
      required({"chat_id", text(1), "Where the bot writes: the number of a chat, or @channel.", ""}),
      {"api_url", text_like("^https?://"), "Another server of the Bot API than Telegram's own.",
       R"("https://api.telegram.org")"},
  };
}

constexpr const char* kPeriods = R"({"daily":{"schedule":"daily","period":"day","keep":100},)"
                                 R"("weekly":{"schedule":"weekly","period":"week","keep":110},)"
                                 R"("monthly":{"schedule":"monthly","period":"month","keep":36}})";

std::vector<Key> root_keys() {
  return {
      {"listen", mapping(listen_keys()), "Where the daemon listens.", ""},
      {"storage", mapping(storage_keys()), "The store.", ""},
      {"retention",
       mapping({{"raw", duration(),
                 "How long webhooks and answers of the CRM are kept; the figures made from them stay. 0: for ever.",
                 R"("30d")"}}),
       "What is kept how long.", ""},
      {"backup", mapping(backup_keys()), "Copies of the store.", ""},
      {"export",
       mapping({{"max_series", integer(kExportSeriesMin, kExportSeriesMost),
                 "How many series /metrics shows at most; what is beyond is left out by whole families.", "500000"},
                {"managers", integer(1, kExportPlacesMost),
                 "How many managers of a portal have series of their own; the others stand together as other.", "200"},
                {"sources", integer(1, kExportPlacesMost),
                 "How many sources of a portal have series of their own; the others stand together as other.", "30"}}),
       "The page of metrics.", ""},
      {"page",
       mapping({{"hide_names", boolean(),
                 "Ids in the place of people's names, on the page, in /metrics and in reports.", "false"}}),
       "The page.", ""},
      {"report", mapping({{"telegram", mapping(telegram_keys()), "Where `kpistream report --telegram` sends to.", ""}}),
       "The weekly report.", ""},
      {"viewers", mappings(viewer_keys()), "Who may look at the page; without any, everybody who reaches listen.admin.",
       ""},
      {"log",
       mapping({{"level", word({"debug", "info", "warn", "error"}), "The least that is logged.", R"("info")"},
                {"format", word({"logfmt", "json"}), "What a line of the log looks like.", R"("logfmt")"}}),
       "The log.", ""},
      {"rest", mapping(rest_keys()), "How the REST interfaces of the CRMs are asked.", ""},
      {"kpis",
       mapping({{"file", text(), "Your own KPIs, laid over the built-in ones.", ""},
                {"hold", boolean(), "New or changed KPIs are filled but wait, until a reload with false lets them in.",
                 "false"}}),
       "The KPIs.", ""},
      {"periods", names(kAlias, mapping(period_keys())), "Tables of closed periods, by names of your own.", kPeriods},
      required({"portals", names(kAlias, portal_shape()),
                "Your portals; the name of each becomes the label `portal`, and is made of a-z, 0-9, - and _.", ""}),
  };
}

}  // namespace

const Shape& config_shape() {
  static const Shape shape = mapping(root_keys());
  return shape;
}

}  // namespace kpistream::app
