// What the figures mean, for the page: the balance of the funnel, the plan, and advice.
#include <fmt/format.h>

#include <algorithm>

#include "exporters/table/derived.hpp"
#include "exporters/table/html.hpp"

namespace kpistream::exporters {
namespace {

using insight::FlowState;

constexpr std::size_t kCardsShown = 3;  // others are a click away

using periods::AdviceStatus;

std::string_view flow_class(FlowState state) {
  if (state == FlowState::balanced) return "good";
  return state == FlowState::unknown ? "plain" : "bad";
}

std::string item(std::string_view name, std::string_view value) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, value);
}

// Of all, whoever the page's other figures are of.
std::string item(const Table& table, std::string_view line, const Said& name, std::string_view value) {
  return item(say(table.view.language, name), opens(cell_address(everybody(table.view), line), value));
}

// In and out of one window, and the ratio of them.
std::string balance(const Table& table, std::string_view line, const Said& name, const insight::FlowBalance& flow) {
  const Language language = table.view.language;
  if (!flow.counts) return item(say(language, name), kNoFigure);
  const auto text =
      fmt::format("{} : {} = <strong>{}</strong>", insight::grouped(language, flow.counts->value),
                  insight::grouped(language, flow.counts->base), insight::ratio(language, flow.counts->ratio()));
  return item(table, line, name, fmt::format("{} <small>{}</small>", text, say(language, flow_title(flow.state))));
}

std::string backlog(const Table& table, const Calendar& calendar) {
  const Language language = table.view.language;
  const Day today = calendar.day_of(table.now);
  Column now;
  now.first = days_address(today, today);
  return item(say(language, {"В работе", "Open"}),
              opens(cell_address(view_of_flow(table.view, table.main_pipelines), insight::kpi::kInquiriesOpen, now),
                    insight::grouped(language, table.summary->flow.portal.backlog)));
}

std::string flow_items(const Table& table, const Calendar& calendar) {
  const Language language = table.view.language;
  const auto& flow = table.summary->flow;
  std::string items =
      balance(table, "flow-week", {"Прошлая неделя: пришло к закрытым", "Last week: came in to closed"},
              flow.portal.week) +
      balance(table, "flow-month", {"28 дней: пришло к закрытым", "28 days: came in to closed"}, flow.portal.month) +
      backlog(table, calendar);
  constexpr Said kDrain{"Разобрать всё при таком темпе", "To clear it at this pace"};
  if (flow.portal.drain_seconds) {
    items += item(table, "flow-drain", kDrain, insight::duration(language, *flow.portal.drain_seconds));
  } else if (flow.portal.diverging) {
    items += item(table, "flow-drain", kDrain,
                  say(language, {"никогда: ничего не закрывается", "never: nothing is closed"}));
  }
  if (!flow.bottleneck.empty()) {
    items += item(table, "flow-bottleneck", {"Узкое место", "Bottleneck"},
                  escaped(name_of(table.names.stages, flow.bottleneck)));
  }
  if (flow.residual && *flow.residual != 0) {
    items +=
        item(table, "flow-residual", {"Не сходится", "Does not add up"},
             fmt::format("{} {}", insight::grouped(language, *flow.residual),
                         say(language, {"— потеряно событие, идёт сверка", "— an event is lost, comparing goes on"})));
  }
  return items;
}

// A target's own units are those of its KPI's reading.
std::string amount(const Table& table, const std::string& kpi, std::int64_t value) {
  const Language language = table.view.language;
  if (insight::is_money(kpi)) return insight::money(language, value, currency_sign(table.currency));
  const auto reading = insight::reading(kpi);
  const auto* const line =
      find_line(table.lines_all, std::string(reading.kpi) + (reading.slot == kSumSlot ? ".sum" : ""));
  return figure_text(language, line == nullptr ? LineUnit::count : line->unit, value);
}

std::string target_title(const Table& table, const insight::PlanFigure& figure) {
  const Language language = table.view.language;
  const auto reading = insight::reading(figure.target.kpi);
  const auto* const line =
      find_line(table.lines_all, std::string(reading.kpi) + (reading.slot == kSumSlot ? ".sum" : ""));
  std::string title = line == nullptr ? figure.target.kpi : say(language, line->title);
  if (!figure.target.manager.empty()) title += " · " + name_of(table.managers_all, figure.target.manager);
  if (!figure.target.team.empty()) title += " · " + figure.target.team;
  return fmt::format("{} <small>{} {}</small>", escaped(title), say(language, {"до", "until"}),
                     short_day(language, figure.period.last - 1));
}

