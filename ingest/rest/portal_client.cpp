#include "ingest/rest/portal_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "ingest/rest/http_client.hpp"

namespace kpistream::ingest {

PortalAnswer ask_portal(const std::string& base_url, const std::string& call, const std::string& body,
                        const std::string& bearer, std::chrono::milliseconds deadline, bool erase) {
  const BaseUrl base = BaseUrl::parse(base_url);
  HttpRequest request;
  request.post = !body.empty();
  request.erase = erase;
  request.target = base.path + call;
  request.bearer = bearer;
  request.body = body;
  HttpLimits limits;
  limits.deadline = deadline;
  boost::asio::io_context io;
  HttpClient client(io, base, limits);
  PortalAnswer answer;
  const auto ask = [&]() -> boost::asio::awaitable<void> {
    auto got = co_await client.ask(request);
    if (got.arrived) answer = {got.status, got.json, std::move(got.body)};
  };
  boost::asio::co_spawn(io, ask, boost::asio::detached);
  io.run();
  return answer;
}

std::string host_of_url(const std::string& base_url) { return BaseUrl::parse(base_url).host; }

}  // namespace kpistream::ingest
