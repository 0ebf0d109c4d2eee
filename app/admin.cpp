#include "app/admin.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "app/advice_api.hpp"
#include "app/backfill_api.hpp"
#include "app/backup_api.hpp"
#include "app/drill_down.hpp"
#include "app/json_answer.hpp"
#include "app/metrics_page.hpp"
#include "app/openapi.hpp"
#include "app/table_page.hpp"
#include "app/tables.hpp"
#include "app/web_prefix.hpp"
#include "exporters/prometheus/self_metrics.hpp"
#include "stream/facts/table.hpp"

namespace kpistream::app {
namespace {

// A stream begins by saying how long to wait before it is asked for again.
constexpr std::string_view kStreamBegin = "retry: 5000\n\n";

class BuildInfo : public Metered {
 public:
  void collect(MeterSink& sink) const override {
    sink.gauge("kpistream_build_info", "The label tells the running version; the value is always 1.",
               {{"version", KPISTREAM_VERSION}}, 1);
  }
};

ingest::AdminResponse facts(const AdminParts& parts, std::string_view query) {
  const auto answer = drill_down(parts.config, parts.state, drill_down_query(query), parts.clock.wall());
  return answer.error.empty() ? json_answer(200, answer.json) : json_error(400, answer.error);
}

ingest::AdminResponse closed_tables(const AdminParts& parts, std::string_view query) {
  const auto answer = tables(parts.config, parts.state, tables_query(query));
  return answer.error.empty() ? json_answer(200, answer.json) : json_error(400, answer.error);
}

ingest::AdminResponse plain(unsigned status, std::string body) {
  ingest::AdminResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

// What moves is told to all of them by Daemon.
ingest::AdminResponse stream() {
  ingest::AdminResponse response;
  response.stream = true;
  response.body = kStreamBegin;
  return response;
}

// As the signals do, which the main thread waits for.
ingest::AdminResponse life(const AdminParts& parts, int signal) {
  if (!parts.lifecycle) return plain(403, "This is done with --web.enable-lifecycle only.\n");
  ::kill(::getpid(), signal);
  return plain(200, signal == SIGHUP ? "The configuration is being read again.\n" : "kpistream is stopping.\n");
}

ingest::AdminResponse changes(const AdminParts& parts, const ingest::AdminRequest& request) {
  if (request.path == "/-/reload") return life(parts, SIGHUP);
  if (request.path == "/-/quit") return life(parts, SIGTERM);
  const bool put = request.method == "PUT";
  if (!put && is_card_path(request.path)) return change_advice(parts.desk, request);
  if (!put && request.path == kBackfillPath) return begin_backfill(parts.config, parts.readers, request);
  if (!put && request.path == kBackupPath) return answer_backup(parts.config, parts.store, parts.clock);
  auto response = plain(405, "Nothing can be changed here.\n");
  response.headers = {{"Allow", "GET, HEAD"}};
  return response;
}

// What answers, apart from the parts of the daemon.
struct Pages {
  explicit Pages(const AdminParts& parts) : scrapes(parts), table(parts) {}
  MetricsPage scrapes;
  TablePage table;
};

ingest::AdminResponse answer(const AdminParts& parts, Pages& pages, const ingest::AdminRequest& request,
                             const exporters::Viewer& viewer) {
  if (request.method == "POST" || request.method == "PUT") return changes(parts, request);
  if (request.path == parts.telemetry_path) return pages.scrapes.answer(request, viewer.hide_names);
  if (auto answer = pages.table.answer(request, viewer)) return *std::move(answer);
  if (request.path == kStreamPath) return stream();
  if (request.path == "/api/v1/facts") return facts(parts, request.query);
  if (request.path == "/api/v1/tables") return closed_tables(parts, request.query);
  if (request.path == kBackfillPath) return list_backfills(parts.readers, request);
  if (request.path == kAdvicePath) return list_advice(parts.insights, request);
  if (request.path == "/openapi.json") return json_answer(200, std::string(openapi()));
  if (request.path == "/-/healthy") return plain(200, "kpistream is healthy.\n");
  if (request.path == "/-/ready") {
    return parts.ready ? plain(200, "kpistream is ready.\n") : plain(503, "kpistream is starting or stopping.\n");
  }
  if (request.path.starts_with("/api/")) return json_error(404, "there is no such address; /openapi.json has all");
  return plain(404, "Not found.\n");
}

// Of a head of one table, what is asked is about that table.
ingest::AdminResponse answer_head(const AdminParts& parts, Pages& pages, const ingest::AdminRequest& request,
                                  const exporters::Viewer& viewer) {
  if (!viewer.manager.empty()) return json_error(403, "only heads may ask for this");
  const auto query = query_within(viewer, request.query);
  if (!query) return json_error(403, "your token is for another portal");
  if (!viewer.portal.empty() && request.path == kBackupPath)
    return json_error(403, "a backup is of all portals, and your token is for one of them");
  ingest::AdminRequest within = request;
  within.query = *query;
  return answer(parts, pages, within, viewer);
}

}  // namespace

void MeteredList::add(const Metered& source) {
  const std::lock_guard lock(mutex_);
  sources_.push_back(&source);
}

void MeteredList::remove(const Metered* source) {
  const std::lock_guard lock(mutex_);
  std::erase(sources_, source);
}

std::vector<exporters::FamilyText> MeteredList::families() const {
  static const BuildInfo build_info;
  const std::lock_guard lock(mutex_);
  std::vector<const Metered*> all = sources_;
  all.push_back(&build_info);
  return exporters::self_metrics(all);
}

void ReloadMeter::succeeded(UnixSeconds at) {
  succeeded_at_ = at;
  last_succeeded_ = true;
}

void ReloadMeter::failed() { last_succeeded_ = false; }

void ReloadMeter::collect(MeterSink& sink) const {
  sink.gauge("kpistream_config_last_reload_successful",
             "The value is 1 when the last load of the configuration succeeded, else 0.", {}, last_succeeded_ ? 1 : 0);
  sink.gauge("kpistream_config_last_reload_success_timestamp_seconds",
             "This is when the configuration was last loaded successfully.", {},
             static_cast<double>(succeeded_at_.load()));
}

void PortalInfo::collect(MeterSink& sink) const {
  for (const PortalConfig& portal : config_.portals) {
    const PortalSettings& settings = portal.settings;
    sink.gauge(
        "kpistream_portal_info",
        "The labels tell a configured portal, with or without a table of its own, and in whose table it counts; the "
        "value is always 1.",
        {{"portal", settings.alias},
         {"crm", settings.crm == Crm::bitrix24 ? "bitrix24" : "amocrm"},
         {"table", table_of(settings)}},
        1);
  }
}

void CurrentFormulas::set(const Catalogue& catalogue) {
  auto compiled = std::make_shared<const exporters::Formulas>(exporters::compile(catalogue));
  const std::lock_guard lock(mutex_);
  formulas_ = std::move(compiled);
}

std::shared_ptr<const exporters::Formulas> CurrentFormulas::get() const {
  const std::lock_guard lock(mutex_);
  return formulas_;
}

ingest::AdminHandler make_admin_handler(const AdminParts& parts) {
  return [parts, pages = std::make_shared<Pages>(parts)](const ingest::AdminRequest& request) {
    return behind_prefix(parts.prefix, request, [&](const ingest::AdminRequest& inner) {
      auto admitted = parts.access.get()->admit(inner);
      if (admitted.instead) return std::move(*admitted.instead);
      return is_for_managers(inner.path) ? answer(parts, *pages, inner, admitted.viewer)
                                         : answer_head(parts, *pages, inner, admitted.viewer);
    });
  };
}

}  // namespace kpistream::app
