// Random mutations of good requests, read by gate and chunk reader and by the slow reader: nothing may be read
// differently.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "ingest/http/gate.hpp"
#include "tests/unit/ingest/http/gate_reader.hpp"
#include "tests/unit/ingest/http/mutator.hpp"
#include "tests/unit/ingest/http/slow_reader.hpp"

namespace kpistream::ingest {
namespace {

constexpr GateLimits kLimits;

// The gate may refuse before the block ends; then it refuses the whole too. It is never ready before the end.
void check_prefix(const std::string& stream, std::size_t size) {
  const GateResult whole = gate(stream, kLimits);
  const GateResult part = gate(std::string_view(stream).substr(0, size), kLimits);
  if (part.verdict == GateVerdict::bad) {
    ASSERT_EQ(whole.verdict, GateVerdict::bad);
  } else if (part.verdict == GateVerdict::ok) {
    ASSERT_EQ(whole.verdict, GateVerdict::ok);
    ASSERT_EQ(whole.bytes, part.bytes);
  }
}

TEST(Gate, ReadsMutatedRequestsAsTheSlowReaderDoes) {
  const char* given = std::getenv("KPISTREAM_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
  SCOPED_TRACE("repeat with KPISTREAM_SEED=" + std::to_string(seed));
  Mutator mutator(seed);
  std::size_t accepted = 0;
  for (int round = 0; round < 100'000; ++round) {
    const std::string stream = mutator.stream();
    const SlowReading ours = read_through_gate(stream);
    const SlowReading theirs = read_slowly(stream);
    ASSERT_EQ(ours.messages, theirs.messages) << stream;
    ASSERT_TRUE(ours.refused || !theirs.refused) << "not refused:\n" << stream;
    ASSERT_NO_FATAL_FAILURE(check_prefix(stream, mutator.below(stream.size() + 1))) << stream;
    accepted += ours.messages.size();
  }
  EXPECT_GT(accepted, 20'000u) << "mutations too wild to mean anything";
}

}  // namespace
}  // namespace kpistream::ingest
