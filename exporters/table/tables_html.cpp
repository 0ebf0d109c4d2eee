// The tables of the page: by period, by manager, by source and by stage.
#include <fmt/format.h>

#include <algorithm>

#include "exporters/table/html.hpp"

namespace kpistream::exporters {
namespace {

constexpr Said kIndicator{"Показатель", "Indicator"};
constexpr Said kTrend{"Ход", "Trend"};
constexpr Said kNow{"идёт сейчас", "under way"};
constexpr Said kBetter{"лучше обычного", "better than usual"};
constexpr Said kWorse{"хуже обычного", "worse than usual"};

std::string hidden(std::string_view words) { return fmt::format(R"(<span class="hidden">, {}</span>)", words); }

std::string mood_class(Mood mood) {
  if (mood == Mood::plain) return {};
  return mood == Mood::good ? " good" : " bad";
}

std::string mood_mark(Language language, Mood mood) {
  if (mood == Mood::plain) return {};
  const bool good = mood == Mood::good;
  return fmt::format(R"(<span class="mark" aria-hidden="true">{}</span>{})", good ? "●" : "▾",
                     hidden(say(language, good ? kBetter : kWorse)));
}

// A figure as the link to what is behind it, with its marks in words for those who do not see them.
std::string figure_cell(const Table& table, const Line& line, const Figure& figure, const std::string& address,
                        Mood mood) {
  const Language language = table.view.language;
  if (!figure.value && !figure.corrected) {
    const Words why =
        line.standing ? Words{"нет данных: такое известно только сейчас и из таблиц, снятых вовремя",
                              "no figure: known only now, and of tables that were taken in time"}
                      : Words{"нет данных: период раньше начала учёта, делить не на что, или показатель не настроен",
                              "no figure: before the records begin, nothing to divide by, or not configured"};
    return fmt::format(R"(<td class="none"><span title="{}">{}</span></td>)", say(language, why), kNoFigure);
  }
  std::string marks = mood_mark(language, mood);
  if (figure.corrected) {
    const auto today = figure_text(language, line.unit, figure.today);
    const auto words =
        fmt::format("{} {}", say(language, {"исправлено потом, сегодня это", "corrected since, today it is"}), today);
    marks +=
        fmt::format(R"(<span class="fixed" title="{}" aria-hidden="true">✎</span>{})", escaped(words), hidden(words));
  }
  if (figure.counted_otherwise) {
    const auto words = say(language, {"считалось иначе", "was counted in another way"});
    marks += fmt::format(R"(<span class="fixed" title="{}" aria-hidden="true">≠</span>{})", words, hidden(words));
  }
  return fmt::format(R"(<td class="figure{}"><a href="{}">{}</a>{}</td>)", mood_class(mood), escaped(address),
                     figure_text(language, line.unit, figure.value), marks);
}

std::string column_head(const Table& table, const Column& column, const Calendar& calendar) {
  const Language language = table.view.language;
  View at = table.view;
  at.at = column.first;
  std::string notes;
  if (column.running) notes += fmt::format("<small>{}</small>", say(language, kNow));
  if (column.taken != 0) {
    const auto words = fmt::format("{} {}", say(language, {"таблица снята", "table taken"}),
                                   moment_text(language, column.taken, calendar));
    notes += fmt::format(R"(<small class="taken" title="{}">{}</small>)", escaped(words),
                         say(language, {"закрыт", "closed"}));
  }
  if (column.known && column.coverage < kCoverageShown) {
    notes += fmt::format(R"(<small class="doubt" title="{}">{}&nbsp;{}</small>)",
                         say(language, {"остальное ещё не сверено с CRM", "the rest is not compared with the CRM yet"}),
                         say(language, {"сверено", "verified"}),
                         insight::percent(language, static_cast<double>(column.coverage) / 1000));
  }
  return fmt::format(R"(<th scope="col"{}><a href="{}#managers">{}</a>{}</th>)",
                     column.running ? R"( class="running")" : "", escaped(address_of(at)),
                     column_title(language, column, calendar), notes);
}

// The last closed period against the one before.
std::string change_cell(const Table& table, const Row& row) {
  const Language language = table.view.language;
  std::vector<std::size_t> last;
  for (std::size_t i = 0; i < table.columns.size() && last.size() < 2; ++i) {
    if (!table.columns[i].running && table.columns[i].known) last.push_back(i);
  }
  const auto change = last.size() < 2 ? std::nullopt : change_of(row.figures[last[0]], row.figures[last[1]]);
  if (!change) return R"(<td class="change none"></td>)";
  const bool up = *change > 0;
  const bool same = std::abs(*change) < 0.005;
  const bool judged = !same && row.line.better != Better::neither;
  const bool good = judged && up == (row.line.better == Better::more);
  const auto words =
      !judged ? std::string() : hidden(say(language, good ? Said{"лучше", "better"} : Said{"хуже", "worse"}));
  const auto text = fmt::format(R"(<span aria-hidden="true">{}</span>&nbsp;{}{})",
                                same ? "="
                                : up ? "▲"
                                     : "▼",
                                change_text(language, *change), words);
  return fmt::format(R"(<td class="change{}">{}</td>)",
                     !judged ? ""
                     : good  ? " up"
                             : " down",
                     opens(cell_address(table.view, "line-change@" + row.line.id), text));
}

// Without the period that is not over: its few hours beside whole ones would be a plunge. What stands now is whole.
std::string spark_cell(const Table& table, const Row& row) {
  const Language language = table.view.language;
  std::vector<std::optional<std::int64_t>> values;
  for (std::size_t i = row.figures.size(); i-- > 0;) {
    if (row.line.standing || !table.columns[i].running) values.push_back(row.figures[i].value);
  }
  const auto has = [](const auto& value) { return value.has_value(); };
  const auto first = std::find_if(values.begin(), values.end(), has);
  const auto text =
      first == values.end()
          ? std::string()
          : fmt::format("{}: {} {} {} {}", say(language, row.line.title), say(language, {"от", "from"}),
                        figure_text(language, row.line.unit, *first), say(language, {"до", "to"}),
                        figure_text(language, row.line.unit, *std::find_if(values.rbegin(), values.rend(), has)));
  const auto line = sparkline(values, text);
  if (line.empty()) return R"(<td class="trend"></td>)";
  return fmt::format(R"(<td class="trend">{}</td>)",
                     opens(cell_address(table.view, "line-trend@" + row.line.id), line));
}

std::string row_html(const Table& table, const Row& row) {
  const Language language = table.view.language;
  std::string cells;
  for (std::size_t i = 0; i < row.figures.size(); ++i) {
    cells += figure_cell(table, row.line, row.figures[i], cell_address(table.view, row.line.id, table.columns[i]),
                         mood_of(row, table.columns, i));
  }
  return fmt::format("<tr><th scope=\"row\" title=\"{}\">{}</th>{}{}{}</tr>\n", escaped(say(language, row.line.text)),
                     escaped(line_title(language, row.line, table.currency)), spark_cell(table, row),
                     change_cell(table, row), cells);
}

std::string chosen_text(const Table& table) {
  if (!table.view.by) return {};
  const auto& choices = *table.view.by == Family::manager    ? table.managers_all
                        : *table.view.by == Family::pipeline ? table.pipelines_all
                                                             : table.sources_all;
  std::string text;
  for (const auto& id : table.view.of) text += (text.empty() ? "" : ", ") + name_of(choices, id);
  return text;
}

// One member's figures.
std::string member_row(const Table& table, const Members& members, const MemberRow& row, std::string_view name,
                       bool manager) {
  const View of =
      row.id.empty() ? table.view : view_of(table.view, manager ? Family::manager : Family::source, {row.id});
  std::string cells;
  for (std::size_t i = 0; i < members.lines.size(); ++i) {
    const auto address = cell_address(of, members.lines[i].id, table.columns[members.column]);
    cells += figure_cell(table, members.lines[i], row.figures[i], address, Mood::plain);
  }
  return fmt::format("<th scope=\"row\">{}</th>{}", escaped(name), cells);
}

// Actions of the last closed week against the one before; bad where advice says so too.
std::string week_cell(const Table& table, const MemberRow& row) {
  const Language language = table.view.language;
  const auto ratio = row.week && row.week->closed ? row.week->closed->ratio() : std::nullopt;
  if (!ratio) return R"(<td class="none">–</td>)";
  const auto& [value, base] = *row.week->closed;
  const bool fell = row.week->closed_halved;
  const auto text =
      fmt::format("{} → {}<br><small>{}{}</small>", insight::grouped(language, base), insight::grouped(language, value),
                  change_text(language, *ratio - 1), fell ? say(language, {", намного меньше", ", far less"}) : "");
  return fmt::format(R"(<td class="figure{}">{}</td>)", fell ? " bad" : "",
                     opens(cell_address(view_of(table.view, Family::manager, {row.id}), "week-to-week"), text));
}

std::string median_cell(const Table& table, const MemberRow& row) {
  const Language language = table.view.language;
  const auto ratio = row.team ? row.team->actions.ratio() : std::nullopt;
  if (!ratio) return R"(<td class="none">–</td>)";
  return fmt::format(
      R"(<td class="figure{}">{}{}</td>)", row.under_team ? " bad" : "",
      opens(cell_address(view_of(table.view, Family::manager, {row.id}), "to-median"), insight::ratio(language, ratio)),
      row.under_team ? hidden(say(language, {"намного ниже команды", "far under the team"})) : "");
}

// Of all managers, a figure each line.
std::string median_row(const Table& table, const Members& members) {
  const Language language = table.view.language;
  std::string cells;
  for (std::size_t i = 0; i < members.lines.size(); ++i) {
    const auto& value = members.median[i].value;
    const auto text = figure_text(language, members.lines[i].unit, value);
    const auto address = cell_address(table.view, "team-median@" + members.lines[i].id, table.columns[members.column]);
    cells +=
        value ? fmt::format(R"(<td class="figure">{}</td>)", opens(address, text)) : fmt::format("<td>{}</td>", text);
  }
  return cells;
}

std::string member_heads(const Table& table, const Members& members, bool sortable) {
  const Language language = table.view.language;
  const std::string usual = table.view.sort.empty() ? "deals_won.sum" : table.view.sort;
  std::string heads;
  for (const Line& line : members.lines) {
    View sorted = table.view;
    sorted.sort = line.id;
    const auto title = escaped(line_title(language, line, table.currency));
    if (!sortable) {
      heads += fmt::format(R"(<th scope="col">{}</th>)", title);
      continue;
    }
    const bool by_this = line.id == usual;
    const std::string_view order = !by_this                      ? ""
                                   : line.better == Better::less ? R"( aria-sort="ascending")"
                                                                 : R"( aria-sort="descending")";
    heads += fmt::format(R"(<th scope="col"{}><a href="{}#managers">{}{}</a></th>)", order, escaped(address_of(sorted)),
                         title, by_this ? R"(<span aria-hidden="true"> ▾</span>)" : "");
  }
  return heads;
}

}  // namespace

std::string blocks_section(const Table& table, const Calendar& calendar) {
  const Language language = table.view.language;
  std::string heads;
  for (const Column& column : table.columns) heads += column_head(table, column, calendar);
  std::string bodies;
  for (const RowBlock& block : table.blocks) {
    bodies += fmt::format("<tbody><tr class=\"block\"><th scope=\"rowgroup\" colspan=\"{}\">{}</th></tr>\n",
                          table.columns.size() + 3, say(language, block.title));
    for (const Row& row : block.rows) bodies += row_html(table, row);
    bodies += "</tbody>\n";
  }
  const auto of = chosen_text(table);
  return fmt::format(
      R"(<section id="periods"><h2>{}{}</h2><div class="wide" tabindex="0" role="region" aria-label="{}"><table>
<caption>{}</caption>
<thead><tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th>{}</tr></thead>
{}</table></div></section>
)",
      say(language, {"Показатели", "Indicators"}), of.empty() ? "" : ": " + escaped(of),
      say(language, {"Показатели по периодам", "Indicators by period"}),
      say(language, {"Новые периоды слева. Любое число открывается: из чего оно сложилось. ● лучше обычного, ▾ хуже, ✎ "
                     "исправлено после закрытия.",
                     "The newest period comes first. Every figure opens: what it is made of. ● better than usual, ▾ "
                     "worse, ✎ corrected after closing."}),
      say(language, kIndicator), say(language, kTrend), say(language, {"К прошлому", "Change"}), heads, bodies);
}

