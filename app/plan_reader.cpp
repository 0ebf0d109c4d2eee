#include "app/plan_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "app/days.hpp"
#include "stream/insight/people.hpp"
#include "stream/insight/view.hpp"
#include "stream/kpi/cell.hpp"

namespace kpistream::app {
namespace {

constexpr std::size_t kRatePlaces = 6;
constexpr std::int64_t kRateMax = 1'000'000;
constexpr std::int64_t kCountMax = 1'000'000'000'000;
constexpr std::string_view kRevenue = "revenue";  // of the sales: the only sum with a name of its own

const Definition* find(const Catalogue& kpis, std::string_view id) {
  const auto it = std::find_if(kpis.definitions.begin(), kpis.definitions.end(),
                               [&](const Definition& definition) { return definition.id == id; });
  return it == kpis.definitions.end() ? nullptr : &*it;
}

bool is_formula(const Catalogue& kpis, std::string_view id) {
  return std::any_of(kpis.formulas.begin(), kpis.formulas.end(), [&](const Formula& f) { return f.id == id; });
}

std::vector<std::string> target_names(const Catalogue& kpis) {
  std::vector<std::string> names{std::string(kRevenue)};
  for (const auto& definition : kpis.definitions) {
    if (definition.windows != WindowSet::periods) continue;
    names.push_back(definition.id);
    if (definition.measure != Measure::none) names.push_back(definition.id + ".sum");
  }
  return names;
}

std::string wrong_kpi(const std::string& name, const Catalogue& kpis) {
  const auto reading = insight::reading(name);
  const std::string id(reading.kpi);
  const Definition* definition = find(kpis, reading.kpi);
  if (definition == nullptr && is_formula(kpis, id)) {
    return fmt::format("'{}' is a formula; targets are for what is counted, for example deals_won or revenue", id);
  }
  if (definition == nullptr) {
    return fmt::format("there is no KPI '{}'{}", id, did_you_mean(name, target_names(kpis)));
  }
  if (definition->windows != WindowSet::periods) {
    return fmt::format("'{}' tells how things stand now; targets are for what happens in a period", id);
  }
  if (reading.slot == kSumSlot && definition->measure == Measure::none) {
    return fmt::format("'{}' is counted only and has no sum; write '{}'", id, id);
  }
  return {};
}

// In the unit of what is aimed at: a count, minor units of money, seconds.
std::optional<std::int64_t> read_value(Section& section, const Definition* definition, Slot slot) {
  if (definition == nullptr || slot == kCountSlot) return section.integer("value", 1, kCountMax);
  if (definition->money()) return section.money("value");
  const auto time = section.duration("value");
  return time ? std::optional(time->count()) : std::nullopt;
}

class Targets {
 public:
  Targets(const Catalogue* kpis, PortalSettings& settings) : kpis_(kpis), settings_(settings) {
    for (const auto& [id, manager] : settings.managers) {
      if (!manager.team.empty()) teams_.insert(manager.team);
    }
  }

  void read(Section& section) {
    Target target;
    const Definition* definition = read_kpi(section, target);
    read_whose(section, definition, target);
    target.period = read_period(section);
    target.from_day = day_at(section, "from").value_or(0);
    if (kpis_ == nullptr || definition != nullptr) {
      const auto value = read_value(section, definition, insight::reading(target.kpi).slot);
      if (value && *value <= 0) section.complain("value", "must be greater than 0");
      target.value = value.value_or(0);
    } else {
      static_cast<void>(section.text("value"));
    }
    if (!section.has("value")) section.complain("value", "is missing: how much is to be reached in each period");
    if (!seen_.emplace(target.kpi, target.manager, target.team, target.period, target.from_day).second) {
      section.complain("kpi", "there is a target for the same, from the same day; remove one");
    }
    section.finish();
    settings_.targets.push_back(std::move(target));
  }

