// Secrets are found whole or not at all.
#include "ingest/proof/secret.hpp"

#include <gtest/gtest.h>

namespace kpistream::ingest {
namespace {

TEST(SecretSet, FindsEveryOneOfItsSecrets) {
  const SecretSet set({"first", "second", "third"});
  EXPECT_TRUE(set.contains("first"));
  EXPECT_TRUE(set.contains("second"));
  EXPECT_TRUE(set.contains("third"));
}

TEST(SecretSet, RefusesWhatOnlyResemblesASecret) {
  const SecretSet set({"k3v9x0q2"});
  for (const std::string guess : {"", "k3v9x0q", "k3v9x0q2 ", "K3V9X0Q2", "k3v9x0q3"}) {
    EXPECT_FALSE(set.contains(guess)) << guess;
  }
  EXPECT_FALSE(set.contains(std::string_view("k3v9x0q2\0", 9)));
}

TEST(SecretSet, AnEmptySetContainsNothingNotEvenTheEmptySecret) {
  const SecretSet set({});
  EXPECT_FALSE(set.contains(""));
  EXPECT_FALSE(set.contains(std::string(32, '\0')));
}

TEST(SecretSet, DoesNotMindLongCandidates) {
  const std::string secret(100'000, 'x');
  const SecretSet set({secret});
  EXPECT_TRUE(set.contains(secret));
  EXPECT_FALSE(set.contains(secret.substr(1)));
}

TEST(SecretSet, TellsWhichOneItIs) {
  const SecretSet set({"one", "two"});
  EXPECT_EQ(set.find("one"), 0u);
  EXPECT_EQ(set.find("two"), 1u);
  EXPECT_EQ(set.find("three"), std::nullopt);
  EXPECT_EQ(SecretSet({}).find(""), std::nullopt);
}

TEST(RandomToken, IsAnotherEachTime) {
  EXPECT_EQ(random_token().size(), 64u);
  EXPECT_EQ(random_token().find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(random_token(), random_token());
}

}  // namespace
}  // namespace kpistream::ingest
