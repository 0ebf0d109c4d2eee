// The inside of a TlsIdentity: brings Asio along. Inside this room only.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <string>

#include "ingest/http/tls.hpp"

namespace kpistream::ingest {

struct TlsIdentity::Impl {
  boost::asio::ssl::context context{boost::asio::ssl::context::tls_server};
  std::string fingerprint;
};

}  // namespace kpistream::ingest
