// Events of Bitrix24, as webhooks bring them and as the queue of offline events holds them. Internal to
// ingest/bitrix24.
#pragma once

#include <string>
#include <string_view>

#include "stream/portal.hpp"
#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

// The `data` of an event, in whatever form it came.
class EventData {
 public:
  virtual ~EventData() = default;
  // data[key], or data[key][inner]; "" when there is none.
  [[nodiscard]] virtual std::string value(std::string_view key, std::string_view inner = {}) const = 0;
};

// `name`: in any case.
[[nodiscard]] Decoded decode_bitrix24_event(std::string_view name, const EventData& data,
                                            const PortalSettings& settings);
[[nodiscard]] Decoded decode_bitrix24_delivery(const Record& record, const PortalSettings& settings);
[[nodiscard]] Topic bitrix24_topic(std::string_view event);

}  // namespace kpistream::ingest
