#include <algorithm>
#include <array>

#include "app/demo/department.hpp"

namespace kpistream::app::demo {
namespace {

constexpr int kMissedPercent = 3;
constexpr int kMissedWhenDeafPercent = 95;
constexpr int kSilentDays = 3;
constexpr int kCalledBackPercent = 70;
constexpr int kReachedPercent = 70;
constexpr int kDonePercent = 94;  // of tasks, in time
constexpr int kHeldPercent = 90;  // of meetings

enum Kind : std::uint8_t { kCall, kMail, kNote, kTask };
constexpr std::array<int, 4> kKinds{34, 26, 10, 30};

}  // namespace

const Department::Inquiry* Department::some_inquiry(std::size_t who) {
  const auto& open = open_[who];
  if (open.empty()) return nullptr;
  return open[static_cast<std::size_t>(chance_.below(static_cast<std::int64_t>(open.size())))];
}

void Department::act(std::size_t who, UnixSeconds moment) {
  const Inquiry* about = some_inquiry(who);
  auto kind = static_cast<Kind>(chance_.weighted(kKinds));
  if (kind == kTask && person(who).habit == Habit::plans_not) kind = kMail;
  if (kind == kNote && about == nullptr) kind = kMail;
  const Target target = about == nullptr ? Target{} : about->target();
  switch (kind) {
    case kCall:
      return call(who, moment, about, false, chance_.percent(kReachedPercent));
    case kMail:
      return write(who, moment, target);
    case kNote:
      return note(who, moment, target);
    case kTask:
      return plan_task(who, moment, target);
  }
}

void Department::call(std::size_t who, UnixSeconds moment, const Inquiry* about, bool incoming, bool answered) {
  Call call{.id = id(), .owner = person(who).id, .incoming = incoming, .answered = answered, .start = moment};
  if (answered) call.seconds = chance_.between(15, 420);
  call.contact = call.id;
  if (about != nullptr) {
    call.contact = (about->deal.id != 0 ? about->deal : about->lead).contact;
    call.target = about->target();
  }
  lists_.tell(call_webhook(call));
  lists_.put(List::calls, call.id, call_row(call));
}

void Department::ring(std::size_t who, UnixSeconds moment) {
  const bool deaf =
      person(who).habit == Habit::deaf && moment >= story_.silence && moment < story_.silence + kSilentDays * kDay;
  const bool missed = chance_.percent(deaf ? kMissedWhenDeafPercent : kMissedPercent);
  const Inquiry* about = some_inquiry(who);
  call(who, moment, about, true, !missed);
  if (!missed || about == nullptr || !chance_.percent(kCalledBackPercent)) return;
  at(after_work(moment, chance_.between(3, 50) * kMinute),
     [this, who, about](UnixSeconds then) { call(who, then, about, false, true); });
}

void Department::write(std::size_t who, UnixSeconds moment, Target target) {
  Activity letter{.id = id(),
                  .owner = person(who).id,
                  .created = moment,
                  .changed = moment,
                  .start = moment,
                  .end = moment,
                  .done = true,
                  .target = target};
  lists_.put(List::activities, letter.id, activity_row(letter));
}

void Department::note(std::size_t who, UnixSeconds moment, Target target) {
  auto [subject, body] = comment(id(), person(who).id, moment, target);
  lists_.put_single(std::move(subject), std::move(body));
}

void Department::plan_task(std::size_t who, UnixSeconds moment, Target target) {
  Task task{.id = id(), .owner = person(who).id, .created = moment, .changed = moment, .target = target};
  task.deadline = working_day_after(moment, static_cast<int>(chance_.between(1, 3))) + chance_.between(1, 8) * kHour;
  lists_.put(List::tasks, task.id, task_row(task));
  const bool in_time = chance_.percent(kDonePercent);
  const UnixSeconds done = in_time ? task.deadline - chance_.between(5, 55) * kMinute
                                   : after_work(task.deadline, chance_.between(3, 20) * kHour);
  at(done, [this, task](UnixSeconds then) mutable {
    task.done = true;
    task.changed = then;
    lists_.put(List::tasks, task.id, task_row(task));
  });
}

void Department::plan_meeting(std::size_t who, UnixSeconds moment) {
  Activity meeting{.id = id(), .meeting = true, .owner = person(who).id, .created = moment, .changed = moment};
  if (const Inquiry* about = some_inquiry(who)) meeting.target = about->target();
  meeting.start = working_day_after(moment, static_cast<int>(chance_.between(2, 4))) + chance_.between(1, 7) * kHour;
  meeting.end = meeting.start + kHour;
  if (person(who).habit == Habit::plans_not && meeting.start >= day_of(story_.now) + kDay) return;
  lists_.put(List::activities, meeting.id, activity_row(meeting));
  const bool held = chance_.percent(kHeldPercent);
  at(meeting.end + 5 * kMinute, [this, meeting, held](UnixSeconds then) mutable {
    meeting.changed = then;
    meeting.done = held;
    if (!held) meeting.start = meeting.end = meeting.start + kDay;  // put off, and never heard of again
    lists_.put(List::activities, meeting.id, activity_row(meeting));
  });
}

}  // namespace kpistream::app::demo
