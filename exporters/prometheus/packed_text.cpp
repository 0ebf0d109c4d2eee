#include "exporters/prometheus/packed_text.hpp"

#include <zlib.h>

#include <stdexcept>

namespace kpistream::exporters {
namespace {

// What a stream needs to work is a quarter of a megabyte: made once a thread.
class Deflate {
 public:
  Deflate() {
    constexpr int kLevel = 1;
    constexpr int kBareWindow = -15;  // no header of its own
    constexpr int kMemory = 9;
    if (deflateInit2(&stream_, kLevel, Z_DEFLATED, kBareWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::runtime_error("no memory to compress an answer");
  }
  ~Deflate() { deflateEnd(&stream_); }
  Deflate(const Deflate&) = delete;
  Deflate& operator=(const Deflate&) = delete;

  std::string blocks_of(std::string_view text) {
    constexpr std::size_t kEmptyBlock = 16;  // more than what ends the last block at a byte
    deflateReset(&stream_);
    std::string blocks(deflateBound(&stream_, static_cast<uLong>(text.size())) + kEmptyBlock, '\0');
    // zlib asks for pointers to what it does not change.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());
    stream_.next_out = reinterpret_cast<Bytef*>(blocks.data());
    stream_.avail_out = static_cast<uInt>(blocks.size());
    const int done = deflate(&stream_, Z_SYNC_FLUSH);
    if (done != Z_OK || stream_.avail_in != 0 || stream_.avail_out == 0)
      throw std::runtime_error("an answer could not be compressed");
    blocks.resize(stream_.total_out);
    blocks.shrink_to_fit();  // kept for long, and a tenth of the bound
    return blocks;
  }

 private:
  z_stream stream_{};
};

void append_little_endian(std::string& out, std::uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(number >> shift & 0xff));
}

}  // namespace

PackedText::PackedText(std::string_view text) : size_(text.size()) {
  if (text.empty()) return;
  static thread_local Deflate deflate;
  blocks_ = deflate.blocks_of(text);
  crc_ = static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

void PackedText::append(const PackedText& more) {
  blocks_.append(more.blocks_);
  crc_ = static_cast<std::uint32_t>(crc32_combine(crc_, more.crc_, static_cast<z_off_t>(more.size_)));
  size_ += more.size_;
}

std::string PackedText::gzip() const {
  using namespace std::string_view_literals;
  constexpr auto kHeader = "\x1f\x8b\x08\0\0\0\0\0\0\xff"sv;  // deflate, no flags, no time, of no known system
  constexpr auto kLastBlock = "\x03\0"sv;                     // with nothing in it
  constexpr std::size_t kTrailer = 8;
  std::string member;
  member.reserve(kHeader.size() + blocks_.size() + kLastBlock.size() + kTrailer);
  member.append(kHeader).append(blocks_).append(kLastBlock);
  append_little_endian(member, crc_);
  append_little_endian(member, static_cast<std::uint32_t>(size_));
  return member;
}

}  // namespace kpistream::exporters
