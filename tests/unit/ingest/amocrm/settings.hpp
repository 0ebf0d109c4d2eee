// The account of the sample day, as an owner would configure it.
#pragma once

#include "stream/portal.hpp"

namespace kpistream::ingest {

inline PortalSettings demo_settings() {
  PortalSettings settings;
  settings.alias = "demo";
  settings.crm = Crm::amocrm;
  settings.leads = false;
  settings.quote_stages = {"68000040"};
  settings.fields = {{"quote_sum", "701001"}, {"product", "701007"}};
  settings.quote_amount_field = "quote_sum";
  settings.incoming_stages = {"68000010", "68000110"};
  settings.paid_values = {"4600002"};
  return settings;
}

}  // namespace kpistream::ingest
