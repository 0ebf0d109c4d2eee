#include "ingest/rest/daemon_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "ingest/rest/http_client.hpp"

namespace kpistream::ingest {

DaemonAnswer ask_daemon(const DaemonAddress& address, const std::string& target, const std::string& body,
                        std::chrono::milliseconds deadline) {
  BaseUrl base;
  base.tls = !address.certificate.empty();
  base.pin = address.certificate;
  base.host = address.host;
  base.port = address.port;
  base.header = "localhost";
  base.path = "/";
  HttpRequest request;
  request.post = !body.empty();
  request.target = target;
  request.bearer = address.bearer;
  request.body = body;
  HttpLimits limits;
  limits.deadline = deadline;
  boost::asio::io_context io;
  HttpClient client(io, base, limits, [](const boost::asio::ip::address&, bool) { return true; });
  DaemonAnswer answer;
  const auto ask = [&]() -> boost::asio::awaitable<void> {
    auto got = co_await client.ask(request);
    if (got.arrived) answer = {got.status, std::move(got.body)};
  };
  boost::asio::co_spawn(io, ask, boost::asio::detached);
  io.run();
  return answer;
}

}  // namespace kpistream::ingest
