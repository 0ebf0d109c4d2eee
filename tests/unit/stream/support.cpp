#include "tests/unit/stream/support.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>

#include "stream/memory_state.hpp"

namespace kpistream::tests {

UnixSeconds at(const std::string& iso_time) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int clock[3]{};
  char sign = 0;
  int offset[2]{};
  const int read = std::sscanf(iso_time.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d%c%2d:%2d", &year, &month, &day, &clock[0],
                               &clock[1], &clock[2], &sign, &offset[0], &offset[1]);
  if (read != 9) throw std::invalid_argument(iso_time);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  const int east = (offset[0] * 60 + offset[1]) * (sign == '-' ? -60 : 60);
  return days * 86'400 + clock[0] * 3'600 + clock[1] * 60 + clock[2] - east;
}

StagePoint point(UnixSeconds at, Outcome outcome, std::string owner, MinorUnits amount) {
  StagePoint p;
  p.at = at;
  p.pipeline = "5";
  p.stage = "stage" + std::to_string(static_cast<int>(outcome));
  p.outcome = outcome;
  p.owner = std::move(owner);
  p.amount = amount;
  return p;
}

Observation deal(std::string id, const StagePoint& state, UnixSeconds created) {
  Observation seen;
  seen.ref = {EntityKind::deal, std::move(id)};
  seen.version = state.at;
  seen.created = created;
  seen.point = state;
  return seen;
}

void ListJournal::add(NewRecord record) {
  Record stored;
  static_cast<NewRecord&>(stored) = std::move(record);
  stored.position = records_.size() + 1;
  records_.push_back(std::move(stored));
}

bool ListJournal::append(NewRecord record, AppendListener& listener, std::uint64_t token) {
  add(std::move(record));
  const Ticket ticket{token, AppendOutcome::appended};
  listener.on_group({&ticket, 1});
  return true;
}

std::vector<Record> ListJournal::read(Position after, std::size_t records_max, std::size_t /*bytes_max*/) const {
  const auto first = std::min<std::size_t>(after, records_.size());
  const auto count = std::min(records_max, records_.size() - first);
  const auto begin = records_.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

Decoded ScriptAdapter::decode(const Record& record) const {
  const auto it = script.find(record.body);
  return it == script.end() ? Decoded{} : it->second;
}

Bench::Bench(ProcessorLimits limits) : state(std::make_unique<MemoryState>()), limits_(limits) {
  settings.alias = "acme";
  settings.known_since = kNoon - 40 * 86'400;
  settings.leads = false;
  restart();
}

void Bench::restart() {
  processor.reset();
  board = std::make_unique<Board>(*state, built_in_catalogue(), std::vector{settings});
  settle_settings(*state, {settings}, built_in_catalogue());
  board->load(now_);
  processor = make_processor(nullptr);
}

std::unique_ptr<Processor> Bench::make_processor(WishListener* wishes) {
  return std::make_unique<Processor>(journal, *state, built_in_catalogue(),
                                     std::vector{ProcessorPortal{settings, adapter}}, board.get(), wishes, limits_);
}

void Bench::tell(std::vector<Observation> observations, std::vector<std::string> wishes) {
  NewRecord record;
  record.portal = settings.alias;
  record.arrived = kNoon;
  record.body = "record " + std::to_string(++told_);
  adapter->script[record.body] = {DecodeVerdict::understood, "test", std::move(observations), std::move(wishes)};
  journal.add(std::move(record));
}

void Bench::answer(const std::string& subject, Position asked) {
  NewRecord record;
  record.kind = RecordKind::reading;
  record.portal = settings.alias;
  record.arrived = kNoon;
  record.subject = subject;
  record.asked = asked;
  journal.add(std::move(record));
}

void Bench::run() {
  while (processor->step() != 0) {
  }
}

std::int64_t Bench::window(const std::string& kpi, const std::string& name, Slot slot, const std::string& manager) {
  std::int64_t sum = 0;
  board->read([&](const std::vector<const PortalFigures*>& portals) {
    for (const auto& [key, cells] : portals.front()->windows) {
      const auto& definition = board->definitions()[key.definition];
      const Family family = manager.empty() ? Family::pipeline : Family::manager;
      if (definition.id != kpi || key.family != family || (!manager.empty() && key.dimension != manager)) continue;
      const auto names = Calendar::windows(definition.windows);
      sum += cells[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin())].at(slot);
    }
  });
  return sum;
}

std::int64_t Bench::total(const std::string& kpi, bool retracted, Slot slot) {
  std::int64_t sum = 0;
  board->read([&](const std::vector<const PortalFigures*>& portals) {
    for (const auto& [key, cell] : portals.front()->totals) {
      if (board->definitions()[key.definition].id == kpi && key.retracted == retracted) sum += cell.at(slot);
    }
  });
  return sum;
}

bool Bench::visible(const std::string& name) {
  bool seen = false;
  board->read([&](const std::vector<const PortalFigures*>& portals) {
    const auto names = Calendar::windows(WindowSet::rolling);
    seen = portals.front()->visible.at(
        WindowSet::rolling)[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin())];
  });
  return seen;
}

std::map<std::string, std::string> Bench::contents() const {
  std::map<std::string, std::string> all;
  for (const Space space : {Space::entities, Space::facts, Space::cells, Space::wishes, Space::meta}) {
    state->scan(space, "", "", [&](std::string_view key, std::string_view value) {
      if (space != Space::cells || !value.empty()) {
        all.emplace(std::to_string(static_cast<int>(space)) + "/" + std::string(key), value);
      }
      return true;
    });
  }
  return all;
}

}  // namespace kpistream::tests
