// What is in force: every default that is declared holds, what the file says stays, and no secret is shown.
#include "app/effective_config.hpp"

#include <cstdlib>
#include <stdexcept>

#include "app/config_keys.hpp"
#include "app/yaml_reader.hpp"
#include "config_fixture.hpp"

namespace kpistream::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Beside what takes a restart.
void expect_same(const Config& a, const Config& b) {
  EXPECT_FALSE(needs_restart(a, b));
  EXPECT_EQ(a.kpis_hold, b.kpis_hold);
  EXPECT_EQ(a.log_level, b.log_level);
  EXPECT_EQ(a.log_format, b.log_format);
  ASSERT_EQ(a.periods.size(), b.periods.size());
  for (std::size_t i = 0; i < a.periods.size(); ++i) {
    EXPECT_EQ(a.periods[i].name, b.periods[i].name);
    EXPECT_EQ(a.periods[i].period, b.periods[i].period);
    EXPECT_EQ(a.periods[i].keep, b.periods[i].keep);
  }
  ASSERT_EQ(a.portals.size(), b.portals.size());
  for (std::size_t i = 0; i < a.portals.size(); ++i) {
    EXPECT_EQ(a.portals[i].alerts, b.portals[i].alerts);
    EXPECT_EQ(a.portals[i].path(), b.portals[i].path());
    EXPECT_EQ(a.portals[i].member_id, b.portals[i].member_id);
    EXPECT_EQ(a.portals[i].account_id, b.portals[i].account_id);
  }
}

class EffectiveConfig : public ConfigFile {
 protected:
  std::string printed(const std::string& text) {
    const auto path = file("k.yml", text);
    const auto config = load_config(path);
    EXPECT_THAT(config.errors, IsEmpty());
    return config.config ? effective_config(path, *config.config) : "";
  }

  // The same of a file without secrets, which is the same configuration once it is read again.
  std::string in_force(const std::string& text) {
    auto shown = printed(text);
    const auto first = load_config(file("k.yml", text));
    const auto again = load_config(file("again.yml", shown));
    EXPECT_THAT(again.errors, IsEmpty()) << shown;
    if (first.config && again.config) expect_same(*first.config, *again.config);
    return shown;
  }
};

// The defaults that are declared are those that hold.
TEST_F(EffectiveConfig, OfTheLeastFileHasEveryDefault) {
  const auto shown =
      in_force("portals: {acme: {crm: bitrix24, archived: true}, demo: {crm: amocrm, archived: true}}\n");
  for (const char* line :
       {"listen:\n  hook: \"0.0.0.0:10480\"\n", "  free_bytes_min: 128MiB\n", "  weekly:\n",
        "    hook_path: /hook/amocrm/demo\n", "      mon-fri: \"09:00-18:00\"\n", "      pace_ratio: 0.8\n"}) {
    EXPECT_THAT(shown, HasSubstr(line));
  }
}

TEST_F(EffectiveConfig, KeepsWhatTheFileSays) {
  const auto shown = in_force("periods: {own: {schedule: 0 8 * * mon}}\n" +
                              portal("bitrix24",
                                     "fields: {cost: UF_COST}\nrobots: [1, '02', \"no\"]\ntargets: [{kpi: revenue, "
                                     "value: 5}, {kpi: deals_won, value: 7}]\n"
                                     "work: {hours: {mon: '08:00-12:00', tue: off}}\nrates: {USD: {2026-01-01: "
                                     "91.5}}\nmanagers: {7: {team: 'a$$b: c'}}"));
  for (const char* line :
       {"    period: week\n", "      cost: UF_COST\n", "    robots: [\"1\", \"02\", \"no\"]\n", "        tue: off\n",
        "      - kpi: revenue\n        period: month\n        value: 5\n      - kpi: deals_won\n",
        "        \"2026-01-01\": 91.5\n", "        team: \"a$$b: c\"\n"}) {
    EXPECT_THAT(shown, HasSubstr(line));
  }
}

TEST_F(EffectiveConfig, LeavesToTheTableWhatIsTheTables) {
  const auto shown = in_force(
      "portals:\n  acme: {crm: bitrix24, application_tokens: [x], zone: Asia/Omsk, limits: {stuck: 9}}\n"
      "  old: {crm: amocrm, archived: true, counts_in: {portal: acme}}\n");
  const auto member = shown.substr(shown.find("  old:"));
  EXPECT_THAT(member, Not(HasSubstr("zone")));
  EXPECT_THAT(member, Not(HasSubstr("limits")));
  EXPECT_THAT(member, HasSubstr("talk_seconds_min: 10\n"));
}

TEST_F(EffectiveConfig, ShowsNoSecretButTheFilesThatHoldThem) {
  const auto tokens = file("tokens", "canary-in-a-file\n");
  ::setenv("KPISTREAM_TEST_CANARY", "canary-in-the-environment", 1);
  const auto shown = printed("portals:\n  a: {crm: bitrix24, application_tokens_file: " + tokens +
                             ", rest_url: '${KPISTREAM_TEST_CANARY}'}\n"
                             "  b: {crm: amocrm, account_id: '7', hook_secrets: [canary-one, canary-two], "
                             "rest_url: 'https://b.amocrm.ru', token: canary-three}\n");
  EXPECT_THAT(shown, Not(HasSubstr("canary")));
  EXPECT_THAT(shown, HasSubstr("    application_tokens_file: " + tokens + "\n    rest_url: <secret>\n"));
  EXPECT_THAT(shown, HasSubstr("    hook_secrets: [<secret>, <secret>]\n"));
}

// A reader cannot take a key that the schema does not have.
TEST(Shapes, WhatIsNotDeclaredCannotBeRead) {
  ConfigErrors errors("k.yml");
  auto root = Section::document("{nonesuch: 1}", errors, config_shape());
  EXPECT_THROW(static_cast<void>(root.text("nonesuch")), std::logic_error);
  EXPECT_THROW(static_cast<void>(root.section("nonesuch")), std::logic_error);
}

TEST_F(ConfigFile, NothingBehindAKeyIsAsGoodAsNoKey) {
  EXPECT_THAT(errors("portals: {acme: {crm: }}\n"), ElementsAre(HasSubstr("crm: is missing")));
  EXPECT_THAT(errors("portals:\n"), ElementsAre(HasSubstr("portals: is missing")));
  EXPECT_THAT(wrong("targets: [{kpi: , value: 5}]"), ElementsAre(HasSubstr("kpi: is missing")));
  EXPECT_THAT(errors("periods: {mine: }\n" + portal("bitrix24", "")), ElementsAre(HasSubstr("mine: says nothing")));
}

TEST_F(ConfigFile, ASingleSecretIsNoList) {
  EXPECT_THAT(wrong("rest_url: [a, b]"), ElementsAre(HasSubstr("rest_url: a single value is expected here")));
}

}  // namespace
}  // namespace kpistream::app
