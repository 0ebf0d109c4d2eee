// The KPIs in words, for people and for scripts.
#include "tests/unit/app/kpi_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "app/built_in_kpis.hpp"
#include "app/kpi_words.hpp"

namespace kpistream::app::tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(KpiWords, TellWhatIsCounted) {
  EXPECT_EQ(
      in_words(definition("facts: call\n    where: {direction: in, outcome: {not: [missed, failed]}, seconds: {min: "
                          "10, max: 60}}\n    measure: seconds\n    time: created\n    attribution: actor\n")),
      "call where direction is in and outcome is not missed or failed and seconds is at least 10 and at most 60, "
      "with its seconds, at its creation, of who did it");
}

TEST(KpiWords, AreAlignedAndInBothLanguages) {
  const auto text = catalogue_text(built_in_catalogue());
  EXPECT_THAT(text, StartsWith("new_leads                           Новые лиды / New leads\n"));
  EXPECT_THAT(text, HasSubstr("\n                                    formula  inquiries_won / new_leads\n"));
  EXPECT_THAT(text, HasSubstr("  labels   none (windows), loss_reason (totals)\n"));
}

TEST(KpiWords, OfJsonAreQuoted) {
  const auto result = over_built_in("kpis:\n  x: {facts: deal_won, title: \"a \\\"b\\\" \\\\ \\n c\"}\n");
  ASSERT_THAT(result.errors, IsEmpty());
  EXPECT_THAT(catalogue_json(*result.catalogue), HasSubstr(R"("title":{"ru":"a \"b\" \\ \u000a c",)"));
}

}  // namespace
}  // namespace kpistream::app::tests
