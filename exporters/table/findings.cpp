#include "exporters/table/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "exporters/table/text.hpp"
#include "stream/insight/people.hpp"

namespace kpistream::exporters {
namespace {

using periods::AdviceStatus;

constexpr std::size_t kCardsMax = 5;
constexpr std::size_t kFirstAdvice = 3;  // of an audit
constexpr std::size_t kLeaders = 3;
constexpr std::size_t kAuditWeeks = 4;
constexpr std::array<std::string_view, 10> kWeekly{
    "new_leads",    "deals_won", "deals_won.sum",     "inquiries_lost",
    "win_ratio",    "calls",     "missed_call_ratio", "first_response_working.p50",
    "payments.sum", "actions"};

const Row* row_of(const Table& table, std::string_view id) {
  for (const auto& block : table.blocks) {
    for (const auto& row : block.rows) {
      if (row.line.id == id) return &row;
    }
  }
  return nullptr;
}

// The newest column that is over.
std::size_t last_closed(const Table& table) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (!table.columns[i].running) return i;
  }
  return 0;
}

class Writer {
 public:
  Writer(const Table& table, const Calendar& calendar)
      : table_(table), calendar_(calendar), language_(table.view.language) {}

 protected:
  [[nodiscard]] std::string_view words(const Said& said) const { return say(language_, said); }

  // What insight tells is kept from a manager: then nothing is said of it, not even that there is none.
  [[nodiscard]] bool head() const { return table_.viewer.manager.empty(); }

  [[nodiscard]] std::string flow_lead() const {
    if (!head()) return {};
    if (!table_.summary) return std::string(words({"Выводов ещё нет.", "Nothing can be concluded yet."}));
    const auto& week = table_.summary->flow.portal.week;
    const auto counts = !week.counts
                            ? std::string()
                            : fmt::format(" {} {}, {} {}.", words({"Пришло", "Came in"}),
                                          insight::grouped(language_, week.counts->value), words({"закрыто", "closed"}),
                                          insight::grouped(language_, week.counts->base));
    return fmt::format("{}.{} {}", words(flow_title(week.state)), counts, words(flow_advice(week.state)));
  }

  [[nodiscard]] bool flow_is_bad() const {
    if (!table_.summary) return false;
    const auto state = table_.summary->flow.portal.week.state;
    return state == insight::FlowState::clot || state == insight::FlowState::shortage;
  }

  [[nodiscard]] std::string subject(const insight::Card& card) const {
    const auto text = subject_text(table_, card.subject);
    return text.empty() ? text : text + ": ";
  }

  [[nodiscard]] Chapter advice(const Said& title, std::size_t most) const {
    Chapter chapter{std::string(words(title)), {}};
    for (const auto& each : table_.cards) {
      const bool open =
          each.current && (each.state.status == AdviceStatus::fresh || each.state.status == AdviceStatus::accepted);
      if (!open || chapter.findings.size() == most) continue;
      chapter.findings.push_back({subject(each.card) + say(language_, each.card.problem),
                                  {},
                                  say(language_, each.card.ratio) + " " + say(language_, each.card.how),
                                  each.card.severity != insight::Severity::info});
    }
    return chapter;
  }

  // The noun that goes with a number: one, few and many; in English one and more.
  [[nodiscard]] std::string_view counted(std::int64_t number, const std::array<std::string_view, 3>& ru,
                                         const std::array<std::string_view, 2>& en) const {
    const std::size_t form = insight::plural_form(language_, number);
    return language_ == Language::ru ? ru.at(form) : en.at(form);
  }

  // Of what stands, now.
  void add_standing(Chapter& chapter, std::string_view id, const Said& note) const {
    const Row* row = row_of(table_, id);
    if (row == nullptr || row->figures.empty() || !table_.columns.front().running) return;
    const auto& value = row->figures.front().value;
    if (!value) return;
    chapter.findings.push_back({line_title(language_, row->line, table_.currency),
                                figure_text(language_, row->line.unit, *value), std::string(words(note)), *value > 0});
  }

  const Table& table_;
  const Calendar& calendar_;
  const Language language_;
};

class Weekly : public Writer {
 public:
  using Writer::Writer;

  Paper write() const {
    Paper paper;
    const Column& column = table_.columns[last_closed(table_)];
    paper.title = fmt::format("{}: {} {}", table_.view.portal, words({"неделя", "week"}),
                              column_title(language_, column, calendar_));
    paper.lead = flow_lead();
    paper.bad = flow_is_bad();
    paper.chapters = {figures(), advice({"Что сделать", "What to do"}, kCardsMax), plan(), leaders(), ahead()};
    std::erase_if(paper.chapters, [](const Chapter& chapter) { return chapter.findings.empty(); });
    paper.end = fmt::format("{} {}.", words({"Сверено с CRM:", "Compared with the CRM:"}),
                            insight::percent(language_, static_cast<double>(column.coverage) / 1000));
    return paper;
  }

