// Webhook bodies in few words.
#pragma once

#include <algorithm>
#include <string>

namespace kpistream::ingest {

// "a=1 b=2" under a prefix: "leads[add][0][a]=1&leads[add][0][b]=2".
inline std::string record(const std::string& prefix, const std::string& fields) {
  std::string body;
  for (std::size_t at = 0; at < fields.size();) {
    const auto end = std::min(fields.find(' ', at), fields.size());
    const std::string field = fields.substr(at, end - at);
    const auto equals = field.find('=');
    const std::string name = field.substr(0, equals);
    const auto bracket = std::min(name.find('['), name.size());
    body += (body.empty() ? "" : "&") + prefix + "[" + name.substr(0, bracket) + "]" + name.substr(bracket) +
            field.substr(equals);
    at = end + 1;
  }
  return body;
}

}  // namespace kpistream::ingest
