// One connection: reads requests through the gate, hands them to the service and answers in their order.
//
// The answers owed form a ring of slots. Requests are taken while the ring has room, whatever the state of the answers
// before; answers leave from its front. So pipelined requests wait for the journal together, and a client that does
// not read its answers stops us reading its requests.
//
// An answer may open a stream: then the connection takes no more requests, and what is published goes out on it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "ingest/http/chunks.hpp"
#include "ingest/http/in_buffer.hpp"
#include "ingest/http/wire.hpp"
#include "ingest/http/worker.hpp"

namespace kpistream::ingest {

class Session final : public Waiting, public std::enable_shared_from_this<Session> {
 public:
  // Without an identity: in the clear.
  Session(Worker& worker, Socket socket, Source source, const TlsIdentity* identity);

  void start();
  // Looks at the deadlines.
  void sweep(TimePoint now);
  // Closes if nothing is under way; else pump() does, later.
  void drain();
  void close();

  [[nodiscard]] std::shared_ptr<Waiting> self() override { return shared_from_this(); }
  bool complete(std::uint64_t slot, Answer answer) override;
  void deliver(std::uint64_t slot, Page page) override;
  void resume() override { pump(); }
  // Sends it on, if this is a stream.
  void publish(const StreamText& text);

  std::size_t index = 0;  // the worker's: where it keeps this session

 private:
  // What is read next, and what its deadline is for.
  enum class Phase : std::uint8_t { idle, header, body, linger, stream, closed };

  struct Slot {
    Answer answer{};
    After after = After::keep;
    bool settled = false;
    TimePoint due;
  };

  struct Stream {
    std::deque<StreamText> texts;  // the first may be sent in part
    std::size_t unsent = 0;        // bytes of texts
    TimePoint heartbeat;           // when the next is due
  };

  void pump();
  void enter(Phase phase);

  void read_more();
  void on_read(const boost::system::error_code& error, std::size_t size);
  void on_end();
  bool account();

  void take_requests();
  bool take_header();
  bool take_body();
  bool take_chunks();
  bool worth_a_look() const;
  void begin(const GateResult& result);
  void refuse_early(const GateResult& result, Answer answer);
  void serve(std::string_view body);
  void fail(Answer answer);

  std::uint64_t open_slot(After after);
  Slot& slot(std::uint64_t number) { return slots_[number % kPipelineMax]; }
  [[nodiscard]] std::uint64_t owed() const { return next_ - first_; }

  bool send_answers();
  void gather_answers();
  void expect_sent();
  template <class Buffers>
  void send_later(const Buffers& bytes);
  void on_sent();
  void begin_stream();
  void send_stream();
  void send_rest_of_text(std::size_t sent);
  void text_sent();
  void finish();
  void part();
  void answer_late(TimePoint now);
  void read_late();

  Worker& worker_;
  Wire wire_;
  const Source source_;

  Phase phase_ = Phase::header;
  bool reading_ = false;
  bool writing_ = false;
  bool greeting_ = false;  // TLS begins or ends, which reads by itself
  bool last_ = false;      // no further request is taken
  bool closing_ = false;   // an answer with "Connection: close" is on its way
  bool ended_ = false;     // the client sends no more
  bool clean_ = true;      // nothing of a request was left unread
  TimePoint read_deadline_;
  TimePoint write_deadline_;

  InBuffer in_;
  std::size_t looked_at_ = 0;  // bytes of an unfinished header that the gate has seen
  std::size_t accounted_ = 0;  // our part of Shared::buffered_bytes
  std::size_t lingered_ = 0;
  Request request_;
  Framing framing_ = Framing::none;
  std::size_t length_ = 0;
  ChunkReader chunks_;
  std::string chunked_body_;

  std::array<Slot, kPipelineMax> slots_;
  std::uint64_t first_ = 0;  // oldest answer owed
  std::uint64_t next_ = 0;
  std::optional<Page> page_;  // the answer in the only slot, if it is a page
  std::string out_;
  SharedTexts rest_;                // behind out_
  std::unique_ptr<Stream> stream_;  // from the answer that opens it on
};

}  // namespace kpistream::ingest
