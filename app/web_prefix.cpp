#include "app/web_prefix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace kpistream::app {
namespace {

constexpr std::string_view kPathLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-/";

std::string path_of(const std::string& url) {
  const auto scheme = url.find("://");
  const bool known = url.starts_with("http://") || url.starts_with("https://");
  if (!known || url.size() == scheme + 3 || url.find_first_of("?#") != std::string::npos) {
    throw std::runtime_error(
        fmt::format("--web.external-url: '{}' is not an address like https://kpi.example.com/kpi", url));
  }
  const auto slash = url.find('/', scheme + 3);
  return slash == std::string::npos ? "" : url.substr(slash);
}

}  // namespace

std::string web_prefix(const std::string& external_url, const std::optional<std::string>& route_prefix) {
  const std::string path = external_url.empty() ? "" : path_of(external_url);
  const std::string given = route_prefix.value_or(path);
  if (given.find_first_not_of(kPathLetters) != std::string::npos || given.find("//") != std::string::npos)
    throw std::runtime_error(fmt::format("'{}' is not a path like /kpi", given));
  const auto begin = std::min(given.find_first_not_of('/'), given.size());
  const auto end = given.find_last_not_of('/');
  return begin == given.size() ? "" : "/" + given.substr(begin, end + 1 - begin);
}

ingest::AdminResponse behind_prefix(std::string_view prefix, const ingest::AdminRequest& request,
                                    const ingest::AdminHandler& handler) {
  ingest::AdminRequest inner = request;
  if (request.path.starts_with(prefix) && request.path.substr(prefix.size()).starts_with('/')) {
    inner.path.remove_prefix(prefix.size());
    return handler(inner);
  }
  ingest::AdminResponse response;
  if (request.path != "/" && request.path != prefix) {
    response.status = 404;
    response.body = "Not found.\n";
    return response;
  }
  response.status = 302;
  response.headers = {{"Location", fmt::format("{}/{}{}", prefix, request.query.empty() ? "" : "?", request.query)}};
  return response;
}

}  // namespace kpistream::app
