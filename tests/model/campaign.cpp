#include "tests/model/campaign.hpp"

#include "tests/model/generator.hpp"
#include "tests/model/telling.hpp"

namespace kpistream::model {
namespace {

constexpr std::size_t kLinesShown = 12;
constexpr std::uint64_t kProgressEvery = 1'000;

// Leaves out whatever the failure does not need.
class Shrinking {
 public:
  Shrinking(History history, Way way) : history_(std::move(history)), way_(way) {}

  void run() {
    for (bool* trouble : {&way_.neighbour, &way_.joined, &way_.expires, &way_.settles, &way_.redefines, &way_.restarts,
                          &way_.repeats, &way_.gaps, &way_.disorder, &way_.clock}) {
      *trouble = false;
      if (!fails()) *trouble = true;
    }
    for (int round = 0; round < 3; ++round) {
      const std::size_t before = size();
      shorten(history_.happenings);
      shorten(history_.definitions);
      if (history_.moments.size() > 1) shorten(history_.moments);
      if (size() == before) break;
    }
  }

  [[nodiscard]] std::string text() const {
    std::string text = describe(history_.settings) + "\n";
    text += history_.entry_times ? "told with entry times;" : "told without entry times;";
    for (const auto& [on, name] : {std::pair{way_.settles, " settings change"},
                                   {way_.redefines, " definitions change"},
                                   {way_.restarts, " restarts"},
                                   {way_.repeats, " repeats"},
                                   {way_.gaps, " gaps"},
                                   {way_.disorder, " disorder"},
                                   {way_.clock, " clock"},
                                   {way_.expires, " expiry"},
                                   {way_.neighbour, " neighbour"},
                                   {way_.joined, " joined"}}) {
      if (on) text += name;
    }
    for (const auto& definition : history_.definitions)
      text += "\nKPI " + definition.id + ": " + definition.canonical();
    for (const auto& happening : history_.happenings) text += "\n" + describe(happening);
    const auto lines = differences(history_, way_);
    for (std::size_t i = 0; i < lines.size() && i < kLinesShown; ++i) text += "\n  ! " + lines[i];
    return text + "\n";
  }

 private:
  [[nodiscard]] bool fails() const { return !differences(history_, way_).empty(); }
  [[nodiscard]] std::size_t size() const { return history_.happenings.size() + history_.definitions.size(); }

  template <class Value>
  void shorten(std::vector<Value>& all) {
    for (std::size_t piece = all.size() / 2 + 1; piece > 0; piece /= 2) {
      for (std::size_t end = all.size(); end >= piece; end = end > piece ? end - piece : 0) {
        const auto kept = all;
        const auto last = all.begin() + static_cast<std::ptrdiff_t>(std::min(end, all.size()));
        all.erase(last - static_cast<std::ptrdiff_t>(std::min(piece, all.size())), last);
        if (needed(all) || !fails()) all = kept;
        if (end == 0) break;
      }
    }
  }
  static bool needed(const std::vector<UnixSeconds>& moments) { return moments.empty(); }
  template <class Value>
  static bool needed(const std::vector<Value>&) {
    return false;
  }

  History history_;
  Way way_;
};

}  // namespace

Result run(const Campaign& campaign, const std::vector<Definition>& catalogue,
           const std::function<void(const Result&)>& progress) {
  Result result;
  while (result.histories < campaign.histories && result.failures.size() < campaign.failures_most) {
    const std::uint64_t seed = campaign.seed + result.histories;
    const History history = random_history(seed, catalogue);
    Way way;
    way.seed = seed;
    ++result.histories;
    result.happenings += history.happenings.size();
    if (!differences(history, way).empty()) {
      Shrinking shrinking(history, way);
      shrinking.run();
      result.failures.push_back("seed " + std::to_string(seed) + ": " + shrinking.text());
    }
    if (result.histories % kProgressEvery == 0) progress(result);
  }
  return result;
}

}  // namespace kpistream::model
