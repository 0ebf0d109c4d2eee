// Tells a history to the program and holds every figure of the board against the model's.
#include <algorithm>
#include <cmath>
#include <sstream>

#include "stream/facts/table.hpp"
#include "stream/insight/flow.hpp"
#include "stream/kpi/duration.hpp"
#include "stream/kpi/state_figures.hpp"
#include "tests/model/desk.hpp"
#include "tests/model/generator.hpp"
#include "tests/model/joining.hpp"

namespace kpistream::model {
namespace {

const std::vector<std::int64_t> kBounds{60, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 259200};

std::string text_of(const Place& place) {
  constexpr const char* kNames[] = {"pipeline", "manager", "source"};
  const auto& [by, dimension, labels] = place;
  std::string text = std::string(kNames[static_cast<int>(by)]) + "=" + dimension;
  for (const auto& label : labels) text += " " + label;
  return text;
}

std::int64_t observed(const Cell& cell) {
  std::int64_t sum = 0;
  for (const auto& [slot, value] : cell.slots()) sum += slot >= kFirstBucketSlot ? value : 0;
  return sum;
}

// What happened in one portal, and since when anything of it is known.
struct Past {
  Past(const History& history, UnixSeconds first_record) : settings(history.settings) {
    const UnixSeconds configured = settings.known_since;
    since = configured == 0 ? first_record : configured;
    if (first_record != 0) since = std::min(since, first_record);
    for (const Happening& h : history.happenings) (void)world.happen(h);
  }
  [[nodiscard]] Names names(EntityKind kind) const {
    Names names;
    for (const Thing& thing : world.things()) {
      if (thing.ref.kind == kind && !thing.name.empty()) names[thing.ref.id] = thing.name;
    }
    return names;
  }

  const PortalSettings& settings;
  World world;
  UnixSeconds since = 0;
};

class Comparison {
 public:
  // `member`: another portal that is counted in the table too, or null.
  Comparison(const History& history, const Desk& desk, const Past& own, const Past* member)
      : history_(history), desk_(desk), clock_(history.settings), own_(own), member_(member) {
    events_ = events_of({own.world, history.settings, clock_});
    if (member == nullptr) return;
    const Clock clock(member->settings);
    const auto others = in_table(events_of({member->world, member->settings, clock}), member->settings);
    events_.insert(events_.end(), others.begin(), others.end());
  }

  void at(UnixSeconds now) {
    now_ = now;
    desk_.board().read([&](const std::vector<const PortalFigures*>& portals) {
      const auto own = std::find_if(portals.begin(), portals.end(), [&](const PortalFigures* portal) {
        return portal->settings.alias == history_.settings.alias;
      });
      if (own == portals.end()) return complain("the portal is missing");
      const PortalFigures& shown = **own;
      if (shown.kpis.size() != history_.definitions.size()) complain("there are other KPIs than were asked for");
      for (const Definition& definition : history_.definitions) {
        const auto kpi = shown.kpis.find(definition.id);
        if (kpi == shown.kpis.end()) {
          complain(definition.id + " is missing");
        } else {
          look_at(kpi->second, count(definition, events_, clock_.windows(definition.windows, now)));
        }
      }
      names(shown);
      visible(shown);
    });
    flow();
  }

  [[nodiscard]] std::vector<std::string> take() { return std::move(lines_); }

 private:
  void complain(const std::string& line) { lines_.push_back(utc(now_) + "  " + history_.settings.alias + " " + line); }

  void number(const std::string& where, std::int64_t board, std::int64_t model) {
    if (board == model) return;
    complain(where + ": board " + std::to_string(board) + ", model " + std::to_string(model));
  }

