#include "app/json_text.hpp"

#include <gtest/gtest.h>

namespace kpistream::app {
namespace {

constexpr std::string_view kReplaced = "\xEF\xBF\xBD";

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

TEST(JsonText, escapes_what_json_wants_escaped) {
  EXPECT_EQ(json("a\"b\\c\n"), R"("a\"b\\c\u000a")");
  EXPECT_EQ(json(std::string_view("\0", 1)), R"("\u0000")");
  EXPECT_EQ(json(std::vector<std::string>{"a", "b"}), R"(["a","b"])");
}

TEST(JsonText, passes_characters_of_every_length_on) {
  for (const std::string_view text :
       {"\x7F", "Юлия", "\xE0\xA0\x80", "€", "\xED\x9F\xBF", "🙂", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(json(text), in_quotes(text));
  }
}

TEST(JsonText, replaces_what_is_no_utf8_byte_by_byte) {
  EXPECT_EQ(json("a\xFF"
                 "b"),
            in_quotes("a" + std::string(kReplaced) + "b"));
  // Alone, too long, a surrogate, beyond the last character, cut off.
  for (const std::string_view text :
       {"\x80", "\xC0\xAF", "\xC1\x81", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xD0", "\xE2\x82", "\xF0\x9F\x99"}) {
    std::string replaced;
    for (std::size_t i = 0; i < text.size(); ++i) replaced += kReplaced;
    EXPECT_EQ(json(text), in_quotes(replaced));
  }
}

TEST(JsonText, goes_on_with_the_character_after_a_broken_one) {
  EXPECT_EQ(json("\xD0Ю"), in_quotes(std::string(kReplaced) + "Ю"));
}

}  // namespace
}  // namespace kpistream::app
