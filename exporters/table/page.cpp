#include "exporters/table/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "exporters/table/html.hpp"

namespace kpistream::exporters {
namespace {

using periods::Period;

constexpr std::string_view kProject = "https://github.com/kpistream/kpistream/blob/main/";

constexpr std::array kPeriods{Period::ten_minutes, Period::hour,  Period::day,
                              Period::week,        Period::month, Period::quarter};

std::string link(const std::string& address, std::string_view text, bool current) {
  return fmt::format(R"(<a href="{}"{}>{}</a>)", escaped(address), current ? R"( aria-current="page")" : "",
                     escaped(text));
}

std::string period_links(const Table& table) {
  std::string links;
  for (const Period period : kPeriods) {
    View view = table.view;
    view.period = period;
    view.at.clear();
    links += link(address_of(view), period_title(view.language, period), period == table.view.period);
  }
  return links;
}

std::string portal_links(const Table& table) {
  if (table.portals.size() < 2) return {};
  std::string links;
  for (const Choice& portal : table.portals) {
    View view;
    view.language = table.view.language;
    view.period = table.view.period;
    view.portal = portal.id;
    links += link(address_of(view), portal.name, portal.id == table.view.portal);
  }
  return fmt::format(R"(<nav class="portals" aria-label="{}">{}</nav>)",
                     say(table.view.language, {"Порталы", "Portals"}), links);
}

std::string language_link(const Table& table) {
  View view = table.view;
  const bool russian = view.language == Language::ru;
  view.language = russian ? Language::en : Language::ru;
  return fmt::format(R"(<a class="language" href="{}" lang="{}" hreflang="{}">{}</a>)", escaped(address_of(view)),
                     language_name(view.language), language_name(view.language), russian ? "English" : "Русский");
}

// Where to go on the page; what is not there is not named.
std::string contents(const Table& table) {
  struct Part {
    std::string_view id;
    Said title;
    bool there;
  };
  const bool insight = table.summary != nullptr;
  const std::array<Part, 7> parts{{{"advice", {"Советы", "Advice"}, insight},
                                   {"periods", {"Показатели", "Indicators"}, true},
                                   {"managers", {"Менеджеры", "Managers"}, !table.managers.rows.empty()},
                                   {"plan", {"План", "Plan"}, insight && !table.summary->plan.empty()},
                                   {"funnel", {"Воронка", "Funnel"}, !table.stages.empty()},
                                   {"sources", {"Источники", "Sources"}, !table.sources.rows.empty()},
                                   {"choice", {"Выбрать…", "Choose…"}, true}}};
  std::string links;
  for (const Part& part : parts) {
    if (part.there) links += fmt::format("<a href=\"#{}\">{}</a>", part.id, say(table.view.language, part.title));
  }
  return fmt::format(R"(<nav class="contents" aria-label="{}">{}</nav>)",
                     say(table.view.language, {"На странице", "On this page"}), links);
}

std::string status_line(const Table& table, const Calendar& calendar) {
  const Language language = table.view.language;
  if (table.known_since == 0) {
    return fmt::format("<p class=\"empty\">{}</p>",
                       say(language, {"Событий ещё не было. Как только портал пришлёт первое, здесь появятся "
                                      "показатели. Историю загрузит kpistream backfill.",
                                      "Nothing has come yet. Figures appear with the portal's first event. kpistream "
                                      "backfill reads the history."}));
  }
  return fmt::format("<p class=\"status\">{} <time>{}</time> · {} {} · {} <span id=\"state\"></span></p>",
                     say(language, {"Состояние на", "As of"}), moment_text(language, table.now, calendar),
                     say(language, {"учёт с", "records since"}), day_text(language, calendar.day_of(table.known_since)),
                     escaped(table.zone));
}

std::string footer(const Table& table, const PageOptions& options) {
  const Language language = table.view.language;
  const auto query = address_of(table.view);
  const auto metrics = options.metrics.empty() ? std::string()
                                               : fmt::format(R"(<a href="{}">{}</a> · )", escaped(options.metrics),
                                                             say(language, {"Метрики", "Metrics"}));
  return fmt::format(
      R"(<footer><p>{}: <a href="table.xlsx{}">XLSX</a> <a href="table.csv{}">CSV</a> <a href="api/v1/table{}">JSON</a> · <a href="report{}">{}</a></p><p>{}<a href="openapi.json">{}</a> · <a href="{}{}">{}</a> · <a href="{}CHANGELOG.md">kpistream {}</a></p></footer>
)",
      say(language, {"Скачать", "Download"}), escaped(query), escaped(query), escaped(query), escaped(query),
      say(language, {"Отчёт на страницу", "One-page report"}), metrics,
      say(language, {"Описание API", "API description"}), kProject, say(language, {"README.ru.md", "README.md"}),
      say(language, {"Документация", "Documentation"}), kProject, escaped(options.version));
}

std::string check_boxes(std::string_view name, const std::vector<Choice>& choices,
                        const std::vector<std::string>& chosen, std::string_view legend) {
  if (choices.empty()) return {};
  std::string boxes;
  for (const Choice& choice : choices) {
    const bool on = std::find(chosen.begin(), chosen.end(), choice.id) != chosen.end();
    boxes += fmt::format(R"(<label><input type="checkbox" name="{}" value="{}"{}> {}</label>)", name,
                         escaped(choice.id), on ? " checked" : "", escaped(choice.name));
  }
  return fmt::format("<fieldset><legend>{}</legend><div class=\"boxes\">{}</div></fieldset>", legend, boxes);
}

std::string hidden_input(std::string_view name, std::string_view value) {
  return fmt::format(R"(<input type="hidden" name="{}" value="{}">)", name, escaped(value));
}

std::vector<std::string> chosen_of(const View& view, Family family) {
  return view.by == family ? view.of : std::vector<std::string>();
}

}  // namespace