  void look_at(const KpiFigures& shown, const Counted& counted) {
    std::map<Place, std::vector<Cell>> windows;
    std::map<Place, Cell> totals;
    for (const auto& [key, cells] : shown.windows) {
      windows[{static_cast<By>(key.family), key.dimension, key.labels}] = cells;
    }
    for (const auto& [key, cell] : shown.totals) {
      totals[{By::pipeline, key.pipeline, key.labels}].add(cell, key.retracted ? -1 : 1);
    }
    const Definition& d = shown.definition;
    const auto labels = Calendar::windows(d.windows);
    for (auto& [place, cells] : windows) {
      const auto have = counted.windows.find(place);
      for (std::size_t i = 0; i < labels.size(); ++i) {
        const Figure none;
        const Figure& figure = have == counted.windows.end() ? none : have->second.at(i);
        window(d.id + " " + text_of(place) + " " + std::string(labels[i]), cells.at(i), figure, d);
      }
    }
    for (const auto& [place, figures] : counted.windows) {
      for (std::size_t i = 0; i < figures.size() && !windows.contains(place); ++i) {
        window(d.id + " " + text_of(place) + " " + std::string(labels[i]), {}, figures[i], d);
      }
    }
    for (const auto& [place, figure] : counted.totals)
      total(d.id + " total " + text_of(place), totals[place], figure, d);
    for (const auto& [place, cell] : totals) {
      if (!counted.totals.contains(place)) total(d.id + " total " + text_of(place), cell, {}, d);
    }
    number(d.id + " oldest", shown.oldest.value_or(0), counted.oldest.value_or(0));
  }

  // Inquiries in and out of the main funnels, in the closed week and in 28 days (K27).
  void flow() {
    constexpr std::size_t k28d = 4;
    constexpr std::size_t kWeekPrev = 10;
    std::vector<const Definition*> counted;
    for (const auto* id : {"new_leads", "inquiries_won", "inquiries_lost"}) {
      const auto& all = history_.definitions;
      const auto it = std::find_if(all.begin(), all.end(), [&](const Definition& d) { return d.id == id; });
      if (it == all.end() || !it->by_pipeline || it->windows != WindowSet::periods) return;
      counted.push_back(&*it);
    }
    const Calendar calendar(history_.settings);
    const auto tables = tables_of(desk_.settings());
    const auto table = std::find_if(tables.begin(), tables.end(), [&](const PortalSettings& settings) {
      return settings.alias == history_.settings.alias;
    });
    const StateFigures figures(desk_.state(), history_.definitions, *table, calendar, now_);
    const auto shown = insight::flow(figures).portal;
    for (const auto& [balance, window] : {std::pair{shown.week, kWeekPrev}, {shown.month, k28d}}) {
      if (!balance.counts) continue;  // from before the portal was known
      const std::string where = "flow of " + std::string(Calendar::windows(WindowSet::periods)[window]);
      number(where + " in", balance.counts->value, in_main(*counted[0], window));
      number(where + " out", balance.counts->base, in_main(*counted[1], window) + in_main(*counted[2], window));
    }
  }

  [[nodiscard]] std::int64_t in_main(const Definition& definition, std::size_t window) const {
    const PortalSettings& p = history_.settings;
    std::int64_t sum = 0;
    for (const auto& [place, figures] : count(definition, events_, clock_.windows(WindowSet::periods, now_)).windows) {
      const auto& [by, pipeline, labels] = place;
      const bool main =
          p.main_pipelines.empty() || listed(p.main_pipelines, pipeline) || (p.leads && pipeline == "leads");
      if (by == By::pipeline && main) sum += figures.at(window).count;
    }
    return sum;
  }

  void window(const std::string& where, const Cell& cell, Figure figure, const Definition& d) {
    number(where, cell.at(kCountSlot), figure.count);
    number(where + " sum", cell.at(kSumSlot), figure.sum);
    if (!d.quantiles()) return;
    const auto size = static_cast<std::int64_t>(figure.durations.size());
    number(where + " observations", observed(cell), size);
    std::sort(figure.durations.begin(), figure.durations.end());
    for (const int percent : {50, 90, 100}) {
      const auto shown = quantile(cell, percent / 100.0);
      if (shown.has_value() != (size > 0)) complain(where + " has a quantile of nothing");
      if (!shown || size == 0) continue;
      const auto exact = figure.durations[static_cast<std::size_t>((percent * size + 99) / 100 - 1)];
      if (std::abs(*shown - exact) * 16 > exact) number(where + " p" + std::to_string(percent), *shown, exact);
    }
  }

  void total(const std::string& where, const Cell& cell, const Figure& figure, const Definition& d) {
    number(where, cell.at(kCountSlot), figure.count);
    number(where + " sum", cell.at(kSumSlot), figure.sum);
    if (!d.durations()) return number(where + " observations", observed(cell), 0);
    for (std::size_t i = 0; i <= kBounds.size(); ++i) {
      const auto count = std::count_if(figure.durations.begin(), figure.durations.end(), [&](std::int64_t seconds) {
        return (i == 0 || seconds > kBounds[i - 1]) && (i == kBounds.size() || seconds <= kBounds[i]);
      });
      number(where + " bucket " + std::to_string(i), cell.at(kFirstBucketSlot + static_cast<Slot>(i)), count);
    }
  }

