#include "app/admin.hpp"

#include <algorithm>
#include <map>

#include "app/advice_api.hpp"
#include "app/backfill_api.hpp"
#include "app/drill_down.hpp"
#include "app/json_answer.hpp"
#include "app/tables.hpp"
#include "exporters/prometheus/exposition.hpp"
#include "exporters/prometheus/insight_families.hpp"
#include "exporters/prometheus/kpi_families.hpp"
#include "exporters/prometheus/self_metrics.hpp"

namespace kpistream::app {
namespace {

constexpr std::string_view kLinks = R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><title>kpistream</title>
<h1>kpistream )" KPISTREAM_VERSION R"(</h1>
<ul><li><a href="/metrics">Metrics</a><li><a href="/-/healthy">Health</a><li><a href="/-/ready">Readiness</a>
<li><a href="/api/v1/advice">Advice</a><li><a href="/api/v1/tables">Tables</a></ul>
)";

class BuildInfo : public Metered {
 public:
  void collect(MeterSink& sink) const override {
    sink.gauge("kpistream_build_info", "The running version; the value is always 1.", {{"version", KPISTREAM_VERSION}},
               1);
  }
};

// Families by name: those of the computation's parts come from another writer than those of the KPIs.
std::string in_order(const std::string& text) {
  constexpr std::string_view kBegin = "# HELP ";
  std::map<std::string_view, std::string_view> families;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = text.find("\n# HELP ", at);
    const std::size_t end = next == std::string::npos ? text.size() : next + 1;
    const std::string_view family = std::string_view(text).substr(at, end - at);
    const auto name = family.substr(kBegin.size(), family.find(' ', kBegin.size()) - kBegin.size());
    families.emplace(name, family);
    at = end;
  }
  std::string sorted;
  sorted.reserve(text.size());
  for (const auto& [name, family] : families) sorted.append(family);
  return sorted;
}

ingest::AdminResponse metrics(const AdminParts& parts) {
  // First, so that a page never says "all records are in the figures" beside figures that are older than that.
  const std::string own = parts.sources.text();
  exporters::Exposition exposition;
  exporters::write_kpi_families(parts.board, *parts.formulas.get(), exposition);
  for (const auto& portal : parts.insights.all()) {
    exporters::write_insight_families(*portal.summary, *portal.taken, exposition);
  }
  ingest::AdminResponse response;
  response.content_type = exporters::kTextContentType;
  response.body = in_order(exposition.text() + own);
  return response;
}

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

ingest::AdminResponse changes(const AdminParts& parts, const ingest::AdminRequest& request) {
  if (is_card_path(request.path)) return change_advice(parts.desk, request);
  if (request.path == kBackfillPath) return begin_backfill(parts.config, parts.readers, request);
  auto response = plain(405, "Nothing can be changed here.\n");
  response.headers = {{"Allow", "GET, HEAD"}};
  return response;
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

std::string MeteredList::text() const {
  static const BuildInfo build_info;
  const std::lock_guard lock(mutex_);
  std::vector<const Metered*> all = sources_;
  all.push_back(&build_info);
  return exporters::self_metrics_text(all);
}

void ReloadMeter::succeeded(UnixSeconds at) {
  succeeded_at_ = at;
  last_succeeded_ = true;
}

void ReloadMeter::failed() { last_succeeded_ = false; }

void ReloadMeter::collect(MeterSink& sink) const {
  sink.gauge("kpistream_config_last_reload_successful", "Whether the last load of the configuration succeeded.", {},
             last_succeeded_ ? 1 : 0);
  sink.gauge("kpistream_config_last_reload_success_timestamp_seconds",
             "When the configuration was last loaded successfully.", {}, static_cast<double>(succeeded_at_.load()));
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
  return [parts](const ingest::AdminRequest& request) -> ingest::AdminResponse {
    if (request.method == "POST") return changes(parts, request);
    if (request.path == "/metrics") return metrics(parts);
    if (request.path == "/api/v1/facts") return facts(parts, request.query);
    if (request.path == "/api/v1/tables") return closed_tables(parts, request.query);
    if (request.path == kBackfillPath) return list_backfills(parts.readers, request);
    if (request.path == kAdvicePath) return list_advice(parts.insights, request);
    if (request.path == "/-/healthy") return plain(200, "kpistream is healthy.\n");
    if (request.path == "/-/ready") {
      return parts.ready ? plain(200, "kpistream is ready.\n") : plain(503, "kpistream is starting or stopping.\n");
    }
    if (request.path != "/") return plain(404, "Not found.\n");
    auto page = plain(200, std::string(kLinks));
    page.content_type = "text/html; charset=utf-8";
    return page;
  };
}

}  // namespace kpistream::app