 private:
  [[nodiscard]] Chapter figures() const {
    Chapter chapter{std::string(words({"Показатели", "Figures"})), {}};
    const std::size_t at = last_closed(table_);
    for (const auto id : kWeekly) {
      const Row* row = row_of(table_, id);
      if (row == nullptr || !row->figures[at].value) continue;
      Finding finding{line_title(language_, row->line, table_.currency),
                      figure_text(language_, row->line.unit, row->figures[at].value),
                      {},
                      false};
      if (at + 1 < row->figures.size()) {
        if (const auto change = change_of(row->figures[at], row->figures[at + 1])) {
          finding.note = change_text(language_, *change);
          const bool worse = (*change < 0) == (row->line.better == Better::more);
          finding.bad = row->line.better != Better::neither && worse && std::abs(*change) >= 0.1;
        }
      }
      chapter.findings.push_back(std::move(finding));
    }
    return chapter;
  }

  [[nodiscard]] Chapter plan() const {
    Chapter chapter{std::string(words({"План", "Plan"})), {}};
    if (!table_.summary) return chapter;
    for (const auto& figure : table_.summary->plan) {
      if (!figure.pace) continue;
      const auto reading = insight::reading(figure.target.kpi);
      const Line* line =
          find_line(table_.lines_all, std::string(reading.kpi) + (reading.slot == kSumSlot ? ".sum" : ""));
      std::string title = line == nullptr ? figure.target.kpi : say(language_, line->title);
      if (!figure.target.manager.empty()) title += " · " + name_of(table_.managers_all, figure.target.manager);
      if (!figure.target.team.empty()) title += " · " + figure.target.team;
      const bool behind = is_behind(figure);
      chapter.findings.push_back(
          {title, insight::percent(language_, figure.attainment),
           fmt::format("{} {}{}", words({"темп", "pace"}), insight::percent(language_, figure.pace),
                       behind ? words({", отстаём", ", behind"}) : ""),
           behind});
    }
    return chapter;
  }

  [[nodiscard]] Chapter leaders() const {
    Chapter chapter{std::string(words({"Лидеры", "Leaders"})), {}};
    const auto& all = table_.managers;
    const bool of_this_week = all.column == last_closed(table_);  // of a portal just known it is the running one
    if (!head() || !of_this_week) return chapter;
    for (std::size_t i = 0; i < all.lines.size(); ++i) {
      if (all.lines[i].id != "deals_won.sum") continue;
      for (const auto& row : all.rows) {
        if (chapter.findings.size() == kLeaders || !row.figures[i].value || *row.figures[i].value <= 0) break;
        chapter.findings.push_back({name_of(table_.managers_all, row.id),
                                    insight::money(language_, *row.figures[i].value, currency_sign(table_.currency)),
                                    {},
                                    false});
      }
    }
    return chapter;
  }

  [[nodiscard]] Chapter ahead() const {
    Chapter chapter{std::string(words({"Впереди", "Ahead"})), {}};
    add_standing(chapter, "leads_waiting", {});
    add_standing(chapter, "missed_calls_unreturned", {});
    add_standing(chapter, "deals_stuck", {});
    add_standing(chapter, "deals_without_next_step", {});
    return chapter;
  }
};

class Audit : public Writer {
 public:
  using Writer::Writer;

  Paper write() const {
    Paper paper;
    paper.title =
        fmt::format("{}: {}", table_.view.portal, words({"аудит отдела продаж", "audit of the sales department"}));
    paper.lead = flow_lead();
    paper.bad = flow_is_bad();
    paper.chapters = {advice({"С чего начать", "Where to begin"}, kFirstAdvice), losses(), clots(), people(), holes()};
    std::erase_if(paper.chapters, [](const Chapter& chapter) { return chapter.findings.empty(); });
    paper.end = fmt::format(
        "{} {}.", words({"Данные с", "Data since"}),
        table_.known_since == 0 ? std::string(kNoFigure) : day_text(language_, calendar_.day_of(table_.known_since)));
    return paper;
  }

 private:
  // Over the last closed weeks.
  void add_sum(Chapter& chapter, std::string_view id, const Said& note) const {
    const Row* row = row_of(table_, id);
    if (row == nullptr) return;
    std::int64_t sum = 0;
    std::size_t weeks = 0;
    for (std::size_t i = 0; i < row->figures.size() && weeks < kAuditWeeks; ++i) {
      if (table_.columns[i].running || !row->figures[i].value) continue;
      sum += *row->figures[i].value;
      ++weeks;
    }
    if (weeks == 0) return;
    chapter.findings.push_back(
        {fmt::format("{}, {} {}", line_title(language_, row->line, table_.currency), weeks,
                     counted(static_cast<std::int64_t>(weeks), {"нед.", "нед.", "нед."}, {"week", "weeks"})),
         figure_text(language_, row->line.unit, sum), std::string(words(note)), sum > 0});
  }

