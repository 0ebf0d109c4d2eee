#include "exporters/table/table.hpp"

#include <algorithm>

#include "exporters/table/reader.hpp"
#include "exporters/table/text.hpp"
#include "stream/insight/people.hpp"
#include "stream/kpi/cells.hpp"
#include "stream/kpi/duration.hpp"

namespace kpistream::exporters {
namespace {

class Builder {
 public:
  Builder(const TableParts& parts, const View& view, const Viewer& viewer) : parts_(parts) {
    table_.view = view;
    table_.viewer = viewer;
    table_.lines_all = lines_of(parts.catalogue);
    if (!viewer.manager.empty()) {  // a manager's figures are one's own, whatever the address asks for
      table_.view.by = Family::manager;
      table_.view.of = {viewer.manager};
    }
  }

  Table frame() {
    add_frame();
    return std::move(table_);
  }

  Table build() {
    add_frame();
    LineReader reader(parts_, table_.columns);
    add_blocks(reader);
    add_managers(reader);
    if (head()) {
      add_sources(reader);
      add_stages();
      add_insight();
    }
    return std::move(table_);
  }

 private:
  [[nodiscard]] bool head() const { return table_.viewer.manager.empty(); }

  void add_frame() {
    table_.view.portal = parts_.portal.alias;
    table_.currency = parts_.portal.currency;
    table_.zone = parts_.portal.zone;
    table_.now = parts_.now;
    table_.known_since = verified_of(parts_.state, parts_.portal).since;
    table_.columns = columns_of(parts_, table_.view);
    add_choices();
  }

  [[nodiscard]] std::vector<Choice> choices(const std::map<std::string, std::string>& names, bool hidden) const {
    std::vector<Choice> all;
    all.reserve(names.size());
    for (const auto& [id, name] : names) all.push_back({id, hidden || name.empty() ? id : name});
    std::sort(all.begin(), all.end(), [](const Choice& a, const Choice& b) { return a.name < b.name; });
    return all;
  }

  void add_choices() {
    for (const auto& alias : parts_.portals) {
      const bool shown = table_.viewer.portal.empty() || alias == table_.viewer.portal;
      if (shown) table_.portals.push_back({alias, alias});
    }
    auto people = parts_.manager_names;
    if (!head()) std::erase_if(people, [&](const auto& entry) { return entry.first != table_.viewer.manager; });
    table_.managers_all = choices(people, table_.viewer.hide_names);
    table_.pipelines_all = choices(parts_.pipeline_names, false);
    table_.names = parts_.names;
    if (table_.view.by) offer(*table_.view.by, table_.view.of);
  }

  // What is chosen can be chosen again, also where nothing of it is in the figures.
  void offer(Family family, const std::vector<std::string>& ids) {
    auto& choices = family == Family::manager    ? table_.managers_all
                    : family == Family::pipeline ? table_.pipelines_all
                                                 : table_.sources_all;
    for (const auto& id : ids) {
      const bool there = std::any_of(choices.begin(), choices.end(), [&](const Choice& have) { return have.id == id; });
      if (!there) choices.push_back({id, family == Family::source ? source_text(table_, id) : id});
    }
  }

  [[nodiscard]] bool shows(const Line& line) const {
    if (!table_.view.by) return true;
    if (*table_.view.by == Family::manager) return line.by_manager;
    return *table_.view.by == Family::pipeline ? line.by_pipeline : line.by_source;
  }

  [[nodiscard]] std::vector<Line> find(const std::vector<std::string>& ids) const {
    std::vector<Line> lines;
    for (const auto& id : ids) {
      if (const Line* line = find_line(table_.lines_all, id)) lines.push_back(*line);
    }
    return lines;
  }

  [[nodiscard]] std::vector<Block> chosen_blocks() const {
    if (table_.view.lines.empty()) return blocks_of(table_.lines_all, parts_.built_in);
    return {{"chosen", {"Выбранные показатели", "Chosen indicators"}, table_.view.lines}};
  }

  void add_blocks(LineReader& reader) {
    for (const auto& block : chosen_blocks()) {
      RowBlock rows{std::string(block.id), block.title, {}};
      for (const Line& line : find(block.lines)) {
        if (!shows(line)) continue;
        Row row{line, {}};
        for (std::size_t i = 0; i < table_.columns.size(); ++i) {
          row.figures.push_back(reader.figure(line, i, table_.view.by, table_.view.of));
        }
        rows.rows.push_back(std::move(row));
      }
      if (!rows.rows.empty()) table_.blocks.push_back(std::move(rows));
    }
  }

