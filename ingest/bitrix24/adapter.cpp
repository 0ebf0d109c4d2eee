#include "ingest/bitrix24/adapter.hpp"

#include "ingest/bitrix24/deliveries.hpp"
#include "ingest/bitrix24/readings.hpp"

namespace kpistream::ingest {
namespace {

class Bitrix24Adapter : public Adapter {
 public:
  explicit Bitrix24Adapter(const PortalSettings& settings) : settings_(settings) {}

  [[nodiscard]] Decoded decode(const Record& record) const override {
    return record.kind == RecordKind::reading ? decode_bitrix24_reading(record, settings_)
                                              : decode_bitrix24_delivery(record, settings_);
  }
  [[nodiscard]] Topic topic(std::string_view event) const override { return bitrix24_topic(event); }

 private:
  const PortalSettings settings_;
};

}  // namespace

std::unique_ptr<Adapter> make_bitrix24_adapter(const PortalSettings& settings) {
  return std::make_unique<Bitrix24Adapter>(settings);
}

}  // namespace kpistream::ingest
