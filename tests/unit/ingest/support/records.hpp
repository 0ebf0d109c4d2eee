// For the tests of both dialects: samples, records, and observations as text, so that a failing test shows every field.
#pragma once

#include <string>

#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

// A file below tests/data, e.g. "amocrm/02-leads-add.form".
std::string read_sample(const std::string& name);

Record delivery(std::string body);
Record reading(std::string subject, std::string body, std::uint16_t status = 200);

// Only the fields that are not at their default, in the order of the struct; times as ISO 8601 in UTC.
std::string describe(const Observation& observation);
// Verdict, event, wishes and observations, one a line.
std::string describe(const Decoded& decoded);

}  // namespace kpistream::ingest
