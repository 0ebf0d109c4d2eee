// The sample day of the Bitrix24 portal, and observations as text, so that a failing test shows every field.
#pragma once

#include <string>
#include <string_view>

#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

// One raw webhook body of tests/data/bitrix24, e.g. "01.ONCRMLEADADD.form".
std::string sample_form(const std::string& name);

// The portal's first answer to "crm.deal.get?id=701" after that step of the day, as the reader would record it.
Record sample_answer(const std::string& subject, int step);

Record delivery(std::string body);
Record reading(std::string subject, std::string body, std::uint16_t status = 200);

// Only the fields that are not at their default, in the order of the struct; times as ISO 8601 in UTC.
std::string describe(const Observation& observation);
// Verdict, event, wishes and observations, one a line.
std::string describe(const Decoded& decoded);

}  // namespace kpistream::ingest
