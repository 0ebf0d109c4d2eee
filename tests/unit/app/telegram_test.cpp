#include "app/telegram.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kpistream::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string repeated(const std::string& part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

TEST(Telegram, AShortTextIsOneMessage) {
  EXPECT_THAT(telegram_messages("acme: неделя\n\nПродажи: 5\n"), ElementsAre("acme: неделя\n\nПродажи: 5"));
  EXPECT_THAT(telegram_messages(""), IsEmpty());
  EXPECT_THAT(telegram_messages("\n \n"), IsEmpty()) << "Telegram takes no blank message";
}

TEST(Telegram, ALongTextIsCutAtLineEnds) {
  const std::string line(1'023, 'x');
  const auto text = repeated(line + "\n", 9);
  const std::string four =
      line + "\n" + line + "\n" + line + "\n" + line;  // 4095, and the line end would be the 4096th
  EXPECT_THAT(telegram_messages(text), ElementsAre(four, four, line));
}

TEST(Telegram, AMessageMayBeFull) {
  const std::string full(kTelegramUnitsMax, 'x');
  EXPECT_THAT(telegram_messages(full), ElementsAre(full));
  EXPECT_THAT(telegram_messages(full + "\nrest"), ElementsAre(full, "rest"));
  EXPECT_THAT(telegram_messages(full + "y"), ElementsAre(full, "y")) << "a line longer than a message";
}

TEST(Telegram, CountsAsTelegramDoes) {
  const auto russian = repeated("я", kTelegramUnitsMax);  // two bytes, one unit
  EXPECT_THAT(telegram_messages(russian + "я"), ElementsAre(russian, "я"));
  const auto pictures = repeated("📉", kTelegramUnitsMax / 2);  // four bytes, two units
  EXPECT_THAT(telegram_messages(pictures + "📉"), ElementsAre(pictures, "📉"));
  EXPECT_THAT(telegram_messages("x" + pictures), ElementsAre("x" + repeated("📉", kTelegramUnitsMax / 2 - 1), "📉"))
      << "never within a letter";
}

TEST(Telegram, ABodyIsJson) {
  EXPECT_EQ(telegram_body("-1001234567890", "a \"b\"\nc"), R"({"chat_id":"-1001234567890","text":"a \"b\"\u000ac"})");
}

TEST(Telegram, AFailureSaysWhereToLook) {
  EXPECT_THAT(telegram_failure(0), testing::HasSubstr("does not answer"));
  for (const unsigned status : {401u, 404u}) EXPECT_THAT(telegram_failure(status), testing::HasSubstr("bot_token"));
  EXPECT_THAT(telegram_failure(400), testing::HasSubstr("chat_id"));
  EXPECT_EQ(telegram_failure(502), "Telegram answers 502");
}

}  // namespace
}  // namespace kpistream::app
