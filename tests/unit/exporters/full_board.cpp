#include "tests/unit/exporters/full_board.hpp"

#include "app/kpi_reader.hpp"
#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/insight/kpis.hpp"
#include "tests/unit/exporters/text.hpp"

namespace kpistream::tests {
namespace {

using exporters::InsightSource;

bool is_inquiry(FactKind kind) {
  return kind == FactKind::inquiry_won || kind == FactKind::inquiry_lost || kind == FactKind::inquiry_open ||
         kind == FactKind::lead_waiting || kind == FactKind::lead_open || kind == FactKind::lead_processed;
}

// One of each kind, and what has its own KPIs beside: a currency without a rate, a missed call, a vote that is good.
Facts every_fact(const std::string& manager) {
  Facts facts;
  for (auto kind = kFirstFactKind; kind <= kLastFactKind; kind = static_cast<FactKind>(static_cast<int>(kind) + 1)) {
    Fact fact;
    fact.kind = kind;
    fact.at = kNoon - 600;
    fact.manager = manager;
    if (fact.kind <= FactKind::deal_lost) fact.pipeline = "5";
    if (fact.kind <= FactKind::lead_lost || fact.kind == FactKind::first_response) fact.pipeline = "leads";
    if (fact.kind == FactKind::quote_sent || fact.kind == FactKind::payment) fact.pipeline = "none";
    fact.amount = 12'345;
    fact.seconds = 600;
    fact.direction = manager == "7" ? "in" : "out";
    if (fact.pipeline.empty()) fact.pipeline = is_inquiry(fact.kind) ? "leads" : "5";
    fact.outcome = fact.kind == FactKind::call ? "talk" : fact.kind == FactKind::deal_lost ? "lost" : "won";
    fact.working_seconds = 600;
    fact.action = "call";
    fact.stage = "C5:NEW";
    fact.client = "new";
    fact.type = "new";
    fact.source = "web";
    if (fact.kind == FactKind::deal_idle || fact.kind == FactKind::missed_unreturned) fact.at -= 30 * 86'400;
    if (fact.kind == FactKind::rating) fact.seconds = 1;
    fact.reason = "none";
    facts.push_back(fact);
    if (fact.kind == FactKind::payment) {
      fact.part = "unrated";
      fact.currency = "XXX";
      facts.push_back(fact);
    }
    if (fact.kind == FactKind::call) {
      fact.part = "missed";
      fact.outcome = "missed";
      fact.type = "working";
      facts.push_back(fact);
    }
    if (fact.kind != FactKind::rating) continue;
    fact.part = "good";
    fact.seconds = 5;
    facts.push_back(fact);
  }
  return facts;
}

insight::FlowOf full_flow() {
  insight::FlowOf flow;
  flow.week = {{{30, 20}}, insight::FlowState::clot};
  flow.month = flow.week;
  flow.drain_seconds = 86'400;
  return flow;
}

insight::PlanFigure full_plan(const Target& target) {
  insight::PlanFigure figure;
  figure.target = target;
  figure.actual = 60;
  figure.attainment = figure.pace = 0.6;
  figure.forecast = {90, 100, 110};
  figure.suggestion.emplace();
  if (target.manager.empty()) figure.contributions["7"].of_target = 0.6;  // to that of one there is nothing to add
  return figure;
}

// Whatever may be absent is there.
insight::Summary full_summary(const std::string& portal) {
  insight::Summary summary;
  summary.portal = portal;
  summary.flow = {full_flow(), {{"5", full_flow()}}, "C5:NEW", 3'600, 0};
  summary.largest_manager = {60, 100};
  summary.open_leads = {3'600, 86'400};
  summary.week_to_week["7"] = {{{60, 100}}, {{60, 100}}};
  summary.against_team["7"] = {"sales", 3, {1, 2}, {1, 2}, {1, 2}};
  summary.teams["sales"].weeks = {{0, true, 2, 1, 100, 50}};
  summary.teams["sales"].slope = -1;
  summary.plan = {full_plan({"deals_won", "", "", PlanPeriod::month, 0, 100}),
                  full_plan({"deals_won", "", "sales", PlanPeriod::month, 0, 100}),
                  full_plan({"deals_won", "7", "", PlanPeriod::month, 0, 100})};
  summary.hour_baselines[std::string(insight::kpi::kNewLeads)] = {1, 2, 8, -1};
  summary.day_baselines = summary.hour_baselines;
  return summary;
}

}  // namespace

const Catalogue& catalogue() { return app::built_in_catalogue(); }

std::vector<PortalSettings> two_portals() {
  PortalSettings acme;
  acme.alias = "acme";
  acme.known_since = kNoon - 40 * 86'400;
  PortalSettings beta;
  beta.alias = "beta";
  beta.crm = Crm::amocrm;
  beta.currency = "KZT";
  beta.zone = "Asia/Almaty";
  beta.known_since = kNoon - 40 * 86'400;
  beta.leads = false;
  beta.quote_stages = {"68000030"};
  return {acme, beta};
}

Observation named(EntityKind kind, const std::string& id, const std::string& name) {
  Observation seen;
  seen.ref = {kind, id};
  seen.name = name;
  return seen;
}

void fill(State& state, const std::string& portal, int times) {
  CellDeltas deltas;
  const Counting counting(catalogue().definitions);
  const Calendar calendar{PortalSettings{}};
  for (int i = 0; i < times; ++i) counting.change(portal, calendar, {}, every_fact("7"), deltas);
  counting.change(portal, calendar, {}, every_fact("9"), deltas);
  counting.change(portal, calendar, every_fact("9"), {}, deltas);  // all taken back
  StateBatch batch;
  for (const auto& [key, cell] : deltas) {
    if (!cell.zero()) batch.adds.push_back({key, cell.encode()});
  }
  Observation stage = named(EntityKind::stage, "deal/C5:NEW", "Новая");
  stage.fields = std::vector<Field>{Field{"of", "deal/5"}};
  for (const auto& seen :
       {named(EntityKind::manager, "7", "Анна \"А\" \\ \n"), named(EntityKind::pipeline, "5", "Розница"), stage,
        named(EntityKind::source, "web", "Сайт"), named(EntityKind::loss_reason, "45", "Дорого")}) {
    Entity entity;
    entity.observe(seen);
    batch.puts.push_back({Space::entities, entity_key(portal, seen.ref), encode_entity(entity)});
  }
  batch.puts.push_back({Space::meta, first_record_key(portal), encode_number(kNoon - 7'200)});
  state.apply(batch);
}

std::string page_of(const State& state, const std::vector<PortalSettings>& portals,
                    const std::vector<InsightSource>& insights, exporters::Format format, const Catalogue& of) {
  Board board(state, portals);
  board.load(of.definitions, kNoon);
  const auto formulas = std::make_shared<const exporters::Formulas>(exporters::compile(of));
  const exporters::Selection everything{exporters::GroupSet().set(), 1'000'000};
  return joined(exporters::KpiTexts(board).page({formulas, insights, {}}, everything, format).texts);
}

std::string whole_page(exporters::Format format) {
  MemoryState state;
  auto portals = two_portals();
  std::vector<InsightSource> insights;
  for (PortalSettings& portal : portals) {
    portal.cost_field = "cost";
    portal.active_time = true;
    fill(state, portal.alias, 20);
    insights.push_back({std::make_shared<const insight::Summary>(full_summary(portal.alias)),
                        std::make_shared<const periods::TakenAdvice>()});
  }
  return page_of(state, portals, insights, format);
}

}  // namespace kpistream::tests
