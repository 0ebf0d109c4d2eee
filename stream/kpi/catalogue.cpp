#include <algorithm>

#include "stream/kpi/definition.hpp"

namespace kpistream {
namespace {

Definition counted(std::string id, FactKind fact, std::string noun, std::string what, std::string ru, std::string en) {
  Definition d;
  d.id = std::move(id);
  d.facts = {fact};
  d.noun = std::move(noun);
  d.counted = std::move(what);
  d.title_ru = std::move(ru);
  d.title_en = std::move(en);
  return d;
}

Definition with_money(Definition d, std::string sum_noun, std::string what) {
  d.measure = Measure::money;
  d.sum_noun = std::move(sum_noun);
  d.summed = std::move(what);
  return d;
}

Definition state(Definition d, WindowSet windows) {
  d.by_pipeline = false;
  d.windows = windows;
  return d;
}

Definition meetings_held() {
  auto d = counted("meetings_held", FactKind::meeting_held, "meetings_held", "meetings held (K23)",
                   "Проведённые встречи", "Meetings held");
  d.by_pipeline = false;
  return d;
}

Definition calls() {
  auto d = counted("calls", FactKind::call, "calls", "telephone conversation attempts (K8)", "Звонки", "Calls");
  d.by_pipeline = false;
  d.total_labels = d.window_labels = {Label::direction, Label::outcome};
  return d;
}

Definition talk() {
  auto d = counted("call_talk", FactKind::call, "", "", "Время разговоров", "Talk time");
  d.outcomes = {"talk", "short"};
  d.by_pipeline = false;
  d.total_labels = d.window_labels = {Label::direction};
  d.measure = Measure::seconds;
  d.sum_noun = "call_talk_seconds";
  d.summed = "seconds of telephone talk, ringing excluded (K9)";
  return d;
}

Definition durations(Definition d, std::string stem, std::string what) {
  d.measure = Measure::durations;
  d.sum_noun = stem + "_seconds";
  d.stem = std::move(stem);
  d.summed = std::move(what);
  return d;
}

Definition deals_lost() {
  auto d = with_money(
      counted("deals_lost", FactKind::deal_lost, "deals_lost", "deals closed as failed (K3)", "Отказы", "Deals lost"),
      "deals_lost_amount", "amounts of the deals closed as failed (K3)");
  d.total_labels = {Label::loss_reason};
  return d;
}

Definition deal_cycle() {
  auto d = durations(counted("deal_cycle", FactKind::deal_won, "deal_cycles",
                             "closed deals with a known creation (K17)", "Цикл продаж", "Sales cycle"),
                     "deal_cycle", "seconds from the creation of a deal to its closing (K17)");
  d.facts = {FactKind::deal_won, FactKind::deal_lost};
  d.total_labels = d.window_labels = {Label::result};
  return d;
}

std::vector<Definition> make_catalogue() {
  return {
      counted("new_leads", FactKind::new_lead, "new_leads", "inquiries that came in (K1)", "Новые лиды", "New leads"),
      counted("leads_converted", FactKind::lead_converted, "leads_converted", "leads converted (K13)", "Лиды в сделки",
              "Leads converted"),
      counted("leads_lost", FactKind::lead_lost, "leads_lost", "leads junked before any deal (K3)", "Отказы по лидам",
              "Leads lost"),
      counted("new_deals", FactKind::new_deal, "new_deals", "deals opened", "Новые сделки", "New deals"),
      with_money(
          counted("deals_won", FactKind::deal_won, "deals_won", "deals closed as won (K6)", "Продажи", "Deals won"),
          "revenue", "amounts of the deals closed as won (K6)"),
      deals_lost(),
      calls(),
      talk(),
      with_money(counted("quotes_sent", FactKind::quote_sent, "quotes_sent", "quotes sent for the first time (K20)",
                         "Отправленные КП", "Quotes sent"),
                 "quotes_sent_amount", "amounts of the quotes sent for the first time (K20)"),
      with_money(counted("payments", FactKind::payment, "payments", "payments received (K21)", "Оплаты", "Payments"),
                 "payments_amount", "amounts of the payments received (K21)"),
      state(counted("tasks_due", FactKind::task_due, "tasks_due", "open tasks by the day they are due (K22)",
                    "Задачи по сроку", "Tasks due"),
            WindowSet::task_due),
      meetings_held(),
      state(counted("meetings_scheduled", FactKind::meeting_planned, "meetings_scheduled",
                    "open meetings by the day they begin (K24)", "Назначенные встречи", "Meetings scheduled"),
            WindowSet::meeting_due),
      durations(counted("first_response", FactKind::first_response, "first_responses", "inquiries answered (K12)",
                        "Скорость ответа", "First response"),
                "first_response", "seconds from an inquiry to the first human answer (K12)"),
      deal_cycle(),
  };
}

}  // namespace

std::string_view label_name(Label label) {
  switch (label) {
    case Label::direction:
      return "direction";
    case Label::outcome:
      return "outcome";
    case Label::result:
      return "result";
    case Label::loss_reason:
      break;
  }
  return "loss_reason";
}

const std::string& label_value(Label label, const Fact& fact) {
  switch (label) {
    case Label::direction:
      return fact.direction;
    case Label::outcome:
    case Label::result:
      return fact.outcome;
    case Label::loss_reason:
      break;
  }
  return fact.reason;
}

bool Definition::counts(const Fact& fact) const {
  if (measure == Measure::durations && fact.seconds == kUnknownSeconds) return false;
  return std::find(facts.begin(), facts.end(), fact.kind) != facts.end() &&
         (outcomes.empty() || std::find(outcomes.begin(), outcomes.end(), fact.outcome) != outcomes.end());
}

const std::vector<Definition>& built_in_catalogue() {
  static const std::vector<Definition> catalogue = make_catalogue();
  return catalogue;
}

}  // namespace kpistream
