// Times that amoCRM tells as text without a zone, "2026-11-17 14:00:00". Kommo means UTC by them, amoCRM means Moscow
// (fact sheet, 2.6), and nobody promises either: the last resort, where no REST answer will tell better.
// Internal to ingest/amocrm.
#pragma once

#include <string_view>

#include "ingest/form/form.hpp"
#include "stream/kpi/calendar.hpp"
#include "stream/portal.hpp"

namespace kpistream::ingest {

// Immutable and thread-safe.
class TextTimes {
 public:
  // Throws std::runtime_error when a zone is not in the system's database.
  explicit TextTimes(const PortalSettings& settings);

  // Whether text counts at all: PortalSettings::text_times.
  [[nodiscard]] bool count() const { return count_; }
  // By PortalSettings::text_zone, else by the host that the account block of the body names; without one Moscow.
  // 0: it is no such time.
  [[nodiscard]] UnixSeconds read(std::string_view text, std::string_view host) const;

 private:
  bool count_;
  bool fixed_;
  Calendar local_;  // of text_zone, or Moscow's
  Calendar utc_;
};

// "x.kommo.com" of account[_links][self]; empty when it is not told.
[[nodiscard]] std::string_view host_in(const Form& form);

}  // namespace kpistream::ingest
