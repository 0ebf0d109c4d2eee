#include "exporters/prometheus/insight_families.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "stream/insight/rules.hpp"

namespace kpistream::exporters {
namespace {

using insight::FlowState;

constexpr std::array kStatuses{periods::AdviceStatus::fresh, periods::AdviceStatus::accepted,
                               periods::AdviceStatus::declined, periods::AdviceStatus::done};
constexpr std::array kFlowStates{FlowState::clot, FlowState::balanced, FlowState::shortage, FlowState::unknown};

std::string_view period_name(PlanPeriod period) {
  if (period == PlanPeriod::week) return "week";
  return period == PlanPeriod::month ? "month" : "quarter";
}

// A summary is made once a minute, while all else on a page is of one moment: the help, which is one sentence, says so.
std::string with_age(std::string help) {
  help.pop_back();  // the full stop
  return help + "; it is at most a minute old.";
}

// What has no manager and no team is of everybody, and that is another family.
class Writer {
 public:
  Writer(const insight::Summary& summary, const periods::TakenAdvice& taken, const Places& places, Exposition& out)
      : s_(summary), taken_(taken), places_(places), out_(out) {}

  void write() {
    gauge("crm_portal_business_time", "The value is 1 while the portal is at work, by its zone, hours and holidays.",
          {}, std::int64_t{s_.business_time ? 1 : 0});
    write_flow();
    if (s_.open_leads) write_ages(*s_.open_leads);
    gauge("crm_largest_manager_revenue_ratio",
          "This is the part of the revenue of the last 28 days that the manager with the most brought (K34).", {},
          s_.largest_manager.ratio());
    write_managers();
    write_teams();
    for (const auto& figure : s_.plan) write_plan(figure);
    write_baselines();
    write_advice();
  }

 private:
  template <class Value>
  void gauge(const std::string& name, const std::string& help, const Labels& more, Value value) {
    Labels labels{{"portal", s_.portal}};
    labels.add(more);
    out_.family(name, "gauge", with_age(help)).sample(labels, value);
  }

  template <class Value>
  void gauge(const std::string& name, const std::string& help, const Labels& more, const std::optional<Value>& value) {
    if (value) gauge(name, help, more, *value);
  }

  // ---- flow

  void write_flow() {
    write_flow_of("crm_flow_", s_.flow.portal, {});
    for (const auto& [pipeline, flow] : s_.flow.pipelines) {
      write_flow_of("crm_pipeline_flow_", flow, {{"pipeline", pipeline}});
    }
    if (!s_.flow.bottleneck.empty()) {
      gauge("crm_flow_bottleneck", "The label names the stage where most deals wait longest; the value is always 1.",
            {{"deal_stage", s_.flow.bottleneck}}, std::int64_t{1});
    }
    gauge(
        "crm_flow_residual",
        "This counts open deals that the numbers of opened, won and lost ones do not explain: anything but 0 is a lost "
        "event.",
        {}, s_.flow.residual);
  }

  void write_flow_of(const std::string& prefix, const insight::FlowOf& flow, const Labels& labels) {
    write_balance(prefix, flow.week, labels, "week_prev");
    write_balance(prefix, flow.month, labels, "28d");
    gauge(prefix + "backlog", "This counts inquiries that are neither won nor lost.", labels, flow.backlog);
    gauge(prefix + "drain_seconds", "This is how long the backlog takes to leave at the pace of the last 28 days.",
          labels, flow.drain_seconds);
    gauge(prefix + "diverging", "The value is 1 when there is a backlog and nothing leaves.", labels,
          std::int64_t{flow.diverging ? 1 : 0});
  }

  void write_balance(const std::string& prefix, const insight::FlowBalance& balance, Labels labels,
                     std::string_view window) {
    labels.add("window", window);
    if (balance.counts) {
      gauge(prefix + "balance_ratio",
            "This is the ratio of inquiries that came in to inquiries that left, won or lost (K27).", labels,
            balance.counts->ratio());
      gauge(prefix + "net", "This is the number of inquiries that came in less those that left.", labels,
            balance.net());
    }
    for (const FlowState state : kFlowStates) {
      Labels with_state = labels;
      with_state.add("state", insight::flow_state_name(state));
      gauge(prefix + "state", "The value is 1 for the state the flow is in: clot, balanced, shortage or unknown (K27).",
            with_state, std::int64_t{balance.state == state ? 1 : 0});
    }
  }

