#include "app/listen_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/json_text.hpp"
#include "ingest/json/json.hpp"
#include "ingest/rest/small_files.hpp"

namespace kpistream::app {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

std::filesystem::path path_in(const std::string& folder) { return std::filesystem::path(folder) / kListenFile; }

}  // namespace

bool write_listen_file(const std::string& folder, const ListenFile& file) {
  const std::string path = path_in(folder).string();
  std::vector<std::string> addresses;
  for (const Endpoint& endpoint : file.addresses) addresses.push_back(json(endpoint_text(endpoint)));
  const std::string text = fmt::format(
      R"({{"hook": {}, "admin": {}, "addresses": [{}], "prefix": {}, "certificate": {}, "token": {}}})"
      "\n",
      file.hook, file.admin, fmt::join(addresses, ", "), json(file.prefix), json(file.certificate), json(file.token));
  return ingest::replace_file(ingest::disk_files(), path, text);
}

void remove_listen_file(const std::string& folder) { std::filesystem::remove(path_in(folder)); }

std::optional<ListenFile> read_listen_file(const std::string& folder) {
  std::ostringstream text;
  text << std::ifstream(path_in(folder)).rdbuf();
  ingest::JsonDocument document;
  if (!document.parse(text.str())) return std::nullopt;
  const auto root = document.root();
  ListenFile file{static_cast<std::uint16_t>(root["hook"].integer()),
                  static_cast<std::uint16_t>(root["admin"].integer()),
                  {},
                  root["prefix"].text(),
                  root["certificate"].text(),
                  root["token"].text()};
  root["addresses"].each([&](ingest::JsonValue address) {
    if (auto endpoint = parse_endpoint(address.text())) file.addresses.push_back(std::move(*endpoint));
  });
  return file;
}

std::string to_hex(std::string_view bytes) {
  std::string digits;
  for (const char c : bytes) {
    digits += kDigits[static_cast<unsigned char>(c) >> 4U];
    digits += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return digits;
}

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    const auto high = kDigits.find(digits[i]);
    const auto low = kDigits.find(digits[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return {};
    bytes += static_cast<char>(high << 4U | low);
  }
  return digits.size() % 2 == 0 ? bytes : std::string();
}

}  // namespace kpistream::app