 private:
  const Definition* read_kpi(Section& section, Target& target) {
    const auto name = section.text("kpi");
    if (!section.has("kpi")) section.complain("kpi", "is missing: of what, for example deals_won or revenue");
    if (!name) return nullptr;
    target.kpi = *name;
    if (kpis_ == nullptr) return nullptr;
    if (const auto wrong = wrong_kpi(*name, *kpis_); !wrong.empty()) {
      section.complain("kpi", wrong);
      return nullptr;
    }
    return find(*kpis_, insight::reading(*name).kpi);
  }

  void read_whose(Section& section, const Definition* definition, Target& target) {
    target.manager = section.text("manager").value_or("");
    target.team = section.text("team").value_or("");
    if (section.has("manager") && section.has("team")) {
      section.complain("team", "give manager or team, not both; a target of everybody has neither");
    } else if (section.has("manager") && !insight::is_person(target.manager)) {
      section.complain("manager", fmt::format("'{}' is no id of a manager", target.manager));
    } else if (section.has("team") && !teams_.contains(target.team)) {
      section.complain("team", fmt::format("nobody in `managers` has the team '{}'{}", target.team,
                                           did_you_mean(target.team, {teams_.begin(), teams_.end()})));
    }
    const bool somebody = section.has("manager") || section.has("team");
    if (somebody && definition != nullptr && !definition->by_manager) {
      section.complain("kpi",
                       fmt::format("'{}' is not counted by manager; leave manager and team out", definition->id));
    }
  }

  static PlanPeriod read_period(Section& section) {
    const auto period = section.one_of("period").value_or("month");
    if (period == "week") return PlanPeriod::week;
    return period == "month" ? PlanPeriod::month : PlanPeriod::quarter;
  }

  const Catalogue* const kpis_;
  PortalSettings& settings_;
  std::set<std::string> teams_;
  std::set<std::tuple<std::string, std::string, std::string, PlanPeriod, std::int64_t>> seen_;
};

void read_currency(Section& rates, const std::string& currency, std::vector<Rate>& found) {
  auto days = rates.section(currency);
  if (!days) return;
  for (const auto& key : days->keys()) {
    Rate rate;
    if (const auto wrong = read_day(key, rate.from_day); !wrong.empty()) days->complain_of_key(key, wrong);
    const auto text = days->text(key);
    const auto micros = text ? parse_decimal(*text, kRatePlaces, kRateMax - 1) : std::nullopt;
    if (!micros || *micros <= 0) {
      days->complain(key,
                     fmt::format("'{}' is no rate: what 1 {} costs in the portal's currency, greater than 0, under "
                                 "a million, with at most {} decimals, for example 91.50",
                                 text.value_or(""), currency, kRatePlaces));
    }
    rate.micros = micros.value_or(0);
    found.push_back(rate);
  }
  days->finish();
  std::sort(found.begin(), found.end(), [](const Rate& a, const Rate& b) { return a.from_day < b.from_day; });
}

}  // namespace

bool is_currency(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

void read_rates(Section& portal, PortalSettings& settings) {
  auto rates = portal.section("rates");
  if (!rates) return;
  for (const auto& currency : rates->keys()) {
    if (!is_currency(currency)) {
      rates->complain_of_key(currency, "is no currency; write its ISO 4217 code in capitals, for example USD");
    } else if (currency == settings.currency) {
      rates->complain_of_key(currency, "is the portal's own currency and needs no rate");
    }
    if (rates->size(currency) == 0)
      rates->complain_of_key(currency, "has no rate; write for example {2026-01-01: 91.50}");
    read_currency(*rates, currency, settings.rates[currency]);
  }
  rates->finish();
}

void read_targets(Section& portal, const Catalogue* kpis, PortalSettings& settings) {
  Targets targets(kpis, settings);
  for (auto& section : portal.sections("targets")) targets.read(section);
}

}  // namespace kpistream::app
