#include "app/credentials.hpp"

#include <gtest/gtest.h>

namespace kpistream::app {
namespace {

std::string basic(std::string_view authorization) {
  const auto got = basic_credentials(authorization);
  return got ? got->name + "|" + got->password : "nothing";
}

TEST(Credentials, AreReadOfBasic) {
  EXPECT_EQ(basic("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), "Aladdin|open sesame");  // RFC 7617
  EXPECT_EQ(basic("basic  YTpiOmM="), "a|b:c") << "only the first colon parts";
  EXPECT_EQ(basic("BASIC Og=="), "|");
  EXPECT_EQ(basic("Basic YTpi"), "a|b");
  for (const auto* wrong :
       {"", "Basic", "Basic ", "Basic QQ==", "Basic ?", "Bearer YTpi", "Basic YT pi", "BasicYTpi"}) {
    EXPECT_EQ(basic(wrong), "nothing") << wrong;
  }
}

TEST(Credentials, AreReadOfBearer) {
  EXPECT_EQ(bearer_token("Bearer abc"), "abc");
  EXPECT_EQ(bearer_token("bearer  abc"), "abc");
  for (const auto* wrong : {"", "Bearer", "Bearer ", "Basic abc", "abc"}) EXPECT_EQ(bearer_token(wrong), "") << wrong;
}

TEST(Credentials, AreReadOfCookies) {
  EXPECT_EQ(cookie_value("a=1; b=2;c=3", "a"), "1");
  EXPECT_EQ(cookie_value("a=1; b=2;c=3", "b"), "2");
  EXPECT_EQ(cookie_value("a=1; b=2;c=3", "c"), "3");
  EXPECT_EQ(cookie_value("aa=1; =2; a; a=", "a"), "");
  EXPECT_EQ(cookie_value(";;", "a"), "");
}

}  // namespace
}  // namespace kpistream::app