  [[nodiscard]] Chapter losses() const {
    Chapter chapter{std::string(words({"Что теряется", "What is lost"})), {}};
    add_standing(chapter, "leads_waiting",
                 {"Обращения, на которые никто не ответил.", "Inquiries nobody has answered."});
    add_standing(chapter, "missed_calls_unreturned",
                 {"Пропущенные звонки, на которые не перезвонили.", "Missed calls nobody returned."});
    add_sum(chapter, "calls_missed", {"Пропущенные входящие.", "Incoming calls nobody took."});
    add_sum(chapter, "inquiries_lost", {"Обращения, закончившиеся отказом.", "Inquiries that ended in refusal."});
    return chapter;
  }

  [[nodiscard]] Chapter clots() const {
    Chapter chapter{std::string(words({"Где стоит", "Where it stands still"})), {}};
    add_standing(chapter, "deals_stuck",
                 {"Сделки, с которыми давно ничего не делали.", "Deals nobody has touched for long."});
    add_standing(chapter, "revenue_at_risk.sum", {"Их сумма.", "Their amount."});
    add_standing(chapter, "deals_without_next_step",
                 {"Ни задачи, ни встречи впереди.", "No task and no meeting ahead."});
    for (const auto& stage : table_.stages) {
      if (!stage.bottleneck) continue;
      chapter.findings.push_back(
          {fmt::format("{}: {}", words({"Узкое место", "Bottleneck"}), name_of(table_.names.stages, stage.id)),
           fmt::format("{} {}", insight::grouped(language_, stage.open),
                       counted(stage.open, {"сделка", "сделки", "сделок"}, {"deal", "deals"})),
           fmt::format("{} {}", words({"обычно стоят", "the usual stay is"}),
                       figure_text(language_, LineUnit::seconds, stage.stay_seconds)),
           true});
    }
    return chapter;
  }

  [[nodiscard]] Chapter people() const {
    Chapter chapter{std::string(words({"Кто отстаёт", "Who falls behind"})), {}};
    if (!table_.summary || !table_.summary->week_reliable) return chapter;
    for (const auto& [manager, team] : table_.summary->against_team) {
      if (!insight::under_team(team)) continue;
      const auto own = team.actions.own;
      chapter.findings.push_back(
          {name_of(table_.managers_all, manager),
           fmt::format("{} {}", insight::grouped(language_, own),
                       counted(own, {"действие", "действия", "действий"}, {"action", "actions"})),
           fmt::format("{} {}", words({"за неделю; медиана остальных", "in the week; the median of the others is"}),
                       insight::grouped(language_, insight::rounded(team.actions.median))),
           true});
    }
    return chapter;
  }

  [[nodiscard]] Chapter holes() const {
    Chapter chapter{std::string(words({"Пробелы в данных", "Holes in the data"})), {}};
    std::size_t closed = 0;
    for (const auto& column : table_.columns) {
      if (column.running || !column.known) continue;
      ++closed;
      if (column.coverage >= kCoverageShown) continue;
      chapter.findings.push_back({column_title(language_, column, calendar_),
                                  insight::percent(language_, static_cast<double>(column.coverage) / 1000),
                                  std::string(words({"сверено с CRM, остальному верить рано",
                                                     "compared with the CRM, the rest cannot be relied on yet"})),
                                  true});
    }
    if (table_.summary && table_.summary->flow.residual.value_or(0) != 0) {
      chapter.findings.push_back(
          {std::string(words({"Открытые сделки не сходятся", "Open deals do not add up"})),
           insight::grouped(language_, *table_.summary->flow.residual),
           std::string(words({"событие потеряно, его ищет сверка", "an event is lost, comparing looks for it"})),
           true});
    }
    if (closed == 0)
      chapter.findings.push_back(
          {std::string(words({"Закрытых недель ещё нет", "There is no closed week yet"})),
           {},
           std::string(words({"Историю загрузит kpistream backfill.", "kpistream backfill reads the history."})),
           true});
    if (chapter.findings.empty())
      chapter.findings.push_back(
          {std::string(words({"Не найдено", "None found"})),
           {},
           std::string(words({"Все закрытые недели сверены с CRM.", "All closed weeks are compared with the CRM."})),
           false});
    return chapter;
  }
};

}  // namespace

Paper weekly_report(const Table& table, const Calendar& calendar) { return Weekly(table, calendar).write(); }
Paper audit(const Table& table, const Calendar& calendar) { return Audit(table, calendar).write(); }

}  // namespace kpistream::exporters
