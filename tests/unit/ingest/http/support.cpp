#include "tests/unit/ingest/http/support.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>
#include <utility>

#include "ingest/http/bytes.hpp"

namespace kpistream::ingest {

// --- Journal ---------------------------------------------------------------------------------------------------------

FakeJournal::FakeJournal() : thread_([this] { run(); }) {}

FakeJournal::~FakeJournal() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void FakeJournal::hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void FakeJournal::refuse(bool on) {
  const std::lock_guard lock(mutex_);
  refused_ = on;
}

void FakeJournal::commit(AppendOutcome outcome) {
  std::vector<Owed> group;
  {
    const std::lock_guard lock(mutex_);
    group.swap(owed_);
    ++groups_;
  }
  tell(group, outcome);
}

std::vector<NewRecord> FakeJournal::wait_for(std::size_t records) {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(10), [&] { return records_.size() >= records; }));
  return records_;
}

std::vector<NewRecord> FakeJournal::records() const {
  const std::lock_guard lock(mutex_);
  return records_;
}

std::size_t FakeJournal::groups() const {
  const std::lock_guard lock(mutex_);
  return groups_;
}

bool FakeJournal::append(NewRecord record, AppendListener& listener, std::uint64_t token) {
  {
    const std::lock_guard lock(mutex_);
    if (refused_) return false;
    records_.push_back(std::move(record));
    owed_.push_back({&listener, token});
  }
  changed_.notify_all();
  return true;
}

void FakeJournal::run() {
  std::unique_lock lock(mutex_);
  while (!closed_) {
    changed_.wait(lock, [this] { return closed_ || (!held_ && !owed_.empty()); });
    std::vector<Owed> group;
    if (!held_) group.swap(owed_);
    if (group.empty()) continue;
    ++groups_;
    lock.unlock();
    tell(group, AppendOutcome::appended);
    lock.lock();
  }
}

void FakeJournal::tell(const std::vector<Owed>& group, AppendOutcome outcome) {
  std::map<AppendListener*, std::vector<Ticket>> tickets;
  for (const Owed& owed : group) tickets[owed.listener].push_back({owed.token, outcome});
  for (const auto& [listener, list] : tickets) listener->on_group(list);
}

// --- Guard -----------------------------------------------------------------------------------------------------------

HookResult FakeGuard::admit(std::string_view path, std::string_view body) const {
  constexpr std::string_view kSecret = "&secret=s3cret";
  HookResult result;
  if (body.starts_with("unreadable")) {
    result.verdict = HookVerdict::unreadable;
  } else if (body.starts_with("large")) {
    result.verdict = HookVerdict::too_large;
  } else if ((path == prefix_ + "demo" || path == prefix_ + "json") && body.ends_with(kSecret)) {
    result.verdict = HookVerdict::accepted;
    result.crm = Crm::amocrm;
    result.portal = "demo";
    result.body = body.substr(0, body.size() - kSecret.size());
  }
  return result;
}

// --- Clock -----------------------------------------------------------------------------------------------------------

std::chrono::steady_clock::time_point ManualClock::steady() const {
  const std::lock_guard lock(mutex_);
  ++looks_;
  looked_.notify_all();
  return now_;
}

void ManualClock::advance(std::chrono::milliseconds by) {
  std::unique_lock lock(mutex_);
  // Two looks before, so that what was sent before counts as come before; two after, so that deadlines are looked at.
  for (const auto step : {std::chrono::milliseconds{0}, by}) {
    now_ += step;
    const std::size_t wanted = looks_ + 2;
    ASSERT_TRUE(looked_.wait_for(lock, std::chrono::seconds(10), [&] { return looks_ >= wanted; }));
  }
}

// --- Client ----------------------------------------------------------------------------------------------------------

Client::Client(std::uint16_t port, int receive_buffer) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer != 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << errno;
}

Client::~Client() { ::close(socket_); }

Client& Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;  // the server has closed; the test will see
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return *this;
}

std::size_t Client::send_some(std::string_view bytes) {
  const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

void Client::end() { ::shutdown(socket_, SHUT_WR); }

bool Client::fill() {
  char bytes[65536];
  const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
  EXPECT_TRUE(size >= 0 || errno == ECONNRESET) << "no answer in time";
  if (size <= 0) return false;
  in_.append(bytes, static_cast<std::size_t>(size));
  return true;
}

HttpAnswer Client::read(bool with_body) {
  HttpAnswer answer;
  std::size_t end = 0;
  while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return answer;
  }
  answer.raw = in_.substr(0, end + 4);
  in_.erase(0, end + 4);
  std::istringstream lines(answer.raw);
  std::string version;
  std::string line;
  lines >> version >> answer.status;
  EXPECT_EQ(version, "HTTP/1.1");
  std::getline(lines, line);
  while (std::getline(lines, line) && line != "\r") {
    std::string name = line.substr(0, line.find(':'));
    for (char& c : name) c = lower(c);
    answer.fields[name] = line.substr(line.find(':') + 2, line.size() - line.find(':') - 3);
  }
  if (answer.status == 100) return answer;
  const std::size_t size = with_body ? std::stoul(answer.fields["content-length"]) : 0;
  while (in_.size() < size && fill()) {
  }
  answer.body = in_.substr(0, size);
  in_.erase(0, size);
  return answer;
}

std::string Client::read_to(std::string_view end) {
  std::size_t found = 0;
  while ((found = in_.find(end)) == std::string::npos) {
    if (!fill()) return std::exchange(in_, {});
  }
  std::string text = in_.substr(0, found + end.size());
  in_.erase(0, text.size());
  return text;
}

bool Client::closed() { return in_.empty() && !fill(); }

// --- Words -----------------------------------------------------------------------------------------------------------

std::string post(std::string_view body, std::string_view fields, std::string_view path) {
  std::string text = "POST ";
  text.append(path).append(" HTTP/1.1\r\nHost: kpi.example\r\nContent-Type: application/x-www-form-urlencoded\r\n");
  text.append(fields).append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return text;
}

namespace {

class Lines final : public MeterSink {
 public:
  void counter(std::string_view name, std::string_view, const MeterLabels& labels, double value) override {
    if (labels.empty()) out << name << ' ' << value << '\n';
    for (const auto& [label, text] : labels) out << name << '{' << label << '=' << text << "} " << value << '\n';
  }
  void gauge(std::string_view name, std::string_view help, const MeterLabels& labels, double value) override {
    counter(name, help, labels, value);
  }
  // Only the buckets that hold something.
  void histogram(std::string_view name, std::string_view, const MeterLabels&, const HistogramFigures& told) override {
    for (std::size_t i = 0; i < told.counts.size(); ++i) {
      if (told.counts[i] == 0) continue;
      out << name << '{';
      i < told.bounds.size() ? out << told.bounds[i] : out << "more";
      out << "} " << told.counts[i] << '\n';
    }
    out << name << "_sum " << told.sum << '\n';
  }
  std::ostringstream out;
};

}  // namespace

std::string figures(const Metered& metered) {
  Lines lines;
  metered.collect(lines);
  return lines.out.str();
}

}  // namespace kpistream::ingest
