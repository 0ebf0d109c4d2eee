// The whole computation against a naive model of KPI.md, over many small random histories.
#include <gtest/gtest.h>

#include "app/kpi_reader.hpp"
#include "tests/model/campaign.hpp"

namespace kpistream::model {
namespace {

TEST(Model, EveryFigureOfManyHistoriesIsRight) {
  const Campaign campaign{1, 20'000, 3};
  const Result result = run(campaign, app::built_in_catalogue().definitions, [](const Result&) {});
  EXPECT_EQ(result.histories, campaign.histories);
  for (const auto& failure : result.failures) ADD_FAILURE() << failure;
}

}  // namespace
}  // namespace kpistream::model
