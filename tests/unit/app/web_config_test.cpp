// The form is exporter-toolkit's; certificates are made by openssl(1).
#include "app/web_config.hpp"

#include <cstdlib>

#include "tests/unit/app/config_fixture.hpp"

namespace kpistream::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kHash = "$2b$04$r8f5EbpRUaXRU3elX4TGpuyaRny1hesq6XpOxTbxpEpKv1Qevbbgi";

struct WebConfigFile : ConfigFile {
  void make_certificate() {
    const std::string base = (folder_ / "web").string();
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=web -keyout " +
        base + ".key -out " + base + ".crt 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  WebConfig load(const std::string& text) {
    const auto path = file("web.yml", text);
    mistakes.clear();
    auto config = load_web_config(path, mistakes);
    for (auto& mistake : mistakes) mistake = mistake.substr(path.size() + 1);
    return config;
  }
  std::vector<std::string> mistakes;
};

TEST_F(WebConfigFile, IsNotNeeded) {
  const auto config = load_web_config("", mistakes);
  EXPECT_THAT(mistakes, IsEmpty());
  EXPECT_EQ(config.identity, nullptr);
  EXPECT_THAT(config.users, IsEmpty());
}

TEST_F(WebConfigFile, HasACertificateAndUsers) {
  make_certificate();
  const auto config = load(
      "tls_server_config: {cert_file: web.crt, key_file: web.key, client_auth_type: NoClientCert}\n"
      "basic_auth_users:\n  prometheus: " +
      kHash + "\n  boss: '" + kHash + "'\n");
  EXPECT_THAT(mistakes, IsEmpty());
  ASSERT_NE(config.identity, nullptr) << "beside the file";
  EXPECT_THAT(config.users, ElementsAre(WebUser{"prometheus", kHash}, WebUser{"boss", kHash}));
}

TEST_F(WebConfigFile, IsReadStrictly) {
  load("tls_server_config: {key_file: web.key, min_version: TLS13}\nbasic_auth_users: {a: secret, b: " +
       std::string(kHash).replace(4, 2, "15") + "}\nhttp_server_config: {http2: true}\n");
  EXPECT_THAT(mistakes,
              ElementsAre("1:20: tls_server_config.cert_file: is missing: TLS needs cert_file and key_file",
                          HasSubstr("tls_server_config.min_version: unknown key"),
                          "2:23: basic_auth_users.a: is not a bcrypt hash; make one with: htpasswd -nBC 10 \"\"",
                          "2:34: basic_auth_users.b: costs too much to check: 15, at most 14",
                          HasSubstr("http_server_config: unknown key")));
  load("tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAnyClientCert}\n");
  EXPECT_THAT(mistakes, testing::Contains(HasSubstr("'RequireAnyClientCert' is none of: NoClientCert")));
}

TEST_F(WebConfigFile, NamesTheFileThatCannotBeUsed) {
  make_certificate();
  const auto path = (folder_ / "none.yml").string();
  static_cast<void>(load_web_config(path, mistakes));
  EXPECT_THAT(mistakes, ElementsAre(path + ":1:1: cannot be read; does it exist, and may this user read it?"));
  load("tls_server_config: {cert_file: none.crt, key_file: web.key}\n");
  EXPECT_THAT(mistakes, ElementsAre(HasSubstr("1:32: tls_server_config.cert_file: cannot use '" + folder_.string() +
                                              "/none.crt'")));
  std::filesystem::permissions(folder_ / "web.key", std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  load("tls_server_config: {cert_file: web.crt, key_file: web.key}\n");
  EXPECT_THAT(mistakes, ElementsAre(HasSubstr("tls_server_config.key_file: everybody can read '")));
}

}  // namespace
}  // namespace kpistream::app
