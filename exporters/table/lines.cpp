#include "exporters/table/lines.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "stream/kpi/calendar.hpp"
#include "stream/kpi/unit.hpp"

namespace kpistream::exporters {
namespace {

struct Place {
  std::string_view block;
  std::string_view line;
  Better better;
};

// The original table's blocks: sales, calls, deals, and the day of the managers.
constexpr auto kMore = Better::more;
constexpr auto kLess = Better::less;
constexpr auto kNeither = Better::neither;
constexpr std::array kPlaces{
    Place{"sales", "new_leads", kMore},
    Place{"sales", "inquiries_won", kMore},
    Place{"sales", "inquiries_lost", kLess},
    Place{"sales", "loss_ratio", kLess},
    Place{"sales", "win_ratio", kMore},
    Place{"sales", "deals_won", kMore},
    Place{"sales", "deals_won.sum", kMore},
    Place{"sales", "average_deal_amount", kMore},
    Place{"sales", "payments", kMore},
    Place{"sales", "payments.sum", kMore},
    Place{"sales", "quotes_sent", kMore},
    Place{"sales", "quotes_sent.sum", kMore},
    Place{"sales", "clients_acquired", kMore},
    Place{"calls", "calls", kMore},
    Place{"calls", "call_talk.sum", kMore},
    Place{"calls", "calls_in", kNeither},
    Place{"calls", "calls_missed", kLess},
    Place{"calls", "missed_call_ratio", kLess},
    Place{"calls", "missed_calls_unreturned", kLess},
    Place{"calls", "callback.p50", kLess},
    Place{"calls", "first_response_working.p50", kLess},
    Place{"calls", "first_response_within_target_ratio", kMore},
    Place{"calls", "leads_waiting", kLess},
    Place{"calls", "negative_ratings", kLess},
    Place{"deals", "new_deals", kMore},
    Place{"deals", "deals_lost", kLess},
    Place{"deals", "deals_lost.sum", kLess},
    Place{"deals", "deal_cycle.p50@won", kLess},
    Place{"deals", "deals_open", kNeither},
    Place{"deals", "deals_open.sum", kNeither},
    Place{"deals", "deals_stuck", kLess},
    Place{"deals", "revenue_at_risk.sum", kLess},
    Place{"deals", "deals_without_next_step", kLess},
    Place{"deals", "complaints", kLess},
    Place{"work", "actions", kMore},
    Place{"work", "meetings_held", kMore},
    Place{"work", "meetings_scheduled@tomorrow", kMore},
    Place{"work", "tasks_due@tomorrow", kNeither},
    Place{"work", "tasks_due@overdue", kLess},
};

Words block_title(std::string_view id) {
  if (id == "sales") return {"Продажи", "Sales"};
  if (id == "calls") return {"Звонки и ответы", "Calls and answers"};
  if (id == "deals") return {"Сделки", "Deals"};
  if (id == "work") return {"Работа менеджеров", "Managers' work"};
  return {"Свои показатели", "Your own"};
}

// Where the count and the sum of a KPI go by names of their own.
const std::map<std::string_view, Words>& sum_titles() {
  static const std::map<std::string_view, Words> titles{
      {"deals_won", {"Выручка", "Revenue"}},
      {"deals_lost", {"Отказы, сумма", "Deals lost, amount"}},
      {"client_wins", {"Выручка по клиентам", "Client revenue"}},
  };
  return titles;
}

// What a value of a label is called.
const std::map<std::string_view, Words>& part_titles() {
  static const std::map<std::string_view, Words> titles{
      {"won", {"выигранные", "won"}},
      {"lost", {"проигранные", "lost"}},
      {"converted", {"ставшие сделкой", "converted"}},
      {"in", {"входящие", "incoming"}},
      {"out", {"исходящие", "outgoing"}},
      {"new", {"новым", "new"}},
      {"repeat", {"постоянным", "repeat"}},
      {"overdue", {"просрочены", "overdue"}},
      {"today", {"на сегодня", "today"}},
      {"tomorrow", {"на завтра", "tomorrow"}},
      {"later", {"позже", "later"}},
      {"none", {"без срока", "no date"}},
      {"active", {"активные", "active"}},
      {"dormant", {"спящие", "dormant"}},
  };
  return titles;
}

// Values of a label that are known beforehand; of others there are no lines.
std::span<const std::string_view> values_of(const Definition& definition) {
  static constexpr std::array<std::string_view, 2> kResults{"won", "lost"};
  static constexpr std::array<std::string_view, 2> kProcessed{"converted", "lost"};
  static constexpr std::array<std::string_view, 2> kDirections{"in", "out"};
  static constexpr std::array<std::string_view, 2> kClients{"new", "repeat"};
  if (definition.window_labels.empty()) return {};
  const auto name = definition.window_labels.front().name();
  if (name == "result") return definition.facts.front() == FactKind::lead_processed ? kProcessed : kResults;
  if (name == "direction") return kDirections;
  if (name == "client") return kClients;
  return {};
}

Words joined(const Words& title, const Words& more) { return {title.ru + ", " + more.ru, title.en + ", " + more.en}; }

std::string_view suffix(Line::Of of) {
  if (of == Line::Of::sum) return ".sum";
  if (of == Line::Of::p50) return ".p50";
  return of == Line::Of::p90 ? ".p90" : "";
}

LineUnit line_unit_of(const Definition& definition, Line::Of of) {
  return of == Line::Of::count ? LineUnit::count : sum_line_unit(definition);
}

// ECOSYSTEM's units are in the name; where there is none the parts tell.
LineUnit line_unit_of(const Formula& formula, const std::vector<Definition>& definitions) {
  if (formula.name.ends_with("_ratio")) return LineUnit::ratio;
  if (formula.name.ends_with("_seconds")) return LineUnit::seconds;
  const Unit unit = unit_of(formula, definitions);
  if (unit == Unit::money) return LineUnit::money;
  return unit == Unit::seconds ? LineUnit::seconds : LineUnit::number;
}

bool has_count(const Definition& definition) { return !definition.name.empty() || definition.measure == Measure::none; }
bool has_sum(const Definition& definition) {
  return definition.measure != Measure::none && !definition.quantiles() && !definition.sum_name.empty();
}

// The title of a KPI names its only figure; of several each says which it is.
Words title_of(const Definition& definition, Line::Of of) {
  const auto special = sum_titles().find(definition.id);
  if (of == Line::Of::sum && special != sum_titles().end()) return special->second;
  if (of == Line::Of::p50) return joined(definition.title, {"медиана", "median"});
  if (of == Line::Of::p90 && definition.money()) return joined(definition.title, {"90 % не больше", "90 % at most"});
  if (of == Line::Of::p90) return joined(definition.title, {"90 % быстрее", "90th percentile"});
  const bool one_of_two = has_count(definition) && has_sum(definition);
  if (of == Line::Of::sum && one_of_two) {
    return joined(definition.title, definition.money() ? Words{"сумма", "amount"} : Words{"всего", "total"});
  }
  const bool of_durations = definition.quantiles() || (one_of_two && !definition.money());
  if (of == Line::Of::count && of_durations) return joined(definition.title, {"число", "count"});
  return definition.title;
}

class Lines {
 public:
  void add(const Definition& definition) {
    if (is_cohort(definition.windows)) return;
    if (has_count(definition)) add(definition, Line::Of::count);
    if (has_sum(definition)) add(definition, Line::Of::sum);
    if (!definition.quantiles()) return;
    add(definition, Line::Of::p50);
    add(definition, Line::Of::p90);
  }