std::string forecast_text(const Table& table, const insight::PlanFigure& figure) {
  if (!figure.forecast) return std::string(kNoFigure);
  const auto& kpi = figure.target.kpi;
  return fmt::format("{} <small>({} – {})</small>", amount(table, kpi, figure.forecast->mid),
                     amount(table, kpi, figure.forecast->low), amount(table, kpi, figure.forecast->high));
}

// A target's figure as the link to what is behind it.
std::string plan_cell(const Table& table, const insight::PlanFigure& figure, std::string_view name,
                      const std::string& text, bool bad = false) {
  if (text == kNoFigure) return fmt::format(R"(<td class="none">{}</td>)", text);
  const auto line = fmt::format("{}@{}", name, target_id(figure.target));
  return fmt::format(R"(<td class="figure{}">{}</td>)", bad ? " bad" : "",
                     opens(cell_address(everybody(table.view), line), text));
}

// The KPI's own figure over the period, with its records.
std::string actual_cell(const Table& table, const insight::PlanFigure& figure) {
  if (!figure.actual) return fmt::format(R"(<td class="none">{}</td>)", kNoFigure);
  const auto text = amount(table, figure.target.kpi, *figure.actual);
  const auto whose = view_of(table.view, *table.summary, figure.target);
  const Line* const line = line_of(table.lines_all, figure.target);
  if (line == nullptr || !whose) return fmt::format(R"(<td class="figure">{}</td>)", text);
  Column column;
  column.first = days_address(figure.period.first, figure.period.last - 1);
  return fmt::format(R"(<td class="figure">{}</td>)", opens(cell_address(*whose, line->id, column), text));
}

std::string plan_row(const Table& table, const insight::PlanFigure& figure) {
  const Language language = table.view.language;
  const auto& kpi = figure.target.kpi;
  const bool behind = is_behind(figure);
  const auto pace =
      !figure.pace ? std::string(kNoFigure)
                   : fmt::format("{} <small>{}</small>", insight::percent(language, figure.pace),
                                 behind ? say(language, {"отстаём", "behind"}) : say(language, {"в темпе", "on pace"}));
  const auto next = figure.suggestion ? amount(table, kpi, figure.suggestion->value) : std::string(kNoFigure);
  return fmt::format(R"(<tr><th scope="row">{}</th>{}{}<td class="bars">{}</td>{}{}{}{}</tr>)"
                     "\n",
                     target_title(table, figure),
                     plan_cell(table, figure, "plan-target", amount(table, kpi, figure.target.value)),
                     actual_cell(table, figure), bar(figure.attainment.value_or(0), behind ? "bad" : "good"),
                     plan_cell(table, figure, "plan-attainment", insight::percent(language, figure.attainment)),
                     plan_cell(table, figure, "plan-pace", pace, behind),
                     plan_cell(table, figure, "plan-forecast", forecast_text(table, figure)),
                     plan_cell(table, figure, "plan-next", next));
}

Said severity_words(insight::Severity severity) {
  if (severity == insight::Severity::critical) return {"важно", "critical"};
  return severity == insight::Severity::warning ? Said{"внимание", "warning"}
                                                : Said{"к сведению", "for your information"};
}

Said status_words(AdviceStatus status) {
  switch (status) {
    case AdviceStatus::accepted:
      return {"принят", "accepted"};
    case AdviceStatus::declined:
      return {"отклонён", "declined"};
    case AdviceStatus::done:
      return {"сделан", "done"};
    case AdviceStatus::fresh:
      break;
  }
  return {"новый", "new"};
}

std::string effect_text(const Table& table, const TableCard& card) {
  const Language language = table.view.language;
  const auto& effect = card.effect;
  const auto part = [&](std::int64_t value) {
    return insight::amount(language, insight::unit_of(card.card), value, currency_sign(table.currency));
  };
  std::string text;
  for (std::size_t i = 0; i < effect.size(); ++i) {
    if (!effect.at(i)) continue;
    const int weeks = insight::kEffectWeeks.at(i);
    const auto when =
        weeks == 0 ? std::string(say(language, {"тогда", "then"}))
                   : fmt::format("{} {} {}", say(language, {"через", "after"}), weeks, say(language, {"нед.", "wk"}));
    text += fmt::format("{}{}: {} / {}", text.empty() ? "" : " · ", when, part(effect.at(i)->value),
                        part(effect.at(i)->base));
  }
  return text;
}

