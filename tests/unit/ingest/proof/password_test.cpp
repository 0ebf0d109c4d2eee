#include "ingest/proof/password.hpp"

#include <gtest/gtest.h>

namespace kpistream::ingest {
namespace {

// Of crypt(3), cost 4.
const std::string kHash = "$2b$04$r8f5EbpRUaXRU3elX4TGpuyaRny1hesq6XpOxTbxpEpKv1Qevbbgi";
const std::string kOther = "$2y$04$abcdefghijklmnopqrstuu0HtfOlPbTiymk5tcV.3TsFPDd3SYZqu";

TEST(Password, IsCheckedAgainstItsHash) {
  EXPECT_TRUE(password_matches("s3cret pass", kHash));
  EXPECT_TRUE(password_matches("other", kOther));
  for (const auto* wrong : {"", "s3cret", "s3cret pass ", "other"})
    EXPECT_FALSE(password_matches(wrong, kHash)) << wrong;
  EXPECT_FALSE(password_matches(std::string("s3cret pass\0", 12), kHash)) << "bcrypt ends at a zero byte";
}

TEST(Password, OnlyBcryptIsAHash) {
  EXPECT_EQ(bcrypt_cost(kHash), 4);
  std::string dear = kHash;
  dear.replace(4, 2, "31");
  EXPECT_EQ(bcrypt_cost(dear), 31);
  for (const auto* none : {"", "secret", "$1$abc$def", "$2b$04$short", "$6$rounds=5000$abcdefgh$x"}) {
    EXPECT_EQ(bcrypt_cost(none), 0) << none;
  }
  for (const std::size_t at : {0u, 2u, 4u, 6u, 30u}) {
    std::string wrong = kHash;
    wrong[at] = '*';
    EXPECT_EQ(bcrypt_cost(wrong), 0) << at;
  }
  std::string cheap = kHash;
  cheap.replace(4, 2, "03");
  EXPECT_EQ(bcrypt_cost(cheap), 0);
}

}  // namespace
}  // namespace kpistream::ingest
