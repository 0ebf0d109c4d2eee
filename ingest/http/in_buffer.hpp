// A flat input buffer: filled at the end, consumed at the front.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace kpistream::ingest {

class InBuffer {
 public:
  static constexpr std::size_t kSmall = 4u << 10;   // what an idle connection holds
  static constexpr std::size_t kLarge = 64u << 10;  // larger ones are given back when empty

  [[nodiscard]] std::string_view data() const { return {bytes_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  void consume(std::size_t size) { begin_ += size; }
  void filled(std::size_t size) { end_ += size; }

  // Free bytes at the end, at least one; doubles a full buffer. Moves the data: not while a read into an earlier room
  // is under way.
  std::span<char> room() {
    if (empty()) {
      begin_ = end_ = 0;
      if (capacity_ > kLarge || capacity_ == 0) resize(kSmall);
    }
    if (begin_ != 0 && capacity_ - end_ < capacity_ / 4) compact();
    if (end_ == capacity_) resize(capacity_ * 2);
    return {bytes_.get() + end_, capacity_ - end_};
  }

 private:
  void compact() {
    std::memmove(bytes_.get(), bytes_.get() + begin_, size());
    end_ -= begin_;
    begin_ = 0;
  }

  void resize(std::size_t capacity) {
    auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
    if (!empty()) std::memcpy(bytes.get(), bytes_.get() + begin_, size());
    end_ -= begin_;
    begin_ = 0;
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace kpistream::ingest
