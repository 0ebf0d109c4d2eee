#include "app/admin_client.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/daemon.hpp"
#include "ingest/json/json.hpp"

namespace kpistream::app {
namespace {

constexpr std::chrono::milliseconds kDeadline{10'000};  // longer than the daemon lets an order wait

std::string admin_port(const Config& config) {
  if (config.admin.port != 0) return std::to_string(config.admin.port);
  std::ostringstream text;
  text << std::ifstream(std::filesystem::path(config.storage_path) / kListenFile).rdbuf();
  ingest::JsonDocument document;
  return document.parse(text.str()) ? document.root()["admin"].text() : std::string();
}

// An address that listens everywhere is reached here.
std::string host_of(const std::string& listens) {
  if (listens == "0.0.0.0") return "127.0.0.1";
  return listens == "::" || listens == "[::]" ? "::1" : listens;
}

}  // namespace

ingest::DaemonAnswer ask_daemon(const Config& config, const std::string& target, const std::string& body) {
  const std::string port = admin_port(config);
  if (port.empty()) return {};
  return ingest::ask_daemon(host_of(config.admin.address), port, target, body, kDeadline);
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
