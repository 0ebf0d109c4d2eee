// Limits, and bodies made to hurt: KPI.md T21.
#include <gtest/gtest.h>

#include <ctime>
#include <random>
#include <string>

#include "ingest/form/form.hpp"

namespace kpistream::ingest {
namespace {

std::string repeat(std::string_view part, std::size_t times) {
  std::string text;
  text.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

FormStatus parse(std::string_view body, const FormLimits& limits = {}) {
  Form form;
  const FormStatus status = form.parse(body, limits);
  EXPECT_TRUE(status == FormStatus::ok || form.pairs().empty());
  return status;
}

TEST(FormLimit, OfTheBodyIsHeldToTheByte) {
  EXPECT_EQ(parse("a=12", {.body_bytes_max = 4}), FormStatus::ok);
  EXPECT_EQ(parse("a=123", {.body_bytes_max = 4}), FormStatus::body_too_large);
}

TEST(FormLimit, OfKeysCountsPairsAndNotSeparators) {
  EXPECT_EQ(parse("a&&&&a&&", {.keys_max = 2}), FormStatus::ok);
  EXPECT_EQ(parse("a&a&a", {.keys_max = 2}), FormStatus::too_many_keys);
  EXPECT_EQ(parse("a", {.keys_max = 0}), FormStatus::too_many_keys);
  EXPECT_EQ(parse(repeat("a=1&", 1'000)), FormStatus::ok);
  EXPECT_EQ(parse(repeat("a=1&", 1'001)), FormStatus::too_many_keys);
}

TEST(FormLimit, OfDepthCountsBracketLevels) {
  EXPECT_EQ(parse("a[b][c]", {.depth_max = 2}), FormStatus::ok);
  EXPECT_EQ(parse("a[b][c][d]", {.depth_max = 2}), FormStatus::too_deep);
  EXPECT_EQ(parse("a" + repeat("%5B0%5D", 16) + "=1"), FormStatus::ok);
  EXPECT_EQ(parse("a" + repeat("[]", 17) + "=1"), FormStatus::too_deep);
}

TEST(FormLimit, OfDepthDoesNotConcernBracketsTakenLiterally) {
  Form form;
  ASSERT_EQ(form.parse("x[y]=1&a" + repeat("[]", 17) + "[=2&z[y]=3", {}), FormStatus::ok);
  ASSERT_EQ(form.pairs().size(), 3u);
  EXPECT_EQ(form.pairs()[0].path[1], "y");
  EXPECT_EQ(form.pairs()[1].path.size(), 1u);
  EXPECT_EQ(form.pairs()[2].path[1], "y");
}

TEST(FormLimit, OfAKeyCountsDecodedBytes) {
  EXPECT_EQ(parse(repeat("%41", 256) + "=1"), FormStatus::ok);
  EXPECT_EQ(parse(repeat("%41", 257) + "=1"), FormStatus::key_too_long);
  EXPECT_EQ(parse("=" + repeat("A", 100'000)), FormStatus::ok);
}

TEST(FormLimit, LetsThePathsOfAFullBodyStandTogether) {
  std::string body;
  for (int i = 0; i < 1'000; ++i) body += "k" + std::to_string(i) + repeat("[s]", 16) + "=v&";
  Form form;
  ASSERT_EQ(form.parse(body, {}), FormStatus::ok);
  ASSERT_EQ(form.pairs().size(), 1'000u);
  for (std::size_t i = 0; i < 1'000; ++i) {
    ASSERT_EQ(form.pairs()[i].path[0], "k" + std::to_string(i));
    ASSERT_EQ(form.pairs()[i].path[16], "s");
  }
}

TEST(FormLimit, MayBeOffWithoutAnOverflow) {
  const std::size_t off = static_cast<std::size_t>(-1);
  const FormLimits limits{.body_bytes_max = off, .keys_max = off, .depth_max = off, .key_bytes_max = off};
  EXPECT_EQ(parse("a" + repeat("[b]", 100'000) + "=1&a=2", limits), FormStatus::ok);
}

std::chrono::nanoseconds cpu_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Hostile bodies of up to 1 MiB take some 5 ms, and 50 are promised. The bounds here leave room for sanitizers; what
// is not linear takes minutes.
TEST(FormHostile, BodiesTakeLinearTime) {
  const FormLimits wide{.keys_max = 1u << 20, .depth_max = 1u << 20, .key_bytes_max = 1u << 20};
  const std::string bodies[] = {
      repeat("a=1&", 100'000),         repeat("k&", 500'000),          "a" + repeat("[", 100'000) + "=1",
      "a" + repeat("[]", 100'000),     "a" + repeat("%5B%5D", 99'999), repeat("a[b", 300'000),
      repeat("AaAaAaBB=1&", 90'000),   repeat("%", 1'000'000),         repeat("%4", 500'000),
      repeat("%ZZ", 300'000),          repeat("\xff\xfe", 500'000),    repeat("&", 1'000'000),
      repeat("=", 1'000'000),          repeat("a[b]c&", 100'000),      std::string(1'000'000, '\0'),
      repeat("a[][][][][][&", 80'000),
  };
  Form form;
  for (const std::string& body : bodies) {
    for (const FormLimits& limits : {FormLimits{}, wide}) {
      // Processor time, not the clock's: a busy machine is no fault of the decoder. Quadratic work takes minutes here.
      const auto start = cpu_time();
      (void)form.parse(body, limits);
      EXPECT_LT(cpu_time() - start, std::chrono::seconds(2)) << body.substr(0, 20);
    }
  }
}

// What the header promises, written down once more and slowly.
std::string slow_decode(std::string_view raw) {
  std::string text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '%' && i + 2 < raw.size() && std::isxdigit(static_cast<unsigned char>(raw[i + 1])) != 0 &&
        std::isxdigit(static_cast<unsigned char>(raw[i + 2])) != 0) {
      text += static_cast<char>(std::stoi(std::string(raw.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      text += raw[i] == '+' ? ' ' : raw[i];
    }
  }
  return text;
}

std::string join(std::span<const std::string_view> path) {
  std::string key(path[0]);
  for (const std::string_view segment : path.subspan(1)) key.append("[").append(segment).append("]");
  return key;
}

TEST(FormHostile, RandomBodiesReadAsASlowReaderReadsThem) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::string_view parts[] = {"a", "b", "[",  "]",   "%5B", "%5D", "=", "&",
                                    "+", "%", "%4", "%00", "%D0", "0",   "[]"};
  Form form;
  for (int round = 0; round < 20'000; ++round) {
    std::string body;
    for (std::size_t n = random() % 30; n != 0; --n) body += parts[random() % std::size(parts)];
    ASSERT_EQ(form.parse(body, {.depth_max = 100}), FormStatus::ok) << body;
    auto pair = form.pairs().begin();
    for (std::size_t at = 0; at <= body.size();) {
      const std::size_t end = std::min(body.find('&', at), body.size());
      const std::string raw = body.substr(at, end - at);
      at = end + 1;
      if (raw.empty()) continue;
      ASSERT_NE(pair, form.pairs().end()) << body;
      const std::size_t equals = std::min(raw.find('='), raw.size());
      ASSERT_EQ(join(pair->path), slow_decode(raw.substr(0, equals))) << body;
      ASSERT_EQ(pair->value, slow_decode(raw.substr(std::min(equals + 1, raw.size())))) << body;
      ++pair;
    }
    ASSERT_EQ(pair, form.pairs().end()) << body;
  }
}

}  // namespace
}  // namespace kpistream::ingest
