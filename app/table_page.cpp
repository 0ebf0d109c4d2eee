#include "app/table_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "app/drill_down.hpp"
#include "app/json_answer.hpp"
#include "app/query.hpp"
#include "app/table_json.hpp"
#include "app/table_moment.hpp"
#include "exporters/prometheus/accept.hpp"
#include "exporters/prometheus/packed_text.hpp"
#include "exporters/table/assets.hpp"
#include "exporters/table/cell_detail.hpp"
#include "exporters/table/csv.hpp"
#include "exporters/table/page.hpp"
#include "exporters/table/report.hpp"
#include "exporters/table/xlsx.hpp"

namespace kpistream::app {
namespace {

using exporters::View;
using exporters::Viewer;
using ingest::AdminRequest;
using ingest::AdminResponse;

constexpr std::size_t kFactsMax = 200;     // on a page; the API of facts has more
constexpr std::size_t kPartFactsMax = 20;  // of each part of a figure
constexpr std::array<std::string_view, 7> kPaths{"/",           "/cell",         "/report",     "/table.csv",
                                                 "/table.xlsx", "/api/v1/table", "/api/v1/cell"};

// Pages load nothing from elsewhere, and nobody shows them in a frame.
constexpr std::string_view kPolicy =
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

AdminResponse html_answer(unsigned status, std::string body) {
  AdminResponse response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.headers = {{"Content-Security-Policy", std::string(kPolicy)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"}};
  response.body = std::move(body);
  return response;
}

AdminResponse file_answer(std::string type, std::string_view name, std::string body) {
  AdminResponse response;
  response.content_type = std::move(type);
  response.headers = {{"Content-Disposition", fmt::format("attachment; filename=\"{}\"", name)},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = std::move(body);
  return response;
}

void pack(AdminResponse& response) {
  response.body = exporters::gzip(response.body);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

std::optional<AdminResponse> asset_answer(std::string_view path, bool gzip) {
  for (const auto* asset : {&exporters::page_style(), &exporters::page_script()}) {
    if (path.substr(1) != asset->path) continue;
    AdminResponse response;
    response.content_type = asset->content_type;
    response.headers = {{"Cache-Control", "public, max-age=31536000, immutable"},
                        {"Vary", "Accept-Encoding"},
                        {"X-Content-Type-Options", "nosniff"}};
    response.body = asset->content;
    if (gzip) pack(response);
    return response;
  }
  return std::nullopt;
}

exporters::PageOptions page_options(const AdminParts& parts, const Viewer& viewer) {
  exporters::PageOptions options;
  options.style = exporters::page_style().path;
  options.script = exporters::page_script().path;
  if (viewer.metrics) options.metrics = parts.telemetry_path.substr(1);
  options.version = KPISTREAM_VERSION;
  return options;
}

bool is_api(std::string_view path) { return path.starts_with("/api/"); }

AdminResponse wrong(std::string_view path, unsigned status, const std::string& error) {
  if (is_api(path)) return json_error(status, error);
  AdminResponse response;
  response.status = status;
  response.body = error + "\n";
  return response;
}

PortalInsight insight_of(const Insights& insights, const std::string& portal) {
  for (auto& each : insights.all()) {
    if (each.summary && each.summary->portal == portal) return each;
  }
  return {};
}

// Whose records are asked for, and how many. The figure itself has them, or its parts do.
struct Wanted {
  const Definition* definition;
  const exporters::Line& line;
  const exporters::Column& column;
  std::optional<Family> by;
  std::vector<std::string> of;
  std::size_t most;
  std::vector<exporters::FactRow>* facts;
  std::size_t* left_off;
};

bool same_records(const Wanted& a, const Wanted& b) {
  return a.definition == b.definition && a.line.part == b.line.part && a.column.range == b.column.range &&
         a.by == b.by && a.of == b.of;
}

class Records {
 public:
  Records(const AdminParts& parts, const TableMoment& moment, const View& view, const Viewer& viewer)
      : parts_(parts), moment_(moment), view_(view), viewer_(viewer) {}

  void add_to(exporters::CellDetail& detail) {
    if (detail.line.of != exporters::Line::Of::formula)
      ask({nullptr, detail.line, detail.column, view_.by, view_.of, kFactsMax, &detail.facts, &detail.left_off});
    for (auto& part : detail.parts) {
      if (!part.has_records) continue;
      part.has_records =
          ask({nullptr, part.line, part.column, part.by, part.of, kPartFactsMax, &part.facts, &part.left_off});
    }
    fill();
  }

 private:
  // Whether there are such records, which stand nowhere else yet.
  bool ask(Wanted wanted) {
    const auto& all = moment_.parts().catalogue.definitions;
    const auto definition =
        std::find_if(all.begin(), all.end(), [&](const Definition& d) { return d.id == wanted.line.kpi; });
    if (definition == all.end()) return false;
    if (wanted.line.standing && !wanted.column.running) return false;  // what stood then left no records
    wanted.definition = &*definition;
    if (!viewer_.manager.empty()) {  // whoever made the detail: a manager has one's own records
      wanted.by = Family::manager;
      wanted.of = {viewer_.manager};
    }
    const auto same = [&](const Wanted& have) { return same_records(have, wanted); };
    if (std::any_of(wanted_.begin(), wanted_.end(), same)) return false;
    wanted_.push_back(std::move(wanted));
    return true;
  }

  void fill() {
    std::vector<DrillFilter> filters;
    for (const Wanted& each : wanted_) {
      const auto range = exporters::facts_range(moment_.parts(), *each.definition, each.line, each.column);
      const bool label = exporters::is_by_label(*each.definition);
      filters.push_back({*each.definition, range, each.by, each.of, label ? each.line.part : "", each.most});
    }
    const auto found = drill_records(parts_.config, moment_.state(), moment_.parts().portal.alias, filters);
    for (std::size_t i = 0; i < found.size(); ++i) {
      *wanted_[i].left_off = found[i].left_off;
      for (const auto& record : found[i].newest) wanted_[i].facts->push_back(row_of(*wanted_[i].definition, record));
    }
  }

  static exporters::FactRow row_of(const Definition& definition, const DrillRecord& record) {
    exporters::FactRow row{
        instant_of(definition, record.fact), std::string(record.kind), record.id,         record.link,
        manager_of(definition, record.fact), record.fact.pipeline,     record.fact.amount};
    add_seconds(row, definition, record.fact);
    return row;
  }

  const AdminParts& parts_;
  const TableMoment& moment_;
  const View& view_;
  const Viewer& viewer_;
  std::vector<Wanted> wanted_;
};

AdminResponse cell_answer(const AdminParts& parts, const TableMoment& moment, const AdminRequest& request,
                          const View& view, const Viewer& viewer) {
  const Query query(request.query);
  auto detail = exporters::make_cell(moment.parts(), view, viewer, query["line"], query["column"]);
  if (!detail) return wrong(request.path, 404, "line, column: there is no such figure in this view");
  View of = view;
  of.lines.clear();  // `line` says which figure, not what the table shows
  if (!viewer.manager.empty()) {
    of.by = Family::manager;
    of.of = {viewer.manager};
  }
  Records(parts, moment, of, viewer).add_to(*detail);
  const auto frame = exporters::make_frame(moment.parts(), of, viewer);
  if (is_api(request.path)) return json_answer(200, cell_json(frame, *detail));
  return html_answer(200, exporters::cell_html(frame, *detail, moment.calendar(), page_options(parts, viewer)));
}

std::string file_name(const exporters::Table& table, std::string_view ending) {
  return fmt::format("{}-{}.{}", table.view.portal, table.columns.front().first.substr(0, 10), ending);
}

AdminResponse table_answer(const AdminParts& parts, const TableMoment& moment, const AdminRequest& request,
                           const View& view, const Viewer& viewer) {
  if (request.path == "/report") {
    const auto weekly = exporters::report_view(view.portal, view.language);
    auto paper = html_answer(
        200, exporters::report_html(exporters::make_table(moment.parts(), weekly, viewer), moment.calendar()));
    paper.headers.front().second += "; style-src 'unsafe-inline'";  // it has its style inside, to be kept
    return paper;
  }
  const auto table = exporters::make_table(moment.parts(), view, viewer);
  if (is_api(request.path)) return json_answer(200, table_json(table));
  if (request.path == "/table.xlsx") {
    return file_answer("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", file_name(table, "xlsx"),
                       exporters::table_xlsx(table));
  }
  if (request.path == "/table.csv") {
    return file_answer("text/csv; charset=utf-8", file_name(table, "csv"), exporters::table_csv(table));
  }
  return html_answer(200, exporters::page_html(table, moment.calendar(), page_options(parts, viewer)));
}

std::uint64_t mixed(std::uint64_t sum, std::uint64_t value) { return (sum ^ value) * 0x100000001b3; }

}  // namespace

std::uint64_t table_version(const Board& board, const Insights& insights) {
  std::uint64_t sum = mixed(0xcbf29ce484222325, board.version());
  for (const auto& portal : insights.all()) {
    sum = mixed(sum, portal.summary ? static_cast<std::uint64_t>(portal.summary->at) : 0);
    sum = mixed(sum, reinterpret_cast<std::uintptr_t>(portal.taken.get()));
  }
  return sum;
}

AdminResponse TablePage::make(const AdminRequest& request, const Viewer& viewer) {
  const Query query(request.query);
  const auto parameters = [&](std::string_view name) { return query.all(name); };
  auto read = exporters::read_view(parameters, exporters::accepted_language(request.accept_language));
  if (!read.error.empty()) return wrong(request.path, 400, read.error);
  if (!viewer.portal.empty()) read.view.portal = viewer.portal;
  const auto tables = table_settings(parts_.config);
  auto portal = tables.begin();
  if (!read.view.portal.empty()) {
    portal =
        std::find_if(tables.begin(), tables.end(), [&](const auto& each) { return each.alias == read.view.portal; });
  }
  if (portal == tables.end()) return wrong(request.path, 404, "portal: there is no such table");
  const TableMoment moment(parts_.store.frozen(), parts_.formulas.get(), *portal, parts_.clock.wall(), parts_.board,
                           insight_of(parts_.insights, portal->alias));
  const bool cell = request.path.ends_with("/cell");
  return cell ? cell_answer(parts_, moment, request, read.view, viewer)
              : table_answer(parts_, moment, request, read.view, viewer);
}

std::optional<AdminResponse> TablePage::answer(const AdminRequest& request, const Viewer& viewer) {
  const bool gzip = exporters::takes_gzip(request.accept_encoding);
  if (request.path.starts_with("/assets/")) return asset_answer(request.path, gzip);
  if (std::find(kPaths.begin(), kPaths.end(), request.path) == kPaths.end()) return std::nullopt;
  const std::uint64_t version = table_version(parts_.board, parts_.insights);
  if (version != version_ || kept_.size() >= kKeptMax) kept_.clear();
  version_ = version;
  const auto language = exporters::language_name(exporters::accepted_language(request.accept_language));
  const auto key = fmt::format("{}?{} {} {}/{}/{}/{} {}", request.path, request.query, language, viewer.portal,
                               viewer.manager, viewer.hide_names, viewer.metrics, gzip);
  const auto tag = fmt::format("\"{:016x}\"", std::hash<std::string>{}(key) ^ version);
  auto at = kept_.find(key);
  if (at == kept_.end()) {
    auto response = make(request, viewer);
    response.headers.emplace_back("Cache-Control", "no-cache");
    response.headers.emplace_back("Vary", "Accept-Language, Accept-Encoding, Cookie");
    if (response.status == 200) response.headers.emplace_back("ETag", tag);
    if (gzip) pack(response);
    at = kept_.emplace(key, std::move(response)).first;
  }
  if (at->second.status != 200 || request.if_none_match.find(tag) == std::string_view::npos) return at->second;
  AdminResponse unchanged;
  unchanged.status = 304;
  unchanged.headers = {{"ETag", tag}};
  return unchanged;
}

}  // namespace kpistream::app
