// Dice that fall alike on every machine.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace kpistream::model {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed * 0x9e3779b97f4a7c15U + 1) {}

  std::int64_t number(std::int64_t from, std::int64_t to) {  // both included
    return from + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(to - from + 1));
  }
  bool in(std::int64_t times) { return number(1, times) == 1; }  // once in so many times
  template <class Value>
  const Value& of(const std::vector<Value>& values) {
    return values[static_cast<std::size_t>(number(0, static_cast<std::int64_t>(values.size()) - 1))];
  }
  std::uint64_t seed() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace kpistream::model
