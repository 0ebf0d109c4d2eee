#include "ingest/amocrm/adapter.hpp"

#include "ingest/amocrm/deliveries.hpp"
#include "ingest/amocrm/readings.hpp"

namespace kpistream::ingest {
namespace {

class AmoAdapter : public Adapter {
 public:
  explicit AmoAdapter(const PortalSettings& settings) : settings_(settings), times_(settings) {}

  [[nodiscard]] Decoded decode(const Record& record) const override {
    return record.kind == RecordKind::reading ? decode_amocrm_reading(record, settings_)
                                              : decode_amocrm_delivery(record, settings_, times_);
  }
  [[nodiscard]] Topic topic(std::string_view event) const override { return amocrm_topic(event); }

 private:
  const PortalSettings settings_;
  const TextTimes times_;
};

}  // namespace

std::unique_ptr<Adapter> make_amocrm_adapter(const PortalSettings& settings) {
  return std::make_unique<AmoAdapter>(settings);
}

}  // namespace kpistream::ingest
