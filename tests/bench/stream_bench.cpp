// What the computation costs: records and facts a second, with no KPI, with the whole catalogue, with one more; how
// fast a KPI is rebuilt; memory of the board. Everything in one run, on one core, on a real store without sync.
//
// stream_bench [records] [folder]. Prints a table; decides nothing.
#include <jemalloc/jemalloc.h>
#include <time.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

#include "app/kpi_reader.hpp"
#include "store/store.hpp"
#include "stream/codec/values.hpp"
#include "stream/processor.hpp"
#include "stream/settle.hpp"

namespace kpistream {
namespace {

constexpr UnixSeconds kBegin = 1'780'000'000;
constexpr std::uint64_t kStepsADeal = 8;  // records that tell of one deal and the acts on it

struct Size {
  std::uint64_t managers = 50;
  std::uint64_t portals = 1;
};

std::string alias(std::uint64_t portal) { return "acme" + std::to_string(portal); }

// A department at work, made from the position alone: opened, called, moved, written to, quoted, a task, won, paid.
class Department : public Adapter {
 public:
  explicit Department(std::uint64_t managers) : managers_(managers) {}

  [[nodiscard]] Decoded decode(const Record& record) const override {
    const auto deal = record.position / kStepsADeal;
    const auto step = static_cast<int>(record.position % kStepsADeal);
    const UnixSeconds at = kBegin + static_cast<UnixSeconds>(deal) * 20 + step * 900;
    const std::string id = std::to_string(deal);
    const std::string manager = std::to_string(deal % managers_);
    Decoded decoded;
    decoded.event = "bench";
    decoded.observations.push_back(step == 1 || step == 3 || step == 5 ? act(id, manager, step, at)
                                                                       : moved(id, manager, step, at));
    return decoded;
  }

 private:
  static Observation moved(const std::string& id, const std::string& manager, int step, UnixSeconds at) {
    Observation seen;
    seen.ref = {EntityKind::deal, id};
    seen.version = at;
    seen.created = at - step * 900;
    seen.creator = manager;
    seen.source = "web";
    seen.client = {EntityKind::client, "company:" + std::to_string(std::stoll(id) / 3)};
    StagePoint point;
    point.at = point.entered = at;
    point.pipeline = std::to_string(std::stoll(id) % 3);
    point.stage = "stage" + std::to_string(step);
    point.outcome = step == 6 ? Outcome::won : Outcome::open;
    if (step == 7) point.outcome = Outcome::won;
    point.owner = point.mover = point.author = manager;
    point.amount = 100'000 + step;
    seen.point = point;
    return seen;
  }

  static Observation act(const std::string& id, const std::string& manager, int step, UnixSeconds at) {
    Observation seen;
    seen.ref = {step == 1 ? EntityKind::call : step == 3 ? EntityKind::message : EntityKind::task, id};
    seen.version = at;
    Details details;
    details.owner = details.author = manager;
    details.direction = Direction::out;
    details.call = CallOutcome::talk;
    details.seconds = 90;
    details.start = at;
    details.act = step == 5 ? Act::todo : Act::other;
    details.deadline = at + 86'400;
    details.line = id;
    details.target = {EntityKind::deal, id};
    seen.details = details;
    return seen;
  }

  const std::uint64_t managers_;
};

// As many records as asked for, without bodies.
class Positions : public Journal {
 public:
  Positions(Position records, std::uint64_t portals) : records_(records), portals_(portals) {}
  bool append(NewRecord, AppendListener&, std::uint64_t) override { return false; }
  [[nodiscard]] std::vector<Record> read(Position after, std::size_t records_max, std::size_t) const override {
    std::vector<Record> records;
    for (Position at = after + 1; at <= records_ && records.size() < records_max; ++at) {
      records.emplace_back().position = at;
      records.back().portal = alias(at / kStepsADeal % portals_);
      records.back().arrived = kBegin;
    }
    return records;
  }
  [[nodiscard]] Position first() const override { return 1; }
  [[nodiscard]] Position tail() const override { return records_; }
  void wait(Position, std::chrono::milliseconds) const override {}
  void wake() const override {}

 private:
  Position records_;
  std::uint64_t portals_;
};

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Of this thread: what one core does, whoever else is on the machine.
double cpu_seconds() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

double heap_bytes() {
  std::uint64_t epoch = 1;  // the figures are as of now
  std::size_t bytes = 0;
  std::size_t size = sizeof bytes;
  mallctl("epoch", nullptr, nullptr, &epoch, sizeof epoch);
  mallctl("stats.allocated", &bytes, &size, nullptr, 0);
  return static_cast<double>(bytes);
}

PortalSettings portal(std::uint64_t number) {
  PortalSettings settings;
  settings.alias = alias(number);
  settings.crm = Crm::amocrm;
  settings.leads = false;
  settings.known_since = kBegin - 86'400;
  settings.quote_stages = {"stage4"};
  settings.payment_stages = {"stage7"};
  return settings;
}

std::vector<PortalSettings> portals(const Size& size) {
  std::vector<PortalSettings> all;
  for (std::uint64_t number = 0; number < size.portals; ++number) all.push_back(portal(number));
  return all;
}

class Run {
 public:
  Run(const std::string& folder, Position records, Size size = {})
      : folder_(folder), records_(records), size_(size), journal_(records, size.portals) {}

