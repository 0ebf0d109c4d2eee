// The configuration file: what is right is read, what is wrong is named with its place and its cure, all at once.
#include "app/config.hpp"

#include <cstdlib>
#include <regex>
#include <sstream>

#include "config_fixture.hpp"

namespace kpistream::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(ConfigFile, ReadsBothKindsOfPortal) {
  const auto tokens = file("tokens", "one\ntwo\n");
  const auto result = load_config(file("k.yml", R"(listen: {hook: "0.0.0.0:1", admin: "127.0.0.1:2"}
rest: {gather: 0s, poll: 2m}
portals:
  acme: {crm: bitrix24, zone: Asia/Kamchatka, application_tokens_file: )" +
                                                    tokens + R"(, known_since: 2026-09-14T00:00:00+03:00}
  demo: {crm: amocrm, hook_secrets: [x], account_id: "7", stages: {quote: [68000040]}}
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
  Bad Name: {crm: hubspot, zone: Mars/Base}
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
                  HasSubstr("portals.Bad Name.zone: time zone 'Mars/Base' is not known"),
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

TEST_F(ConfigFile, BoundsTheDiskAndTheAgeOfRecords) {
  const std::string portals = "portals:\n  a: {crm: bitrix24, application_tokens: [x]}\n";
  const auto standard = *load_config(file("k.yml", portals)).config;
  EXPECT_EQ(standard.free_bytes_min, 128u << 20);
  EXPECT_EQ(standard.retention_raw, std::chrono::days(30));
  const auto own =
      *load_config(file("k.yml", portals + "storage: {free_bytes_min: 2GiB}\nretention: {raw: 0}\n")).config;
  EXPECT_EQ(own.free_bytes_min, 2ull << 30);
  EXPECT_EQ(own.retention_raw, std::chrono::seconds(0));
  EXPECT_THAT(errors(portals + "storage: {free_bytes_min: 128MB}\nretention: {raw: 30, rwa: 1}\n"),
              ElementsAre(HasSubstr("3:27: storage.free_bytes_min: '128MB' is not a size"),
                          HasSubstr("4:18: retention.raw: '30' is not a duration"),
                          HasSubstr("4:22: retention.rwa: unknown key; did you mean 'raw'?")));
  for (const char* size : {"-1MiB", "1.5GiB", "2TiB", "GiB", "99999999TiB", "''"}) {
    EXPECT_THAT(errors(portals + "storage: {free_bytes_min: " + size + "}\n"), Contains(HasSubstr("is not a size")))
        << size;
  }
}

// Reads the sample as an owner would: with the secrets where it says they are.
TEST_F(ConfigFile, TheSampleIsCorrect) {
  std::ifstream in(KPISTREAM_SOURCE_DIR "/deploy/kpistream.example.yml");
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string place = "/etc/kpistream/";
  for (const char* name : {"acme.tokens", "acme.rest", "demostroy.secret", "demostroy.token"}) file(name, "x\n");
  for (const char* name : {"boss.token", "ivanov.token"}) file(name, name + std::string("-0123456789\n"));
  file("bot.token", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw\n");
  file("kpis.yml", "kpis: {}\n");
  for (auto at = text.find(place); at != std::string::npos; at = text.find(place)) {
    text.replace(at, place.size(), folder_.string() + "/");
  }
  const auto result = load_config(file("k.yml", text));
  ASSERT_THAT(result.errors, IsEmpty());
  ASSERT_EQ(result.config->portals.size(), 3u);
  for (const auto& portal : result.config->portals) EXPECT_NE(portal.reads(), portal.archived);
}

// Of each key that docs/configuration.md explains, in its tables; some are commented out.
TEST_F(ConfigFile, TheSampleHasEveryKey) {
  const auto text_of = [](const char* path) {
    std::ifstream in(std::string(KPISTREAM_SOURCE_DIR) + path);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  };
  const std::string sample = text_of("/deploy/kpistream.example.yml");
  std::istringstream reference(text_of("/docs/configuration.md"));
  const std::regex keys("`([a-z_.\\[\\]<>]+)`");
  std::size_t found = 0;
  for (std::string line; std::getline(reference, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string first = line.substr(2, line.find(" |", 2) - 2);
    for (std::sregex_iterator key(first.begin(), first.end(), keys), end; key != end; ++key) {
      const std::string name = (*key)[1];
      const std::string last = name.substr(name.rfind('.') + 1);
      if (last.find('<') != std::string::npos) continue;  // a name of one's own
      ++found;
      const bool there = std::regex_search(sample, std::regex("(^|[\\s{,#])" + last + "(_file)?:"));
      EXPECT_TRUE(there) << name << " is not in the sample";
    }
  }
  EXPECT_GT(found, 80U);
}

// A change of whatever the running parts were made from.
TEST_F(ConfigFile, ChangedPartsTakeARestart) {
  const auto config = [&](const std::string& general, const std::string& lines) {
    auto result = load_config(file("k.yml", general + portal("bitrix24", lines)));
    EXPECT_THAT(result.errors, IsEmpty());
    return *result.config;
  };
  const Config before = config("", "");
  EXPECT_FALSE(needs_restart(before, config("log: {level: debug}\n", "member_id: abc\nhook_path: /other\n")));
  EXPECT_FALSE(needs_restart(before, config("backup: {keep: 3}\n", ""))) << "only the command reads it";
  for (const char* general :
       {"storage: {path: /elsewhere}\n", "storage: {free_bytes_min: 1MiB}\n", "retention: {raw: 7d}\n",
        "listen: {hook: \"0.0.0.0:1\"}\n", "rest: {gather: 5s}\n", "backup: {path: /elsewhere}\n"}) {
    EXPECT_TRUE(needs_restart(before, config(general, ""))) << general;
  }
  for (const char* line :
       {"zone: Asia/Omsk", "robots: ['1']", "stages: {qualified: [A]}", "values: {complaint: [{field: tag, value: a}]}",
        "fields: {cost: UF_COST}", "limits: {bulk: 5}", "work: {holidays: [2026-11-04]}", "managers: {7: {team: a}}",
        "rates: {USD: {2026-01-01: 90}}", "targets: [{kpi: deals_won, value: 5}]", "archived: true",
        "active_time: true", "rest_url: https://acme.example/rest/1/x/"}) {
    EXPECT_TRUE(needs_restart(before, config("", line))) << line;
  }
}

TEST(ParseTime, TakesOffsetsAndZuluOnly) {
  EXPECT_EQ(parse_time("2026-09-14T00:00:00+03:00"), 1'789'333'200);
  EXPECT_EQ(parse_time("2026-09-13T21:00:00Z"), 1'789'333'200);
  EXPECT_EQ(parse_time("2026-09-14"), std::nullopt);
  EXPECT_EQ(parse_time("2026-09-14T00:00:00+03:00 and more"), std::nullopt);
}

// ---- an application instead of an incoming webhook

TEST_F(ConfigFile, ReadsAnApplicationWhoseSecretsStandInFiles) {
  const std::string id = file("client", "app.1\n");
  const std::string secret = file("secret", "s3cret\n");
  const auto text = [&](const std::string& place) {
    return "portals:\n  acme:\n    crm: bitrix24\n    application:\n      portal: " + place +
           "\n      client_id_file: " + id + "\n      client_secret_file: " + secret +
           "\n      handler_url: https://k.example/hook/bitrix24/acme\n";
  };
  const auto result = load_config(file("k.yml", text("https://acme.bitrix24.ru/")));
  ASSERT_THAT(result.errors, IsEmpty());
  const auto& application = result.config->portals.at(0).application;
  EXPECT_EQ(application, (ApplicationConfig{"https://acme.bitrix24.ru", "https://oauth.bitrix24.tech", "app.1",
                                            "s3cret", "https://k.example/hook/bitrix24/acme", "", "", ""}));
  EXPECT_TRUE(result.config->portals.at(0).reads());
  const auto other = load_config(file("k.yml", text("https://acme.bitrix24.com")));
  ASSERT_THAT(other.errors, IsEmpty());
  EXPECT_EQ(other.config->portals.at(0).application.oauth_url, "https://oauth.bitrix.info");
  EXPECT_TRUE(needs_restart(*result.config, *other.config));
}

TEST_F(ConfigFile, NamesWhatIsWrongWithAnApplication) {
  EXPECT_THAT(
      errors(R"(portals:
  acme:
    crm: bitrix24
    rest_url: https://acme.bitrix24.ru/rest/1/x/
    application:
      portal: acme.bitrix24.ru
      oauth_url: http://elsewhere.example
      client_id: canary-1
      client_secret: canary-2
      refresh_token: canary-3
      handler_url: k.example/hook
      handler: x
)"),
      ElementsAre(HasSubstr("6:15: portals.acme.application.portal: 'acme.bitrix24.ru' is not an address like"),
                  HasSubstr("7:18: portals.acme.application.oauth_url: 'http://elsewhere.example' is not"),
                  HasSubstr("11:20: portals.acme.application.handler_url: 'k.example/hook' is not an address"),
                  HasSubstr("8:18: portals.acme.application.client_id: must not stand in the configuration; put "
                            "it into a file and name it as client_id_file"),
                  HasSubstr("9:22: portals.acme.application.client_secret: must not stand"),
                  HasSubstr("10:22: portals.acme.application.refresh_token: must not stand"),
                  HasSubstr("6:7: portals.acme.application: an application and an incoming webhook do the same"),
                  HasSubstr("12:7: portals.acme.application.handler: unknown key")));
  EXPECT_THAT(errors("portals:\n  acme:\n    crm: bitrix24\n    application: {portal: https://acme.bitrix24.ru}\n"),
              ElementsAre(HasSubstr("4:18: portals.acme.application.client_id_file: is missing"),
                          HasSubstr("4:18: portals.acme.application.client_secret_file: is missing")));
  const auto open = file("open", "secret\n", 0644);
  EXPECT_THAT(
      errors("portals:\n  acme:\n    crm: bitrix24\n    application: {portal: https://acme.bitrix24.ru, "
             "client_id_file: " +
             open + ", client_secret_file: " + open + ", refresh_token_file: /nowhere}\n"),
      ElementsAre(HasSubstr("client_id_file: everybody can read"), HasSubstr("client_secret_file: everybody can read"),
                  HasSubstr("refresh_token_file: cannot read '/nowhere'")));
}

// ---- an integration of amoCRM instead of a long-lived token

TEST_F(ConfigFile, ReadsAnIntegrationWhoseSecretsStandInFiles) {
  const std::string id = file("client", "0c9a\n");
  const std::string secret = file("secret", "s3cret\n");
  const std::string code = file("code", "def502\n");
  const auto text = [&](const std::string& more) {
    return "portals:\n  demo:\n    crm: amocrm\n    hook_secrets: [x]\n    account_id: 1\n" + more +
           "    application:\n      client_id_file: " + id + "\n      client_secret_file: " + secret +
           "\n      redirect_uri: https://k.example/\n      code_file: " + code + "\n";
  };
  const auto result = load_config(file("k.yml", text("    rest_url: https://demo.amocrm.ru\n")));
  ASSERT_THAT(result.errors, IsEmpty());
  const auto& application = result.config->portals.at(0).application;
  EXPECT_EQ(application.portal, "https://demo.amocrm.ru");
  EXPECT_EQ(application.oauth_url, "https://demo.amocrm.ru");
  EXPECT_EQ(application.client_id, "0c9a");
  EXPECT_EQ(application.client_secret, "s3cret");
  EXPECT_EQ(application.redirect_uri, "https://k.example/");
  EXPECT_EQ(application.code_file, code);
  EXPECT_TRUE(result.config->portals.at(0).reads());
  EXPECT_THAT(errors(text("")), ElementsAre(HasSubstr("portals.demo.rest_url: rest_url and token")));
  EXPECT_THAT(errors(text("    rest_url: https://demo.amocrm.ru\n    token: x\n")),
              ElementsAre(HasSubstr("an integration and a long-lived token do the same")));
  EXPECT_THAT(errors(text("    rest_url: https://demo.amocrm.ru\n") + "      refresh_token_file: " + code + "\n"),
              ElementsAre(HasSubstr("code_file: a code and a refresh token begin the same")));
}

}  // namespace
}  // namespace kpistream::app
