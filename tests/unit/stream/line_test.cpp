// A telephone line is known by the hash of its number: the same subscriber, however the number is written.
#include <gtest/gtest.h>

#include "stream/facts/links.hpp"

namespace kpistream {
namespace {

TEST(Line, OneSubscriberHoweverTheNumberIsWritten) {
  for (const char* number :
       {"+79000000001", "89000000001", "9000000001", "8 (900) 000-00-01", "tel:+7-900-000-00-01"}) {
    EXPECT_EQ(line_hash(number), "b4640c8e1bedf65f") << number;
  }
  EXPECT_NE(line_hash("+79000000002"), line_hash("+79000000001"));
}

TEST(Line, HiddenAndInternalNumbersAreNoLine) {
  for (const char* number : {"", "anonymous", "0", "1234", "+12-34", "reg"}) EXPECT_EQ(line_hash(number), "") << number;
  EXPECT_EQ(line_hash("12345"), "e575e8883c0f89f8");
}

TEST(Line, LeadingZerosOfTheHashAreKept) { EXPECT_EQ(line_hash("9000000900"), "01ec7e8e47b94d2f"); }

}  // namespace
}  // namespace kpistream