  void names(const PortalFigures& shown) {
    Names managers = own_.names(EntityKind::manager);
    Names pipelines = own_.names(EntityKind::pipeline);
    if (member_ != nullptr) {
      for (const auto& [id, name] : member_->names(EntityKind::manager))
        managers.emplace(person_in_table(id, member_->settings), name);
      for (const auto& [id, name] : member_->names(EntityKind::pipeline))
        pipelines.emplace(funnel_in_table(id, member_->settings), name);
    }
    if (managers != shown.manager_names) complain("names of managers differ");
    if (pipelines != shown.pipeline_names) complain("names of pipelines differ");
  }

  // Both have to be known, but for one that began when the other had not yet ended: who has moved was not there before.
  [[nodiscard]] UnixSeconds since() const {
    if (member_ == nullptr) return own_.since;
    if (own_.since == 0 || member_->since == 0) return 0;
    return own_.since <= member_->settings.counts_in.until ? member_->since : std::max(own_.since, member_->since);
  }

  void visible(const PortalFigures& shown) {
    const UnixSeconds since = this->since();
    number("known since", shown.known_since, since);
    for (const WindowSet set : {WindowSet::cohort_weeks, WindowSet::cohort_months}) {
      const auto spans = clock_.windows(set, now_);
      for (std::size_t i = 0; i < spans.size(); ++i) {
        number("visible cohort " + std::to_string(i), shown.cohorts.at(set).at(i).visible ? 1 : 0,
               since != 0 && spans[i].from >= since - since % 60 ? 1 : 0);
      }
    }
    const auto periods = clock_.windows(WindowSet::periods, now_);
    for (std::size_t i = 0; i < periods.size(); ++i) {
      number("visible " + std::string(Calendar::windows(WindowSet::periods)[i]), shown.visible.at(i) ? 1 : 0,
             since != 0 && periods[i].from >= since - since % 60 ? 1 : 0);
    }
  }

