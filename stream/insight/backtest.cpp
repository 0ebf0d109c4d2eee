#include "stream/insight/backtest.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace kpistream::insight {
namespace {

// One day of one alert: what has held since when, look by look.
class Watch {
 public:
  Watch(const Alert& alert, Day day, std::vector<Firing>& firings) : alert_(alert), day_(day), firings_(firings) {}

  void look(UnixSeconds at, const AlertFindings& findings) {
    std::map<std::string, Held> held;
    for (const auto& [subject, value] : findings) {
      const auto before = held_.find(subject);
      Held each = before == held_.end() ? Held{at, npos} : before->second;
      if (each.firing == npos && at - each.since >= alert_.hold) {
        each.firing = firings_.size();
        firings_.push_back({day_, alert_.name, subject, at, at, value});
      }
      if (each.firing != npos) firings_[each.firing].until = at;
      held.emplace(subject, each);
    }
    held_ = std::move(held);
  }

 private:
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
  struct Held {
    UnixSeconds since = 0;
    std::size_t firing = npos;  // where in firings_
  };

  const Alert& alert_;
  const Day day_;
  std::vector<Firing>& firings_;
  std::map<std::string, Held> held_;  // by subject
};

// The moments at which a day is looked at: in working time, up to now.
std::vector<UnixSeconds> looks(const Figures& figures, Day day) {
  const Calendar& calendar = figures.calendar();
  std::vector<UnixSeconds> found;
  const UnixSeconds end = std::min(calendar.begin_of(day + 1) * 60, figures.now() + 1);
  for (UnixSeconds at = calendar.begin_of(day) * 60; at < end; at += kLookSeconds) {
    if (calendar.working(at)) found.push_back(at);
  }
  return found;
}

// What is about closed weeks and plans hardly moves within a day: it is looked at once, when the day ends.
void look_at_day(const Alert& alert, const Figures& figures, const AlertThresholds& thresholds, Day day, UnixSeconds at,
                 std::vector<Firing>& firings) {
  for (const auto& [subject, value] : alert.judge(FiguresAt(figures, at), thresholds)) {
    firings.push_back({day, alert.name, subject, at, at, value});
  }
}

}  // namespace

std::vector<Firing> backtest(const Figures& figures, const AlertThresholds& thresholds, Day first, Day last,
                             const std::function<void(Day)>& looked) {
  std::vector<Firing> firings;
  for (Day day = first; day <= std::min(last, today(figures)); ++day) {
    const auto moments = looks(figures, day);
    for (const Alert& alert : alerts()) {
      if (alert.judge == nullptr || moments.empty()) continue;
      if (!alert.changes_in_day) {
        look_at_day(alert, figures, thresholds, day, moments.back(), firings);
        continue;
      }
      Watch watch(alert, day, firings);
      for (const UnixSeconds at : moments) watch.look(at, alert.judge(FiguresAt(figures, at), thresholds));
    }
    if (looked) looked(day);
  }
  std::stable_sort(firings.begin(), firings.end(), [](const Firing& a, const Firing& b) {
    return std::pair(a.day, a.from) < std::pair(b.day, b.from);
  });
  return firings;
}

}  // namespace kpistream::insight
