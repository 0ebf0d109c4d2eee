// What the tests of definitions share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "app/kpi_reader.hpp"

namespace kpistream::app::tests {

inline CatalogueResult over_built_in(const std::string& text) {
  return read_catalogue(text, "k.yml", built_in_catalogue());
}

// Errors of a file over the built-in KPIs, without the name of the file.
inline std::vector<std::string> errors(const std::string& text) {
  auto all = over_built_in(text).errors;
  for (auto& error : all) error = error.substr(std::string("k.yml:").size());
  return all;
}

// Of one KPI `x` that stands at line 3, indented by 4.
inline std::vector<std::string> errors_of(const std::string& body) { return errors("kpis:\n  x:\n    " + body); }

template <class Kpis>
auto named(const Kpis& kpis, std::string_view id) {
  const auto it = std::find_if(kpis.begin(), kpis.end(), [&](const auto& kpi) { return kpi.id == id; });
  return it == kpis.end() ? nullptr : &*it;
}

inline Definition definition(const std::string& body) {
  const auto result = over_built_in("kpis:\n  x:\n    " + body);
  EXPECT_THAT(result.errors, testing::IsEmpty());
  return result.catalogue ? *named(result.catalogue->definitions, "x") : Definition();
}

}  // namespace kpistream::app::tests
