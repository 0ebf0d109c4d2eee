// The half of a session that sends: answers in their order, streams, deadlines and the end.
#include "ingest/http/session.hpp"

namespace kpistream::ingest {

using boost::system::error_code;

// --- Answers ---------------------------------------------------------------------------------------------------------

bool Session::complete(std::uint64_t number, Answer answer) {
  if (number < first_ || slot(number).settled || phase_ == Phase::closed) return false;
  slot(number).answer = answer;
  slot(number).settled = true;
  worker_.shared().count(answer);
  return true;
}

void Session::deliver(std::uint64_t number, Page page) {
  if (number < first_ || slot(number).settled || phase_ == Phase::closed) return;
  if (page.stream) {
    if (!worker_.shared().streams.enter()) {
      complete(number, Answer::overloaded);
      return;
    }
    stream_ = std::make_unique<Stream>();
  }
  slot(number).after = page.after;
  slot(number).settled = true;
  if (page.after == After::close) last_ = true;
  page_ = std::move(page);
}

// True: something was sent, so that there may be room for another request.
bool Session::send_answers() {
  if (writing_ || phase_ == Phase::closed || phase_ == Phase::linger || phase_ == Phase::stream) return false;
  gather_answers();
  if (out_.empty()) return false;
  if (!rest_.empty()) {
    std::vector<asio::const_buffer> texts{asio::buffer(out_)};
    for (const auto& text : rest_) texts.push_back(asio::buffer(*text));
    send_later(texts);
    return false;
  }
  error_code error;
  const std::size_t sent = wire_.write_now(asio::buffer(out_), error);
  if (error && error != asio::error::would_block) {
    close();
  } else if (sent < out_.size()) {
    send_later(asio::buffer(out_.data() + sent, out_.size() - sent));
  } else {
    on_sent();
    return phase_ != Phase::closed;
  }
  return false;
}

void Session::gather_answers() {
  out_.clear();
  while (owed() != 0 && slot(first_).settled && !closing_) {
    const Slot& front = slot(first_++);
    if (page_) {
      out_ = std::move(page_->text);
      rest_ = std::move(page_->rest);
      page_.reset();
    } else {
      out_ += worker_.book().text(front.answer, front.after);
    }
    closing_ = front.after == After::close;
  }
}

void Session::expect_sent() {
  writing_ = true;
  write_deadline_ = worker_.now() + worker_.limits().write_deadline + worker_.limits().sweep;
}

// What out_ and rest_ hold.
template <class Buffers>
void Session::send_later(const Buffers& bytes) {
  expect_sent();
  wire_.write(bytes, [this, self = shared_from_this()](const error_code& error, std::size_t) {
    writing_ = false;
    if (phase_ == Phase::closed) return;
    if (error) return close();
    on_sent();
    pump();
  });
}

void Session::on_sent() {
  if (out_.capacity() > InBuffer::kLarge) out_ = {};
  rest_.clear();
  if (stream_) return begin_stream();
  if (closing_ || (ended_ && owed() == 0)) finish();
}

// Within TLS the end is said first, and heard from the other side.
void Session::finish() {
  if (!wire_.encrypted()) return part();
  enter(Phase::linger);
  greeting_ = true;
  wire_.say_goodbye([this, self = shared_from_this()](const error_code& error) {
    greeting_ = false;
    if (phase_ == Phase::closed) return;
    if (!error) return close();
    part();
    if (phase_ != Phase::closed) read_more();
  });
}

// Closes, but not under the client's feet: a close with unread input resets the connection, and the answer may be lost.
void Session::part() {
  if (ended_ || (clean_ && in_.empty())) return close();
  wire_.end_sending();
  in_.consume(in_.size());
  enter(Phase::linger);
}

// --- Streams ---------------------------------------------------------------------------------------------------------

void Session::begin_stream() {
  in_.consume(in_.size());
  enter(Phase::stream);
  stream_->heartbeat = worker_.now() + worker_.limits().stream_heartbeat;
  send_stream();
}

void Session::publish(const StreamText& text) {
  if (!stream_) return;
  if (stream_->unsent > worker_.limits().stream_unsent_bytes_max) {
    worker_.shared().streams.dropped.add();
    return close();
  }
  stream_->unsent += text->size();
  stream_->texts.push_back(text);
  stream_->heartbeat = worker_.now() + worker_.limits().stream_heartbeat;
  if (phase_ == Phase::stream) send_stream();
}

void Session::send_stream() {
  while (!writing_ && !stream_->texts.empty()) {
    const std::string& text = *stream_->texts.front();
    error_code error;
    const std::size_t sent = wire_.write_now(asio::buffer(text), error);
    if (error && error != asio::error::would_block) return close();
    if (sent < text.size()) return send_rest_of_text(sent);
    text_sent();
  }
}

void Session::send_rest_of_text(std::size_t sent) {
  expect_sent();
  const std::string& text = *stream_->texts.front();
  wire_.write(asio::buffer(text.data() + sent, text.size() - sent),
              [this, self = shared_from_this()](const error_code& error, std::size_t) {
                writing_ = false;
                if (phase_ == Phase::closed) return;
                if (error) return close();
                text_sent();
                send_stream();
              });
}

void Session::text_sent() {
  stream_->unsent -= stream_->texts.front()->size();
  stream_->texts.pop_front();
}

// --- Deadlines and the end -------------------------------------------------------------------------------------------

void Session::sweep(TimePoint now) {
  if (writing_ && now > write_deadline_) return close();
  if (phase_ == Phase::stream) {
    static const StreamText kHeartbeat = std::make_shared<const std::string>(":\n\n");
    if (now >= stream_->heartbeat) publish(kHeartbeat);
  } else if (owed() != 0) {
    if (now > slot(first_).due) answer_late(now);
  } else if (!writing_ && now > read_deadline_) {
    read_late();
  }
}

// What the journal tells later of these is told nobody.
void Session::answer_late(TimePoint now) {
  for (std::uint64_t number = first_; number != next_ && now > slot(number).due; ++number) {
    complete(number, Answer::unavailable);
  }
  pump();
}

void Session::read_late() {
  const bool begun = phase_ == Phase::body || (phase_ == Phase::header && !in_.empty());
  if (!begun) return close();
  fail(Answer::timeout);
  pump();
}

void Session::drain() {
  if (stream_) return close();
  const bool quiet = (phase_ == Phase::idle || phase_ == Phase::header) && in_.empty() && owed() == 0 && !writing_;
  if (quiet && wire_.available() == 0) close();
}

}  // namespace kpistream::ingest
