// Figures read straight from the state: any range, at any moment, a few milliseconds each.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stream/kpi/coverage.hpp"
#include "stream/kpi/definition.hpp"
#include "stream/kpi/figures.hpp"
#include "stream/ports/state.hpp"

namespace kpistream {

// What it tells is consistent while nobody writes the state. Not thread-safe. Everything passed in must outlive it.
class StateFigures : public Figures {
 public:
  StateFigures(const State& state, const std::vector<Definition>& definitions, const PortalSettings& portal,
               const Calendar& calendar, UnixSeconds now);

  [[nodiscard]] std::map<std::string, Cell> sums(std::string_view kpi, Family family,
                                                 const Range& range) const override;
  [[nodiscard]] Cell sum(std::string_view kpi, const Range& range) const override;
  [[nodiscard]] std::map<std::string, Cell> labelled(std::string_view kpi, std::string_view label,
                                                     const Range& range) const override;
  [[nodiscard]] const Calendar& calendar() const override { return calendar_; }
  [[nodiscard]] const PortalSettings& settings() const override { return portal_; }
  [[nodiscard]] const std::map<std::string, std::string>& teams() const override;
  [[nodiscard]] UnixSeconds now() const override { return now_; }
  [[nodiscard]] UnixSeconds known_since() const override { return verified_.since; }
  [[nodiscard]] std::int64_t coverage(const Range& range) const override;

 private:
  [[nodiscard]] const Definition* find(std::string_view kpi) const;

  const State& state_;
  const std::vector<Definition>& definitions_;
  const PortalSettings& portal_;
  const Calendar& calendar_;
  const UnixSeconds now_;
  const TableVerified verified_;
  mutable std::optional<std::map<std::string, std::string>> teams_;  // once they were asked for
};

}  // namespace kpistream