  // The column that people are compared in: the one that was asked for; else the last closed one, of days today.
  [[nodiscard]] std::size_t column_of_members() const {
    const auto& columns = table_.columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].first == table_.view.at) return i;
    }
    const bool short_ones = table_.view.period <= periods::Period::day;
    return short_ones || !columns.front().running || columns.size() < 2 || !columns[1].known ? 0 : 1;
  }

  Members members(LineReader& reader, const std::vector<std::string>& ids, Family family) const {
    Members members;
    members.column = column_of_members();
    for (const Line& line : find(ids)) {
      const bool by = family == Family::manager ? line.by_manager : line.by_source;
      if (by) members.lines.push_back(line);
    }
    std::set<std::string> ids_of;
    for (const Line& line : members.lines) ids_of.merge(reader.members(line, members.column, family));
    if (family == Family::manager && !head()) ids_of.insert(table_.viewer.manager);
    for (const auto& id : ids_of) {
      if (family == Family::manager && !insight::is_person(id)) continue;
      MemberRow row;
      row.id = id;
      for (const Line& line : members.lines) {
        row.figures.push_back(reader.figure(line, members.column, family, {id}));
      }
      members.rows.push_back(std::move(row));
    }
    return members;
  }

  [[nodiscard]] static std::size_t index_of(const Members& members, std::string_view id) {
    const auto it = std::find_if(members.lines.begin(), members.lines.end(), [&](const Line& l) { return l.id == id; });
    return static_cast<std::size_t>(it - members.lines.begin());
  }

  static void sort(Members& members, std::string_view by) {
    const std::size_t i = index_of(members, by);
    if (i == members.lines.size()) return;
    const bool less = members.lines[i].better == Better::less;
    std::stable_sort(members.rows.begin(), members.rows.end(), [&](const MemberRow& a, const MemberRow& b) {
      const auto& left = a.figures[i].value;
      const auto& right = b.figures[i].value;
      if (!left || !right) return left.has_value() && !right.has_value();
      return less ? *left < *right : *left > *right;
    });
  }

  void add_managers(LineReader& reader) {
    table_.managers = members(reader, manager_lines(), Family::manager);
    Members& all = table_.managers;
    add_median(all);
    add_comparison(all);
    const std::string_view usual = index_of(all, "deals_won.sum") < all.lines.size() ? "deals_won.sum" : "actions";
    sort(all, table_.view.sort.empty() ? usual : std::string_view(table_.view.sort));
    if (!head()) std::erase_if(all.rows, [&](const MemberRow& row) { return row.id != table_.viewer.manager; });
  }

  // From the median of a few and one's own figure the others' could be told.
  void add_median(Members& members) const {
    members.median.resize(members.lines.size());
    for (std::size_t i = 0; i < members.lines.size(); ++i) {
      std::vector<double> values;
      std::size_t others = 0;
      for (const auto& row : members.rows) {
        if (!row.figures[i].value) continue;
        values.push_back(static_cast<double>(*row.figures[i].value));
        if (row.id != table_.viewer.manager) ++others;
      }
      if (!head() && others < insight::kPeersMin) continue;
      if (const auto middle = insight::median(values)) members.median[i].value = insight::rounded(*middle);
    }
  }

  void add_comparison(Members& members) const {
    if (!parts_.summary) return;
    for (auto& row : members.rows) {
      const auto week = parts_.summary->week_to_week.find(row.id);
      if (week != parts_.summary->week_to_week.end()) row.week = week->second;
      const auto team = parts_.summary->against_team.find(row.id);
      if (team == parts_.summary->against_team.end()) continue;
      row.team = team->second;
      row.under_team = parts_.summary->week_reliable && insight::under_team(team->second);
    }
  }

  void add_sources(LineReader& reader) {
    table_.sources = members(reader, source_lines(), Family::source);
    sort(table_.sources, "new_leads");
    for (const auto& row : table_.sources.rows) offer(Family::source, {row.id});
  }

  // Open deals by stage, of the funnels that are chosen.
  void add_stages() {
    const auto& all = parts_.catalogue.definitions;
    std::map<std::string, Cell> open;
    std::map<std::string, Cell> stays;
    std::map<std::string, std::string> pipelines;
    for (const auto& definition : all) {
      if (definition.id == insight::kpi::kDealsOpen) open = by_stage(definition, insight::kStanding, &pipelines);
      if (definition.id == insight::kpi::kStageTime) {
        const Day first = stay_since(parts_.calendar, parts_.now, table_.known_since);
        stays = by_stage(definition, {parts_.calendar.begin_of(first), minute_of(parts_.now) + 1});
      }
    }
    for (const auto& [id, cell] : open) {
      StageRow row{id, pipelines.at(id), cell.at(kCountSlot), cell.at(kSumSlot), {}, false};
      if (const auto stay = stays.find(id); stay != stays.end()) row.stay_seconds = quantile(stay->second, 0.5);
      row.bottleneck = parts_.summary && parts_.summary->flow.bottleneck == id;
      if (row.open != 0) table_.stages.push_back(std::move(row));
    }
    std::stable_sort(table_.stages.begin(), table_.stages.end(),
                     [](const StageRow& a, const StageRow& b) { return a.open > b.open; });
  }

  // `pipelines`: in which funnel each stage is, where that is asked for.
  [[nodiscard]] std::map<std::string, Cell> by_stage(const Definition& definition, const Range& range,
                                                     std::map<std::string, std::string>* pipelines = nullptr) const {
    std::map<std::string, Cell> cells;
    if (definition.window_labels.empty() || definition.window_labels.front().attribute != Attribute::stage)
      return cells;
    const std::set<std::string> of(table_.view.of.begin(), table_.view.of.end());
    visit_cells(parts_.state, definition, parts_.portal.alias, parts_.calendar, range,
                [&](const BucketKey& key, const Cell& cell) {
                  const auto& member = table_.view.by == Family::manager ? key.manager : key.pipeline;
                  const bool ours = !table_.view.by || *table_.view.by == Family::source || of.contains(member);
                  if (!ours || key.labels.empty()) return;
                  cells[key.labels.front()].add(cell);
                  if (pipelines == nullptr) return;
                  const auto [at, fresh] = pipelines->try_emplace(key.labels.front(), key.pipeline);
                  if (!fresh && at->second != key.pipeline) at->second.clear();
                });
    return cells;
  }

  // One of every rule first, the gravest before the others; then the second ones.
  static void put_in_order(std::vector<TableCard>& cards) {
    std::map<std::string, int> seen;
    std::map<std::string, int> nth;  // by card
    for (const auto& card : cards) nth[card.card.id] = seen[card.card.rule]++;
    std::stable_sort(cards.begin(), cards.end(), [&](const TableCard& a, const TableCard& b) {
      const int left = nth[a.card.id];
      const int right = nth[b.card.id];
      return left != right ? left < right : a.card.severity > b.card.severity;
    });
  }

  // Leads that are apart from deals are in no funnel of the list, but flow into it.
  void add_main_pipelines() {
    table_.main_pipelines = parts_.portal.main_pipelines;
    const bool leads_apart = parts_.portal.crm == Crm::bitrix24 && parts_.portal.leads;
    if (!table_.main_pipelines.empty() && leads_apart) table_.main_pipelines.emplace_back(kLeadPipeline);
  }

  void add_insight() {
    table_.summary = parts_.summary;
    add_main_pipelines();
    if (!parts_.summary) return;
    std::set<std::string> shown;
    const auto taken = [&](const std::string& id) {
      if (!parts_.taken) return periods::AdviceTaken{};
      const auto it = parts_.taken->find(id);
      return it == parts_.taken->end() ? periods::AdviceTaken{} : it->second;
    };
    for (const auto& card : parts_.summary->cards) {
      const auto what = taken(card.id);
      table_.cards.push_back({card, what.state, what.effect, true});
      shown.insert(card.id);
    }
    put_in_order(table_.cards);
    if (!parts_.taken) return;
    for (const auto& [id, what] : *parts_.taken) {
      if (what.state.card && !shown.contains(id))
        table_.cards.push_back({*what.state.card, what.state, what.effect, false});
    }
  }

  const TableParts& parts_;
  Table table_;
};

}  // namespace

Table make_frame(const TableParts& parts, const View& view, const Viewer& viewer) {
  return Builder(parts, view, viewer).frame();
}

Table make_table(const TableParts& parts, const View& view, const Viewer& viewer) {
  return Builder(parts, view, viewer).build();
}

Day stay_since(const Calendar& calendar, UnixSeconds now, UnixSeconds known_since) {
  constexpr Day kStayDays = insight::kFlowWeeks * 7;
  const Day known = calendar.day_of(known_since);
  const Day first_whole = calendar.begin_of(known) < minute_of(known_since) ? known + 1 : known;
  const Day today = calendar.day_of(now);
  return std::min(today, std::max(Calendar::week_of(today) - kStayDays, first_whole));
}

std::string name_of(const std::vector<Choice>& choices, const std::string& id) {
  const auto it = std::find_if(choices.begin(), choices.end(), [&](const Choice& choice) { return choice.id == id; });
  return it == choices.end() ? id : it->name;
}

std::string name_of(const DirectoryNames::Names& names, const std::string& id) {
  const auto it = names.find(id);
  return it == names.end() ? id : it->second;
}

}  // namespace kpistream::exporters
