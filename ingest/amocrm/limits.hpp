// Limits of amoCRM bodies: batches of many entities come in one. Internal to ingest/amocrm.
#pragma once

#include "ingest/form/form.hpp"

namespace kpistream::ingest {

[[nodiscard]] inline FormLimits amocrm_form_limits() {
  FormLimits limits;
  limits.keys_max = 5'000;
  limits.depth_max = 8;
  return limits;
}

}  // namespace kpistream::ingest
