// The sample day of the Bitrix24 portal.
#pragma once

#include <string>

#include "tests/unit/ingest/support/records.hpp"

namespace kpistream::ingest {

// One raw webhook body of tests/data/bitrix24, e.g. "01.ONCRMLEADADD.form".
std::string sample_form(const std::string& name);

// The portal's first answer to "crm.deal.get?id=701" after that step of the day, as the reader would record it.
Record sample_answer(const std::string& subject, int step);

}  // namespace kpistream::ingest