std::string managers_section(const Table& table, const Calendar& calendar) {
  const Language language = table.view.language;
  const Members& members = table.managers;
  if (members.rows.empty() || members.lines.empty()) return {};
  std::string rows;
  for (const MemberRow& row : members.rows) {
    rows += fmt::format("<tr>{}{}</tr>\n", member_row(table, members, row, name_of(table.managers_all, row.id), true),
                        week_cell(table, row) + median_cell(table, row));
  }
  const Column& column = table.columns[members.column];
  return fmt::format(
      R"(<section id="managers"><h2>{}: {}</h2><div class="wide" tabindex="0" role="region" aria-label="{}"><table>
<caption>{}</caption>
<thead><tr><th scope="col">{}</th>{}<th scope="col">{}</th><th scope="col">{}</th></tr></thead>
<tbody>{}</tbody>
<tfoot><tr><th scope="row">{}</th>{}<td></td><td></td></tr></tfoot>
</table></div></section>
)",
      say(language, {"Менеджеры", "Managers"}), column_title(language, column, calendar),
      say(language, {"Менеджеры", "Managers"}),
      say(language, {"Сверху тот, у кого больше; по другому столбцу — нажмите на его название.",
                     "The largest first; for another order choose a column's name."}),
      say(language, {"Менеджер", "Manager"}), member_heads(table, members, true),
      say(language, {"Действия, неделя к неделе", "Actions, week to week"}),
      say(language, {"К медиане команды", "To the team's median"}), rows, say(language, {"Медиана", "Median"}),
      median_row(table, members));
}

