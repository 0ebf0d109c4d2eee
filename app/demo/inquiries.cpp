#include <algorithm>
#include <array>

#include "app/demo/department.hpp"

namespace kpistream::app::demo {
namespace {

constexpr std::array<std::int64_t, 7> kRoubles{45'000, 70'000, 95'000, 140'000, 210'000, 320'000, 560'000};
constexpr std::int64_t kBigRoubles = 3'850'000;
constexpr int kRepeatPercent = 25;
constexpr int kOldFunnelPercent = 60;  // of those who come again
constexpr int kJunkPercent = 40;       // of what is not sold never becomes a deal
constexpr int kRivalTimes = 8;         // as often as before, since the last closed week
constexpr UnixSeconds kForgetsBefore = 2 * kWeek;
constexpr std::size_t kNeverLost = kInvoiced + 1;

template <std::size_t size>
std::array<int, size> weights_of(const std::array<Named, size>& named) {
  std::array<int, size> weights{};
  for (std::size_t i = 0; i < size; ++i) weights[i] = named[i].weight;
  return weights;
}

}  // namespace

void Department::inquire(UnixSeconds moment) {
  Inquiry& inquiry = inquiries_.emplace_back();
  inquiry.person = somebody(false);
  Staged& record = cast_.leads ? inquiry.lead : inquiry.deal;
  describe(inquiry, moment, record);
  put(record, cast_.leads);
  open_[inquiry.person].push_back(&inquiry);
  if (record.source == "CALL") {
    call(inquiry.person, moment, &inquiry, true, true);
    at(moment + chance_.between(3, 8) * kMinute, [this, &inquiry](UnixSeconds then) { work_on(inquiry, then); });
    return;
  }
  const bool tarries = person(inquiry.person).habit == Habit::tarries;
  const std::array<std::int64_t, 6> usual{2, 4, 6, 9, 13, 35};
  const std::int64_t minutes = tarries ? chance_.between(22, 95) : usual[static_cast<std::size_t>(chance_.below(6))];
  at(after_work(moment, minutes * kMinute), [this, &inquiry](UnixSeconds then) { answer(inquiry, then); });
}

// What it will come to is known from the beginning, but to nobody else.
void Department::describe(Inquiry& inquiry, UnixSeconds moment, Staged& record) {
  const Person& owner = person(inquiry.person);
  auto weights = weights_of(kSources);
  weights.back() = cast_.bad_source;
  const Named& source = kSources[chance_.weighted(weights)];
  const bool bad = source.id == kBadSource;
  record.id = id();
  record.owner = owner.id;
  record.source = source.id == "CALL" && !working(moment) ? kSources[0].id : source.id;
  record.creator = record.mover = record.source == "CALL" ? owner.id : kRobot;
  record.created = record.changed = record.moved = moment;
  record.stage = kLeadStages[0].id;  // as of a deal
  record.roubles = kRoubles[static_cast<std::size_t>(chance_.below(kRoubles.size()))];
  record.repeat = !contacts_.empty() && chance_.percent(kRepeatPercent);
  record.contact = record.repeat
                       ? contacts_[static_cast<std::size_t>(chance_.below(static_cast<std::int64_t>(contacts_.size())))]
                       : id();
  if (!record.repeat) contacts_.push_back(record.contact);
  record.category = record.repeat && chance_.percent(kOldFunnelPercent) ? 1 : 0;
  if (record.category == 1 && !cast_.leads) record.stage = stage_of(1, 0);
  const bool wins = chance_.percent(owner.luck);
  inquiry.loses_at = wins && !bad ? kNeverLost : static_cast<std::size_t>(chance_.between(0, kContract));
  inquiry.forgotten = !bad && moment >= change() - kForgetsBefore && chance_.percent(cast_.forgotten);
}

void Department::answer(Inquiry& inquiry, UnixSeconds moment) {
  call(inquiry.person, moment, &inquiry, false, chance_.percent(80));
  at(moment + chance_.between(2, 6) * kMinute, [this, &inquiry](UnixSeconds then) { work_on(inquiry, then); });
}

void Department::work_on(Inquiry& inquiry, UnixSeconds moment) {
  if (cast_.leads) move(inquiry.lead, true, moment, std::string(kLeadStages[1].id), "");
  at(after_work(moment, chance_.between(1, 12) * kHour), [this, &inquiry](UnixSeconds then) { decide(inquiry, then); });
}

void Department::decide(Inquiry& inquiry, UnixSeconds moment) {
  if (!cast_.leads) return next_stage(inquiry, moment);
  const bool junk = !inquiry.wins() && !inquiry.forgotten && chance_.percent(kJunkPercent);
  if (!junk) return open_deal(inquiry, moment);
  inquiry.lead.reason = kReasons[kNoNeed].id;
  move(inquiry.lead, true, moment, std::string(kLeadStages[3].id), kLeadStages[3].semantics);
  close(inquiry);
}

void Department::open_deal(Inquiry& inquiry, UnixSeconds moment) {
  Staged& deal = inquiry.deal;
  deal = inquiry.lead;
  deal.lead = deal.id;
  deal.id = id();
  deal.creator = deal.mover = deal.owner;
  deal.created = deal.changed = deal.moved = moment;
  deal.stage = stage_of(deal.category, 0);
  put(deal, false);
  move(inquiry.lead, true, moment, std::string(kLeadStages[2].id), kLeadStages[2].semantics);
  at(after_work(moment, chance_.between(1, 8) * kHour),
     [this, &inquiry](UnixSeconds then) { next_stage(inquiry, then); });
}

void Department::next_stage(Inquiry& inquiry, UnixSeconds moment) {
  Staged& deal = inquiry.deal;
  if (inquiry.forgotten && inquiry.stage == kQuoted) return close(inquiry);
  if (!inquiry.forgotten && inquiry.stage >= inquiry.loses_at) {
    refuse(inquiry, moment, deal);
    return close(inquiry);
  }
  ++inquiry.stage;
  move(deal, false, moment, stage_of(deal.category, inquiry.stage), kDealStages[inquiry.stage].semantics);
  if (inquiry.stage == kInvoiced || inquiry.stage == kWon) bill(inquiry, moment);
  if (inquiry.stage == kWon) return close(inquiry);
  at(after_work(moment, chance_.between(2, 11) * kHour),
     [this, &inquiry](UnixSeconds then) { next_stage(inquiry, then); });
}

void Department::refuse(Inquiry& inquiry, UnixSeconds moment, Staged& record) {
  auto weights = weights_of(kReasons);
  if (moment >= story_.week) weights[kRival] *= kRivalTimes;
  record.reason = record.source == kBadSource ? kReasons[kNoNeed].id : kReasons[chance_.weighted(weights)].id;
  move(record, false, moment, stage_of(inquiry.deal.category, kLost), kDealStages[kLost].semantics);
}

// The bill goes out, and later it is paid.
void Department::bill(Inquiry& inquiry, UnixSeconds moment) {
  const bool paid = inquiry.invoice != 0;
  if (!paid) {
    inquiry.invoice = id();
    inquiry.invoiced = moment;
  }
  const Staged& deal = inquiry.deal;
  lists_.put(
      List::invoices, inquiry.invoice,
      invoice_row({inquiry.invoice, deal.owner, inquiry.invoiced, moment, paid, deal.roubles, deal.contact, deal.id}));
}

// Nobody works on it any more.
void Department::close(const Inquiry& inquiry) { std::erase(open_[inquiry.person], &inquiry); }

void Department::move(Staged& record, bool lead, UnixSeconds moment, std::string stage, std::string_view semantics) {
  record.stage = std::move(stage);
  record.semantics = semantics;
  record.changed = record.moved = moment;
  record.mover = record.owner;
  put(record, lead);
}

void Department::put(const Staged& record, bool lead) {
  lists_.put(lead ? List::leads : List::deals, record.id, lead ? lead_row(record) : deal_row(record));
  ++history_;
  lists_.put(lead ? List::lead_history : List::deal_history, history_, history_row(history_, lead, record));
}

// Sold with great joy, counted in the week's table, and not sold after all.
void Department::big_deal() {
  at(story_.won - 9 * kDay, [this](UnixSeconds moment) {
    Inquiry& inquiry = inquiries_.emplace_back();
    Staged& deal = inquiry.deal;
    deal.id = id();
    deal.owner = deal.creator = deal.mover = person(inquiry.person).id;
    deal.created = deal.changed = deal.moved = moment;
    deal.stage = stage_of(0, 0);
    deal.roubles = kBigRoubles;
    deal.contact = id();
    deal.source = kSources[3].id;
    put(deal, false);
    for (std::size_t stage = 1; stage <= kWon; ++stage) {
      const UnixSeconds when = stage == kWon ? story_.won : at_work(moment + static_cast<UnixSeconds>(stage) * kDay);
      at(when, [this, &deal, stage](UnixSeconds then) {
        move(deal, false, then, stage_of(0, stage), kDealStages[stage].semantics);
      });
    }
    at(story_.reopened, [this, &deal](UnixSeconds then) { move(deal, false, then, stage_of(0, kContract), ""); });
  });
}

}  // namespace kpistream::app::demo