  const History& history_;
  const Desk& desk_;
  Clock clock_;
  const Past& own_;
  const Past* member_;
  std::vector<Event> events_;
  UnixSeconds now_ = 0;
  std::vector<std::string> lines_;
};

// Definitions as they may have been before.
std::vector<Definition> earlier(Chance& chance, const std::vector<Definition>& wanted) {
  std::vector<Definition> before;
  for (const Definition& definition : wanted) {
    if (!chance.in(4)) before.push_back(chance.in(3) ? other_definition(chance, definition) : definition);
  }
  if (!before.empty() && chance.in(2)) {
    Definition other = before.front();
    other.id += "_once";
    before.push_back(std::move(other));
  }
  return before;
}

// Another portal with much the same history: records of the same ids, understood otherwise and told in another order.
History neighbour_of(const History& history, std::uint64_t seed) {
  Chance chance(seed + 2);
  History other = history;
  other.settings = other_settings(chance, history.settings, history.moments.front() / 86'400);
  other.settings.alias = "beta";
  other.settings.leads = history.settings.leads;  // where leads are no inquiries there are none
  std::erase_if(other.happenings, [&](const Happening&) { return chance.in(4); });
  for (Happening& h : other.happenings) {
    if (h.what == What::name) h.name += " of beta";
  }
  return other;
}

class Story {
 public:
  Story(const History& history, const Way& way)
      : history_(history), way_(way), chance_(way.seed + 1), desk_(limits()), now_(history.moments.front()) {
    if (chance_.in(3) && way_.neighbour) neighbour_ = neighbour_of(history, way.seed);
    if (!neighbour_ || !way_.joined || chance_.in(2)) return;
    joins_ = true;
    joining_ = random_joining(chance_, now_);
    if (!joining_.portal.empty()) joining_.portal = "acme";
  }

  std::vector<std::string> run() {
    const std::int64_t day = now_ / 86'400;
    const bool settles = chance_.in(3) && way_.settles;
    const bool redefines = chance_.in(3) && way_.redefines;
    open(settles ? other_settings(chance_, history_.settings, day) : history_.settings, some_joining());
    desk_.offer(redefines ? earlier(chance_, history_.definitions) : history_.definitions, false);
    for (auto& [portal, record] : records()) {
      const UnixSeconds arrived = now_ - chance_.number(0, 40 * 86'400);
      first_records_.try_emplace(portal, arrived);
      desk_.add(portal, std::move(record), arrived);
      disturb(settles, redefines);
    }
    if (settles || joins_) open(history_.settings, joining_);
    if (redefines && chance_.in(2)) {
      desk_.offer(history_.definitions, true);
      desk_.finish();
    }
    desk_.offer(history_.definitions, false);
    desk_.finish();
    note_fallen();
    compare();
    prove();
    return std::move(lines_);
  }

 private:
  using Record = std::pair<std::string, std::vector<Observation>>;  // of which portal

  ProcessorLimits limits() {
    ProcessorLimits limits;
    limits.batch_records = chance_.of(std::vector<std::size_t>{1, 2, 7, 1'000});
    return limits;
  }

  // One of the two may be counted in the table of the other.
  void open(PortalSettings settings, const CountsIn& joining) {
    if (!neighbour_) return desk_.open({settings}, now_);
    PortalSettings other = neighbour_->settings;
    if (joining.portal == other.alias) {
      settings.counts_in = joining;
      take_table(settings, other);
    } else if (!joining.portal.empty()) {
      other.counts_in = joining;
      take_table(other, settings);
    }
    desk_.open({std::move(settings), std::move(other)}, now_);
  }

  CountsIn some_joining() { return joins_ && chance_.in(2) ? random_joining(chance_, now_) : joining_; }

  // Those of both portals, as they come.
  std::vector<Record> records() {
    std::vector<Record> all;
    Told own = tell(history_, way_);
    Way elsewhere = way_;
    elsewhere.seed += 3;
    Told others = neighbour_ ? tell(*neighbour_, elsewhere) : Told{};
    auto other = others.begin();
    for (auto& record : own) {
      for (; other != others.end() && chance_.in(2); ++other) all.emplace_back("beta", std::move(*other));
      all.emplace_back(history_.settings.alias, std::move(record));
    }
    for (; other != others.end(); ++other) all.emplace_back("beta", std::move(*other));
    return all;
  }

  // What may happen to a program between two records.
  void disturb(bool settles, bool redefines) {
    const auto kind = chance_.number(1, 24);
    if (kind <= 8) desk_.step();
    if (kind <= 4) note_fallen();
    if (kind == 9 && way_.clock) desk_.advance(now_ + chance_.number(-3 * 86'400, 86'400));
    if (kind == 10 && way_.restarts) open(settings_of(settles), some_joining());
    if (kind == 11 && redefines) desk_.offer(earlier(chance_, history_.definitions), chance_.in(2));
    if (kind == 12 && way_.expires) desk_.expire();
  }

  PortalSettings settings_of(bool settles) {
    return settles && chance_.in(2) ? other_settings(chance_, history_.settings, now_ / 86'400) : history_.settings;
  }

  void note_fallen() {
    for (auto& line : desk_.fallen()) lines_.push_back(std::move(line));
  }

  void compare() {
    std::vector<Comparison> comparisons;
    comparisons.reserve(2);
    const Past own(history_, first_records_[history_.settings.alias]);
    std::optional<Past> other;
    if (neighbour_) {
      neighbour_->settings = desk_.settings().back();
      other.emplace(*neighbour_, first_records_["beta"]);
    }
    const bool member = !joining_.portal.empty();
    comparisons.emplace_back(history_, desk_, own, member ? &*other : nullptr);
    if (neighbour_ && !member) comparisons.emplace_back(*neighbour_, desk_, *other, nullptr);
    for (const UnixSeconds moment : history_.moments) {
      desk_.advance(moment);
      for (Comparison& comparison : comparisons) comparison.at(moment);
    }
    for (Comparison& comparison : comparisons) {
      for (auto& line : comparison.take()) lines_.push_back(std::move(line));
    }
  }

  void prove() {
    for (const auto& line : desk_.prove().differences) lines_.push_back("verify: " + line);
  }

  const History& history_;
  const Way& way_;
  Chance chance_;
  std::optional<History> neighbour_;
  bool joins_ = false;  // there is one table of both at some time
  CountsIn joining_;    // in the end
  Desk desk_;
  UnixSeconds now_;
  std::map<std::string, UnixSeconds> first_records_;  // by portal
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> differences(const History& history, const Way& way) { return Story(history, way).run(); }

}  // namespace kpistream::model
