// Chance that is the same on every machine: the standard library's distributions are not.
#pragma once

#include <cstdint>
#include <span>

namespace kpistream::app::demo {

// splitmix64. Not thread-safe.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  // 0 to `count` - 1. REQUIRES: count > 0.
  [[nodiscard]] std::int64_t below(std::int64_t count) {
    return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(count));
  }
  // Both ends included.
  [[nodiscard]] std::int64_t between(std::int64_t least, std::int64_t most) { return least + below(most - least + 1); }
  [[nodiscard]] bool percent(std::int64_t of_hundred) { return below(100) < of_hundred; }

  // An index, as often as its weight says. REQUIRES: some weight is not 0.
  [[nodiscard]] std::size_t weighted(std::span<const int> weights) {
    std::int64_t all = 0;
    for (const int weight : weights) all += weight;
    std::int64_t left = below(all);
    std::size_t chosen = 0;
    while (left >= weights[chosen]) left -= weights[chosen++];
    return chosen;
  }

 private:
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31U);
  }

  std::uint64_t state_;
};

}  // namespace kpistream::app::demo
