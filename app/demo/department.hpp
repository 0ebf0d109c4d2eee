// A sales department that was never there, day by day: inquiries come, people work on them, sell and lose. What
// happens is what its portal would tell of it. The same cast, time and seed always live the same life, so long as
// nobody stirs it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "app/demo/cast.hpp"
#include "app/demo/chance.hpp"
#include "app/demo/lists.hpp"
#include "app/demo/rows.hpp"
#include "app/demo/story.hpp"

namespace kpistream::app::demo {

// Not thread-safe. The cast must outlive it.
class Department {
 public:
  Department(const Cast& cast, const Story& story, std::uint64_t seed);
  Department(const Department&) = delete;
  Department& operator=(const Department&) = delete;

  // All that happens up to and including then.
  void live_until(UnixSeconds moment);
  // One thing more happens, right now.
  void stir(UnixSeconds now);

  [[nodiscard]] Lists& lists() { return lists_; }

 private:
  struct Inquiry {
    std::size_t person = 0;
    Staged lead;               // id 0: the portal has none, or there was none
    Staged deal;               // id 0: not yet
    std::size_t stage = 0;     // of the deal
    std::size_t loses_at = 0;  // the stage in which it is refused; beyond the last: it is sold
    bool forgotten = false;    // stays with its quote
    std::int64_t invoice = 0;
    UnixSeconds invoiced = 0;
    [[nodiscard]] Target target() const { return deal.id != 0 ? Target{false, deal.id} : Target{true, lead.id}; }
    [[nodiscard]] bool wins() const { return loses_at > kInvoiced; }
  };
  using What = std::function<void(UnixSeconds at)>;

  void at(UnixSeconds moment, What what) { ahead_.emplace(std::pair(moment, ++number_), std::move(what)); }
  [[nodiscard]] std::int64_t id() { return ++ids_; }
  [[nodiscard]] const Person& person(std::size_t index) const { return cast_.people[index]; }
  [[nodiscard]] std::size_t somebody(bool by_acts);
  [[nodiscard]] UnixSeconds change() const { return story_.week - (cast_.change_weeks - 1) * kWeek; }

  // department.cpp: days
  void plan(UnixSeconds day);
  void plan_inquiries(UnixSeconds day);
  void plan_person(UnixSeconds day, std::size_t who);
  [[nodiscard]] UnixSeconds hour_of(UnixSeconds day);  // some moment of its working hours
  [[nodiscard]] int acts_of(const Person& person, UnixSeconds day);

  // inquiries.cpp: what comes in and how it leaves
  void inquire(UnixSeconds moment);
  void describe(Inquiry& inquiry, UnixSeconds moment, Staged& record);
  void answer(Inquiry& inquiry, UnixSeconds moment);
  void work_on(Inquiry& inquiry, UnixSeconds moment);
  void decide(Inquiry& inquiry, UnixSeconds moment);  // lead or no lead
  void open_deal(Inquiry& inquiry, UnixSeconds moment);
  void next_stage(Inquiry& inquiry, UnixSeconds moment);
  void refuse(Inquiry& inquiry, UnixSeconds moment, Staged& record);
  void bill(Inquiry& inquiry, UnixSeconds moment);
  void close(const Inquiry& inquiry);
  void move(Staged& record, bool lead, UnixSeconds moment, std::string stage, std::string_view semantics);
  void put(const Staged& record, bool lead);
  void big_deal();

  // acts.cpp: work
  void act(std::size_t who, UnixSeconds moment);
  void call(std::size_t who, UnixSeconds moment, const Inquiry* about, bool incoming, bool answered);
  void ring(std::size_t who, UnixSeconds moment);  // somebody calls
  void write(std::size_t who, UnixSeconds moment, Target target);
  void plan_task(std::size_t who, UnixSeconds moment, Target target);
  void plan_meeting(std::size_t who, UnixSeconds moment);
  void note(std::size_t who, UnixSeconds moment, Target target);
  [[nodiscard]] const Inquiry* some_inquiry(std::size_t who);

  const Cast& cast_;
  const Story story_;
  Chance chance_;
  Lists lists_;
  std::map<std::pair<UnixSeconds, std::uint64_t>, What> ahead_;  // by moment, then as they were planned
  std::uint64_t number_ = 0;
  std::int64_t ids_ = 1'000;
  std::int64_t history_ = 0;
  std::deque<Inquiry> inquiries_;
  std::vector<std::vector<const Inquiry*>> open_;  // by person: those he works on
  std::vector<std::int64_t> contacts_;
};

}  // namespace kpistream::app::demo
