// Every rule at the head of form.hpp, as a table.
#include "ingest/form/form.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace kpistream::ingest {
namespace {

using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

// "a|b=v" for a[b]=v; one line a pair.
std::string show(const Form& form) {
  std::string text;
  for (const FormPair& pair : form.pairs()) {
    for (std::size_t i = 0; i < pair.path.size(); ++i) {
      if (i != 0) text += '|';
      text += pair.path[i];
    }
    text += '=';
    text += pair.value;
    text += '\n';
  }
  return text;
}

struct Case {
  std::string body;
  std::string shown;
};

class Rule : public testing::TestWithParam<Case> {};

TEST_P(Rule, IsFollowed) {
  Form form;
  ASSERT_EQ(form.parse(GetParam().body, {}), FormStatus::ok);
  EXPECT_EQ(show(form), GetParam().shown) << GetParam().body;
}

INSTANTIATE_TEST_SUITE_P(OfSplitting, Rule,
                         testing::Values(Case{"", ""}, Case{"a=1", "a=1\n"}, Case{"a=1&b=2", "a=1\nb=2\n"},
                                         Case{"a", "a=\n"}, Case{"a=", "a=\n"}, Case{"=", "=\n"}, Case{"=v", "=v\n"},
                                         Case{"a=b=c", "a=b=c\n"}, Case{"a==", "a==\n"}, Case{"&", ""}, Case{"&&&", ""},
                                         Case{"&a=1&&b=2&", "a=1\nb=2\n"}, Case{"a=1&a=2", "a=1\na=2\n"},
                                         Case{"a;b=1", "a;b=1\n"}, Case{"a%3Db=1", "a=b=1\n"},
                                         Case{"a%26b=1%262", "a&b=1&2\n"}));

INSTANTIATE_TEST_SUITE_P(OfEscapes, Rule,
                         testing::Values(Case{"a+b=c+d", "a b=c d\n"}, Case{"a=%2B7", "a=+7\n"},
                                         Case{"a=%41%5a%5A", "a=AZZ\n"}, Case{"a=%2541", "a=%41\n"},
                                         Case{"a=%", "a=%\n"}, Case{"a=%4", "a=%4\n"}, Case{"a=%ZZ", "a=%ZZ\n"},
                                         Case{"a=%4Z", "a=%4Z\n"}, Case{"a=%Z4", "a=%Z4\n"}, Case{"a=%%41", "a=%A\n"},
                                         Case{"a=%4&b=1", "a=%4\nb=1\n"}, Case{"a=%&b=1", "a=%\nb=1\n"},
                                         Case{"%4=1", "%4=1\n"}, Case{"%=1", "%=1\n"}, Case{"a=%D0%9A%D0%9F", "a=КП\n"},
                                         Case{"a=КП", "a=КП\n"}, Case{"a=%00b", "a=\0b\n"s},
                                         Case{"a=%ff\xc3", "a=\xff\xc3\n"}, Case{"a=%-1%+1", "a=%-1% 1\n"}));

INSTANTIATE_TEST_SUITE_P(
    OfBrackets, Rule,
    testing::Values(Case{"a[b]=1", "a|b=1\n"}, Case{"a%5Bb%5D=1", "a|b=1\n"}, Case{"a%5bb%5d=1", "a|b=1\n"},
                    Case{"a%5Bb]=1", "a|b=1\n"}, Case{"a[b][c][0]=1", "a|b|c|0=1\n"}, Case{"a[]=1", "a|=1\n"},
                    Case{"a[][]=1", "a||=1\n"}, Case{"a[b=1", "a[b=1\n"}, Case{"a]b[c]=1", "a]b[c]=1\n"},
                    Case{"a[b]c=1", "a[b]c=1\n"}, Case{"a[b]c[d]=1", "a[b]c[d]=1\n"}, Case{"a[b[c]]=1", "a[b[c]]=1\n"},
                    Case{"a[b]]=1", "a[b]]=1\n"}, Case{"a[b][=1", "a[b][=1\n"}, Case{"[a]=1", "[a]=1\n"},
                    Case{"[]=1", "[]=1\n"}, Case{"]=1", "]=1\n"}, Case{"[=1", "[=1\n"}, Case{"a=[b]", "a=[b]\n"},
                    Case{"a[b+c]=1", "a|b c=1\n"}, Case{"a[b=c]=1", "a[b=c]=1\n"}, Case{"a[%255D]=1", "a|%5D=1\n"}));

TEST(Form, KeepsAScalarAndASubtreeUnderOneKeyAsTwoPairs) {
  Form form;
  ASSERT_EQ(form.parse("note[x]=1&note[x][y]=2", {}), FormStatus::ok);
  EXPECT_EQ(show(form), "note|x=1\nnote|x|y=2\n");
}

TEST(Form, TellsWhereEachPairStands) {
  Form form;
  const auto body = "&a=%41&&auth[t]=s&b"sv;
  ASSERT_EQ(form.parse(body, {}), FormStatus::ok);
  std::vector<std::string> raw;
  for (const FormPair& pair : form.pairs())
    raw.emplace_back(body.substr(pair.raw_begin, pair.raw_end - pair.raw_begin));
  EXPECT_THAT(raw, testing::ElementsAre("a=%41", "auth[t]=s", "b"));
}

TEST(Form, FindsTheFirstPairOfAPathAndOnlyOfThatPath) {
  Form form;
  ASSERT_EQ(form.parse("a[b]=1&a[b]=2&a=3&a[b][c]=4", {}), FormStatus::ok);
  ASSERT_NE(form.find({"a", "b"}), nullptr);
  EXPECT_EQ(form.find({"a", "b"})->value, "1");
  EXPECT_EQ(form.find({"a"})->value, "3");
  EXPECT_EQ(form.find({"b"}), nullptr);
  EXPECT_EQ(form.find({}), nullptr);
}

TEST(Form, ForgetsTheBodyBefore) {
  Form form;
  ASSERT_EQ(form.parse("a[b]=a+long+value+of+the+first+body&c=1", {}), FormStatus::ok);
  ASSERT_EQ(form.parse("x=2", {}), FormStatus::ok);
  EXPECT_EQ(show(form), "x=2\n");
}

TEST(Form, KeepsItsPairsWhenItIsMoved) {
  Form first;
  ASSERT_EQ(first.parse("a[b]=1", {}), FormStatus::ok);
  Form second = std::move(first);
  EXPECT_EQ(show(second), "a|b=1\n");
  first = std::move(second);
  EXPECT_EQ(show(first), "a|b=1\n");
}

}  // namespace
}  // namespace kpistream::ingest
