#include "app/alert_rules.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "config_fixture.hpp"

namespace kpistream::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string shipped() {
  std::ifstream in(KPISTREAM_SOURCE_DIR "/deploy/prometheus/rules/thresholds.yaml");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(AlertRules, WhatIsShippedAreTheDefaults) { EXPECT_EQ(threshold_rules({}), shipped()); }

TEST(AlertRules, APortalOfItsOwnMindComesBeforeAllOthers) {
  insight::AlertThresholds own;
  own.drop_ratio = 400;
  own.drop_volume = 6'500;
  const auto text = threshold_rules({{"acme", own}, {"beta", {}}});
  EXPECT_THAT(text, HasSubstr("crm_alert_drop_ratio:threshold\n    expr: |-\n"
                              "      0.4 * group by (portal) (crm_portal_info{portal=\"acme\"})\n"
                              "      or 0.5 * group by (portal) (crm_portal_info)\n"));
  EXPECT_THAT(text, HasSubstr("6.5 * group by"));
  EXPECT_THAT(text, Not(HasSubstr("(crm_portal_info{portal=\"beta\"})"))) << "it has the defaults";
  EXPECT_THAT(text, HasSubstr("configured\n    labels: {portal: \"beta\"}\n    expr: vector(1)\n"));
}

TEST(AlertRules, JsonTellsThresholdsAndHowLongEachMustHold) {
  insight::AlertThresholds own;
  own.pace_elapsed = 125;
  const auto text = thresholds_json({{"acme", own}});
  EXPECT_THAT(text, HasSubstr(R"("default":{"drop_ratio":0.5,"drop_spreads":3,"drop_volume":10,)"));
  EXPECT_THAT(text, HasSubstr(R"("pace_elapsed":0.125)"));
  EXPECT_THAT(text, HasSubstr(R"("CrmKpiDayBelowUsual":1800)"));
}

class AlertsOfAPortal : public ConfigFile {};

TEST_F(AlertsOfAPortal, HaveDefaultsAndAreReadInDecimals) {
  const auto loaded = load_config(file("k.yml", portal("bitrix24", "alerts: {drop_ratio: 0.35, activity_fall: 90}")));
  ASSERT_THAT(loaded.errors, IsEmpty());
  insight::AlertThresholds wanted;
  wanted.drop_ratio = 350;
  wanted.activity_fall = 90'000;
  EXPECT_EQ(loaded.config->portals.at(0).alerts, wanted);
}

TEST_F(AlertsOfAPortal, RefuseWhatIsNoThreshold) {
  EXPECT_THAT(wrong("alerts: {drop_ratio: 1.2, drop_volume: -1, missed_ratio: 0.0001, missd_volume: 3}"),
              ElementsAre(HasSubstr("portals.acme.alerts.drop_ratio: '1.2' is no number from 0 to 1 with at most 3"),
                          HasSubstr("drop_volume: '-1' is no number from 0 to 1000000"),
                          HasSubstr("missed_ratio: '0.0001' is no number"), HasSubstr("did you mean 'missed_volume'")));
}

TEST_F(AlertsOfAPortal, NeedNoRestart) {
  const auto before = load_config(file("k.yml", portal("bitrix24", "")));
  const auto after = load_config(file("k.yml", portal("bitrix24", "alerts: {drop_ratio: 0.35}")));
  EXPECT_FALSE(needs_restart(*before.config, *after.config)) << "the daemon does not alert";
}

}  // namespace
}  // namespace kpistream::app
