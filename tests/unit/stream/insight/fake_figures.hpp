// Figures in memory, as a test puts them down. Deliberately simple: every question goes through every entry.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "stream/kpi/duration.hpp"
#include "stream/kpi/figures.hpp"
#include "stream/kpi/teams.hpp"

namespace kpistream::tests {

inline constexpr Day kMonday = 20'710;  // 2026-09-14

// Whose a figure is.
struct Of {
  std::string pipeline = "main";
  std::string manager = "none";
  std::string source = "none";
  std::map<std::string, std::string> labels = {};
};

class FakeFigures : public Figures {
 public:
  // Wednesday 2026-09-16, noon in Moscow, known for ever, unless a test says otherwise.
  explicit FakeFigures(PortalSettings portal = {})
      : portal_(std::move(portal)), calendar_(std::make_shared<const Calendar>(portal_)) {
    now_ = moment(kMonday + 2, 12);
  }

  // A local time of a day. REQUIRES: a day without a change of the clocks.
  [[nodiscard]] UnixSeconds moment(Day day, int hour, int minute = 0) const {
    return calendar_->begin_of(day) * 60 + hour * 3'600 + minute * 60;
  }
  void go(UnixSeconds now) { now_ = now; }
  void know_since(UnixSeconds since) { known_since_ = since; }
  // Days [first, last) were not verified.
  void hole(Day first, Day last) { holes_.push_back({calendar_->begin_of(first), calendar_->begin_of(last)}); }

  void put_at(const std::string& kpi, UnixSeconds at, std::int64_t count, const Of& of = {}, std::int64_t sum = 0) {
    Cell cell;
    cell.add(kCountSlot, count);
    cell.add(kSumSlot, sum);
    entries_.push_back({kpi, minute_of(at), of, cell});
  }
  // At noon of a day.
  void put(const std::string& kpi, Day day, std::int64_t count, const Of& of = {}, std::int64_t sum = 0) {
    put_at(kpi, moment(day, 12), count, of, sum);
  }
  void put_durations(const std::string& kpi, Day day, std::int64_t count, std::int64_t seconds, const Of& of = {}) {
    Cell cell;
    cell.add(kCountSlot, count);
    cell.add(kFirstBucketSlot + log_bucket(seconds), count);
    entries_.push_back({kpi, minute_of(moment(day, 12)), of, cell});
  }
  void forget(const std::string& kpi) {
    std::erase_if(entries_, [&](const Entry& each) { return each.kpi == kpi; });
  }

  [[nodiscard]] std::map<std::string, Cell> sums(std::string_view kpi, Family family,
                                                 const Range& range) const override;
  [[nodiscard]] Cell sum(std::string_view kpi, const Range& range) const override;
  [[nodiscard]] std::map<std::string, Cell> labelled(std::string_view kpi, std::string_view label,
                                                     const Range& range) const override;
  [[nodiscard]] const Calendar& calendar() const override { return *calendar_; }
  [[nodiscard]] const std::map<std::string, std::string>& teams() const override {
    return teams_ = teams_of(portal_);  // tests change the settings
  }
  [[nodiscard]] const PortalSettings& settings() const override { return portal_; }
  [[nodiscard]] UnixSeconds now() const override { return now_; }
  [[nodiscard]] UnixSeconds known_since() const override { return known_since_; }
  [[nodiscard]] std::int64_t coverage(const Range& range) const override;

  // Settings that the calendar does not depend on may change at any time.
  PortalSettings& change() { return portal_; }

 private:
  struct Entry {
    std::string kpi;
    Minute minute;
    Of of;
    Cell cell;
  };
  template <typename Visit>
  void each(std::string_view kpi, const Range& range, const Visit& visit) const {
    for (const Entry& entry : entries_) {
      if (entry.kpi == kpi && range.first <= entry.minute && entry.minute < range.last) visit(entry);
    }
  }

  PortalSettings portal_;
  std::shared_ptr<const Calendar> calendar_;
  mutable std::map<std::string, std::string> teams_;
  UnixSeconds now_ = 0;
  UnixSeconds known_since_ = 1;
  std::vector<Range> holes_;
  std::vector<Entry> entries_;
};

}  // namespace kpistream::tests
