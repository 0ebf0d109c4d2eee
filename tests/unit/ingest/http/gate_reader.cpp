#include "tests/unit/ingest/http/gate_reader.hpp"

#include "ingest/http/chunks.hpp"
#include "ingest/http/gate.hpp"

namespace kpistream::ingest {
namespace {

constexpr GateLimits kLimits;
constexpr std::size_t kBodyMax = 1u << 20;

}  // namespace

SlowReading read_through_gate(std::string_view stream) {
  SlowReading reading;
  while (!stream.empty() && !reading.refused) {
    const GateResult result = gate(stream, kLimits);
    if (result.verdict == GateVerdict::need_more) break;
    reading.refused = result.verdict == GateVerdict::bad;
    if (reading.refused) break;
    stream.remove_prefix(result.bytes);
    SlowMessage message{
        .method = std::string(result.head.method), .target = std::string(result.head.target), .body = {}};
    message.keep_alive = result.head.keep_alive;
    if (result.head.framing == Framing::chunked) {
      ChunkReader reader({});
      const ChunkStatus status = reader.feed(stream, message.body);
      reading.refused = status == ChunkStatus::bad || status == ChunkStatus::too_large;
      if (status != ChunkStatus::done) break;
    } else {
      reading.refused = result.head.length > kBodyMax;
      if (result.head.length > stream.size()) break;
      message.body = stream.substr(0, result.head.length);
      stream.remove_prefix(result.head.length);
    }
    reading.messages.push_back(message);
  }
  return reading;
}

}  // namespace kpistream::ingest
