#include "app/query.hpp"

namespace kpistream::app {

Query::Query(std::string_view text) {
  ingest::FormLimits limits;
  limits.keys_max = kParametersMax;
  static_cast<void>(form_.parse(text, limits));  // wrong: no parameters
}

std::string Query::operator[](std::string_view name) const {
  const auto* pair = form_.find({name});
  return pair == nullptr ? std::string() : std::string(pair->value);
}

}  // namespace kpistream::app
