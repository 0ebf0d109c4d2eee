#include "ingest/http/worker.hpp"

#include <unistd.h>

#include <boost/asio/post.hpp>

#include "ingest/http/session.hpp"

namespace kpistream::ingest {

// The hint: I/O objects are touched by one thread only, so the reactor needs no locks; post() keeps its own.
Worker::Worker(Shared& shared, std::string_view allowed_methods)
    : shared_(shared),
      context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      timer_(context_),
      book_(allowed_methods),
      now_(shared.clock.steady()) {}

Worker::~Worker() = default;

void Worker::run() {
  sweep();
  tick();
  context_.run();
}

void Worker::post(std::function<void()> work) { asio::post(context_, std::move(work)); }

// One timer a thread, for all deadlines of all its connections.
void Worker::tick() {
  timer_.expires_after(limits().sweep);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    sweep();
    tick();
  });
}

void Worker::sweep() {
  now_ = shared_.clock.steady();
  book_.date(shared_.clock.wall());
  for (std::size_t i = sessions_.size(); i-- > 0;) {  // backwards: a closing session's place is taken by the last
    const auto session = sessions_[i];
    session->sweep(now_);
  }
}

void Worker::adopt(int descriptor, bool v6, Source source) {
  Socket socket(context_);
  boost::system::error_code error;
  socket.assign(v6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), descriptor, error);
  if (error) ::close(descriptor);
  if (!error) socket.non_blocking(true, error);
  if (error) return shared_.admission.leave(source);  // the system is out of something; the client tries again
  const auto identity = shared_.tls.get();
  const auto session = std::make_shared<Session>(*this, std::move(socket), source, identity.get());
  session->index = sessions_.size();
  sessions_.push_back(session);
  session->start();
}

void Worker::publish(const StreamText& text) {
  for (std::size_t i = sessions_.size(); i-- > 0;) {
    const auto session = sessions_[i];
    session->publish(text);
  }
}

void Worker::drain() {
  draining_ = true;
  for (std::size_t i = sessions_.size(); i-- > 0;) {
    const auto session = sessions_[i];
    session->drain();
  }
}

void Worker::cut_off() {
  while (!sessions_.empty()) {
    const auto session = sessions_.back();
    session->close();
  }
}

void Worker::remove(Session& session) {
  const std::size_t index = session.index;
  sessions_.back()->index = index;
  std::swap(sessions_[index], sessions_.back());
  sessions_.pop_back();
}

}  // namespace kpistream::ingest