// Whose figures a card is of, whatever the page it stands on is of.
View view_of_card(const Table& table, const insight::Subject& subject) {
  using Kind = insight::Subject::Kind;
  View view = everybody(table.view);
  if (subject.kind == Kind::manager) return view_of(view, Family::manager, {subject.id});
  if (subject.kind == Kind::pipeline) return view_of(view, Family::pipeline, {subject.id});
  if (subject.kind == Kind::source) return view_of(view, Family::source, {subject.id});
  if (subject.kind != Kind::team || !table.summary) return view;
  std::vector<std::string> people;
  for (const auto& [manager, team] : table.summary->team_of) {
    if (team == subject.id) people.push_back(manager);
  }
  const bool all = people.empty() || people.size() > View::kChosenMax;  // an address has no room for more
  return all ? view : view_of(view, Family::manager, std::move(people));
}

const Line* line_of(const Table& table, const insight::Proof& proof, const insight::Subject& subject) {
  if (subject.kind == insight::Subject::Kind::reason) return find_line(table.lines_all, insight::kpi::kRefusals);
  const Line* line = nullptr;
  for (const std::string_view of : {"", ".sum", ".p50"}) {  // what is measured may have no count
    if (line != nullptr || (proof.slot == kSumSlot && of.empty())) continue;
    line = find_line(table.lines_all, proof.kpi + std::string(of) + (proof.due.empty() ? "" : "@") + proof.due);
  }
  return line;
}

std::string evidence_links(const Table& table, const insight::Card& card, const Calendar& calendar) {
  const View view = view_of_card(table, card.subject);
  std::string links;
  for (const auto& proof : card.evidence) {
    const Line* const line = line_of(table, proof, card.subject);
    if (line == nullptr) continue;
    // Of a reason only the deals lost by it.
    const bool of_reason = card.subject.kind == insight::Subject::Kind::reason;
    const auto id = of_reason ? line->id + "@" + card.subject.id : line->id;
    Column column;
    column.first = days_address(calendar.day_of(proof.range.first * 60), calendar.day_of(proof.range.last * 60 - 1));
    links += fmt::format(R"( <a href="{}">{}</a>)", escaped(cell_address(view, id, column)),
                         escaped(say(view.language, line->title)));
  }
  if (links.empty()) return links;
  return fmt::format(R"(<p class="proof">{}:{}</p>)", say(view.language, {"Из чего видно", "Where it shows"}), links);
}

// What can be decided now: only what is accepted can be done.
std::string decisions(const Table& table, const TableCard& card) {
  const Language language = table.view.language;
  const auto button = [&](std::string_view status, const Said& words) {
    return fmt::format(R"(<button type="button" data-status="{}">{}</button>)", status, say(language, words));
  };
  std::string buttons;
  if (card.state.status == AdviceStatus::fresh)
    buttons = button("accepted", {"Принять", "Accept"}) + button("declined", {"Отклонить", "Decline"});
  if (card.state.status == AdviceStatus::accepted)
    buttons = button("done", {"Сделано", "Done"}) + button("declined", {"Отклонить", "Decline"});
  if (card.state.status == AdviceStatus::declined)
    buttons = button("accepted", {"Всё-таки принять", "Accept after all"});
  return buttons.empty()
             ? buttons
             : fmt::format(R"(<p class="decide" hidden data-card="{}">{}</p>)", escaped(card.card.id), buttons);
}

