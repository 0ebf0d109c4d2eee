// What is behind one figure, as a page.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "exporters/table/html.hpp"
#include "exporters/table/page.hpp"
#include "stream/facts/fact.hpp"

namespace kpistream::exporters {
namespace {

// Records of one heading.
struct Records {
  std::string title;
  const std::vector<FactRow>& facts;
  std::size_t left_off;
};

std::string kind_text(Language language, const std::string& kind) {
  static constexpr std::array<std::pair<std::string_view, Said>, 10> kKinds{{{"lead", {"лид", "lead"}},
                                                                             {"deal", {"сделка", "deal"}},
                                                                             {"activity", {"дело", "activity"}},
                                                                             {"call", {"звонок", "call"}},
                                                                             {"quote", {"КП", "quote"}},
                                                                             {"invoice", {"счёт", "invoice"}},
                                                                             {"task", {"задача", "task"}},
                                                                             {"message", {"сообщение", "message"}},
                                                                             {"note", {"заметка", "note"}},
                                                                             {"client", {"клиент", "client"}}}};
  for (const auto& [id, words] : kKinds) {
    if (id == kind) return std::string(say(language, words));
  }
  return std::string(say(language, {"действия", "acts"}));
}

std::string funnel_text(const Table& table, const std::string& id) {
  if (id == "none" || id.empty()) return std::string(kNoFigure);
  if (id == kLeadPipeline) return std::string(say(table.view.language, {"Лиды", "Leads"}));
  return name_of(table.pipelines_all, id);
}

// The last columns, which not all kinds of records have.
std::string amount_text(Language language, const FactRow& fact) {
  return fact.amount == 0 ? "" : figure_text(language, LineUnit::money, fact.amount);
}
std::string time_text(Language language, const FactRow& fact) {
  if (fact.rating != 0) return std::to_string(fact.rating);
  return fact.seconds == 0 ? "" : insight::duration(language, fact.seconds);
}

struct RecordColumns {
  bool amount;
  bool time;
  explicit RecordColumns(const std::vector<FactRow>& facts)
      : amount(std::any_of(facts.begin(), facts.end(), [](const FactRow& fact) { return fact.amount != 0; })),
        time(std::any_of(facts.begin(), facts.end(),
                         [](const FactRow& fact) { return fact.rating != 0 || fact.seconds != 0; })) {}
};

std::string fact_rows(const Table& table, const std::vector<FactRow>& facts, const Calendar& calendar) {
  const Language language = table.view.language;
  const RecordColumns columns(facts);
  const auto figure = [](const std::string& text) { return fmt::format("<td class=\"figure\">{}</td>", text); };
  std::string rows;
  for (const FactRow& fact : facts) {
    const auto name = escaped(kind_text(language, fact.kind) + " " + fact.id);
    const auto record = fact.link.empty() ? name
                                          : fmt::format(R"(<a href="{}" rel="noreferrer" target="_blank">{}</a>)",
                                                        escaped(fact.link), name);
    rows += fmt::format("<tr><td>{}</td><th scope=\"row\">{}</th><td>{}</td><td>{}</td>{}{}</tr>\n",
                        fact.at == kNoTime ? std::string(kNoFigure) : moment_text(language, fact.at, calendar), record,
                        escaped(name_of(table.managers_all, fact.manager)), escaped(funnel_text(table, fact.pipeline)),
                        columns.amount ? figure(amount_text(language, fact)) : "",
                        columns.time ? figure(time_text(language, fact)) : "");
  }
  return rows;
}

std::string records_html(const Table& table, const Records& records, const Calendar& calendar) {
  const Language language = table.view.language;
  const auto title = escaped(records.title);
  if (records.facts.empty()) return fmt::format("<h2>{}</h2><p>{}</p>", title, say(language, {"Ни одной.", "None."}));
  const RecordColumns columns(records.facts);
  const auto column = [](std::string_view words) { return fmt::format("<th scope=\"col\">{}</th>", words); };
  const auto rest = records.left_off == 0
                        ? std::string()
                        : fmt::format("<p>{} {}</p>", say(language, {"И ещё", "And further"}),
                                      insight::grouped(language, static_cast<std::int64_t>(records.left_off)));
  return fmt::format(
      R"(<h2>{0} <span class="count">{1}</span></h2><div class="wide" tabindex="0" role="region" aria-label="{0}"><table class="records"><thead><tr><th scope="col">{2}</th><th scope="col">{3}</th><th scope="col">{4}</th><th scope="col">{5}</th>{6}{7}</tr></thead><tbody>{8}</tbody></table></div>{9})",
      title, insight::grouped(language, static_cast<std::int64_t>(records.facts.size() + records.left_off)),
      say(language, {"Когда", "When"}), say(language, {"Запись в CRM", "Record in the CRM"}),
      say(language, {"Менеджер", "Manager"}), say(language, {"Воронка", "Funnel"}),
      columns.amount ? column(say(language, {"Сумма", "Amount"})) : "",
      columns.time ? column(records.facts.front().rating != 0 ? say(language, {"Оценка", "Vote"})
                                                              : say(language, {"Время", "Time"}))
                   : "",
      fact_rows(table, records.facts, calendar), rest);
}

std::string names_of(const Table& table, const std::optional<Family>& by, const std::vector<std::string>& of) {
  if (!by) return {};
  const auto& choices = *by == Family::manager    ? table.managers_all
                        : *by == Family::pipeline ? table.pipelines_all
                                                  : table.sources_all;
  std::string text;
  for (const auto& id : of) text += (text.empty() ? "" : ", ") + name_of(choices, id);
  return text;
}

// Whose a part is; empty: it is whose the figure is.
std::string owner_of(const Table& table, const CellDetail& detail, const CellPart& part) {
  const bool same = part.by == Family::manager && part.of == std::vector{detail.member};
  return same || (part.by == table.view.by && part.of == table.view.of) ? std::string()
                                                                        : names_of(table, part.by, part.of);
}

// When a part is; of a line's formula that is when the figure is.
std::string period_of(const Table& table, const CellDetail& detail, const CellPart& part, const Calendar& calendar) {
  if (!detail.derived() || part.column.first.empty()) return {};
  return column_words(table.view.language, part.column, calendar);
}

std::string joined(std::string text, const std::string& more) {
  if (!text.empty() && !more.empty()) text += ", ";
  return text + more;
}

std::string facts_part(const Table& table, const CellDetail& detail, const Calendar& calendar) {
  const Language language = table.view.language;
  const std::string records(say(language, {"Записи", "Records"}));
  std::string out;
  for (const CellPart& part : detail.parts) {
    if (!part.has_records) continue;
    const auto place = joined(period_of(table, detail, part, calendar), owner_of(table, detail, part));
    const auto title = records + ": " + joined(say(language, part.line.title), place);
    out += records_html(table, {title, part.facts, part.left_off}, calendar);
  }
  if (detail.line.of == Line::Of::formula) return out;
  if (detail.line.standing && !detail.column.running)
    return fmt::format("<h2>{}</h2><p>{}</p>", records,
                       say(language, {"Что стояло тогда, записями не хранится: есть только число из таблицы.",
                                      "What stood then is not kept as records: there is the table's number only."}));
  return records_html(table, {records, detail.facts, detail.left_off}, calendar);
}

std::string formula_part(const Table& table, const CellDetail& detail, const Calendar& calendar) {
  if (detail.expression.empty() && !detail.derived()) return {};
  const Language language = table.view.language;
  std::string rows;
  for (const CellPart& part : detail.parts) {
    View view = table.view;
    view.by = part.by;
    view.of = part.of;
    const auto owner = owner_of(table, detail, part);
    const auto period = period_of(table, detail, part, calendar);
    const bool of_person = part.by == Family::manager && !owner.empty();  // where people are compared, by their names
    const auto title = escaped(of_person ? owner : line_title(language, part.line, table.currency));
    const auto name = part.line.id.empty() ? title : opens(cell_address(view, part.line.id, part.column), title);
    const auto place = detail.derived() ? escaped(of_person ? period : joined(period, owner))
                                        : fmt::format("<code>{}</code>", escaped(part.line.id));
    rows += fmt::format(R"(<tr><th scope="row">{}</th><td>{}</td><td class="figure">{}</td></tr>)", name, place,
                        figure_text(language, part.line.unit, part.figure.value));
  }
  const auto words = detail.derived() ? escaped(say(language, detail.formula))
                                      : fmt::format("<code>{}</code>", escaped(detail.expression));
  const auto& rule = say(language, detail.rule);
  return fmt::format("<h2>{}</h2><p>{}</p><table><tbody>{}</tbody></table>{}", say(language, {"Формула", "Formula"}),
                     words, rows, rule.empty() ? "" : fmt::format("<p>{}</p>", escaped(rule)));
}

std::string correction_rows(const Table& table, const CellDetail& detail, const Calendar& calendar) {
  const Language language = table.view.language;
  std::string rows;
  for (const auto& row : detail.corrections) {
    rows += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"figure\">{}{}</td><td class=\"figure\">{}</td></tr>",
        moment_text(language, row.at, calendar), escaped(name_of(table.managers_all, row.manager)),
        escaped(funnel_text(table, row.pipeline)), row.count > 0 ? "+" : "", insight::grouped(language, row.count),
        row.sum == 0 ? "" : figure_text(language, row.unit, row.sum));
  }
  return fmt::format(
      "<table class=\"records\"><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th "
      "scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead><tbody>{}</tbody></table>",
      say(language, {"Случилось", "Happened"}), say(language, {"Менеджер", "Manager"}),
      say(language, {"Воронка", "Funnel"}), say(language, {"Число", "Count"}), say(language, {"Сумма", "Amount"}),
      rows);
}

std::string corrections_part(const Table& table, const CellDetail& detail, const Calendar& calendar) {
  const Language language = table.view.language;
  if (detail.column.taken == 0) return {};
  const auto title = fmt::format("<h2>{}</h2><p>{} {}.", say(language, {"После закрытия", "Since it was closed"}),
                                 say(language, {"Таблица снята", "The table was taken"}),
                                 moment_text(language, detail.column.taken, calendar));
  if (detail.line.standing)
    return fmt::format("{} {}</p>", title,
                       say(language, {"Такие показатели потом не сверяются.", "Such figures are not compared later."}));
  if (detail.figure.counted_otherwise)
    return fmt::format("{} {}</p>", title,
                       say(language, {"С тех пор показатель считается иначе, сравнивать не с чем.",
                                      "The indicator is counted in another way since; the two cannot be compared."}));
  if (detail.corrections.empty() && !detail.figure.corrected)
    return fmt::format("{} {}</p>", title,
                       say(language, {"С тех пор ничего не изменилось.", "Nothing has changed since."}));
  const auto rows = correction_rows(table, detail, calendar);
  if (detail.derived())
    return fmt::format("{} {}</p>{}", title, say(language, {"С тех пор изменилось:", "Changed since:"}), rows);
  return fmt::format(
      "{} {}: {}</p>{}", title, say(language, {"Сегодня было бы", "Today it would be"}),
      figure_text(language, detail.line.unit, detail.figure.corrected ? detail.figure.today : detail.figure.value),
      rows);
}

}  // namespace

