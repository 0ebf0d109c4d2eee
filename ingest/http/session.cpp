#include "ingest/http/session.hpp"

#include <exception>

namespace kpistream::ingest {

namespace {

using boost::system::error_code;

// The gate reads an unfinished header again only when a line or this much has come: linear work for any drip of bytes.
constexpr std::size_t kLookBytes = 512;

}  // namespace

Session::Session(Worker& worker, Socket socket, Source source, const TlsIdentity* identity)
    : worker_(worker), wire_(std::move(socket), identity), source_(source), chunks_(worker.limits().chunks) {}

void Session::start() {
  enter(Phase::header);  // not idle: a new connection has to say something soon
  if (!wire_.encrypted()) return pump();
  greeting_ = true;
  wire_.shake_hands([this, self = shared_from_this()](const error_code& error) {
    greeting_ = false;
    if (phase_ == Phase::closed) return;
    error ? close() : pump();
  });
}

// --- The turn of the wheel -------------------------------------------------------------------------------------------

void Session::pump() {
  do {
    take_requests();
  } while (send_answers());
  if (worker_.draining()) drain();
  if (phase_ != Phase::closed) read_more();
}

void Session::enter(Phase phase) {
  phase_ = phase;
  const ServerLimits& limits = worker_.limits();
  std::chrono::milliseconds wait{0};
  if (phase == Phase::idle) wait = limits.idle_deadline;
  if (phase == Phase::header) wait = limits.header_deadline;
  if (phase == Phase::body) wait = limits.body_deadline;
  if (phase == Phase::linger) wait = limits.linger_deadline;
  read_deadline_ = worker_.now() + wait + limits.sweep;  // now() may be that much behind
}

void Session::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  wire_.close();
  worker_.shared().buffered_bytes.fetch_sub(accounted_, std::memory_order_relaxed);
  worker_.shared().admission.leave(source_);
  if (stream_) worker_.shared().streams.leave();
  worker_.remove(*this);  // may be the last owner but our caller
}

// --- Reading ---------------------------------------------------------------------------------------------------------

void Session::read_more() {
  if (reading_ || ended_ || greeting_) return;
  const bool listens = phase_ == Phase::linger || phase_ == Phase::stream;  // to what it throws away
  if (!listens && (last_ || owed() >= worker_.limits().pipeline_max)) return;
  const auto room = in_.room();
  if (!account()) {
    fail(Answer::overloaded);
    return pump();
  }
  reading_ = true;
  wire_.read_some(
      asio::buffer(room.data(), room.size()),
      [this, self = shared_from_this()](const error_code& error, std::size_t size) { on_read(error, size); });
}

void Session::on_read(const error_code& error, std::size_t size) {
  reading_ = false;
  if (phase_ == Phase::closed) return;
  if (error == asio::error::eof) return on_end();
  if (error) return close();
  if (phase_ == Phase::linger || phase_ == Phase::stream) {
    lingered_ += size;
    return lingered_ > worker_.limits().linger_bytes_max ? close() : read_more();
  }
  in_.filled(size);
  if (phase_ == Phase::idle) enter(Phase::header);
  pump();
}

// The client has sent its last byte, but may still wait for answers.
void Session::on_end() {
  ended_ = true;
  last_ = true;
  if ((owed() == 0 && !writing_) || stream_) close();
}

// False: all connections together hold too much.
bool Session::account() {
  const std::size_t held = in_.capacity() + chunked_body_.capacity();
  if (held == accounted_) return true;
  auto& all = worker_.shared().buffered_bytes;
  const std::size_t before = all.fetch_add(held - accounted_, std::memory_order_relaxed);  // may go down: wraps
  const bool grows = held > accounted_;
  accounted_ = held;
  return !grows || before <= worker_.limits().buffered_bytes_max;
}

// --- Requests --------------------------------------------------------------------------------------------------------

void Session::take_requests() {
  bool more = true;
  while (more && !last_ && owed() < worker_.limits().pipeline_max) {
    if (phase_ == Phase::header || phase_ == Phase::idle) {
      more = take_header();
    } else {
      more = phase_ == Phase::body && take_body();
    }
  }
}

bool Session::worth_a_look() const {
  const std::string_view fresh = in_.data().substr(looked_at_);
  return fresh.find('\n') != std::string_view::npos || fresh.size() >= kLookBytes ||
         in_.size() >= worker_.limits().gate.header_bytes_max;
}

