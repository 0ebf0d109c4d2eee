#include "app/connect/words.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace kpistream::app {
namespace {

std::size_t places(std::string_view pattern) {
  std::size_t count = 0;
  for (auto at = pattern.find("{}"); at != std::string_view::npos; at = pattern.find("{}", at + 2)) ++count;
  return count;
}

TEST(Words, EverySentenceIsThereInBothLanguagesWithTheSamePlaces) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Phrase::count_); ++i) {
    const auto phrase = static_cast<Phrase>(i);
    const auto ru = pattern_of(Language::ru, phrase);
    const auto en = pattern_of(Language::en, phrase);
    EXPECT_FALSE(ru.empty() || en.empty()) << i;
    EXPECT_EQ(places(ru), places(en)) << en;
    EXPECT_TRUE(std::all_of(en.begin(), en.end(), [](char c) { return c > 0; }) || en.find("→") != en.npos ||
                en.find("…") != en.npos)
        << en;
  }
}

TEST(Words, PlacesAreFilledInOrderAndValuesAreNotPatterns) {
  EXPECT_EQ(say(Language::en, Phrase::mapping_stage, {"stages.quote", "{}"}),
            "stages.quote: the portal has no stage {}");
  EXPECT_EQ(say(Language::ru, Phrase::rest_ok, {"more", "values"}), "REST отвечает");
}

TEST(Words, TheWishGoesBeforeTheLocaleAndRussianIsSpokenWhenUnsure) {
  EXPECT_EQ(language_of("ru", "en_US.UTF-8"), Language::ru);
  EXPECT_EQ(language_of("en", "ru_RU.UTF-8"), Language::en);
  EXPECT_EQ(language_of("", "en_GB.UTF-8"), Language::en);
  EXPECT_EQ(language_of("", "ru_RU.UTF-8"), Language::ru);
  EXPECT_EQ(language_of("", "C.UTF-8"), Language::ru);
  EXPECT_EQ(language_of("", ""), Language::ru);
  EXPECT_EQ(language_of("", "enx"), Language::ru);
}

}  // namespace
}  // namespace kpistream::app