  void add(const Formula& formula, const std::vector<Definition>& definitions) {
    if (is_cohort(formula.windows)) return;
    Line line;
    line.id = line.kpi = formula.id;
    line.of = Line::Of::formula;
    line.unit = line_unit_of(formula, definitions);
    line.standing = !is_history(formula.windows);
    line.by_manager = formula.by_manager;
    line.by_pipeline = formula.by_pipeline;
    line.by_source = formula.by_source;
    line.title = formula.title;
    line.text = formula.text;
    put(line);
  }

  std::vector<Line> take() { return std::move(lines_); }

 private:
  void add(const Definition& definition, Line::Of of) {
    Line line;
    line.kpi = definition.id;
    line.of = of;
    line.unit = line_unit_of(definition, of);
    line.standing =
        !is_history(definition.windows) || std::any_of(definition.facts.begin(), definition.facts.end(), is_state);
    line.by_manager = definition.by_manager;
    line.by_pipeline = definition.by_pipeline;
    line.by_source = definition.by_source;
    line.text = definition.text;
    const std::string id = definition.id + std::string(suffix(of));
    const bool by_window = !is_history(definition.windows) && !Calendar::label(definition.windows).empty();
    if (!by_window) {
      line.id = id;
      line.title = title_of(definition, of);
      put(line);
    }
    for (const auto part : by_window ? Calendar::windows(definition.windows) : values_of(definition)) {
      line.id = id + "@" + std::string(part);
      line.part = part;
      const auto name = part_titles().find(part);
      const Words value{std::string(part), std::string(part)};
      line.title = joined(title_of(definition, of), name == part_titles().end() ? value : name->second);
      const bool lost_clients = definition.windows == WindowSet::segment && part == "lost";  // not refused, but gone
      if (lost_clients) line.title = joined(title_of(definition, of), {"потерянные", "lost"});
      put(line);
    }
  }

