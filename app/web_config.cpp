#include "app/web_config.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "app/yaml_reader.hpp"
#include "ingest/proof/password.hpp"

namespace kpistream::app {
namespace {

std::string file_named(Section& section, std::string_view key, const std::string& beside) {
  const auto name = section.text(key);
  if (!name) section.complain(key, "is missing: TLS needs cert_file and key_file");
  return name ? (std::filesystem::path(beside).parent_path() / *name).string() : std::string();
}

bool everybody_reads(const std::string& file) {
  struct ::stat info {};
  return ::stat(file.c_str(), &info) == 0 && (info.st_mode & S_IROTH) != 0;
}

void read_tls(Section& tls, const std::string& file, WebConfig& config) {
  const std::string certificate = file_named(tls, "cert_file", file);
  const std::string key = file_named(tls, "key_file", file);
  static_cast<void>(tls.one_of("client_auth_type", {"NoClientCert"}));
  tls.finish();
  if (certificate.empty() || key.empty()) return;
  if (everybody_reads(key))
    return tls.complain("key_file", fmt::format("everybody can read '{0}'; run: chmod o-r '{0}'", key));
  try {
    config.identity = std::make_shared<const ingest::TlsIdentity>(certificate, key);
  } catch (const std::runtime_error& error) {
    tls.complain("cert_file", error.what());
  }
}

void read_user(Section& users, const std::string& name, WebConfig& config) {
  auto hash = users.text(name);
  if (!hash) return;
  const int cost = ingest::bcrypt_cost(*hash);
  if (cost == 0) {
    users.complain(name, "is not a bcrypt hash; make one with: htpasswd -nBC 10 \"\"");
  } else if (cost > ingest::kBcryptCostMax) {
    users.complain(name, fmt::format("costs too much to check: {}, at most {}", cost, ingest::kBcryptCostMax));
  } else {
    config.users.push_back({name, std::move(*hash)});
  }
}

}  // namespace

WebConfig load_web_config(const std::string& file, std::vector<std::string>& errors) {
  WebConfig config;
  if (file.empty()) return config;
  std::ifstream in(file);
  std::stringstream text;
  if (!in || !(text << in.rdbuf())) {
    errors.push_back(file + ":1:1: cannot be read; does it exist, and may this user read it?");
    return config;
  }
  ConfigErrors mistakes(file);
  auto root = Section::document(text.str(), mistakes, "tls_server_config, basic_auth_users");
  if (mistakes.none()) {
    if (auto tls = root.section("tls_server_config")) read_tls(*tls, file, config);
    if (auto users = root.section("basic_auth_users")) {
      for (const auto& name : users->keys()) read_user(*users, name, config);
    }
    root.finish();
  }
  errors.insert(errors.end(), mistakes.all().begin(), mistakes.all().end());
  return config;
}

}  // namespace kpistream::app
