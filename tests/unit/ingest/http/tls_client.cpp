#include "tests/unit/ingest/http/tls_client.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace kpistream::ingest {

TlsClient::TlsClient(std::uint16_t port, int newest)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      context_(SSL_CTX_new(TLS_client_method())),
      ssl_(nullptr) {
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << errno;
  if (newest != 0) {
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_, newest);
  }
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, socket_);
  connected_ = SSL_connect(ssl_) == 1;
}

TlsClient::~TlsClient() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  ::close(socket_);
}

std::string TlsClient::name() const {
  X509* const certificate = SSL_get1_peer_certificate(ssl_);
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
  X509_free(certificate);
  return name.data();
}

TlsClient& TlsClient::send(std::string_view bytes) {
  EXPECT_EQ(SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())), static_cast<int>(bytes.size()));
  return *this;
}

bool TlsClient::fill() {
  std::array<char, 65536> bytes{};
  const int size = SSL_read(ssl_, bytes.data(), static_cast<int>(bytes.size()));
  if (size > 0) in_.append(bytes.data(), static_cast<std::size_t>(size));
  return size > 0;
}

std::string TlsClient::read_to(std::string_view end) {
  std::size_t found = 0;
  while ((found = in_.find(end)) == std::string::npos) {
    if (!fill()) return std::exchange(in_, {});
  }
  std::string text = in_.substr(0, found + end.size());
  in_.erase(0, text.size());
  return text;
}

std::string TlsClient::read(std::size_t bytes) {
  while (in_.size() < bytes && fill()) {
  }
  std::string text = in_.substr(0, bytes);
  in_.erase(0, text.size());
  return text;
}

bool TlsClient::ended_well() { return in_.empty() && !fill() && (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }

void make_certificate(const std::filesystem::path& folder, const std::string& name) {
  const std::string base = (folder / name).string();
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=" + name +
      " -keyout " + base + ".key -out " + base + ".crt 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = std::filesystem::temp_directory_path() / "kpistream-tls-XXXXXX";
  path_ = ::mkdtemp(name.data());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace kpistream::ingest
