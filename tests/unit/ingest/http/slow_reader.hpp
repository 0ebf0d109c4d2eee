// A second reader of HTTP/1 requests, slow and plain, written from RELIABILITY's words and not from the gate's code:
// whole strings, copies, maps. What the two read differently is a mistake in one of them.
#pragma once

#include <string>
#include <vector>

namespace kpistream::ingest {

struct SlowMessage {
  std::string method;
  std::string target;
  std::string body;
  bool keep_alive = true;
  friend bool operator==(const SlowMessage&, const SlowMessage&) = default;
};

struct SlowReading {
  std::vector<SlowMessage> messages;
  bool refused = false;  // else the stream ended between or within messages
};

// Reads all requests of `stream`. Knows the limits' defaults.
SlowReading read_slowly(std::string stream);

}  // namespace kpistream::ingest
