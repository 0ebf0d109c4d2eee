// Every shape in which a CRM says one thing reads the same, and nothing throws.
#include "ingest/json/json.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace kpistream::ingest {
namespace {

// The value under "v" of a one-field document.
class Value {
 public:
  explicit Value(const std::string& json) { parsed_ = document_.parse("{\"v\":" + json + "}"); }
  JsonValue operator*() const { return document_.root()["v"]; }
  [[nodiscard]] bool parsed() const { return parsed_; }

 private:
  JsonDocument document_;
  bool parsed_ = false;
};

TEST(Json, ReadsTextFromStringsAndWholeNumbers) {
  EXPECT_EQ((*Value("\"7\"")).text(), "7");
  EXPECT_EQ((*Value("7")).text(), "7");
  EXPECT_EQ((*Value("-7")).text(), "-7");
  EXPECT_EQ((*Value("9007199254740993")).text(), "9007199254740993");
  EXPECT_EQ((*Value("\"\\u041a\\u041f\"")).text(), "КП");
}

TEST(Json, ReadsEveryKindOfNothingAsEmpty) {
  for (const char* nothing : {"null", "false", "true", "[]", "{}", "[1]", "1.5"}) {
    EXPECT_EQ((*Value(nothing)).text(), "") << nothing;
    EXPECT_EQ((*Value(nothing)).integer(), 0) << nothing;
    EXPECT_EQ((*Value(nothing)).time(), 0) << nothing;
  }
  for (const char* nothing : {"null", "false", "[]", "{}", "\"\""}) EXPECT_EQ((*Value(nothing)).money(), 0) << nothing;
  EXPECT_EQ(JsonValue().text(), "");
  EXPECT_FALSE(JsonValue()["x"]["y"].exists());
}

TEST(Json, AScalarIsTextAnyNumberOrTrue) {
  struct Case {
    const char* json;
    const char* scalar;
  };
  for (const auto& [json, scalar] : {Case{"\"a b\"", "a b"},
                                     {"7", "7"},
                                     {"-0.5", "-0.5"},
                                     {"750.50", "750.5"},
                                     {"true", "1"},
                                     {"false", ""},
                                     {"null", ""},
                                     {"1e300", ""},
                                     {"[1]", ""},
                                     {"{}", ""}}) {
    EXPECT_EQ((*Value(json)).scalar(), scalar) << json;
  }
  EXPECT_EQ(JsonValue().scalar(), "");
  EXPECT_EQ((*Value("true")).money(), 0);
}

TEST(Json, ARobotIsSomebodyAndNotNobody) {
  EXPECT_EQ(actor_or_empty("7"), "7");
  EXPECT_EQ(actor_or_empty("0"), "0");
  EXPECT_EQ(id_or_empty("0"), "");
  for (const char* none : {"", "-1", "Anna", "7 "}) EXPECT_EQ(actor_or_empty(none), "") << none;
}

TEST(Json, LooksUpOnlyInObjects) {
  EXPECT_EQ((*Value(R"({"a":{"b":"c"}})"))["a"]["b"].text(), "c");
  EXPECT_FALSE((*Value(R"({"a":1})"))["b"].exists());
  EXPECT_FALSE((*Value("[1]"))["a"].exists());
  EXPECT_FALSE((*Value("\"a\""))["a"].exists());
}

TEST(Json, WalksArraysInOrder) {
  std::string seen;
  (*Value(R"([1,"2",null,3])")).each([&](JsonValue item) { seen += item.text() + ";"; });
  EXPECT_EQ(seen, "1;2;;3;");
  (*Value(R"({"b":1})")).each([&](JsonValue) { ADD_FAILURE() << "an object is no array"; });
}

TEST(Json, ReadsTruthInAllItsSpellings) {
  for (const char* yes : {"true", "\"Y\"", "\"1\"", "1"}) EXPECT_TRUE((*Value(yes)).truth()) << yes;
  for (const char* no : {"false", "\"N\"", "\"0\"", "0", "null", "[]", "\"\""})
    EXPECT_FALSE((*Value(no)).truth()) << no;
}

TEST(Json, ReadsMoneyByItsDigits) {
  struct Case {
    const char* json;
    MinorUnits units;
  };
  for (const auto& [json, units] : {Case{"\"250000.00\"", 25'000'000},
                                    {"250000", 25'000'000},
                                    {"99000.5", 9'900'050},
                                    {"\"99000.5\"", 9'900'050},
                                    {"0.29", 29},
                                    {"1.15", 115},
                                    {"-1.15", -115},
                                    {"1.999", 199},
                                    {"\"1.999\"", 199},
                                    {"9999999999999.99", 999'999'999'999'999},
                                    {"\"92.5000\"", 9'250},
                                    {"\"12,30\"", 1'230},
                                    {"1e2", 10'000},
                                    {"1e300", 0},
                                    {"\"12 roubles\"", 0},
                                    {"\"1.2.3\"", 0},
                                    {"\"--1\"", 0},
                                    {"\"\"", 0},
                                    {"\"99999999999999999999\"", 0}}) {
    EXPECT_EQ((*Value(json)).money(), units) << json;
  }
}

TEST(Json, EveryCentOfANumberIsTheCentOfTheText) {
  for (int cents = 0; cents < 100'000; ++cents) {
    const std::string digits = std::to_string(1000 + cents % 100).substr(2);
    const std::string text = std::to_string(cents / 100) + "." + digits;
    ASSERT_EQ((*Value(text)).money(), cents) << text;
  }
}

TEST(Json, ReadsTimesWithTheirOffset) {
  EXPECT_EQ(parse_iso_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_iso_time("2026-09-14T10:00:03+03:00"), 1'789'369'203);
  EXPECT_EQ(parse_iso_time("2026-09-14T10:00:03+0300"), 1'789'369'203);
  EXPECT_EQ(parse_iso_time("2026-09-14T10:00:03+03"), 1'789'369'203);
  EXPECT_EQ(parse_iso_time("2026-09-14T07:00:03Z"), 1'789'369'203);
  EXPECT_EQ(parse_iso_time("2026-09-14T07:00:03.250Z"), 1'789'369'203);
  EXPECT_EQ(parse_iso_time("2026-09-14T01:30:03-05:30"), 1'789'369'203);
  EXPECT_EQ(parse_iso_time("2024-02-29T00:00:00Z"), 1'709'164'800);
}

TEST(Json, ATimeThatIsNoneIsUnknown) {
  for (const char* text :
       {"", "2026-09-14", "2026-09-14T10:00:03", "2026-09-14 10:00:03+03:00", "2026-02-30T10:00:03+03:00",
        "2026-13-01T10:00:03Z", "2026-09-14T24:00:03Z", "2026-09-14T10:60:03Z", "2026-09-14T10-00:03Z",
        "2026-09-14T10:00-03Z", "2026-09-14T10:00:03+3:00", "2026-09-14T10:00:03+03:0", "2026-09-14T10:00:03+03:00x",
        "2026-09-14T10:00:03+99:00", "2026-09-14T-1:00:03Z", "14.09.2026 10:00:03", "2026-09-14T10:00:03Zulu"}) {
    EXPECT_EQ(parse_iso_time(text), 0) << text;
  }
}

TEST(Json, TellsIdsAndLabelsFromOtherText) {
  for (const char* id : {"1", "0", "9223372036854775807"}) EXPECT_TRUE(is_id(id)) << id;
  for (const char* id : {"", "-1", "1 ", "12345678901234567890", "7a", "٧"}) EXPECT_FALSE(is_id(id)) << id;
  for (const char* label : {"WEB", "a.b-c_D9", "45"}) EXPECT_TRUE(is_label(label)) << label;
  for (const char* label : {"", "a b", "КП", "a\nb", "012345678901234567890123456789012"}) {
    EXPECT_FALSE(is_label(label)) << label;
  }
}

TEST(Json, AnIdOfNothingIsEmpty) {
  EXPECT_EQ(id_or_empty("7"), "7");
  for (const char* none : {"0", "", "Anna", "-1"}) EXPECT_EQ(id_or_empty(none), "") << none;
}

TEST(Json, RefusesWhatIsNoJsonAndStaysUsable) {
  JsonDocument document;
  for (const char* bad : {"", "{", "<html></html>", "{\"a\":}", "{\"a\":1}x", "\"\xff\""}) {
    EXPECT_FALSE(document.parse(bad)) << bad;
    EXPECT_FALSE(document.root().exists());
  }
  EXPECT_TRUE(document.parse("{\"a\":1}"));
  EXPECT_EQ(document.root()["a"].integer(), 1);
}

TEST(Json, RefusesDepthBeyondItsLimit) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  JsonDocument document;
  EXPECT_TRUE(document.parse(nested(kJsonDepthMax - 1)));
  EXPECT_FALSE(document.parse(nested(kJsonDepthMax + 1)));
  EXPECT_FALSE(document.parse(nested(1'000'000)));
}

}  // namespace
}  // namespace kpistream::ingest