std::string sources_section(const Table& table, const Calendar& calendar) {
  const Language language = table.view.language;
  const Members& members = table.sources;
  if (members.rows.empty() || members.lines.empty()) return {};
  std::string rows;
  for (const MemberRow& row : members.rows) {
    rows += fmt::format("<tr>{}</tr>\n", member_row(table, members, row, source_text(table, row.id), false));
  }
  return fmt::format(
      R"(<section id="sources"><h2>{}: {}</h2><div class="wide" tabindex="0" role="region" aria-label="{}"><table>
<caption>{}</caption><thead><tr><th scope="col">{}</th>{}</tr></thead>
<tbody>{}</tbody></table></div></section>
)",
      say(language, {"Источники", "Sources"}), column_title(language, table.columns[members.column], calendar),
      say(language, {"Источники", "Sources"}),
      say(language, {"Откуда приходят обращения и чем они кончаются.", "Where inquiries come from and how they end."}),
      say(language, {"Источник", "Source"}), member_heads(table, members, false), rows);
}

namespace {

std::string stage_row(const Table& table, const StageRow& row, const Calendar& calendar, bool several) {
  const Language language = table.view.language;
  const Day today = calendar.day_of(table.now);
  Column now;
  now.first = days_address(today, today);
  Column long_ago;
  long_ago.first = days_address(stay_since(calendar, table.now, table.known_since), today);
  View view = table.view;
  if (view.by == Family::source) view = everybody(view);  // stages are of all of them
  const auto cell = [&](std::string_view line, const Column& column, const std::string& text) {
    if (text == kNoFigure) return fmt::format(R"(<td class="none">{}</td>)", text);
    return fmt::format(R"(<td class="figure">{}</td>)",
                       opens(cell_address(view, std::string(line) + "@" + row.id, column), text));
  };
  const auto whose = !several || row.pipeline.empty()
                         ? std::string()
                         : fmt::format(" <small>{}</small>", escaped(name_of(table.pipelines_all, row.pipeline)));
  const auto mark = !row.bottleneck ? std::string()
                                    : fmt::format(R"( <strong class="tag">{}</strong>)",
                                                  say(language, {"узкое место", "bottleneck"}));
  const auto share = static_cast<double>(row.open) / static_cast<double>(table.stages.front().open);
  return fmt::format("<tr><th scope=\"row\">{}{}{}</th>{}<td class=\"bars\">{}</td>{}{}</tr>\n",
                     escaped(name_of(table.names.stages, row.id)), whose, mark,
                     cell("deals_open", now, insight::grouped(language, row.open)),
                     bar(share, row.bottleneck ? "bad" : ""),
                     cell("deals_open.sum", now, figure_text(language, LineUnit::money, row.amount)),
                     cell("stage_time.p50", long_ago, figure_text(language, LineUnit::seconds, row.stay_seconds)));
}

}  // namespace

