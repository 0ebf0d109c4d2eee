// What is in a gzip file of one member, and nothing behind it.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace kpistream::tests {

inline std::string unpacked(const std::string& bytes, std::size_t size) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string plain(size + 1, '\0');
  std::string copy = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(copy.data());
  stream.avail_in = static_cast<uInt>(copy.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0U);
  plain.resize(stream.total_out);
  inflateEnd(&stream);
  return plain;
}

}  // namespace kpistream::tests