std::string card_html(const Table& table, const TableCard& card, const Calendar& calendar) {
  const Language language = table.view.language;
  const auto subject = subject_text(table, card.card.subject);
  std::string state(say(language, status_words(card.state.status)));
  if (!card.state.owner.empty()) state += ", " + name_of(table.managers_all, card.state.owner);
  if (card.state.due != 0)
    state +=
        fmt::format(", {} {}", say(language, {"до", "until"}), day_text(language, calendar.day_of(card.state.due - 1)));
  if (!card.current) state += say(language, {", больше не актуален", ", holds no more"});
  const auto effect = effect_text(table, card);
  return fmt::format(
      R"(<article class="card {}"><h3>{}{}</h3><p class="meta"><span class="tag">{}</span> {}</p>
<p>{}</p><dl><div><dt>{}</dt><dd>{}</dd></div><div><dt>{}</dt><dd>{}</dd></div>{}</dl>
{}{}</article>
)",
      insight::severity_name(card.card.severity), subject.empty() ? "" : escaped(subject) + ": ",
      escaped(say(language, card.card.problem)), say(language, severity_words(card.card.severity)), escaped(state),
      escaped(say(language, card.card.ratio)), say(language, {"Что сделать", "What to do"}),
      escaped(say(language, card.card.how)), say(language, {"На что влияет", "What it affects"}),
      escaped(say(language, card.card.affects)),
      effect.empty() ? ""
                     : fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", say(language, {"Что дало", "Effect"}), effect),
      evidence_links(table, card.card, calendar), decisions(table, card));
}

}  // namespace

std::string flow_section(const Table& table, const Calendar& calendar) {
  if (!table.summary) return {};
  const Language language = table.view.language;
  const auto& week = table.summary->flow.portal.week;
  const auto& shown = week.state == FlowState::unknown ? table.summary->flow.portal.month : week;
  return fmt::format(
      R"(<section id="flow" class="{}"><h2>{}: <strong>{}</strong></h2><p>{}</p><dl class="items">{}</dl></section>
)",
      flow_class(shown.state), say(language, {"Лиды против отказов и продаж", "Leads against refusals and sales"}),
      say(language, flow_title(shown.state)), say(language, flow_advice(shown.state)), flow_items(table, calendar));
}

std::string plan_section(const Table& table) {
  if (!table.summary || table.summary->plan.empty()) return {};
  const Language language = table.view.language;
  std::string rows;
  std::string people;
  for (const auto& figure : table.summary->plan) {
    (figure.target.manager.empty() ? rows : people) += plan_row(table, figure);
  }
  return fmt::format(
      R"(<section id="plan"><h2>{}</h2><div class="wide" tabindex="0" role="region" aria-label="{}"><table>
<caption>{}</caption><thead><tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th><td></td><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th></tr></thead>
<tbody>{}</tbody></table></div></section>
)",
      say(language, {"План", "Plan"}), say(language, {"План", "Plan"}),
      say(language, {"Темп 100 % — идём ровно к плану; прогноз — по тому, как кончались прошлые периоды.",
                     "Pace 100 % goes straight to the target; the forecast is by how earlier periods ended."}),
      say(language, {"Цель", "Target"}), say(language, {"План", "Plan"}), say(language, {"Факт", "Actual"}),
      say(language, {"Выполнено", "Attained"}), say(language, {"Темп", "Pace"}), say(language, {"Прогноз", "Forecast"}),
      say(language, {"Следующая цель", "Next target"}), rows + people);
}

std::string advice_section(const Table& table, const Calendar& calendar) {
  if (!table.summary) return {};
  const Language language = table.view.language;
  std::string now;
  std::string more;
  std::string settled;
  std::size_t count = 0;
  for (const auto& card : table.cards) {
    const bool open =
        card.current && (card.state.status == AdviceStatus::fresh || card.state.status == AdviceStatus::accepted);
    (!open ? settled : count < kCardsShown ? now : more) += card_html(table, card, calendar);
    count += open ? 1 : 0;
  }
  if (now.empty())
    now = fmt::format("<p>{}</p>",
                      say(language, {"Сейчас советов нет: показатели в норме или данных пока мало.",
                                     "No advice now: figures are as they should be, or there are too few yet."}));
  if (!more.empty())
    more = fmt::format("<details><summary>{}: {}</summary><div class=\"cards\">{}</div></details>",
                       say(language, {"Ещё советы", "More advice"}), count - kCardsShown, more);
  if (!settled.empty())
    settled = fmt::format("<details><summary>{}</summary><div class=\"cards\">{}</div></details>",
                          say(language, {"Решённые и прошлые", "Settled and past"}), settled);
  return fmt::format(
      "<section id=\"advice\"><h2>{} <span class=\"count\">{}</span></h2><div class=\"cards\">{}</div>{}{}</section>\n",
      say(language, {"Советы", "Advice"}), count, now, more, settled);
}

}  // namespace kpistream::exporters