std::string cell_html(const Table& table, const CellDetail& detail, const Calendar& calendar,
                      const PageOptions& options) {
  const Language language = table.view.language;
  const auto title = line_title(language, detail.line, table.currency);
  const auto whose = detail.member.empty() ? std::string() : " · " + name_of(table.managers_all, detail.member);
  std::string out = page_head(table, title, options);
  out += fmt::format(
      R"(<body {}><header><h1>{}</h1><a href="{}">{}</a></header><main id="detail"><div><p class="big">{} <small>{}{}</small></p><p>{}</p><p class="status">{} {}</p>)",
      script_words(language), escaped(title), escaped("./" + address_of(table.view)),
      say(language, {"Назад к таблице", "Back to the table"}),
      figure_text(language, detail.line.unit, detail.figure.value), column_words(language, detail.column, calendar),
      escaped(whose), escaped(say(language, detail.line.text)),
      say(language, {"Сверено с CRM:", "Compared with the CRM:"}),
      detail.line.standing && detail.column.running
          ? std::string(say(language, {"как стоит сейчас", "as it stands now"}))
          : insight::percent(language, static_cast<double>(detail.column.coverage) / 1000));
  out += formula_part(table, detail, calendar) + corrections_part(table, detail, calendar);
  return out + "</div><div>" + facts_part(table, detail, calendar) + "</div></main></body></html>\n";
}

}  // namespace kpistream::exporters
