#include "app/admin_client.hpp"

#include <fmt/format.h>

#include "app/listen_file.hpp"

namespace kpistream::app {
namespace {

constexpr std::chrono::milliseconds kDeadline{10'000};  // longer than the daemon lets an order wait

// An address that listens everywhere is reached here.
std::string host_of(const std::string& listens) {
  if (listens == "0.0.0.0") return "127.0.0.1";
  return listens == "::" ? "::1" : listens;
}

}  // namespace

ingest::DaemonAnswer ask_daemon(const Config& config, const std::string& target, const std::string& body) {
  const auto listens = read_listen_file(config.storage_path).value_or(ListenFile{});
  const Endpoint& endpoint = listens.addresses.empty() ? config.admin.front() : listens.addresses.front();
  if (endpoint.port == 0) return {};
  const ingest::DaemonAddress address{host_of(endpoint.address), std::to_string(endpoint.port),
                                      from_hex(listens.certificate), listens.token};
  return ingest::ask_daemon(address, listens.prefix + target, body, kDeadline);
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    plain ? encoded.push_back(c) : static_cast<void>(encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c)));
  }
  return encoded;
}

}  // namespace kpistream::app
