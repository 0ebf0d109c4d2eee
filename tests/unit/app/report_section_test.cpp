// `report:`.
#include "tests/unit/app/config_fixture.hpp"

namespace kpistream::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kToken = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

struct ReportSection : ConfigFile {
  std::vector<std::string> wrong_telegram(const std::string& keys) {
    return errors("report: {telegram: {" + keys + "}}\n" + portal("bitrix24", ""));
  }
};

TEST_F(ReportSection, NamesABotAndAChat) {
  const std::string secret = file("bot.token", kToken + "\n");
  for (const std::string chat : {"-1001234567890", "12345", "@sales"}) {
    const auto result = load_config(file("k.yml", "report: {telegram: {bot_token_file: " + secret + ", chat_id: \"" +
                                                      chat + "\"}}\n" + portal("bitrix24", "")));
    ASSERT_THAT(result.errors, IsEmpty());
    const auto& telegram = result.config->telegram;
    EXPECT_EQ(telegram.bot_token, kToken);
    EXPECT_EQ(telegram.chat_id, chat);
    EXPECT_EQ(telegram.api_url, "https://api.telegram.org");
  }
  EXPECT_THAT(wrong_telegram("bot_token: \"" + kToken + "\", chat_id: -1001234567890"), IsEmpty()) << "a number too";
}

TEST_F(ReportSection, IsNotNeeded) {
  const auto result = load_config(file("k.yml", "report: {}\n" + portal("bitrix24", "")));
  ASSERT_THAT(result.errors, IsEmpty());
  EXPECT_EQ(result.config->telegram.bot_token, "");
}

TEST_F(ReportSection, SaysWhatIsMissingOrWrong) {
  EXPECT_THAT(wrong_telegram("api_url: api.telegram.org"),
              ElementsAre(HasSubstr("report.telegram.bot_token: is missing: bot_token_file"),
                          HasSubstr("report.telegram.chat_id: is missing or no chat"),
                          HasSubstr("report.telegram.api_url: must look like https://api.telegram.org")));
  for (const std::string token : {"canary", ":canary", "1:", "1:canary/../x", "1:canary canary", "x:canary"}) {
    const auto told = wrong_telegram("bot_token: \"" + token + "\", chat_id: 5");
    ASSERT_THAT(told, ElementsAre(HasSubstr("report.telegram.bot_token: is no token of a bot")));
    EXPECT_EQ(told.front().find("canary"), std::string::npos);
  }
  for (const std::string chat : {"sales", "@", "-", "1.5", "https://t.me/sales"}) {
    EXPECT_THAT(wrong_telegram("bot_token: \"" + kToken + "\", chat_id: \"" + chat + "\""),
                ElementsAre(HasSubstr("report.telegram.chat_id: is missing or no chat")));
  }
}

}  // namespace
}  // namespace kpistream::app
