#include "app/table_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "app/json_text.hpp"

namespace kpistream::app {
namespace {

using exporters::Choice;
using exporters::Column;
using exporters::Figure;
using exporters::Line;
using exporters::Members;
using exporters::Table;

// An array of what `write` makes of each.
template <typename List, typename Write>
std::string array(const List& list, const Write& write) {
  std::vector<std::string> all;
  all.reserve(list.size());
  for (const auto& each : list) all.push_back(write(each));
  return fmt::format("[{}]", fmt::join(all, ","));
}

std::string words(const Words& words) { return fmt::format(R"({{"ru":{},"en":{}}})", json(words.ru), json(words.en)); }

template <typename Number>
std::string number(const std::optional<Number>& value) {
  return value ? fmt::format("{}", *value) : "null";
}

std::string line_json(const Line& line) {
  return fmt::format(R"({{"id":{},"kpi":{},"unit":{},"scale":{},"better":{},"standing":{},"title":{},"text":{}}})",
                     json(line.id), json(line.kpi), json(line_unit_name(line.unit)), line_unit_scale(line.unit),
                     json(better_name(line.better)), line.standing, words(line.title), words(line.text));
}

std::string figure_json(const Figure& figure) {
  return fmt::format(R"({{"value":{},"corrected":{},"today":{},"counted_otherwise":{}}})", number(figure.value),
                     figure.corrected, number(figure.today), figure.counted_otherwise);
}

std::string column_json(const Column& column) {
  return fmt::format(R"({{"first":{},"of":{},"from":{},"to":{},"running":{},"known":{},"coverage":{},"taken":{}}})",
                     json(column.first), json(periods::period_name(column.period)), column.range.first * 60,
                     column.range.last * 60, column.running, column.known, static_cast<double>(column.coverage) / 1000,
                     column.taken == 0 ? "null" : std::to_string(column.taken));
}

std::string block_json(const exporters::RowBlock& block) {
  const auto row = [](const exporters::Row& each) {
    return fmt::format(R"({{"line":{},"figures":{}}})", line_json(each.line), array(each.figures, figure_json));
  };
  return fmt::format(R"({{"id":{},"title":{},"rows":{}}})", json(block.id), words(block.title), array(block.rows, row));
}

std::string members_json(const Table& table, const Members& members, const std::vector<Choice>& names) {
  const auto row = [&](const exporters::MemberRow& each) {
    const auto week = each.week && each.week->closed
                          ? fmt::format(R"({{"value":{},"base":{},"far_less":{}}})", each.week->closed->value,
                                        each.week->closed->base, each.week->closed_halved)
                          : "null";
    const auto to_median = each.team ? each.team->actions.ratio() : std::nullopt;
    return fmt::format(
        R"({{"id":{},"name":{},"figures":{},"actions_week":{},"actions_to_median":{},"far_under_team":{}}})",
        json(each.id), json(name_of(names, each.id)), array(each.figures, figure_json), week, number(to_median),
        each.under_team);
  };
  const auto column = members.column < table.columns.size() ? json(table.columns[members.column].first) : "null";
  return fmt::format(R"({{"column":{},"lines":{},"rows":{},"median":{}}})", column, array(members.lines, line_json),
                     array(members.rows, row), array(members.median, figure_json));
}

std::string choices_json(const std::vector<Choice>& choices) {
  return array(choices, [](const Choice& choice) {
    return fmt::format(R"({{"id":{},"name":{}}})", json(choice.id), json(choice.name));
  });
}

std::string stages_json(const Table& table) {
  return array(table.stages, [&](const exporters::StageRow& row) {
    return fmt::format(
        R"({{"id":{},"name":{},"pipeline":{},"open":{},"amount_minor":{},"stay_seconds":{},"bottleneck":{}}})",
        json(row.id), json(exporters::name_of(table.names.stages, row.id)), json(row.pipeline), row.open, row.amount,
        number(row.stay_seconds), row.bottleneck);
  });
}

std::string balance_json(const insight::FlowBalance& balance) {
  const auto counts = balance.counts ? fmt::format(R"("in":{},"out":{})", balance.counts->value, balance.counts->base)
                                     : R"("in":null,"out":null)";
  return fmt::format(R"({{"state":{},{}}})", json(flow_state_name(balance.state)), counts);
}

std::string flow_json(const Table& table) {
  if (!table.summary) return "null";
  const auto& flow = table.summary->flow;
  return fmt::format(
      R"({{"week":{},"month":{},"backlog":{},"drain_seconds":{},"diverging":{},"bottleneck":{},"residual":{}}})",
      balance_json(flow.portal.week), balance_json(flow.portal.month), flow.portal.backlog,
      number(flow.portal.drain_seconds), flow.portal.diverging,
      flow.bottleneck.empty() ? "null" : json(flow.bottleneck), number(flow.residual));
}

std::string plan_json(const Table& table) {
  if (!table.summary) return "[]";
  return array(table.summary->plan, [](const insight::PlanFigure& figure) {
    const auto forecast = figure.forecast ? fmt::format(R"({{"low":{},"mid":{},"high":{}}})", figure.forecast->low,
                                                        figure.forecast->mid, figure.forecast->high)
                                          : "null";
    return fmt::format(
        R"({{"kpi":{},"manager":{},"team":{},"first":{},"last":{},"target":{},"actual":{},"elapsed":{},"attainment":{},"pace":{},"forecast":{},"suggested":{}}})",
        json(figure.target.kpi), json(figure.target.manager), json(figure.target.team),
        json(Calendar::text(figure.period.first)), json(Calendar::text(figure.period.last - 1)), figure.target.value,
        number(figure.actual), figure.elapsed, number(figure.attainment), number(figure.pace), forecast,
        figure.suggestion ? std::to_string(figure.suggestion->value) : "null");
  });
}

}  // namespace

std::string table_json(const Table& table) {
  return fmt::format(
      R"({{"portal":{},"currency":{},"zone":{},"now":{},"known_since":{},"columns":{},"blocks":{},"managers":{},"sources":{},"stages":{},"flow":{},"plan":{},"choices":{{"portals":{},"managers":{},"pipelines":{},"sources":{},"lines":{}}}}})",
      json(table.view.portal), json(table.currency), json(table.zone), table.now, table.known_since,
      array(table.columns, column_json), array(table.blocks, block_json),
      members_json(table, table.managers, table.managers_all), members_json(table, table.sources, table.sources_all),
      stages_json(table), flow_json(table), plan_json(table), choices_json(table.portals),
      choices_json(table.managers_all), choices_json(table.pipelines_all), choices_json(table.sources_all),
      array(table.lines_all, line_json));
}

std::string cell_json(const Table& table, const exporters::CellDetail& detail) {
  const auto fact = [](const exporters::FactRow& each) {
    return fmt::format(
        R"({{"at":{},"kind":{},"id":{},"link":{},"manager":{},"pipeline":{},"amount_minor":{},"seconds":{},"rating":{}}})",
        each.at == kNoTime ? "null" : std::to_string(each.at), json(each.kind), json(each.id), json(each.link),
        json(each.manager), json(each.pipeline), each.amount, each.seconds, each.rating);
  };
  const auto part = [&](const exporters::CellPart& each) {
    return fmt::format(R"({{"line":{},"column":{},"by":{},"of":{},"figure":{},"facts":{},"left_off":{}}})",
                       line_json(each.line), json(each.column.first),
                       each.by ? json(exporters::family_name(*each.by)) : "null",
                       array(each.of, [](const std::string& id) { return json(id); }), figure_json(each.figure),
                       array(each.facts, fact), each.left_off);
  };
  const auto correction = [](const exporters::CorrectionRow& each) {
    return fmt::format(R"({{"at":{},"kpi":{},"manager":{},"pipeline":{},"count":{},"sum":{}}})", each.at,
                       json(each.kpi), json(each.manager), json(each.pipeline), each.count, each.sum);
  };
  const auto said = [](const Words& text) { return text.ru.empty() ? std::string("null") : words(text); };
  return fmt::format(
      R"({{"portal":{},"line":{},"column":{},"figure":{},"expression":{},"formula":{},"rule":{},"parts":{},"facts":{},"left_off":{},"corrections":{}}})",
      json(table.view.portal), line_json(detail.line), column_json(detail.column), figure_json(detail.figure),
      json(detail.expression), said(detail.formula), said(detail.rule), array(detail.parts, part),
      array(detail.facts, fact), detail.left_off, array(detail.corrections, correction));
}

}  // namespace kpistream::app