std::string page_head(const Table& table, std::string_view title, const PageOptions& options) {
  const auto script =
      options.live ? fmt::format(R"(<script src="{}" defer></script>)", escaped(options.script)) : std::string();
  return fmt::format(R"(<!doctype html>
<html lang="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><title>{}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="{}">{}</head>
)",
                     language_name(table.view.language), escaped(title), escaped(options.style), script);
}

std::string script_words(Language language) {
  return fmt::format(
      R"(data-views="{}" data-save="{}" data-name="{}" data-remove="{}" data-close="{}" data-failed="{}" data-live="{}" data-lost="{}" data-theme="{}")",
      say(language, {"Мои виды", "My views"}), say(language, {"Сохранить вид", "Save view"}),
      say(language, {"Название вида", "Name of the view"}), say(language, {"Удалить", "Remove"}),
      say(language, {"Закрыть", "Close"}),
      say(language, {"Не получилось, попробуйте ещё раз", "That did not work, try again"}),
      say(language, {"обновляется само", "renews itself"}), say(language, {"нет связи", "no connection"}),
      say(language, {"Светлая или тёмная", "Light or dark"}));
}

std::string choice_form(const Table& table) {
  const Language language = table.view.language;
  const View& view = table.view;
  std::vector<Choice> lines;
  for (const Line& line : table.lines_all) lines.push_back({line.id, say(language, line.title)});
  std::vector<std::string> shown = view.lines;
  const auto people = table.viewer.manager.empty()
                          ? check_boxes("manager", table.managers_all, chosen_of(view, Family::manager),
                                        say(language, {"Менеджеры", "Managers"})) +
                                check_boxes("pipeline", table.pipelines_all, chosen_of(view, Family::pipeline),
                                            say(language, {"Воронки", "Funnels"})) +
                                check_boxes("source", table.sources_all, chosen_of(view, Family::source),
                                            say(language, {"Источники", "Sources"}))
                          : std::string();
  return fmt::format(
      R"(<details id="choose"><summary>{0}</summary><form id="choice" method="get" action="./" aria-label="{0}">{1}{2}{3}
<p class="row"><label>{4} <input type="number" name="columns" min="1" max="{5}" value="{6}"></label> <label>{7} <input type="date" name="until" value="{8}"></label></p>
{9}{10}<p class="row"><button type="submit">{11}</button> <a href="{12}">{13}</a></p></form></details>
)",
      say(language, {"Выбрать показатели, людей и период", "Choose indicators, people and period"}),
      view.portal.empty() ? "" : hidden_input("portal", view.portal), hidden_input("lang", language_name(language)),
      hidden_input("period", periods::period_name(view.period)), say(language, {"Столбцов", "Columns"}),
      View::kColumnsMax, view.columns, say(language, {"По какой день", "Up to which day"}), escaped(view.until), people,
      check_boxes("line", lines, shown, say(language, {"Показатели", "Indicators"})),
      say(language, {"Показать", "Show"}),
      escaped("?lang=" + std::string(language_name(language)) +
              (view.portal.empty() ? "" : "&portal=" + percent_encoded(view.portal))),
      say(language, {"Сбросить", "Reset"}));
}

std::string page_html(const Table& table, const Calendar& calendar, const PageOptions& options) {
  const Language language = table.view.language;
  const auto title = fmt::format("{}: {}", table.view.portal, say(language, {"таблица KPI", "KPI table"}));
  std::string out = page_head(table, title, options);
  out += fmt::format(
      R"(<body {}><a class="skip" href="#periods">{}</a><header><h1>{}</h1>{}<nav class="periods" aria-label="{}">{}</nav>{}<span id="tools"></span>{}</header>
<main id="live" data-portal="{}" data-live="{}">{})",
      script_words(language), say(language, {"К показателям", "To the indicators"}), escaped(title),
      portal_links(table), say(language, {"Периоды", "Periods"}), period_links(table), language_link(table),
      contents(table), escaped(table.view.portal), options.live ? 1 : 0, status_line(table, calendar));
  out += flow_section(table, calendar) + advice_section(table, calendar) + blocks_section(table, calendar) +
         managers_section(table, calendar) + plan_section(table) + stages_section(table, calendar) +
         sources_section(table, calendar);
  out += "</main>\n" + choice_form(table) + footer(table, options) + "</body></html>\n";
  return out;
}

}  // namespace kpistream::exporters
