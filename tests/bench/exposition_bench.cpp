// What a scrape costs on our side: the text kept ready, written anew in part, written anew whole, and the packaged
// library's serializer over the same series; as it is, and packed. All in one run, on one core.
//
// exposition_bench [portals] [managers]. Prints a table; decides nothing.
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "app/kpi_reader.hpp"
#include "exporters/prometheus/kpi_texts.hpp"
#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/kpi/cells.hpp"
#include "stream/kpi/contribution.hpp"
#include "stream/memory_state.hpp"

namespace kpistream::exporters {
namespace {

constexpr UnixSeconds kNow = 1'789'376'400;
constexpr int kRounds = 21;
const Selection kEverything{GroupSet().set(), 100'000'000};

const Catalogue& catalogue() { return app::built_in_catalogue(); }

std::vector<PortalSettings> portals_of(int number) {
  std::vector<PortalSettings> portals(static_cast<std::size_t>(number));
  for (std::size_t i = 0; i < portals.size(); ++i) portals[i].alias = "acme" + std::to_string(i);
  return portals;
}

Fact fact_of(FactKind kind, int manager, UnixSeconds at) {
  Fact fact;
  fact.kind = kind;
  fact.at = at;
  fact.manager = std::to_string(100 + manager);
  fact.pipeline = "5";
  fact.amount = 12'345;
  fact.seconds = fact.working_seconds = 600;
  fact.direction = manager % 2 == 0 ? "in" : "out";
  fact.outcome = kind == FactKind::call ? "talk" : "won";
  fact.action = "call";
  fact.stage = "C5:NEW";
  fact.client = fact.type = "new";
  fact.source = "web";
  fact.reason = "none";
  return fact;
}

// A fact of each kind for each manager, a day ago.
Facts facts_of(int managers) {
  Facts facts;
  for (int manager = 0; manager < managers; ++manager) {
    for (int kind = 1; kind <= 31; ++kind)
      facts.push_back(fact_of(static_cast<FactKind>(kind), manager, kNow - 90'000));
  }
  return facts;
}

void count(MemoryState& state, Board* board, const PortalSettings& portal, const Facts& facts) {
  CellDeltas deltas;
  Counting(catalogue().definitions).change(portal.alias, Calendar(portal), {}, facts, deltas);
  StateBatch batch;
  for (const auto& [key, cell] : deltas) {
    if (!cell.zero()) batch.adds.push_back({key, cell.encode()});
  }
  batch.puts.push_back({Space::meta, first_record_key(portal.alias), encode_number(kNow - 120 * 86'400)});
  state.apply(batch);
  if (board == nullptr) return;
  Board::Changes changes;
  changes.cells = &deltas;
  board->apply(changes);
}

// Median of some rounds; `prepare` is not measured.
double milliseconds(const std::function<void()>& prepare, const std::function<void()>& work) {
  std::vector<double> taken;
  for (int round = 0; round < kRounds; ++round) {
    prepare();
    const auto begun = std::chrono::steady_clock::now();
    work();
    taken.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count());
  }
  std::nth_element(taken.begin(), taken.begin() + kRounds / 2, taken.end());
  return taken[kRounds / 2];
}

std::string ratio(double of, double to) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "1/%.1f", of / to);
  return text.data();
}

// The same series as the library holds them.
std::vector<prometheus::MetricFamily> library_families(const std::string& page) {
  std::vector<prometheus::MetricFamily> all;
  for (const FamilyText& family : families_in(page)) {
    auto& made = all.emplace_back();
    made.name = family.name;
    made.help = family.help;
    made.type = prometheus::MetricType::Gauge;
    std::string_view lines = family.samples;
    while (!lines.empty()) {
      std::string_view line = lines.substr(0, lines.find('\n'));
      lines.remove_prefix(line.size() + 1);
      auto& metric = made.metric.emplace_back();
      metric.gauge.value = std::stod(std::string(line.substr(line.rfind(' '))));
      auto at = line.find('{');
      while (at != std::string_view::npos && line[at] != '}') {
        const auto equals = line.find('=', at);
        const auto end = line.find('"', equals + 2);
        metric.label.push_back({std::string(line.substr(at + 1, equals - at - 1)),
                                std::string(line.substr(equals + 2, end - equals - 2))});
        at = end + 1;
      }
    }
  }
  return all;
}

void measure(int portal_count, int managers) {
  const auto portals = portals_of(portal_count);
  MemoryState state;
  for (const auto& portal : portals) count(state, nullptr, portal, facts_of(managers));
  Board board(state, portals);
  board.load(catalogue().definitions, kNow);
  const auto formulas = std::make_shared<const Formulas>(compile(catalogue()));
  const auto plain = [&](KpiTexts& from) { return from.page({formulas, {}, {}}, kEverything, Format::text); };
  const auto packed = [&](KpiTexts& from) {
    return from.packed({formulas, {}, {}}, kEverything, Format::text).text.gzip();
  };
  KpiTexts texts(board);
  const auto whole = plain(texts);
  std::string page;
  for (const auto& text : whole.texts) page += *text;
  const auto families = library_families(page);
  const std::size_t packed_bytes = packed(texts).size();
  std::printf("%d portals of %d managers: %zu series, %.1f MB, packed %.2f MB\n\n", portal_count, managers,
              whole.counted.series, static_cast<double>(page.size()) / 1e6, static_cast<double>(packed_bytes) / 1e6);
  std::printf("%-40s %22s %22s\n", "", "plain", "packed with gzip");

  const auto nothing = [] {};
  const auto change = [&](const PortalSettings& portal) {
    count(state, &board, portal, {fact_of(FactKind::call, 0, kNow - 60)});
  };
  const auto library = [&] { return prometheus::TextSerializer().Serialize(families); };
  const double library_plain = milliseconds(nothing, [&] { page = library(); });
  const double library_packed = milliseconds(nothing, [&] { page = gzip(library()); });
  const auto row = [&](const char* what, double as_plain, double as_packed) {
    std::printf("%-40s %10.2f ms %8s %10.2f ms %8s\n", what, as_plain, ratio(library_plain, as_plain).c_str(),
                as_packed, ratio(library_packed, as_packed).c_str());
  };
  const auto ours = [&](const char* what, const std::function<void()>& prepare) {
    const double as_plain = milliseconds(prepare, [&] { static_cast<void>(plain(texts)); });
    row(what, as_plain, milliseconds(prepare, [&] { page = packed(texts); }));
  };
  row("prometheus-cpp, serializer alone", library_plain, library_packed);
  row("written anew, all of it",
      milliseconds(nothing,
                   [&] {
                     KpiTexts fresh(board);
                     static_cast<void>(plain(fresh));
                   }),
      milliseconds(nothing, [&] {
        KpiTexts fresh(board);
        page = packed(fresh);
      }));
  ours("a call in every portal since the last", [&] {
    for (const auto& portal : portals) change(portal);
  });
  ours("a call in one portal since the last", [&] { change(portals.front()); });
  ours("nothing since the last", nothing);
}

}  // namespace
}  // namespace kpistream::exporters

int main(int argc, char** argv) {
  kpistream::exporters::measure(argc > 1 ? std::stoi(argv[1]) : 10, argc > 2 ? std::stoi(argv[2]) : 50);
}
