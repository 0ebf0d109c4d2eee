// `viewers:` and `page:`.
#include "tests/unit/app/config_fixture.hpp"

namespace kpistream::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kToken = "0123456789abcdef";

struct Viewers : ConfigFile {
  std::vector<std::string> wrong_viewers(const std::string& lines) {
    return errors("viewers:\n" + lines + portal("bitrix24", ""));
  }
};

TEST_F(Viewers, AreReadWithTheirTokens) {
  const std::string secret = file("boss.token", "boss-token-0123456789\n");
  const auto result =
      load_config(file("k.yml", "page: {hide_names: true}\nviewers:\n  - {name: boss, token_file: " + secret +
                                    ", role: head}\n  - {name: north, token: " + kToken +
                                    ", role: head, portal: acme}\n  - {name: ivanov, token: " + kToken +
                                    "7, role: manager, manager: \"7\"}\n" + portal("bitrix24", "")));
  ASSERT_THAT(result.errors, IsEmpty());
  EXPECT_THAT(result.config->viewers,
              ElementsAre(ViewerConfig{"boss", "boss-token-0123456789", "", ""},
                          ViewerConfig{"north", kToken, "acme", ""}, ViewerConfig{"ivanov", kToken + "7", "", "7"}));
  EXPECT_TRUE(result.config->hide_names);
}

TEST_F(Viewers, AreNoneByDefault) {
  const auto result = load_config(file("k.yml", portal("bitrix24", "")));
  ASSERT_THAT(result.errors, IsEmpty());
  EXPECT_THAT(result.config->viewers, IsEmpty());
  EXPECT_FALSE(result.config->hide_names);
}

TEST_F(Viewers, AreToldWhatIsMissing) {
  EXPECT_THAT(wrong_viewers("  - {}\n"),
              ElementsAre("2:5: viewers[0].name: is missing: whose token this is",
                          "2:5: viewers[0].token: is missing: token_file, a file that holds it, or token",
                          "2:5: viewers[0].role: is missing: head or manager"));
  EXPECT_THAT(wrong_viewers("  - {name: a, token: " + kToken + ", role: manager}\n"),
              ElementsAre("2:5: viewers[0].manager: is missing: the manager's id in the CRM, for example \"7\""));
}

TEST_F(Viewers, AreToldWhatIsWrong) {
  EXPECT_THAT(
      wrong_viewers("  - {name: a, token: short, role: chief, portal: acne, who: x}\n"),
      ElementsAre("2:22: viewers[0].token: a token is 16 to 128 of: A-Z a-z 0-9 . _ ~ -; make one with: openssl "
                  "rand -hex 16",
                  "2:35: viewers[0].role: 'chief' is none of: head, manager",
                  "2:50: viewers[0].portal: 'acne' is no portal with a table; did you mean 'acme'?",
                  "2:56: viewers[0].who: unknown key"));
  EXPECT_THAT(wrong_viewers("  - {name: a, token: " + kToken + ", role: head, manager: \"7\"}\n"),
              ElementsAre("2:61: viewers[0].manager: a head sees all; leave it out"));
}

TEST_F(Viewers, AreDifferentPeople) {
  const std::string one = "  - {name: a, token: " + kToken + ", role: head}\n";
  EXPECT_THAT(wrong_viewers(one + one), ElementsAre("3:12: viewers[1].name: 'a' stands here twice",
                                                    "3:22: viewers[1].token: somebody above has the same token"));
}

TEST_F(Viewers, OfManagersAreInATable) {
  const std::string two =
      "portals:\n  a: {crm: bitrix24, application_tokens: [x]}\n  b: {crm: bitrix24, application_tokens: [y]}\n";
  const std::string viewer = "  - {name: a, token: " + kToken + ", role: manager, manager: \"7\"";
  EXPECT_THAT(errors("viewers:\n" + viewer + "}\n" + two),
              ElementsAre("2:5: viewers[0].portal: is missing: in which table the manager is"));
  EXPECT_THAT(errors("viewers:\n" + viewer + ", portal: b}\n" + two), IsEmpty());
}

}  // namespace
}  // namespace kpistream::app
