#include "stream/periods/advice_states.hpp"

#include <gtest/gtest.h>

#include "stream/codec/bytes.hpp"
#include "stream/memory_state.hpp"
#include "stream/periods/keys.hpp"
#include "tests/unit/stream/insight/fake_figures.hpp"

namespace kpistream::periods {
namespace {

using insight::Card;
using kpistream::tests::FakeFigures;
using kpistream::tests::kMonday;

FakeFigures missed(int missed, int incoming) {
  FakeFigures figures;
  figures.put("calls_in", kMonday - 6, incoming);
  figures.put("calls_missed", kMonday - 6, missed);
  return figures;
}

Card card() { return insight::advice(missed(22, 101)).at(0); }

AdviceChange change(AdviceStatus status, UnixSeconds at) { return {status, "7", 900, at}; }

TEST(AdviceStates, AreKeptWithTheCardAsItWas) {
  MemoryState state;
  Card then = card();
  then.evidence.push_back({"deals_won", {1, 2}, kSumSlot, "tomorrow"});
  EXPECT_EQ(advice_state(state, "acme", then.id).status, AdviceStatus::fresh);
  const auto accepted = change_advice({}, change(AdviceStatus::accepted, 500), then);
  ASSERT_TRUE(accepted);
  StateBatch batch;
  put_advice(batch, "acme", then.id, *accepted);
  put_advice(batch, "other", "another", {});
  state.apply(batch);
  const AdviceState kept = advice_state(state, "acme", then.id);
  EXPECT_EQ(kept.status, AdviceStatus::accepted);
  EXPECT_EQ(kept.owner, "7");
  EXPECT_EQ(kept.due, 900);
  EXPECT_EQ(kept.changed, 500);
  EXPECT_EQ(kept.accepted, 500);
  ASSERT_TRUE(kept.card);
  EXPECT_EQ(kept.card->id, then.id);
  EXPECT_EQ(kept.card->rule, then.rule);
  EXPECT_EQ(kept.card->subject, then.subject);
  EXPECT_EQ(kept.card->severity, then.severity);
  EXPECT_EQ(kept.card->confidence, then.confidence);
  EXPECT_EQ(kept.card->period, then.period);
  EXPECT_EQ(kept.card->parts, then.parts);
  EXPECT_EQ(kept.card->problem, then.problem);
  EXPECT_EQ(kept.card->how, then.how);
  EXPECT_EQ(kept.card->affects, then.affects);
  EXPECT_EQ(kept.card->ratio, then.ratio);
  EXPECT_EQ(kept.card->evidence, then.evidence);
  EXPECT_EQ(advice_states(state, "acme").size(), 1U);
  EXPECT_TRUE(advice_states(state, "acme").contains(then.id));
}

TEST(AdviceStates, AreReadWithEvidenceThatWasKeptBeforeItSaidWhatIsRead) {
  std::string value;
  ByteWriter out(value);
  out.byte(1);  // the format
  out.byte(1);  // accepted
  out.text("7");
  for (const std::int64_t number : {900, 500, 500}) out.integer(number);
  out.byte(1);
  for (const auto* text : {"clot/portal/2026-09-07", "clot"}) out.text(text);
  out.byte(0);
  for (int i = 0; i < 3; ++i) out.text("");
  for (int i = 0; i < 2; ++i) out.byte(0);
  for (int i = 0; i < 3; ++i) out.integer(i);
  for (int i = 0; i < 8; ++i) out.text("");
  out.varint(1);
  out.text("new_leads");
  out.integer(10);
  out.integer(20);
  MemoryState state;
  StateBatch batch;
  batch.puts.push_back({Space::periods, advice_key("acme", "x"), value});
  state.apply(batch);
  const AdviceState kept = advice_state(state, "acme", "x");
  ASSERT_TRUE(kept.card);
  EXPECT_EQ(kept.card->evidence, (std::vector<insight::Proof>{{"new_leads", {10, 20}}}));
}

TEST(AdviceStates, FollowOneAnother) {
  using enum AdviceStatus;
  const auto may = [](AdviceStatus from, AdviceStatus to) {
    AdviceState state;
    state.status = from;
    return change_advice(state, change(to, 1), card()).has_value();
  };
  const std::map<AdviceStatus, std::vector<AdviceStatus>> allowed{{fresh, {accepted, declined}},
                                                                  {accepted, {accepted, declined, done}},
                                                                  {declined, {accepted, declined}},
                                                                  {done, {accepted}}};
  for (const auto from : {fresh, accepted, declined, done}) {
    for (const auto to : {fresh, accepted, declined, done}) {
      const auto& list = allowed.at(from);
      EXPECT_EQ(may(from, to), std::find(list.begin(), list.end(), to) != list.end())
          << advice_status_name(from) << " to " << advice_status_name(to);
    }
  }
}

TEST(AdviceStates, TheEffectCountsFromTheFirstAcceptance) {
  const Card then = card();
  auto state = *change_advice({}, change(AdviceStatus::accepted, 500), then);
  Card later = then;
  later.parts.value = 1;
  state = *change_advice(state, {AdviceStatus::accepted, "9", 1'000, 600}, later);
  EXPECT_EQ(state.owner, "9");
  EXPECT_EQ(state.due, 1'000);
  EXPECT_EQ(state.changed, 500);
  EXPECT_EQ(state.accepted, 500);
  EXPECT_EQ(state.card->parts, then.parts);
  state = *change_advice(state, change(AdviceStatus::done, 700), later);
  EXPECT_EQ(state.changed, 700);
  EXPECT_EQ(state.accepted, 500);
  state = *change_advice(*change_advice(state, change(AdviceStatus::accepted, 800), later),
                         change(AdviceStatus::declined, 900), later);
  state = *change_advice(state, change(AdviceStatus::accepted, 950), later);
  EXPECT_EQ(state.accepted, 950) << "after it was declined it begins anew";
  EXPECT_EQ(state.card->parts, later.parts);
}

TEST(AdviceStates, ItsEffectIsThatOfTheAcceptedCard) {
  FakeFigures figures = missed(22, 101);
  figures.put("calls_in", kMonday + 1, 100);
  figures.put("calls_missed", kMonday + 1, 5);
  const UnixSeconds accepted = figures.now();
  const auto state = *change_advice({}, change(AdviceStatus::accepted, accepted), insight::advice(figures).at(0));
  figures.go(accepted + 8 * 86'400);
  const auto effect = effect_of(figures, state);
  EXPECT_EQ(effect.at(0), (insight::Compared{22, 101}));
  EXPECT_EQ(effect.at(1), (insight::Compared{5, 100}));
  EXPECT_FALSE(effect.at(2)) << "two weeks are not over";
  EXPECT_FALSE(effect_of(figures, {}).at(0)) << "nobody has accepted it";
}

TEST(AdviceStates, NamesAndDamage) {
  for (const auto* name : {"new", "accepted", "declined", "done"}) {
    EXPECT_EQ(advice_status_name(advice_status_of(name).value()), name);
  }
  EXPECT_FALSE(advice_status_of("fresh"));
  MemoryState state;
  StateBatch batch;
  batch.puts.push_back({Space::periods, advice_key("acme", "x"), "\x01\x09"});
  state.apply(batch);
  EXPECT_THROW((void)advice_state(state, "acme", "x"), CodecError);
}

}  // namespace
}  // namespace kpistream::periods
