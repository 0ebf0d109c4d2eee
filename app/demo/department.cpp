#include "app/demo/department.hpp"

#include <algorithm>

namespace kpistream::app::demo {
namespace {

constexpr int kWarmUpWeeks = 3;         // lived before anybody looks, so that there is work in hand then
constexpr std::int64_t kNightly = 2;    // inquiries by the site at any hour of any day
constexpr int kHalvedPercent = 34;      // of his acts remain
constexpr std::int64_t kRingsMost = 9;  // incoming calls of a person and day
constexpr std::int64_t kMeetingsMost = 2;

}  // namespace

Department::Department(const Cast& cast, const Story& story, std::uint64_t seed)
    : cast_(cast),
      story_(story),
      chance_(seed),
      lists_(std::string(cast.portal), story.begins - kWarmUpWeeks * kWeek),
      open_(cast.people.size()) {
  for (auto& [subject, body] : directories(cast, story.begins)) lists_.put_single(std::move(subject), std::move(body));
  if (cast.reopens) big_deal();
  at(story.begins - kWarmUpWeeks * kWeek, [this](UnixSeconds day) { plan(day); });
}

void Department::live_until(UnixSeconds moment) {
  while (!ahead_.empty() && ahead_.begin()->first.first <= moment) {
    auto next = ahead_.extract(ahead_.begin());
    next.mapped()(next.key().first);
  }
}

void Department::stir(UnixSeconds now) {
  if (chance_.below(16) == 0) return inquire(now);
  const std::size_t who = somebody(true);
  if (chance_.below(6) == 0) return ring(who, now);
  act(who, now);
}

std::size_t Department::somebody(bool by_acts) {
  std::vector<int> weights;
  for (const Person& each : cast_.people) weights.push_back(by_acts ? each.acts : each.leads);
  return chance_.weighted(weights);
}

void Department::plan(UnixSeconds day) {
  at(day + kDay, [this](UnixSeconds next) { plan(next); });
  plan_inquiries(day);
  if (day < story_.begins || !working(day + kOpens * kHour)) return;
  for (std::size_t who = 0; who < cast_.people.size(); ++who) plan_person(day, who);
}

void Department::plan_inquiries(UnixSeconds day) {
  const auto come_in = [this](UnixSeconds moment) { inquire(moment); };
  for (std::int64_t i = chance_.below(kNightly + 1); i > 0; --i) at(day + chance_.below(kDay), come_in);
  if (!working(day + kOpens * kHour)) return;
  int count = cast_.inquiries + static_cast<int>(chance_.between(-3, 3));
  if (day >= change()) count = count * cast_.change_percent / 100;
  for (; count > 0; --count) at(hour_of(day), come_in);
}

void Department::plan_person(UnixSeconds day, std::size_t who) {
  const int acts = acts_of(person(who), day);
  for (int i = 0; i < acts; ++i) at(hour_of(day), [this, who](UnixSeconds moment) { act(who, moment); });
  const std::int64_t most = person(who).habit == Habit::idles ? kRingsMost / 3 : kRingsMost;
  for (std::int64_t i = chance_.between(most / 2, most); i > 0; --i) {
    at(hour_of(day), [this, who](UnixSeconds moment) { ring(who, moment); });
  }
  for (std::int64_t i = chance_.between(1, kMeetingsMost); i > 0; --i) {
    at(hour_of(day), [this, who](UnixSeconds moment) { plan_meeting(who, moment); });
  }
}

UnixSeconds Department::hour_of(UnixSeconds day) {
  return day + kOpens * kHour + chance_.between(2 * kMinute, (kCloses - kOpens) * kHour - 2 * kMinute);
}

int Department::acts_of(const Person& person, UnixSeconds day) {
  const int acts = person.acts * static_cast<int>(chance_.between(88, 112)) / 100;
  return person.habit == Habit::halves && day >= story_.week ? acts * kHalvedPercent / 100 : acts;
}

}  // namespace kpistream::app::demo