  void write_ages(const insight::Ages& ages) {
    const std::string of = " of the ages of inquiries that have not left the intake stages (K15).";
    gauge("crm_open_lead_age_p50_seconds", "This is the median" + of, {}, ages.median);
    gauge("crm_open_lead_age_p90_seconds", "This is the 90th percentile" + of, {}, ages.ninetieth);
  }

  // ---- people

  void write_managers() {
    const std::string wow =
        "This is the ratio of a manager's actions to those of the week before, to the same working time (K28).";
    for (const auto& [manager, weeks] : s_.week_to_week) {
      if (!places_.has(Family::manager, manager)) continue;
      if (weeks.so_far) {
        gauge("crm_manager_actions_wow_ratio", wow, {{"manager", manager}, {"window", "week"}}, weeks.so_far->ratio());
      }
      if (weeks.closed) {
        gauge("crm_manager_actions_wow_ratio", wow, {{"manager", manager}, {"window", "week_prev"}},
              weeks.closed->ratio());
      }
    }
    for (const auto& [manager, standing] : s_.against_team) {
      if (!places_.has(Family::manager, manager)) continue;
      gauge("crm_manager_actions_to_median_ratio",
            "This is the ratio of a manager's actions in the last closed week to the median of the others in the team "
            "(K29).",
            {{"manager", manager}}, standing.actions.ratio());
      gauge("crm_manager_team_median_actions",
            "This is the median of the actions of the others in the manager's team in the last closed week (K29).",
            {{"manager", manager}}, standing.actions.median);
      gauge("crm_manager_sells",
            "The value is 1 when a manager sold no less in the last closed week than the median of the others, in "
            "number or in money: few actions are no idleness then (K29).",
            {{"manager", manager}}, std::int64_t{standing.sells() ? 1 : 0});
      const std::string outcome =
          "This is the ratio of a manager's outcome in the last closed week to the median of the others (K29).";
      gauge("crm_manager_outcome_to_median_ratio", outcome, {{"manager", manager}, {"kpi", "deals_won"}},
            standing.won.ratio());
      gauge("crm_manager_outcome_to_median_ratio", outcome, {{"manager", manager}, {"kpi", "revenue"}},
            standing.revenue.ratio());
    }
  }

  void write_teams() {
    for (const auto& [name, team] : s_.teams) {
      const Labels labels{{"team", name.empty() ? "all" : std::string_view(name)}};
      gauge("crm_team_actions_slope",
            "This is how the mean of actions of an active manager moves per week, over the last eight closed weeks "
            "(K30).",
            labels, team.slope);
      if (team.weeks.empty()) continue;
      const auto& last = team.weeks.back();
      gauge("crm_managers_active", "This counts managers who acted and were present in the last closed week (K30).",
            labels, last.active);
      gauge("crm_team_actions_mean", "This is the mean of actions of an active manager in the last closed week (K30).",
            labels, last.mean());
      write_tenure(labels, "new", last.mean_new());
      write_tenure(labels, "settled", last.mean_settled());
    }
  }

  void write_tenure(Labels labels, std::string_view tenure, const std::optional<double>& mean) {
    labels.add("tenure", tenure);
    gauge("crm_team_tenure_actions_mean",
          "This is the mean of actions of an active manager in the last closed week, by time with the company: new is "
          "under 90 days (K30).",
          labels, mean);
  }

  // ---- plan

  void write_plan(const insight::PlanFigure& figure) {
    const Target& target = figure.target;
    std::string prefix = "crm_plan_";
    Labels labels{{"kpi", target.kpi}, {"period", period_name(target.period)}};
    if (!target.manager.empty()) {
      prefix = "crm_manager_plan_";
      labels.add("manager", target.manager);
    } else if (!target.team.empty()) {
      prefix = "crm_team_plan_";
      labels.add("team", target.team);
    }
    const bool money = insight::is_money(target.kpi);
    amount(prefix + "target", "This is the target of the period that runs (K25).", labels, target.value, money);
    if (figure.actual)
      amount(prefix + "actual", "This is what was reached of the target so far.", labels, *figure.actual, money);
    gauge(prefix + "elapsed_ratio", "This is the part of the period's working time that has passed (K25).", labels,
          figure.elapsed);
    gauge(prefix + "attainment_ratio", "This is the ratio of what was reached to the target (K25).", labels,
          figure.attainment);
    gauge(prefix + "pace_ratio",
          "This is the ratio of what was reached to the part of the target that working time asks for by now (K25).",
          labels, figure.pace);
    if (figure.forecast && target.value > 0) write_forecast(prefix, labels, figure);
    if (figure.suggestion) {
      amount(prefix + "suggested_target", "This is the next target: reachable, and a step higher (K26).", labels,
             figure.suggestion->value, money);
    }
    for (const auto& [manager, part] : figure.contributions) {
      if (!places_.has(Family::manager, manager)) continue;
      Labels with_manager = labels;
      with_manager.add("manager", manager);
      gauge(prefix + "contribution_ratio",
            "This is the ratio of what a manager brought to the target of the team (K25).", with_manager,
            part.of_target);
    }
  }

