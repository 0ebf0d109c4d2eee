#include "ingest/http/chunks.hpp"

#include <algorithm>

#include "ingest/http/bytes.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::size_t kDigitsMax = 16;

}  // namespace

ChunkStatus ChunkReader::feed(std::string_view& in, std::string& body) {
  while (!in.empty()) {
    if (state_ == State::data) {
      const std::size_t part = static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size()));
      body.append(in.substr(0, part));
      in.remove_prefix(part);
      left_ -= part;
      if (left_ == 0) state_ = State::data_cr;
      continue;
    }
    const char c = in.front();
    in.remove_prefix(1);
    const ChunkStatus status = step(c, body);
    if (status != ChunkStatus::need_more) return status;
  }
  return ChunkStatus::need_more;
}

ChunkStatus ChunkReader::step(char c, const std::string& body) {
  switch (state_) {
    case State::size:
      return size(c, body);
    case State::extension:
      if (c == '\r') {
        state_ = State::size_lf;
        return ChunkStatus::need_more;
      }
      return is_field_byte(c) && ++extension_bytes_ <= limits_.extension_bytes_max ? ChunkStatus::need_more
                                                                                   : ChunkStatus::bad;
    case State::size_lf:
      digits_ = 0;
      return expect(c, '\n', left_ == 0 ? State::line : State::data);
    case State::data_cr:
      return expect(c, '\r', State::data_lf);
    case State::data_lf:
      return expect(c, '\n', State::size);
    case State::end_lf:
      return c == '\n' ? ChunkStatus::done : ChunkStatus::bad;
    default:
      return trailer(c);
  }
}

ChunkStatus ChunkReader::size(char c, const std::string& body) {
  const int digit = hex_digit(c);
  if (digit >= 0) {
    if (++digits_ > kDigitsMax) return ChunkStatus::bad;
    left_ = left_ << 4 | static_cast<unsigned>(digit);  // far from an overflow: the line below held before
    return left_ > limits_.body_bytes_max - body.size() ? ChunkStatus::too_large : ChunkStatus::need_more;
  }
  if (digits_ == 0 || (c != ';' && c != '\r')) return ChunkStatus::bad;
  state_ = c == ';' ? State::extension : State::size_lf;
  return ChunkStatus::need_more;
}

ChunkStatus ChunkReader::trailer(char c) {
  if (state_ == State::line && c == '\r') {
    state_ = State::end_lf;
    return ChunkStatus::need_more;
  }
  if (state_ == State::trailer_lf) return expect(c, '\n', State::line);
  if (++trailer_bytes_ > limits_.trailer_bytes_max) return ChunkStatus::bad;
  if (state_ == State::trailer_value) {
    if (c == '\r') state_ = State::trailer_lf;
    return c == '\r' || is_field_byte(c) ? ChunkStatus::need_more : ChunkStatus::bad;
  }
  if (state_ == State::trailer_name && c == ':') {
    state_ = State::trailer_value;
    return ChunkStatus::need_more;
  }
  state_ = State::trailer_name;
  return is_token_byte(c) ? ChunkStatus::need_more : ChunkStatus::bad;
}

ChunkStatus ChunkReader::expect(char c, char wanted, State next) {
  if (c != wanted) return ChunkStatus::bad;
  state_ = next;
  return ChunkStatus::need_more;
}

}  // namespace kpistream::ingest
