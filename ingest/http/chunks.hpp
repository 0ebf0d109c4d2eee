// Reader of a body in the chunked transfer coding. Strict and bounded: sizes cannot overflow, extensions are ignored,
// trailers are checked and thrown away, CRLF only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kpistream::ingest {

struct ChunkLimits {
  std::size_t body_bytes_max = 1u << 20;
  std::size_t extension_bytes_max = 4u << 10;  // of all chunks together
  std::size_t trailer_bytes_max = 4u << 10;    // of all trailer lines together
};

enum class ChunkStatus : std::uint8_t {
  need_more,
  done,       // the last byte of the message was read
  bad,        // 400, and the connection cannot go on
  too_large,  // 413, and the connection cannot go on
};

// One message's body. Any split of the bytes gives the same result. Not thread-safe.
class ChunkReader {
 public:
  explicit ChunkReader(const ChunkLimits& limits) : limits_(limits) {}

  // Takes bytes from the front of `in` and leaves there what was not used: nothing with need_more, what follows the
  // message with done. Data is appended to `body`, which only this reader may grow.
  [[nodiscard]] ChunkStatus feed(std::string_view& in, std::string& body);

 private:
  enum class State : std::uint8_t {
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    line,
    trailer_name,
    trailer_value,
    trailer_lf,
    end_lf
  };

  ChunkStatus step(char c, const std::string& body);
  ChunkStatus size(char c, const std::string& body);
  ChunkStatus trailer(char c);
  ChunkStatus expect(char c, char wanted, State next);

  ChunkLimits limits_;
  State state_ = State::size;
  std::uint64_t left_ = 0;  // size being read, then bytes of the chunk that are missing
  std::size_t digits_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
};

}  // namespace kpistream::ingest
