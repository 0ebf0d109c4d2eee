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
  settings.quote_amount_field = "701001";
  settings.incoming_stages = {"68000010", "68000110"};
  settings.paid_values = {"4600002"};
  return settings;
}

}  // namespace kpistream::ingest
