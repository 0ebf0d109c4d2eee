#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <stdexcept>

#include "ingest/rest/http_client.hpp"

namespace kpistream::ingest {

BaseUrl BaseUrl::parse(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  const bool plain = parsed && (parsed->scheme() == "https" || parsed->scheme() == "http") && !parsed->host().empty() &&
                     !parsed->has_userinfo() && (parsed->port().empty() || parsed->port_number() != 0) &&
                     !parsed->has_query() && !parsed->has_fragment();
  if (!plain) throw std::runtime_error("a REST address must look like https://host/path");
  BaseUrl base;
  base.tls = parsed->scheme() == "https";
  base.host = parsed->host_address();
  base.header = parsed->encoded_host();
  base.port = base.tls ? "443" : "80";
  if (!parsed->port().empty()) {
    base.port = parsed->port();
    base.header += ":" + base.port;
  }
  base.path = parsed->encoded_path();
  if (!base.path.ends_with('/')) base.path.push_back('/');
  boost::system::error_code name;
  const auto address = boost::asio::ip::make_address(base.host, name);
  if (!name && !may_connect(address, base.tls)) {
    throw std::runtime_error("a REST address must be https to a public host, or http to a loopback address");
  }
  return base;
}

}  // namespace kpistream::ingest
