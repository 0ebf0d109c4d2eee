// Something that a reader does for somebody else at the CRM now and then, within the same budget, and that is nothing
// for the journal.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "stream/ports/meters.hpp"

namespace kpistream::ingest {

// due(), next() and take() belong to the pool's thread and must not call the reader back; collect() is thread-safe.
class RestErrand : public Metered {
 public:
  using Time = std::chrono::steady_clock::time_point;  // on the reader's clock
  struct Request {
    bool post = false;
    std::string call;  // after the base URL
    std::string body;
  };

  // When next() has something to ask.
  [[nodiscard]] virtual Time due() const = 0;
  // Nothing: it is not yet due.
  [[nodiscard]] virtual std::optional<Request> next(Time now) = 0;
  // The answer to the last request; status 0: none came. Afterwards it is due later, or something else is to be asked
  // at once.
  virtual void take(unsigned status, const std::string& body, Time now) = 0;
};

}  // namespace kpistream::ingest
