// What the tests of the servers stand on: a journal and a guard with knobs, a clock that is set by hand, and a client
// that speaks in raw bytes over a real loopback socket.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "ingest/hook.hpp"
#include "ingest/http/server.hpp"
#include "stream/ports/clock.hpp"
#include "stream/ports/journal.hpp"
#include "stream/ports/meters.hpp"

namespace kpistream::ingest {

// Keeps records in memory. By itself it makes each record durable at once, on its own thread.
class FakeJournal final : public Journal {
 public:
  FakeJournal();
  ~FakeJournal() override;

  // Knobs.
  void hold();                                                   // until commit()
  void commit(AppendOutcome outcome = AppendOutcome::appended);  // what is held, as one group; then hold on
  void refuse(bool on);                                          // append() returns false

  std::vector<NewRecord> wait_for(std::size_t records);  // taken, durable or not
  std::vector<NewRecord> records() const;
  std::size_t groups() const;

  [[nodiscard]] bool append(NewRecord record, AppendListener& listener, std::uint64_t token) override;
  [[nodiscard]] std::vector<Record> read(Position, std::size_t, std::size_t) const override { return {}; }
  [[nodiscard]] Position first() const override { return 1; }
  [[nodiscard]] Position tail() const override { return 0; }
  void wait(Position, std::chrono::milliseconds) const override {}
  void wake() const override {}

 private:
  struct Owed {
    AppendListener* listener;
    std::uint64_t token;
  };
  void run();
  void tell(const std::vector<Owed>& group, AppendOutcome outcome);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<NewRecord> records_;
  std::vector<Owed> owed_;
  std::size_t groups_ = 0;
  bool held_ = false;
  bool refused_ = false;
  bool closed_ = false;
  std::thread thread_;
};

// Owns "/hook/...". The only portal is "demo" and its secret "s3cret", given as "&secret=s3cret" at the end of the
// body. A body that starts with "unreadable" or "large" gets that verdict. A query that starts with "signed" stands for
// a body; "/hook/json" is demo too, and reads JSON.
class FakeGuard final : public HookGuard {
 public:
  explicit FakeGuard(std::string prefix = "/hook/") : prefix_(std::move(prefix)) {}
  [[nodiscard]] bool owns(std::string_view path) const override { return path.starts_with(prefix_); }
  [[nodiscard]] HookResult admit(std::string_view path, std::string_view body) const override;
  [[nodiscard]] bool takes_json(std::string_view path) const override { return path == prefix_ + "json"; }
  [[nodiscard]] bool takes_query(std::string_view query) const override { return query.starts_with("signed"); }
  [[nodiscard]] HookResult admit_query(std::string_view path, std::string_view query) const override {
    return admit(path, query);
  }

 private:
  std::string prefix_;
};

inline std::shared_ptr<const HookGuards> guards(std::string prefix = "/hook/") {
  return std::make_shared<HookGuards>(HookGuards{std::make_shared<FakeGuard>(std::move(prefix))});
}

class ManualClock final : public Clock {
 public:
  [[nodiscard]] UnixSeconds wall() const override { return 1'789'369'205; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override;

  // Moves on and waits until the one thread that looks at this clock has looked twice: what reached it before has been
  // handled then, and the deadlines looked at.
  void advance(std::chrono::milliseconds by);

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable looked_;
  mutable std::size_t looks_ = 0;
  std::chrono::steady_clock::time_point now_{std::chrono::hours{1'000}};
};

struct HttpAnswer {
  int status = 0;                             // 0: the connection ended instead
  std::map<std::string, std::string> fields;  // names in lower case
  std::string body;
  std::string raw;  // the header as it came
};

// Blocking, with a guard of 10 s against hanging tests.
class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer = 0);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Client& send(std::string_view bytes);
  // Sends as much as goes without waiting; true: all.
  std::size_t send_some(std::string_view bytes);
  void end();  // no more will be sent
  HttpAnswer read(bool with_body = true);
  // All that comes up to `end`, with it; less when the connection ends before.
  std::string read_to(std::string_view end);
  int status() { return read().status; }
  // True: the server closed (or reset) without another byte.
  bool closed();

 private:
  bool fill();
  int socket_;
  std::string in_;
};

std::string post(std::string_view body, std::string_view fields = "", std::string_view path = "/hook/demo");

// All figures of a server as lines: "name{label} value", "name value".
std::string figures(const Metered& metered);

}  // namespace kpistream::ingest
