// The configuration file: what is right is read, what is wrong is named with its place and its cure, all at once.
#include "app/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace kpistream::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ConfigFile : public testing::Test {
 protected:
  ConfigFile() : folder_(std::filesystem::temp_directory_path() / ("kpistream-config-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~ConfigFile() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const auto path = (folder_ / name).string();
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  // Errors without the path of the file.
  std::vector<std::string> errors(const std::string& text) {
    const auto path = file("k.yml", text);
    auto all = load_config(path).errors;
    for (auto& error : all) error = error.substr(path.size() + 1);
    return all;
  }

  std::filesystem::path folder_;
};

TEST_F(ConfigFile, ReadsBothKindsOfPortal) {
  const auto tokens = file("tokens", "one\ntwo\n");
  const auto result = load_config(file("k.yml", R"(listen: {hook: "0.0.0.0:1", admin: "127.0.0.1:2"}
rest: {gather: 0s, poll: 2m}
portals:
  acme: {crm: bitrix24, zone: Asia/Kamchatka, application_tokens_file: )" +
                                                    tokens + R"(, known_since: 2026-09-14T00:00:00+03:00}
  demo: {crm: amocrm, hook_secrets: [x], account_id: "7", quote_stages: [68000040]}
)"));
  ASSERT_THAT(result.errors, IsEmpty());
  EXPECT_EQ(result.config->hook.port, 1);
  EXPECT_EQ(result.config->rest_poll, std::chrono::minutes(2));
  const auto& acme = result.config->portals.at(0);
  EXPECT_THAT(acme.application_tokens, ElementsAre("one", "two"));
  EXPECT_EQ(acme.settings.known_since, 1'789'333'200);
  EXPECT_TRUE(acme.settings.leads);
  const auto& demo = result.config->portals.at(1);
  EXPECT_FALSE(demo.settings.leads);
  EXPECT_THAT(demo.settings.quote_stages, ElementsAre("68000040"));
}

TEST_F(ConfigFile, NamesEveryMistakeInOneRun) {
  EXPECT_THAT(errors(R"(listen:
  hook: nowhere
  admn: 127.0.0.1:1
portals:
  acme:
    crm: bitrix24
    zone: Europe/Nowhere
    currency: rub
    talk_seconds_min: 010
    crm: amocrm
  Bad Name: {crm: hubspot}
)"),
              testing::IsSupersetOf({
                  HasSubstr("2:9: listen.hook: 'nowhere' is not address:port"),
                  HasSubstr("3:3: listen.admn: unknown key; did you mean 'admin'?"),
                  HasSubstr("7:11: portals.acme.zone: time zone 'Europe/Nowhere' is not known"),
                  HasSubstr("8:15: portals.acme.currency: must be an ISO 4217 code"),
                  HasSubstr("9:23: portals.acme.talk_seconds_min: '010' is not a whole number"),
                  HasSubstr("10:5: portals.acme.crm: this key stands here twice"),
                  HasSubstr("portals.acme.application_tokens: is missing"),
                  HasSubstr("portals.Bad Name: a portal's name is"),
                  HasSubstr("portals.Bad Name.crm: 'hubspot' is none of: bitrix24, amocrm"),
              }));
}

TEST_F(ConfigFile, IsRefusedWhenItIsNoYamlNoMappingOrNotThere) {
  EXPECT_THAT(errors("a: [1"), Contains(HasSubstr("not YAML")));
  EXPECT_THAT(errors("- a"), Contains(HasSubstr("must be a YAML mapping")));
  EXPECT_THAT(errors("listen: {}"), Contains(HasSubstr("portals: is missing")));
  EXPECT_THAT(load_config("/nowhere/k.yml").errors, Contains(HasSubstr("cannot be read")));
}

TEST_F(ConfigFile, ASecretFileForEverybodyToReadIsRefused) {
  const auto open = file("open", "secret\n", 0644);
  EXPECT_THAT(errors("portals:\n  a: {crm: bitrix24, application_tokens_file: " + open + "}\n"),
              ElementsAre(HasSubstr("everybody can read")));
}

TEST_F(ConfigFile, ASecretNeverStandsInAnError) {
  for (const auto& error :
       errors("portals:\n  a: {crm: amocrm, hook_secrets: [canary-1], token: canary-2, account_id: 1}\n")) {
    EXPECT_THAT(error, testing::Not(HasSubstr("canary")));
  }
}

TEST_F(ConfigFile, WordsThatMayMeanTrueOrFalseMustBeQuoted) {
  EXPECT_THAT(errors("portals:\n  a: {crm: bitrix24, application_tokens: [on]}\n"),
              Contains(HasSubstr("put it in quotes")));
  EXPECT_THAT(errors("portals:\n  a: {crm: bitrix24, application_tokens: [\"on\"]}\n"), IsEmpty());
}

TEST_F(ConfigFile, VariablesAreExpandedInValues) {
  ::setenv("KPISTREAM_TEST_TOKEN", "from the environment", 1);
  const auto result = load_config(file("k.yml",
                                       "portals:\n  a: {crm: bitrix24, application_tokens: ['${KPISTREAM_TEST_TOKEN}', "
                                       "'${KPISTREAM_TEST_NONE:-default}', 'a$$b']}\n"));
  ASSERT_THAT(result.errors, IsEmpty());
  EXPECT_THAT(result.config->portals[0].application_tokens, ElementsAre("from the environment", "default", "a$b"));
  EXPECT_THAT(errors("portals:\n  a: {crm: bitrix24, application_tokens: ['${KPISTREAM_TEST_NONE}']}\n"),
              Contains(HasSubstr(
                  "2:43: portals.a.application_tokens[0]: environment variable KPISTREAM_TEST_NONE is not set")));
}

TEST_F(ConfigFile, LaysAFileOfKpisOverTheBuiltInOnes) {
  const std::string portals = "portals:\n  a: {crm: bitrix24, application_tokens: [x]}\n";
  EXPECT_EQ(load_config(file("k.yml", portals)).config->kpis.definitions, built_in_catalogue().definitions);
  const auto mine = file("mine.yml", "kpis: {big_deals: {facts: deal_won}}\n");
  const auto result = load_config(file("k.yml", portals + "kpis: {file: " + mine + "}\n"));
  ASSERT_THAT(result.errors, IsEmpty());
  EXPECT_EQ(result.config->kpis.definitions.back().id, "big_deals");
}

TEST_F(ConfigFile, MistakesInTheFileOfKpisComeWithTheOthers) {
  const auto mine = file("mine.yml", "kpis: {big_deals: {facts: deal_wan}}\n");
  EXPECT_THAT(
      load_config(file("k.yml", "kpis: {file: " + mine + "}\n")).errors,
      ElementsAre(HasSubstr("portals: is missing"), HasSubstr(mine + ":1:27: kpis.big_deals.facts: 'deal_wan'")));
}

TEST(ParseTime, TakesOffsetsAndZuluOnly) {
  EXPECT_EQ(parse_time("2026-09-14T00:00:00+03:00"), 1'789'333'200);
  EXPECT_EQ(parse_time("2026-09-13T21:00:00Z"), 1'789'333'200);
  EXPECT_EQ(parse_time("2026-09-14"), std::nullopt);
  EXPECT_EQ(parse_time("2026-09-14T00:00:00+03:00 and more"), std::nullopt);
}

}  // namespace
}  // namespace kpistream::app
