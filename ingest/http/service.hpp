// The seam between a connection and what is done with its requests. Inside this room only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/http/answers.hpp"
#include "ingest/http/gate.hpp"
#include "ingest/http/server.hpp"

namespace kpistream::ingest {

// What is kept of a header while its body is read.
struct Request {
  std::string method;
  std::string target;
  std::string path;  // percent-decoded
  std::string accept;
  std::string accept_encoding;
  std::string accept_language;
  std::string if_none_match;
  std::string authorization;
  std::string cookie;
  After after = After::keep;
};

// A whole answer, composed. Needs pipeline_max == 1.
struct Page {
  std::string text;
  SharedTexts rest;           // behind `text`
  After after = After::keep;  // what the text says
  bool stream = false;        // more is published after it; `after` is close
};

// A connection that owes an answer. Belongs to one I/O thread.
class Waiting {
 public:
  virtual ~Waiting() = default;
  [[nodiscard]] virtual std::shared_ptr<Waiting> self() = 0;
  // Settles a request; one that is settled already, or whose connection is gone, is left alone: false.
  virtual bool complete(std::uint64_t slot, Answer answer) = 0;
  virtual void deliver(std::uint64_t slot, Page page) = 0;
  // Sends what has been settled and goes on reading.
  virtual void resume() = 0;
};

struct Reply {
  std::optional<Answer> answer;  // neither: complete() or deliver() comes later
  std::optional<Page> page;
};

// The I/O thread of a service.
class Loop {
 public:
  virtual ~Loop() = default;
  // Runs `work` on the I/O thread. Thread-safe.
  virtual void post(std::function<void()> work) = 0;
  [[nodiscard]] virtual const AnswerBook& book() const = 0;
};

// One per I/O thread and called on it only.
class Service {
 public:
  virtual ~Service() = default;
  // An answer that needs no body. The head's views live for the call.
  [[nodiscard]] virtual std::optional<Answer> refuse(const Head& head, std::string_view path) = 0;
  [[nodiscard]] virtual Reply serve(const Request& request, std::string_view body, Waiting& waiting,
                                    std::uint64_t slot) = 0;
};

}  // namespace kpistream::ingest
