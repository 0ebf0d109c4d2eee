#include <algorithm>
#include <exception>

#include "ingest/http/bytes.hpp"
#include "ingest/http/listener.hpp"
#include "ingest/http/side_thread.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::string_view kStreamFields =
    "Content-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Accel-Buffering: no\r\n";

std::size_t body_bytes(const AdminResponse& response) {
  std::size_t bytes = response.body.size();
  for (const auto& text : response.rest) bytes += text->size();
  return bytes;
}

std::string compose(const AdminResponse& response, bool with_body, After after, std::string_view date) {
  std::string text;
  text.reserve(512 + (with_body ? response.body.size() : 0));
  text.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason_of(response.status));
  text.append("\r\nDate: ").append(date).append("\r\n");
  if (response.stream) {
    text += kStreamFields;
  } else if (!response.content_type.empty()) {
    text.append("Content-Type: ").append(response.content_type).append("\r\n");
  }
  for (const auto& [name, value] : response.headers) text.append(name).append(": ").append(value).append("\r\n");
  if (!response.stream) text.append("Content-Length: ").append(std::to_string(body_bytes(response))).append("\r\n");
  text.append(connection_field(after)).append("\r\n");
  if (with_body) text += response.body;
  return text;
}

// A stream has no length, so its connection ends with it, also where only the header was asked for.
Page page_of(AdminResponse response, const Request& request, std::string_view date) {
  const bool with_body = request.method != "HEAD";
  const After after = response.stream ? After::close : request.after;
  std::string text = compose(response, with_body, after, date);
  return {std::move(text), with_body ? std::move(response.rest) : SharedTexts{}, after, response.stream && with_body};
}

// To the process itself, whatever prefix stands before: all is said by the path.
bool is_order(std::string_view path) { return path.find("/-/") != std::string_view::npos; }

// A request that waits for its check.
struct Checked {
  Request request;
  std::string body;
  std::shared_ptr<Waiting> waiting;
  std::uint64_t slot = 0;
};

class AdminService final : public Service {
 public:
  AdminService(const AdminHandler& handler, const AdminCheck& check, SideThread* side, Loop& loop)
      : handler_(handler), check_(check), side_(side), loop_(loop) {}

  std::optional<Answer> refuse(const Head& head, std::string_view path) override {
    if (head.method == "GET" || head.method == "HEAD") return std::nullopt;
    if (head.method != "POST" && head.method != "PUT") return Answer::method;
    if (is_order(path)) return head.from_a_page ? std::optional(Answer::stranger) : std::nullopt;
    if (head.method == "PUT") return std::nullopt;
    const std::string_view type = trim(head.content_type.substr(0, head.content_type.find(';')));
    if (!equals_lower(type, "application/json") || !head.content_encoding.empty()) return Answer::unsupported;
    return std::nullopt;
  }

  Reply serve(const Request& request, std::string_view body, Waiting& waiting, std::uint64_t slot) override {
    if (auto work = side_ != nullptr ? check_(asked(request, body)) : nullptr) {
      const auto checked = std::make_shared<Checked>(Checked{request, std::string(body), waiting.self(), slot});
      const bool taken = side_->add([this, checked, work = std::move(work)] {
        work();
        loop_.post([this, checked] { settle(*checked); });
      });
      return taken ? Reply{} : Reply{Answer::overloaded, {}};
    }
    return {{}, answer(request, body)};
  }

 private:
  static AdminRequest asked(const Request& request, std::string_view body) {
    return {.method = request.method,
            .path = request.path,
            .query = query_of(request.target),
            .accept = request.accept,
            .accept_encoding = request.accept_encoding,
            .accept_language = request.accept_language,
            .if_none_match = request.if_none_match,
            .body = request.method == "POST" && !is_order(request.path) ? body : std::string_view{},
            .authorization = request.authorization,
            .cookie = request.cookie};
  }

  Page answer(const Request& request, std::string_view body) const {
    return page_of(handler_(asked(request, body)), request, loop_.book().date());
  }

  void settle(const Checked& checked) const {
    try {
      checked.waiting->deliver(checked.slot, answer(checked.request, checked.body));
    } catch (const std::exception&) {
      checked.waiting->complete(checked.slot, Answer::internal);
    }
    checked.waiting->resume();
  }

  const AdminHandler& handler_;
  const AdminCheck& check_;
  SideThread* const side_;  // nullptr: there are no checks
  Loop& loop_;
};

ServerOptions for_admin(ServerOptions options) {
  options.limits.pipeline_max = 1;  // a page is made when the one before has been sent
  options.limits.chunks.body_bytes_max = kAdminBodyBytesMax;
  options.limits.connections_max = std::min(options.limits.connections_max, kAdminConnectionsMax);
  options.limits.answer_deadline = kAdminAnswerDeadline;
  return options;
}

}  // namespace

struct AdminServer::Impl {
  Impl(const ServerOptions& options, const Clock& clock, AdminHandler admin_handler, AdminCheck admin_check)
      : handler(std::move(admin_handler)),
        check(std::move(admin_check)),
        side(check ? std::make_unique<SideThread>(kAdminChecksMax) : nullptr),
        listener(for_admin(options), clock, "GET, HEAD, POST, PUT",
                 [this](Loop& loop) { return std::make_unique<AdminService>(handler, check, side.get(), loop); }) {}

  // The I/O threads use the side thread, and it posts to them.
  ~Impl() {
    listener.stop();
    side.reset();
  }

  AdminHandler handler;
  AdminCheck check;
  std::unique_ptr<SideThread> side;
  Listener listener;
};

AdminServer::AdminServer(const ServerOptions& options, const Clock& clock, AdminHandler handler, AdminCheck check)
    : impl_(std::make_unique<Impl>(options, clock, std::move(handler), std::move(check))) {}

AdminServer::~AdminServer() = default;

void AdminServer::start() { impl_->listener.start(); }

std::uint16_t AdminServer::port() const { return ports().front(); }

std::vector<std::uint16_t> AdminServer::ports() const { return impl_->listener.ports(); }

bool AdminServer::drain(std::chrono::milliseconds timeout) { return impl_->listener.drain(timeout); }

void AdminServer::stop() { impl_->listener.stop(); }

void AdminServer::set_tls(std::shared_ptr<const TlsIdentity> identity) { impl_->listener.set_tls(std::move(identity)); }

void AdminServer::publish(const std::shared_ptr<const std::string>& text) { impl_->listener.publish(text); }

void AdminServer::collect(MeterSink& sink) const {
  collect_connections(sink, "admin", impl_->listener.connections());
  sink.gauge("kpistream_streams", "This counts open streams, one for each page that is looked at.", {},
             static_cast<double>(impl_->listener.streams()));
  sink.counter("kpistream_streams_dropped_total",
               "This counts streams that were closed because their reader was too slow.", {},
               impl_->listener.streams_dropped());
}

}  // namespace kpistream::ingest
