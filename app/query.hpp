// The parameters of an address: "portal=acme&kpi=deals_won".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ingest/form/form.hpp"

namespace kpistream::app {

// Percent-decoded. Not thread-safe.
class Query {
 public:
  static constexpr std::size_t kParametersMax = 512;

  // Of a query that is too long or has too many parameters, none is there.
  explicit Query(std::string_view text);

  // The first one of that name; empty: there is none.
  [[nodiscard]] std::string operator[](std::string_view name) const;
  // All of that name, in their order.
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  // Of a list, "name[]=a&name[]=b": its values in their order.
  [[nodiscard]] std::vector<std::string> list(std::string_view name) const;

 private:
  ingest::Form form_;
};

}  // namespace kpistream::app
