// --web.config.file: TLS and passwords of the admin address, in the form that Prometheus and its exporters read.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ingest/http/tls.hpp"

namespace kpistream::app {

struct WebUser {
  std::string name;
  std::string hash;  // bcrypt
  friend bool operator==(const WebUser&, const WebUser&) = default;
};

struct WebConfig {
  std::shared_ptr<const ingest::TlsIdentity> identity;  // none: in the clear
  std::vector<WebUser> users;                           // none: nobody is asked
};

// Mistakes are added to `errors` as "file:line:column: path: message", and what is wrong is left out. An empty path: no
// file, the defaults. Reads the certificate and the key too; names of files are relative to this one.
[[nodiscard]] WebConfig load_web_config(const std::string& file, std::vector<std::string>& errors);

}  // namespace kpistream::app
