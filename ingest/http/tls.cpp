#include "ingest/http/tls.hpp"

#include <array>
#include <stdexcept>

#include "ingest/http/tls_context.hpp"

namespace kpistream::ingest {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

void refuse_if(const error_code& error, const std::string& file) {
  if (error) throw std::runtime_error("cannot use '" + file + "': " + error.message());
}

std::string fingerprint_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  return {digest.begin(), digest.begin() + size};
}

}  // namespace

TlsIdentity::TlsIdentity(const std::string& certificate_file, const std::string& key_file)
    : impl_(std::make_unique<Impl>()) {
  ssl::context& context = impl_->context;
  SSL_CTX* const native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // hundreds of streams are idle most of the time
  error_code error;
  context.set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); }, error);
  context.use_certificate_chain_file(certificate_file, error);
  refuse_if(error, certificate_file);
  context.use_private_key_file(key_file, ssl::context::pem, error);
  refuse_if(error, key_file);
  impl_->fingerprint = fingerprint_of(SSL_CTX_get0_certificate(native));
}

TlsIdentity::~TlsIdentity() = default;

const std::string& TlsIdentity::fingerprint() const { return impl_->fingerprint; }

}  // namespace kpistream::ingest
