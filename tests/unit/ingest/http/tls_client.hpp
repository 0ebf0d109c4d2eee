// A client within TLS, and certificates that are made by openssl(1).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace kpistream::ingest {

// Blocking, with a guard of 10 s. Trusts every certificate.
class TlsClient {
 public:
  // `newest`: of TLS that it speaks; 0: any.
  explicit TlsClient(std::uint16_t port, int newest = 0);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] std::string name() const;  // in the server's certificate
  TlsClient& send(std::string_view bytes);
  // All that comes up to `end`, with it; less when the connection ends before.
  std::string read_to(std::string_view end);
  std::string read(std::size_t bytes);
  // True: the server said that it ends, without another byte.
  bool ended_well();

 private:
  bool fill();
  int socket_;
  SSL_CTX* context_;
  SSL* ssl_;
  bool connected_ = false;
  std::string in_;
};

// A self-signed certificate "<name>.crt" and its key "<name>.key" in `folder`.
void make_certificate(const std::filesystem::path& folder, const std::string& name);

// A new folder that goes at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace kpistream::ingest
