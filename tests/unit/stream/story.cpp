#include "tests/unit/stream/story.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "stream/facts/field_mark.hpp"
#include "stream/verify.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream::tests {
namespace {

constexpr UnixSeconds kFirstMidnight = kNoon - 12 * 3'600;

struct Line {
  std::string text;
  UnixSeconds at = 0;
  std::vector<std::string> words;  // what, id, key=value ...
  std::map<std::string, std::int64_t> expected;

  [[nodiscard]] std::string word(const std::string& key, const std::string& otherwise = "") const {
    for (const auto& w : words) {
      if (w.starts_with(key + "=")) return w.substr(key.size() + 1);
    }
    return otherwise;
  }
  [[nodiscard]] UnixSeconds time(const std::string& key) const {
    const auto value = word(key);
    return value.empty() ? 0 : time_of(value.substr(0, value.find('/')), value.substr(value.find('/') + 1));
  }

  static UnixSeconds time_of(const std::string& day, const std::string& clock) {
    return kFirstMidnight + (std::stoll(day) - 1) * 86'400 + std::stoll(clock.substr(0, 2)) * 3'600 +
           std::stoll(clock.substr(3)) * 60;
  }
};

std::vector<Line> lines_of(const std::string& story) {
  std::vector<Line> lines;
  std::istringstream in(story);
  for (std::string text; std::getline(in, text);) {
    if (text.find_first_not_of(' ') == std::string::npos) continue;
    Line line;
    line.text = text;
    std::istringstream words(text.substr(0, text.find('|')));
    std::string day;
    std::string clock;
    words >> day >> clock;
    line.at = Line::time_of(day, clock);
    for (std::string word; words >> word;) line.words.push_back(word);
    if (const auto bar = text.find('|'); bar != std::string::npos) {
      std::istringstream figures(text.substr(bar + 1));
      for (std::string figure; figures >> figure;) {
        const auto equals = figure.rfind('=');
        line.expected[figure.substr(0, equals)] = std::stoll(figure.substr(equals + 1));
      }
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

const std::map<std::string, EntityKind> kKinds{
    {"lead", EntityKind::lead},        {"deal", EntityKind::deal},       {"quote", EntityKind::quote},
    {"invoice", EntityKind::invoice},  {"call", EntityKind::call},       {"task", EntityKind::task},
    {"meeting", EntityKind::activity}, {"message", EntityKind::message}, {"note", EntityKind::note}};
const std::map<std::string, Outcome> kOutcomes{
    {"open", Outcome::open}, {"won", Outcome::won}, {"lost", Outcome::lost}, {"incoming", Outcome::open}};
const std::map<std::string, CallOutcome> kCalls{{"talk", CallOutcome::talk},
                                                {"short", CallOutcome::short_talk},
                                                {"missed", CallOutcome::missed},
                                                {"failed", CallOutcome::failed}};

Details details_of(const Line& line) {
  Details details;
  details.owner = line.word("by");
  details.direction = line.word("way") == "in" ? Direction::in : Direction::out;
  if (const auto call = kCalls.find(line.word("call")); call != kCalls.end()) details.call = call->second;
  details.seconds = std::stoll(line.word("seconds", "0"));
  details.done = line.word("done") == "yes";
  details.deadline = line.time("due");
  const std::string& what = line.words[0];
  details.start = line.time("start");
  if (details.start == 0 && (what == "call" || what == "message" || what == "note")) details.start = line.at;
  details.line = line.word("number");
  details.author = line.word("author");
  details.closer = line.word("closer");
  details.created = line.time("created");
  details.rating = std::stoll(line.word("vote", "0"));
  details.type = line.word("type");
  if (what == "note") details.act = Act::comment;
  if (line.words[0] == "task") details.act = Act::todo;
  if (line.words[0] == "meeting") details.act = Act::meeting;
  if (details.done) details.done_at = line.at;
  for (const auto& kind : {"lead", "deal"}) {
    if (const auto id = line.word(kind); !id.empty()) details.target = {kKinds.at(kind), id};
  }
  if (const auto card = line.word("on"); !card.empty()) details.target = {EntityKind::card, card};
  return details;
}

StagePoint point_of(const Line& line, const std::vector<Field>& fields, const PortalSettings& settings) {
  StagePoint state;
  state.at = line.time("seen") != 0 ? line.time("seen") : line.at;
  state.entered = line.time("entered");
  state.pipeline = line.word("funnel", "5");
  state.stage = line.word("stage", line.words[2]);
  state.outcome = kOutcomes.at(line.words[2]);
  state.owner = line.word("by");
  state.amount = std::stoll(line.word("for", "0"));
  state.currency = line.word("currency");
  state.mover = line.word("mover");
  state.author = line.word("author");
  state.fields = field_mark(fields, settings);
  return state;
}

EntityRef linked_to(EntityKind kind, const std::string& id) { return id == "none" ? EntityRef{} : EntityRef{kind, id}; }

std::vector<EntityRef> cards_of(std::string words) {
  std::vector<EntityRef> cards;
  for (std::size_t comma = 0; !words.empty() && words != "none"; words.erase(0, comma)) {
    comma = std::min(words.find(','), words.size() - 1) + 1;
    cards.push_back({EntityKind::card, words.substr(0, words[comma - 1] == ',' ? comma - 1 : comma)});
  }
  return cards;
}

Observation observation_of(const Line& line, const PortalSettings& settings) {
  Observation seen;
  seen.ref = {kKinds.at(line.words[0]), line.words[1]};
  if (line.words.size() > 2 && (line.words[2] == "gone" || line.words[2] == "back")) {
    seen.presence = line.words[2] == "gone" ? Presence::gone : Presence::present;
    return seen;
  }
  seen.version = line.time("seen") != 0 ? line.time("seen") : line.at;
  seen.created = line.time("created");
  if (const auto reason = line.word("reason"); !reason.empty()) seen.loss_reason = reason;
  if (const auto parent = line.word("from"); !parent.empty()) seen.parent = linked_to(EntityKind::lead, parent);
  if (const auto client = line.word("client"); !client.empty()) seen.client = linked_to(EntityKind::client, client);
  if (const auto cards = line.word("cards"); !cards.empty()) seen.cards = cards_of(cards);
  if (const auto card = line.word("card"); !card.empty()) {
    seen.card = EntityRef{EntityKind::card, card};
    return seen;
  }
  if (const auto cost = line.word("cost"); !cost.empty()) seen.fields = std::vector<Field>{{"cost", cost}};
  if (const auto tag = line.word("tag"); !tag.empty()) seen.fields = std::vector<Field>{{"tag", tag}};
  seen.creator = line.word("maker");
  seen.source = line.word("source");
  if (line.word("repeat") == "yes") seen.repeat = true;
  const auto kind = seen.ref.kind;
  if (kind == EntityKind::call || kind == EntityKind::task || kind == EntityKind::activity ||
      kind == EntityKind::message || kind == EntityKind::note) {
    seen.details = details_of(line);
  } else {
    seen.point = point_of(line, seen.fields.value_or(std::vector<Field>{}), settings);
  }
  return seen;
}

const std::map<std::string, std::pair<std::string, Slot>> kFigures{
    {"leads", {"new_leads", kCountSlot}},
    {"converted", {"leads_converted", kCountSlot}},
    {"junked", {"leads_lost", kCountSlot}},
    {"opened", {"new_deals", kCountSlot}},
    {"won", {"deals_won", kCountSlot}},
    {"revenue", {"deals_won", kSumSlot}},
    {"lost", {"deals_lost", kCountSlot}},
    {"lost_amount", {"deals_lost", kSumSlot}},
    {"calls", {"calls", kCountSlot}},
    {"talk", {"call_talk", kSumSlot}},
    {"quotes", {"quotes_sent", kCountSlot}},
    {"quoted", {"quotes_sent", kSumSlot}},
    {"payments", {"payments", kCountSlot}},
    {"paid", {"payments", kSumSlot}},
    {"tasks", {"tasks_due", kCountSlot}},
    {"held", {"meetings_held", kCountSlot}},
    {"meetings", {"meetings_scheduled", kCountSlot}},
    {"answered", {"first_response", kCountSlot}},
    {"waited", {"first_response", kSumSlot}},
    {"cycles", {"deal_cycle", kCountSlot}},
    {"cycle", {"deal_cycle", kSumSlot}},
    {"inquiries_won", {"inquiries_won", kCountSlot}},
    {"inquiries_lost", {"inquiries_lost", kCountSlot}},
    {"acts", {"actions", kCountSlot}},
    {"returned", {"callback", kCountSlot}},
    {"return_time", {"callback", kSumSlot}},
    {"unreturned", {"missed_unreturned", kCountSlot}},
    {"waiting", {"leads_waiting", kCountSlot}},
    {"overdue", {"leads_overdue", kCountSlot}},
    {"in_work", {"deals_open", kCountSlot}},
    {"in_work_amount", {"deals_open", kSumSlot}},
    {"stuck", {"deals_stuck", kCountSlot}},
    {"no_step", {"deals_without_next_step", kCountSlot}},
    {"acquired", {"clients_acquired", kCountSlot}},
    {"clients", {"clients", kCountSlot}},
    {"stage_left", {"stage_time", kCountSlot}},
    {"stage_time", {"stage_time", kSumSlot}},
    {"complaints", {"complaints", kCountSlot}},
    {"won_so_far", {"leads_won_so_far", kCountSlot}},
    {"cohort", {"cohort_leads", kCountSlot}},
    {"cohort_won", {"cohort_leads_won", kCountSlot}},
    {"cohort_sales", {"cohort_client_revenue", kCountSlot}},
    {"cohort_revenue", {"cohort_client_revenue", kSumSlot}},
    {"lost_so_far", {"leads_lost_so_far", kCountSlot}},
    {"median", {"deal_amounts", Bench::kMedianSlot}},
    {"votes", {"ratings", kCountSlot}},
    {"bad_votes", {"negative_ratings", kCountSlot}},
    {"in_hours", {"calls_in_working", kCountSlot}},
    {"missed_in_hours", {"calls_missed_working", kCountSlot}},
    {"processed", {"lead_processing", kCountSlot}},
    {"processing", {"lead_processing", kSumSlot}},
    {"active", {"active_seconds", kSumSlot}},
    {"days", {"work_begins", kCountSlot}},
    {"begin", {"work_begins", kSumSlot}},
    {"end", {"work_ends", kSumSlot}},
    {"imported", {"leads_imported", kCountSlot}}};

std::int64_t figure(Bench& bench, std::string name) {
  const char sign = name.front();
  if (sign == '+' || sign == '-') {
    const auto& [kpi, slot] = kFigures.at(name.substr(1));
    return bench.total(kpi, sign == '-', slot);
  }
  std::string one;
  Family family = Family::manager;
  if (const auto at = name.find_first_of("@#"); at != std::string::npos) {
    family = name[at] == '@' ? Family::manager : Family::source;
    one = name.substr(at + 1);
    name.resize(at);
  }
  const auto colon = name.find(':');
  const auto& [kpi, slot] = kFigures.at(name.substr(0, colon));
  return bench.window(kpi, colon == std::string::npos ? "" : name.substr(colon + 1), slot, one, family);
}

enum class Telling { once, each_line_twice, restarted_after_each_line };

void tell(const std::vector<Line>& lines, const PortalSettings& settings, Telling telling) {
  Bench bench;
  bench.settings = settings;
  bench.restart();
  for (const auto& line : lines) {
    SCOPED_TRACE(line.text);
    bench.advance(line.at);
    if (!line.words.empty()) bench.tell({observation_of(line, settings)});
    if (telling == Telling::each_line_twice && !line.words.empty()) bench.tell({observation_of(line, settings)});
    bench.run();
    if (telling == Telling::restarted_after_each_line) bench.restart();
    for (const auto& [name, expected] : line.expected) EXPECT_EQ(figure(bench, name), expected) << name;
  }
  const auto report = bench.verify_all();
  EXPECT_TRUE(report.passed()) << testing::PrintToString(report.differences);
}

}  // namespace

PortalSettings with_leads() {
  PortalSettings settings;
  settings.alias = "acme";
  settings.known_since = kNoon - 400 * 86'400;
  settings.incoming_stages = {"incoming"};
  return settings;
}

PortalSettings without_leads() {
  auto settings = with_leads();
  settings.leads = false;
  return settings;
}

void check_story(const std::string& story, const PortalSettings& settings) {
  const auto lines = lines_of(story);
  ASSERT_FALSE(lines.empty());
  for (const auto telling : {Telling::once, Telling::each_line_twice, Telling::restarted_after_each_line}) {
    SCOPED_TRACE("telling " + std::to_string(static_cast<int>(telling)));
    tell(lines, settings, telling);
  }
}

}  // namespace kpistream::tests