  // Folds all records into a fresh store under so many KPIs. Returns records a second of processor time.
  double fold(const std::vector<Definition>& definitions) {
    processor_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    open();
    processor_->offer(definitions);
    processor_->step(0);
    const double begin = cpu_seconds();
    while (processor_->step() != 0) {
    }
    return static_cast<double>(records_) / (cpu_seconds() - begin);
  }

  // Adds one KPI to the store as it stands. Returns seconds of processor time.
  double rebuild(std::vector<Definition> definitions, const Definition& one) {
    definitions.push_back(one);
    const double begin = cpu_seconds();
    processor_->offer(std::move(definitions));
    while (processor_->step() != 0) {
    }
    return cpu_seconds() - begin;
  }

  struct Stored {
    std::size_t records = 0;  // that have facts
    std::size_t facts = 0;
  };
  Stored stored() {
    Stored stored;
    store_->state().scan(Space::facts, "", "", [&](std::string_view, std::string_view value) {
      ++stored.records;
      stored.facts += decode_facts(value).size();
      return true;
    });
    return stored;
  }

  // Opens the store anew, as after a restart, and loads a board from it.
  void start(const std::vector<Definition>& definitions, std::size_t facts) {
    processor_.reset();
    store_.reset();
    const auto opened = std::chrono::steady_clock::now();
    open();
    const double seconds = seconds_since(opened);
    const UnixSeconds now = kBegin + static_cast<UnixSeconds>(records_ / kStepsADeal) * 20;
    const auto heap = heap_bytes();
    auto begin = std::chrono::steady_clock::now();
    Board board(store_->state(), portals(size_));
    board.load(definitions, now);
    const double load = seconds_since(begin);
    const auto bytes = heap_bytes() - heap;
    std::size_t series = 0;
    board.read([&](const std::vector<const PortalFigures*>& portals) {
      for (const auto& [id, kpi] : portals.front()->kpis) series += kpi.windows.size();
    });
    begin = std::chrono::steady_clock::now();
    board.advance(now + 60);
    const double minute = seconds_since(begin);
    begin = std::chrono::steady_clock::now();
    board.advance(now + 7 * 86'400);
    std::printf(
        "start with %zu facts: store and state %.2f s, board %.2f s, %zu rows, %.1f MiB, %.0f KiB a 1000 rows\n", facts,
        seconds, load, series, bytes / (1 << 20), bytes / 1024 / static_cast<double>(series) * 1000);
    std::printf("a minute on          %8.2f ms, a week on %.1f ms\n", minute * 1e3, seconds_since(begin) * 1e3);
  }

 private:
  void open() {
    store::StoreOptions options;
    options.path = folder_;
    options.sync = false;
    store_ = store::Store::open(options);
    settle(store_->state(), portals(size_), [](std::uint64_t, std::uint64_t) {});
    std::vector<ProcessorPortal> all;
    for (auto& settings : portals(size_)) all.push_back({std::move(settings), adapter_});
    processor_ = std::make_unique<Processor>(journal_, store_->state(), std::move(all), nullptr, nullptr);
  }

  std::string folder_;
  Position records_;
  Size size_;
  Positions journal_;
  std::shared_ptr<const Adapter> adapter_ = std::make_shared<Department>(size_.managers);
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Processor> processor_;
};

void run(const std::string& folder, Position records) {
  Run bench(folder, records);
  const auto& catalogue = app::built_in_catalogue().definitions;
  const double none = bench.fold({});
  std::printf("no KPI               %8.0f records/s\n", none);
  const double whole = bench.fold(catalogue);
  const auto [entities, facts] = bench.stored();
  const double facts_a_record = static_cast<double>(facts) / static_cast<double>(records);
  std::printf("%zu KPIs              %8.0f records/s, %.2f of none; %.2f facts a record: %.0f facts/s\n",
              catalogue.size(), whole, whole / none, facts_a_record, whole * facts_a_record);
  Definition one = catalogue.front();
  one.id = one.name = "one_more";
  one.facts = {FactKind::action};
  one.where.clear();
  const double rebuilt = bench.rebuild(catalogue, one);
  std::printf("one KPI rebuilt      %8.2f s for %zu facts of %zu records, %.2f s a million facts\n", rebuilt, facts,
              entities, rebuilt / static_cast<double>(facts) * 1e6);
  bench.start(catalogue, facts);
  const auto ratio = [&](const char* what, const std::vector<Definition>& definitions, Size size) {
    const double rate = Run(folder + "_more", records, size).fold(definitions);
    std::printf("%-20s %8.0f records/s, %.2f of the %zu KPIs\n", what, rate, rate / whole, catalogue.size());
  };
  auto more = catalogue;
  more.push_back(one);
  ratio("one more KPI", more, {});
  ratio("1000 managers", catalogue, {1'000, 1});
  ratio("100 portals", catalogue, {50, 100});
}

}  // namespace
}  // namespace kpistream

int main(int argc, char** argv) {
  const auto records = argc > 1 ? std::stoull(argv[1]) : 400'000;
  const std::string folder = argc > 2 ? argv[2] : (std::filesystem::temp_directory_path() / "stream_bench").string();
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  kpistream::run(folder, records);
  std::filesystem::remove_all(folder);
  std::filesystem::remove_all(folder + "_more");
}
