// What a server shows to clients that speak TLS.
#pragma once

#include <memory>
#include <string>

namespace kpistream::ingest {

// A certificate and its key, for TLS 1.2 and newer. Unchanging and thread-safe. Connections that began with it keep it
// alive as long as they need it.
class TlsIdentity {
 public:
  // Reads PEM files; of a chain the own certificate comes first. Throws std::runtime_error that names the file and the
  // reason.
  TlsIdentity(const std::string& certificate_file, const std::string& key_file);
  ~TlsIdentity();
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;

  // SHA-256 of the certificate in DER: what a client of our own can know it by. 32 bytes.
  [[nodiscard]] const std::string& fingerprint() const;

  struct Impl;
  [[nodiscard]] Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace kpistream::ingest