std::string stages_section(const Table& table, const Calendar& calendar) {
  const Language language = table.view.language;
  if (table.stages.empty()) return {};
  std::string rows;
  const bool several = std::any_of(table.stages.begin(), table.stages.end(), [&](const StageRow& row) {
    return row.pipeline != table.stages.front().pipeline;  // then stages of one name may be different ones
  });
  for (const StageRow& row : table.stages) rows += stage_row(table, row, calendar, several);
  return fmt::format(
      R"(<section id="funnel"><h2>{}</h2><div class="wide" tabindex="0" role="region" aria-label="{}"><table>
<caption>{}</caption>
<thead><tr><th scope="col">{}</th><th scope="col">{}</th><td></td><th scope="col">{}, {}</th><th scope="col">{}</th></tr></thead>
<tbody>{}</tbody></table></div></section>
)",
      say(language, {"Воронка", "Funnel"}), say(language, {"Воронка", "Funnel"}),
      say(language, {"Сделки в работе по этапам, сейчас.", "Open deals by stage, now."}),
      say(language, {"Этап", "Stage"}), say(language, {"Сделок", "Deals"}), say(language, {"Сумма", "Amount"}),
      currency_sign(table.currency), say(language, {"Обычно стоят, медиана", "Usual stay, median"}), rows);
}

}  // namespace kpistream::exporters