bool Session::take_header() {
  if (!worth_a_look()) return false;
  const GateResult result = gate(in_.data(), worker_.limits().gate);
  if (result.verdict == GateVerdict::need_more) {
    looked_at_ = in_.size();
    return false;
  }
  looked_at_ = 0;
  if (result.verdict == GateVerdict::bad) {
    fail(answer_of_gate(result.status));
  } else {
    begin(result);
  }
  return true;
}

void Session::begin(const GateResult& result) {
  const Head& head = result.head;
  request_.after = !head.keep_alive ? After::close : head.minor == 0 ? After::keep_old : After::keep;
  if (!decode_path(head.target, request_.path)) return fail(Answer::bad_request);
  if (const auto answer = worker_.service().refuse(head, request_.path)) return refuse_early(result, *answer);
  if (head.length > worker_.limits().chunks.body_bytes_max) return fail(Answer::too_large);
  request_.method = head.method;
  request_.target = head.target;
  request_.accept = head.accept;
  request_.accept_encoding = head.accept_encoding;
  request_.accept_language = head.accept_language;
  request_.if_none_match = head.if_none_match;
  request_.authorization = head.authorization;
  request_.cookie = head.cookie;
  framing_ = head.framing;
  length_ = static_cast<std::size_t>(head.length);
  const bool expects = head.expect_continue && framing_ != Framing::none;
  in_.consume(result.bytes);
  enter(Phase::body);
  if (framing_ == Framing::chunked) {
    chunks_ = ChunkReader(worker_.limits().chunks);
    chunked_body_.clear();
  }
  // A client that has not waited for it needs no leave.
  if (expects && in_.empty()) complete(open_slot(After::keep), Answer::proceed);
}

// Answers before the body is read. A body that is here in whole is skipped, else the connection ends: what of the body
// comes later must never be read as a request.
void Session::refuse_early(const GateResult& result, Answer answer) {
  const std::size_t here = in_.size() - result.bytes;
  if (result.head.framing == Framing::chunked || result.head.length > here) return fail(answer);
  in_.consume(result.bytes + static_cast<std::size_t>(result.head.length));
  enter(in_.empty() ? Phase::idle : Phase::header);
  complete(open_slot(request_.after), answer);
}

bool Session::take_body() {
  if (framing_ == Framing::chunked) return take_chunks();
  if (in_.size() < length_) return false;
  serve(in_.data().substr(0, length_));
  return true;
}

bool Session::take_chunks() {
  std::string_view rest = in_.data();
  const ChunkStatus status = chunks_.feed(rest, chunked_body_);
  in_.consume(in_.size() - rest.size());
  length_ = 0;  // nothing of the buffer is body any more
  if (status == ChunkStatus::need_more) return false;
  if (status == ChunkStatus::done) {
    serve(chunked_body_);
  } else {
    fail(status == ChunkStatus::too_large ? Answer::too_large : Answer::bad_request);
  }
  return true;
}

void Session::serve(std::string_view body) {
  const std::size_t here = framing_ == Framing::chunked ? 0 : length_;
  if (worker_.draining() && in_.size() == here) request_.after = After::close;
  const std::uint64_t number = open_slot(request_.after);
  Reply reply;
  try {
    reply = worker_.service().serve(request_, body, *this, number);
  } catch (const std::exception&) {
    reply.answer = Answer::internal;
  }
  in_.consume(here);
  if (chunked_body_.capacity() > InBuffer::kLarge) chunked_body_ = {};
  enter(in_.empty() ? Phase::idle : Phase::header);
  if (reply.page) {
    deliver(number, std::move(*reply.page));
  } else if (reply.answer) {
    complete(number, *reply.answer);
  }
}

// The last answer on this connection; what the client sends from now on is not looked at.
void Session::fail(Answer answer) {
  clean_ = false;
  complete(open_slot(After::close), answer);
}

std::uint64_t Session::open_slot(After after) {
  const TimePoint due = worker_.now() + worker_.limits().answer_deadline + worker_.limits().sweep;
  slot(next_) = {.answer = {}, .after = after, .settled = false, .due = due};
  if (after == After::close) last_ = true;
  return next_++;
}

}  // namespace kpistream::ingest
