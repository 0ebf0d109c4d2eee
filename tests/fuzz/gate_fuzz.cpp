// The header gate and the chunk reader on any bytes, held against the slow reader of the unit tests.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "ingest/http/gate.hpp"
#include "tests/unit/ingest/http/gate_reader.hpp"

namespace {

using kpistream::ingest::GateResult;
using kpistream::ingest::GateVerdict;

void require(bool condition) {
  if (!condition) std::abort();
}

// A part of a header is never ready, and refused only if the whole is.
void check_parts(std::string_view stream) {
  const GateResult whole = kpistream::ingest::gate(stream, {});
  for (std::size_t size = stream.size() % 7; size < stream.size(); size += 7) {
    const GateResult part = kpistream::ingest::gate(stream.substr(0, size), {});
    if (part.verdict == GateVerdict::need_more) continue;
    require(part.verdict == whole.verdict && part.bytes == whole.bytes);
  }
}

void check_path(std::string_view stream) {
  std::string path;
  if (kpistream::ingest::decode_path(stream, path)) require(path.size() <= stream.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  const auto ours = kpistream::ingest::read_through_gate(stream);
  const auto theirs = kpistream::ingest::read_slowly(std::string(stream));
  require(ours.messages == theirs.messages);
  require(ours.refused || !theirs.refused);
  check_parts(stream.substr(0, std::min<std::size_t>(size, 1024)));
  check_path(stream);
  return 0;
}