  void put(Line line) {
    const auto* const place =
        std::find_if(kPlaces.begin(), kPlaces.end(), [&](const Place& have) { return have.line == line.id; });
    if (place != kPlaces.end()) line.better = place->better;
    lines_.push_back(std::move(line));
  }

  std::vector<Line> lines_;
};

}  // namespace

std::string_view line_unit_name(LineUnit unit) {
  switch (unit) {
    case LineUnit::count:
      return "count";
    case LineUnit::money:
      return "money";
    case LineUnit::seconds:
      return "seconds";
    case LineUnit::ratio:
      return "ratio";
    case LineUnit::number:
      break;
  }
  return "number";
}

LineUnit sum_line_unit(const Definition& definition) {
  const Unit unit = sum_unit(definition);
  if (unit == Unit::money) return LineUnit::money;
  return unit == Unit::seconds ? LineUnit::seconds : LineUnit::count;
}

std::int64_t line_unit_scale(LineUnit unit) {
  if (unit == LineUnit::money) return 100;
  if (unit == LineUnit::ratio) return 1'000'000;
  return unit == LineUnit::number ? 1'000 : 1;
}

std::string_view better_name(Better better) {
  if (better == Better::more) return "more";
  return better == Better::less ? "less" : "neither";
}

std::vector<Line> lines_of(const Catalogue& catalogue) {
  Lines lines;
  for (const auto& definition : catalogue.definitions) lines.add(definition);
  for (const auto& formula : catalogue.formulas) lines.add(formula, catalogue.definitions);
  return lines.take();
}

const Line* find_line(const std::vector<Line>& lines, std::string_view id) {
  const auto it = std::find_if(lines.begin(), lines.end(), [&](const Line& line) { return line.id == id; });
  return it == lines.end() ? nullptr : &*it;
}

std::vector<Block> blocks_of(const std::vector<Line>& lines, const std::set<std::string>& built_in) {
  std::vector<Block> blocks;
  for (const auto& place : kPlaces) {
    if (find_line(lines, place.line) == nullptr) continue;
    if (blocks.empty() || blocks.back().id != place.block)
      blocks.push_back({place.block, block_title(place.block), {}});
    blocks.back().lines.emplace_back(place.line);
  }
  Block own{"own", block_title("own"), {}};
  for (const auto& line : lines) {
    if (!built_in.contains(line.kpi) && (line.part.empty() || line.standing)) own.lines.push_back(line.id);
  }
  if (!own.lines.empty()) blocks.push_back(std::move(own));
  return blocks;
}

std::vector<std::string> manager_lines() {
  return {"actions",
          "deals_won",
          "deals_won.sum",
          "calls",
          "call_talk.sum",
          "quotes_sent",
          "quotes_sent.sum",
          "payments",
          "payments.sum",
          "meetings_held",
          "tasks_due@tomorrow",
          "meetings_scheduled@tomorrow",
          "first_response_working.p50"};
}

std::vector<std::string> source_lines() {
  return {"new_leads", "inquiries_won", "inquiries_lost", "won_so_far_ratio", "lost_so_far_ratio", "deals_won.sum"};
}

}  // namespace kpistream::exporters
