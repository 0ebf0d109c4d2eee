// Custom fields that a portal keeps.
#include <gtest/gtest.h>

#include <map>

#include "ingest/bitrix24/adapter.hpp"
#include "tests/unit/ingest/bitrix24/support.hpp"

namespace kpistream::ingest {
namespace {

std::vector<Field> kept(const std::string& fields, const std::map<std::string, std::string>& names) {
  PortalSettings settings;
  settings.fields = names;
  const std::string body = R"({"result":{"ID":"5","DATE_MODIFY":"2026-09-14T10:00:00+03:00",)" + fields + "}}";
  const auto decoded = make_bitrix24_adapter(settings)->decode(reading("crm.deal.get?id=5", body));
  return decoded.observations.at(0).fields.value();
}

TEST(Bitrix24Fields, ConfiguredOnesAreKeptUnderOurNamesSorted) {
  EXPECT_EQ(kept(R"("UF_CRM_1":"45","UF_CRM_2":["b","a",7],"TYPE_ID":"SALE","UF_CRM_9":"not asked for")",
                 {{"region", "UF_CRM_1"}, {"brand", "UF_CRM_2"}, {"type", "TYPE_ID"}, {"gone", "UF_CRM_3"}}),
            (std::vector<Field>{{"brand", "7"}, {"brand", "a"}, {"brand", "b"}, {"region", "45"}, {"type", "SALE"}}));
  EXPECT_EQ(kept(R"("UF_CRM_1":"45")", {}), std::vector<Field>{});
}

TEST(Bitrix24Fields, AValueIsATextANumberOrTrue) {
  const std::map<std::string, std::string> names{{"f", "UF_CRM_1"}};
  for (const auto& [json, value] : std::map<std::string, std::string>{{"\"45\"", "45"},
                                                                      {"45", "45"},
                                                                      {"12.5", "12.5"},
                                                                      {"\"2500|RUB\"", "2500|RUB"},
                                                                      {"\"0\"", "0"},
                                                                      {"true", "1"},
                                                                      {"\"Опт\"", "Опт"}}) {
    EXPECT_EQ(kept("\"UF_CRM_1\":" + json, names), (std::vector<Field>{{"f", value}})) << json;
  }
  for (const char* none : {"null", "false", "\"\"", "[]", "{}", "[null]", "[[1]]", R"({"id":5})"}) {
    EXPECT_EQ(kept(std::string("\"UF_CRM_1\":") + none, names), std::vector<Field>{}) << none;
  }
}

TEST(Bitrix24Fields, ALongValueIsCutBetweenCharacters) {
  const std::map<std::string, std::string> names{{"f", "UF_CRM_1"}};
  const auto cut = [&](const std::string& text) { return kept(R"("UF_CRM_1":")" + text + "\"", names).at(0).value; };
  const std::string a(62, 'a');
  EXPECT_EQ(cut(a + "bc"), a + "bc");
  EXPECT_EQ(cut(a + "bcd"), a + "bc");
  EXPECT_EQ(cut(a + "Я"), a + "Я");
  EXPECT_EQ(cut(a + "bЯ"), a + "b");
  EXPECT_EQ(cut(a + "€"), a);
  EXPECT_EQ(cut(a.substr(2) + "😀!"), a.substr(2) + "😀");
}

TEST(Bitrix24Fields, AListOfThousandsStaysSmallAndSaysNothingTwice) {
  std::string list;
  for (int i = 0; i < 5'000; ++i) list += (i == 0 ? "" : ",") + std::to_string(i % 3'000);
  const auto fields = kept("\"UF_CRM_1\":[" + list + "]", {{"f", "UF_CRM_1"}});
  ASSERT_EQ(fields.size(), 64U);
  EXPECT_EQ(fields[0].value, "0");
  EXPECT_EQ(fields[1].value, "1");
  EXPECT_EQ(fields[2].value, "10");
}

}  // namespace
}  // namespace kpistream::ingest