  void write_forecast(const std::string& prefix, const Labels& labels, const insight::PlanFigure& figure) {
    const auto one = [&](std::string_view bound, std::int64_t value) {
      Labels with_bound = labels;
      with_bound.add("bound", bound);
      gauge(prefix + "forecast_ratio", "This is the ratio of what the period will end with to the target (K25).",
            with_bound, static_cast<double>(value) / static_cast<double>(figure.target.value));
    };
    one("low", figure.forecast->low);
    one("mid", figure.forecast->mid);
    one("high", figure.forecast->high);
  }

  void amount(const std::string& name, const std::string& help, const Labels& more, std::int64_t value, bool money) {
    Labels labels{{"portal", s_.portal}};
    labels.add(more);
    auto& family = out_.family(name, "gauge", with_age(help));
    money ? family.money(labels, value) : family.sample(labels, value);
  }

  // ---- baselines and advice

  void write_baselines() {
    for (const auto& [kpi, usual] : s_.hour_baselines) {
      write_baseline(kpi, usual, {"crm_kpi_hour_actual", "This is the KPI over the last hour."},
                     {"crm_kpi_baseline", "This is the median of the same hour of the same weekday in past weeks."},
                     {"crm_kpi_baseline_samples", "This counts the past weeks that the baseline is taken from."},
                     {"crm_anomaly_score",
                      "This is how far the last hour is from its baseline, in spreads; beyond 3 is unusual (K34)."});
    }
    for (const auto& [kpi, usual] : s_.day_baselines) {
      write_baseline(
          kpi, usual, {"crm_kpi_day_actual", "This is the KPI since midnight in the portal's time zone."},
          {"crm_kpi_day_baseline",
           "This is the median of the same weekday up to the same time of the day in past weeks."},
          {"crm_kpi_day_baseline_samples", "This counts the past weeks that the day's baseline is taken from."},
          {"crm_kpi_day_anomaly_score",
           "This is how far the day so far is from its baseline, in spreads; beyond 3 is unusual (K34)."});
    }
  }

  struct Named {
    std::string name;
    std::string help;
  };
  void write_baseline(const std::string& kpi, const insight::Baseline& usual, const Named& actual, const Named& median,
                      const Named& samples, const Named& anomaly) {
    const bool money = kpi == insight::kpi::kRevenue;
    const Labels labels{{"kpi", money ? "revenue" : std::string_view(kpi)}};
    const double unit = money ? 100.0 : 1.0;
    gauge(actual.name, actual.help, labels, static_cast<double>(usual.value) / unit);
    gauge(median.name, median.help, labels, usual.median / unit);
    gauge(samples.name, samples.help, labels, std::int64_t{usual.weeks});
    gauge(anomaly.name, anomaly.help, labels, usual.anomaly);
  }

  void write_advice() {
    std::array<std::int64_t, kStatuses.size()> cards{};
    for (const auto& card : s_.cards) ++cards.at(static_cast<std::size_t>(periods::status_of(taken_, card.id)));
    for (const auto status : kStatuses) {
      gauge("crm_advice_cards", "This counts cards of advice that hold now, by what became of them (K31).",
            {{"status", periods::advice_status_name(status)}}, cards.at(static_cast<std::size_t>(status)));
    }
    for (const auto& rule : insight::rules()) {
      const bool active = std::any_of(s_.cards.begin(), s_.cards.end(), [&](const auto& card) {
        return card.rule == rule.id && periods::status_of(taken_, card.id) != periods::AdviceStatus::declined;
      });
      gauge("crm_advice_active",
            "The value is 1 while a rule of advice has something to say that nobody has declined (K31).",
            {{"rule", rule.id}, {"severity", insight::severity_name(rule.severity)}}, std::int64_t{active ? 1 : 0});
    }
  }

  const insight::Summary& s_;
  const periods::TakenAdvice& taken_;
  const Places& places_;
  Exposition& out_;
};

}  // namespace

void write_insight_families(const insight::Summary& summary, const periods::TakenAdvice& taken, const Places& places,
                            Exposition& out) {
  Writer(summary, taken, places, out).write();
}

}  // namespace kpistream::exporters
