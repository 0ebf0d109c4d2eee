// What is behind the figures of a plan.
#include <algorithm>
#include <array>

#include "exporters/table/derived.hpp"
#include "exporters/table/html.hpp"
#include "exporters/table/reader.hpp"

namespace kpistream::exporters {
namespace {

struct PlanText {
  std::string_view name;
  DerivedText text;
};

constexpr std::array kTexts{
    PlanText{"plan-target",
             {{"план", "target"},
              {"Цель на период, как она задана.", "The target of the period, as it is set."},
              {"из настроек портала или файла целей", "from the portal's settings or the file of targets"},
              {"Изменённая цель действует со следующего периода.", "A changed target holds from the next period on."}}},
    PlanText{"plan-attainment",
             {{"выполнено", "attained"},
              {"Какая часть плана уже есть.", "Which part of the target is there already."},
              {"факт ÷ план", "actual ÷ target"},
              {}}},
    PlanText{
        "plan-pace",
        {{"темп", "pace"},
         {"Сколько сделано против того, что должно быть к этому часу рабочего времени. 100 % — идём ровно к плану.",
          "What is done against what should be by this hour of working time. 100% goes straight to the target."},
         {"факт ÷ (план × прошедшая доля рабочего времени)", "actual ÷ (target × elapsed part of working time)"},
         {"«Отстаём»: прошла хотя бы десятая часть рабочего времени, и темп ниже 90 %.",
          "“Behind”: at least a tenth of the working time is over, and the pace is below 90%."}}},
    PlanText{
        "plan-forecast",
        {{"прогноз", "forecast"},
         {"Чем кончится период, если идти как сейчас, с поправкой на то, насколько такой прогноз ошибался в прошлых "
          "периодах.",
          "What the period will end with at this pace, corrected by how far such forecasts were off in past "
          "periods."},
         {"факт ÷ прошедшая доля рабочего времени + обычная ошибка такого прогноза",
          "actual ÷ elapsed part of working time + the usual error of such a forecast"},
         {"Границы — наименьшая и наибольшая ошибка прошлых периодов. Закрытых периодов нужно хотя бы три.",
          "The bounds are the smallest and the largest error of past periods. At least three closed ones are "
          "needed."}}},
    PlanText{"plan-next",
             {{"следующая цель", "next target"},
              {"Достижимая цель на следующий период: растёт постепенно.",
               "A reachable target for the next period: it rises step by step."},
              {"медиана прошлых периодов и шаг вверх", "the median of past periods and a step more"},
              {"Не выше того, чего достиг каждый четвёртый свой период, не выше лучшего в команде, и не ниже нынешней "
               "цели больше чем на шаг.",
               "Not above what every fourth own period reached, nor above the best of the team, and never more than a "
               "step below the target of now."}}}};

std::optional<std::int64_t> millionths(const std::optional<double>& ratio) {
  if (!ratio) return std::nullopt;
  return insight::rounded(*ratio * static_cast<double>(line_unit_scale(LineUnit::ratio)));
}

LineUnit unit_of_target(const Line* line, const Target& target) {
  if (line != nullptr) return line->unit;
  return insight::is_money(target.kpi) ? LineUnit::money : LineUnit::count;
}

CellPart actual_part(const TableParts& parts, const Table& table, const insight::PlanFigure& plan, const Line* line) {
  static constexpr Said kActual{"Факт", "Actual"};
  CellPart part = number_part(kActual, unit_of_target(line, plan.target), plan.actual);
  const auto whose = view_of(table.view, *table.summary, plan.target);
  if (line == nullptr || !whose) return part;
  part.line = *line;
  part.column = days_column(parts, plan.period.first, plan.period.last - 1);
  part.by = whose->by;
  part.of = whose->of;
  part.has_records = true;
  return part;
}

void add_forecast(CellDetail& detail, const insight::PlanFigure& plan, LineUnit unit) {
  if (!plan.forecast) return;
  detail.figure.value = plan.forecast->mid;
  detail.parts.push_back(number_part({"Прогноз, нижняя граница", "Forecast, lower bound"}, unit, plan.forecast->low));
  detail.parts.push_back(number_part({"Прогноз, верхняя граница", "Forecast, upper bound"}, unit, plan.forecast->high));
}

void add_history(CellDetail& detail, const insight::PlanFigure& plan, LineUnit unit) {
  for (auto each = plan.history.rbegin(); each != plan.history.rend(); ++each) {
    detail.parts.push_back(number_part({"Прошлый период", "Past period"}, unit, *each));
  }
}

Said decided_by(insight::Suggestion::Decided decided) {
  using Decided = insight::Suggestion::Decided;
  if (decided == Decided::own_history) return {"Здесь решил свой прошлый предел.", "Here the own past limit decided."};
  if (decided == Decided::team_best) return {"Здесь решил лучший в команде.", "Here the best of the team decided."};
  if (decided == Decided::one_step_down)
    return {"Здесь решило правило «не больше шага вниз».", "Here “no more than a step down” decided."};
  return {"Здесь решила медиана с шагом.", "Here the median with its step decided."};
}

void add_suggestion(CellDetail& detail, const insight::PlanFigure& plan, LineUnit unit) {
  if (!plan.suggestion) return;
  detail.figure.value = plan.suggestion->value;
  detail.parts.push_back(
      number_part({"Медиана прошлых периодов", "Median of past periods"}, unit, plan.suggestion->median));
  detail.parts.push_back(
      number_part({"Достигал каждый четвёртый период", "Every fourth period reached"}, unit, plan.suggestion->own_cap));
  if (plan.suggestion->team_best)
    detail.parts.push_back(number_part({"Лучший в команде за прошлый период", "Best of the team in the last period"},
                                       unit, plan.suggestion->team_best));
  const Said decided = decided_by(plan.suggestion->decided);
  detail.rule.ru.append(" ").append(decided.ru);
  detail.rule.en.append(" ").append(decided.en);
}

void add_figure(CellDetail& detail, const insight::PlanFigure& plan, LineUnit unit, std::string_view name) {
  detail.line.unit = unit;
  if (name == "plan-target") detail.figure.value = plan.target.value;
  if (name == "plan-attainment" || name == "plan-pace") {
    detail.line.unit = LineUnit::ratio;
    detail.figure.value = millionths(name == "plan-pace" ? plan.pace : plan.attainment);
  }
  if (name == "plan-forecast") add_forecast(detail, plan, unit);
  if (name == "plan-next") add_suggestion(detail, plan, unit);
  if (name == "plan-forecast" || name == "plan-next") add_history(detail, plan, unit);
}

}  // namespace

std::string target_id(const Target& target) {
  static constexpr std::array<std::string_view, 3> kPeriods{"week", "month", "quarter"};
  std::string id = target.kpi + "/" + std::string(kPeriods.at(static_cast<std::size_t>(target.period)));
  if (!target.manager.empty()) id += "/manager:" + target.manager;
  if (!target.team.empty()) id += "/team:" + target.team;
  return id;
}

const Line* line_of(const std::vector<Line>& lines, const Target& target) {
  const auto reading = insight::reading(target.kpi);
  return find_line(lines, std::string(reading.kpi) + (reading.slot == kSumSlot ? ".sum" : ""));
}

std::optional<View> view_of(View view, const insight::Summary& summary, const Target& target) {
  view = everybody(std::move(view));
  if (!target.manager.empty()) return view_of(view, Family::manager, {target.manager});
  if (target.team.empty()) return view;
  for (const auto& [manager, team] : summary.team_of) {
    if (team == target.team) view.of.push_back(manager);
  }
  if (view.of.empty() || view.of.size() > View::kChosenMax) return std::nullopt;
  view.by = Family::manager;
  return view;
}

std::optional<CellDetail> make_plan(const TableParts& parts, const Table& table, std::string_view name,
                                    std::string_view target) {
  const auto* const text =
      std::find_if(kTexts.begin(), kTexts.end(), [&](const auto& each) { return each.name == name; });
  const auto& all = table.summary->plan;
  const auto plan =
      std::find_if(all.begin(), all.end(), [&](const auto& each) { return target_id(each.target) == target; });
  if (text == kTexts.end() || plan == all.end()) return std::nullopt;
  const Line* const line = line_of(table.lines_all, plan->target);
  const LineUnit unit = unit_of_target(line, plan->target);
  CellDetail detail;
  say_of(detail, text->text);
  const Words title = line == nullptr ? Words{plan->target.kpi, plan->target.kpi} : line->title;
  detail.line.title = {title.ru + ": " + detail.line.title.ru, title.en + ": " + detail.line.title.en};
  detail.member = plan->target.manager;
  detail.column = days_column(parts, plan->period.first, plan->period.last - 1);
  detail.parts = {
      actual_part(parts, table, *plan, line), number_part({"План", "Target"}, unit, plan->target.value),
      number_part({"Прошло рабочего времени", "Working time elapsed"}, LineUnit::ratio, millionths(plan->elapsed))};
  add_figure(detail, *plan, unit, name);
  return detail;
}

}  // namespace kpistream::exporters
