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

std::vector<std::string> Query::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const ingest::FormPair& pair : form_.pairs()) {
    if (pair.path.size() == 1 && pair.path[0] == name) values.emplace_back(pair.value);
  }
  return values;
}

std::vector<std::string> Query::list(std::string_view name) const {
  std::vector<std::string> values;
  for (const ingest::FormPair& pair : form_.pairs()) {
    const bool listed = pair.path.size() == 2 && pair.path[0] == name && pair.path[1].empty();
    if (listed) values.emplace_back(pair.value);
  }
  return values;
}

}  // namespace kpistream::app
