// What differs from portal to portal and matters to the computation or to a dialect: mapping, not code.
#pragma once

#include <string>
#include <vector>

#include "stream/crm/vocabulary.hpp"

namespace kpistream {

struct PortalSettings {
  std::string alias;  // label value; [a-z0-9_-]{1,32}
  Crm crm = Crm::bitrix24;
  std::string zone = "Europe/Moscow";  // IANA name
  std::string currency = "RUB";        // ISO 4217; other currencies are counted apart
  UnixSeconds known_since = 0;         // figures are complete from here on; 0: from the first record
  std::int64_t talk_seconds_min = 10;  // an answered call shorter than this is "short"
  bool leads = true;                   // Bitrix24 classic mode. false (simple mode, amoCRM): an inquiry is a deal
  // Stage ids that mean "quote sent" (amoCRM: status ids), and the field that holds its sum (amoCRM: custom field id).
  std::vector<std::string> quote_stages;
  std::string quote_amount_field;
  // amoCRM: statuses of not yet accepted inquiries; task types that are meetings; enum ids that mean "invoice paid".
  std::vector<std::string> incoming_stages;
  std::vector<std::string> meeting_task_types{"2"};
  std::vector<std::string> paid_values;
  // Field that holds the reason of a refusal (Bitrix24: UF_CRM_...); amoCRM knows its own.
  std::string loss_reason_field;

  friend bool operator==(const PortalSettings&, const PortalSettings&) = default;
};

}  // namespace kpistream
