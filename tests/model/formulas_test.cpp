// The built-in formulas by plain arithmetic, each written down once more by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "app/kpi_reader.hpp"
#include "stream/kpi/formula.hpp"
#include "tests/model/chance.hpp"

namespace kpistream::model {
namespace {

using Numbers = std::map<std::string, std::pair<std::int64_t, std::int64_t>>;  // count and sum, by id

class Written {
 public:
  explicit Written(const Numbers& numbers) : numbers_(numbers) {}

  // Nothing where it is not shown.
  [[nodiscard]] std::optional<double> value(const std::string& formula) const {
    const double won = count("inquiries_won");
    const double lost = count("inquiries_lost");
    if (formula == "loss_ratio") return won + lost >= 5 ? ratio(lost, won + lost) : std::nullopt;
    if (formula == "win_ratio") return ratio(won, count("new_leads"));
    if (formula == "close_win_ratio") return won + lost >= 5 ? ratio(won, won + lost) : std::nullopt;
    if (formula == "closed_ratio") return ratio(won + lost, count("new_leads"));
    if (formula == "lead_conversion_ratio") {
      const bool shown = count("leads_converted") + count("leads_lost") > 0;
      return shown ? ratio(count("leads_converted"), count("new_leads")) : std::nullopt;
    }
    if (formula == "average_deal_amount") return ratio(major("deals_won"), count("deals_won"));
    if (formula == "revenue_per_new_client") return ratio(major("new_client_revenue"), count("clients_acquired"));
    if (formula == "missed_call_ratio") return ratio(count("calls_missed"), count("calls_in"));
    if (formula == "first_response_within_target_ratio") {
      return ratio(count("first_responses_in_time"), count("new_leads"));
    }
    if (formula == "won_so_far_ratio") return ratio(count("leads_won_so_far"), count("new_leads"));
    if (formula == "lost_so_far_ratio") return ratio(count("leads_lost_so_far"), count("new_leads"));
    if (formula == "open_so_far_ratio") {
      const double open = count("new_leads") - count("leads_won_so_far") - count("leads_lost_so_far");
      return ratio(std::max(0.0, open), count("new_leads"));
    }
    if (formula == "cohort_win_ratio") return ratio(count("cohort_leads_won"), count("cohort_leads"));
    if (formula == "cohort_loss_ratio") return ratio(count("cohort_leads_lost"), count("cohort_leads"));
    if (formula == "cohort_open_ratio") {
      const double open = count("cohort_leads") - count("cohort_leads_won") - count("cohort_leads_lost");
      return ratio(std::max(0.0, open), count("cohort_leads"));
    }
    if (formula == "cohort_revenue_per_client") return ratio(major("cohort_client_revenue"), count("cohort_clients"));
    if (formula == "missed_call_working_ratio") {
      return ratio(count("calls_missed_working"), count("calls_in_working"));
    }
    if (formula == "first_action_seconds") return ratio(sum("work_begins"), count("work_begins"));
    if (formula == "last_action_seconds") return ratio(sum("work_ends"), count("work_begins"));
    if (formula == "satisfaction_ratio") return ratio(count("positive_ratings"), count("ratings"));
    ADD_FAILURE() << formula << " is not written down here";
    return std::nullopt;
  }

 private:
  static std::optional<double> ratio(double part, double whole) {
    return whole == 0 ? std::nullopt : std::optional(part / whole);
  }
  [[nodiscard]] double count(const std::string& id) const { return static_cast<double>(numbers_.at(id).first); }
  [[nodiscard]] double sum(const std::string& id) const { return static_cast<double>(numbers_.at(id).second); }
  [[nodiscard]] double major(const std::string& id) const { return sum(id) / 100; }

  const Numbers& numbers_;
};

TEST(Formulas, TheBuiltInOnesAreWhatTheySay) {
  const Catalogue& catalogue = app::built_in_catalogue();
  Chance chance(1);
  for (int round = 0; round < 2'000; ++round) {
    Numbers numbers;
    std::map<std::string, Cell, std::less<>> cells;
    for (const Definition& definition : catalogue.definitions) {
      const auto& [count, sum] = numbers[definition.id] = {chance.number(0, 6), chance.number(-500, 1'000'000)};
      cells[definition.id].add(kCountSlot, count);
      cells[definition.id].add(kSumSlot, sum);
    }
    for (const Formula& formula : catalogue.formulas) {
      const auto wanted = Written(numbers).value(formula.id);
      const auto got = CompiledFormula(formula, catalogue.definitions).evaluate([&](std::string_view id) {
        return &cells.find(id)->second;
      });
      ASSERT_EQ(got.has_value(), wanted.has_value()) << formula.id;
      if (wanted) {
        ASSERT_NEAR(*got, *wanted, 1e-9 * (1 + std::abs(*wanted))) << formula.id;
      }
    }
  }
}

}  // namespace
}  // namespace kpistream::model
