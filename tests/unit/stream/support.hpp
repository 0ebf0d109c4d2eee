// What the tests of stream/ share: builders of observations, and small real stand-ins for its ports.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "stream/facts/links.hpp"
#include "stream/processor.hpp"
#include "stream/settle.hpp"
#include "stream/verify.hpp"

namespace kpistream::tests {

// Not SHA-256, but different texts have different ones here.
[[nodiscard]] std::string test_digest(std::string_view bytes);

inline constexpr UnixSeconds kNoon = 1'789'376'400;  // 2026-09-14 12:00 in Moscow, a Monday

// "2026-09-14T12:00:00+03:00".
UnixSeconds at(const std::string& iso_time);

StagePoint point(UnixSeconds at, Outcome outcome, std::string owner, MinorUnits amount = 0);
Observation deal(std::string id, const StagePoint& state, UnixSeconds created = kNoon);

// A journal in memory.
class ListJournal : public Journal {
 public:
  void add(NewRecord record);
  bool append(NewRecord record, AppendListener& listener, std::uint64_t token) override;
  std::vector<Record> read(Position after, std::size_t records_max, std::size_t bytes_max) const override;
  Position first() const override { return first_; }
  Position tail() const override { return records_.size(); }
  void expire_before(Position first) { first_ = first; }
  void wait(Position, std::chrono::milliseconds) const override {}
  void wake() const override {}

 private:
  std::vector<Record> records_;
  Position first_ = 1;
};

// KPIs as a user might write them: the common ones, under the names of KPI.md.
const std::vector<Definition>& test_catalogue();
Definition counted(std::string id, FactKind fact);
Definition find_definition(const std::string& id);

// Links in memory, all to one record.
class LinkList : public LinkView {
 public:
  std::vector<Link> links;
  void each(LinkKind kind, UnixSeconds from, UnixSeconds to,
            const std::function<bool(const Link&)>& visit) const override;
  [[nodiscard]] std::optional<Link> newest_touch() const override;
};

// Says of each record what the test has put down for its body.
class ScriptAdapter : public Adapter {
 public:
  std::map<std::string, Decoded> script;
  Decoded decode(const Record& record) const override;
  std::map<std::string, Topic, std::less<>> topics;  // by event; all others: other
  Topic topic(std::string_view event) const override;
};

class SetClock : public Clock {
 public:
  UnixSeconds now = kNoon;
  std::chrono::steady_clock::time_point moment{std::chrono::hours(1)};
  UnixSeconds wall() const override { return now; }
  std::chrono::steady_clock::time_point steady() const override { return moment; }
};

// A processor with everything around it, in the portal "acme".
class Bench {
 public:
  explicit Bench(ProcessorLimits limits = {}, std::vector<Definition> definitions = test_catalogue());

  // Puts a delivery into the journal that tells these observations and wishes.
  void tell(std::vector<Observation> observations, std::vector<std::string> wishes = {});
  void answer(const std::string& subject, Position asked);  // a reading without content
  void run();
  void restart();  // a new processor and board on the same state
  void settle();
  [[nodiscard]] VerifyReport verify_all() const;
  // Another processor on the same journal and state, with the board.
  [[nodiscard]] std::unique_ptr<Processor> make_processor(WishListener* wishes);

  // The window of a KPI for a manager, or all of it; 0 when there is none.
  std::int64_t window(const std::string& kpi, const std::string& name, Slot slot = kCountSlot,
                      const std::string& manager = "", Family family = Family::manager);
  static constexpr Slot kMedianSlot = UINT32_MAX;  // instead of a slot: the median, -1 when there is none
  std::int64_t total(const std::string& kpi, bool retracted, Slot slot = kCountSlot);
  bool visible(const std::string& name);
  void advance(UnixSeconds now) { board->advance(now_ = now); }

  // Everything in the state, readable, without cells that are zero.
  std::map<std::string, std::string> contents() const;

  PortalSettings settings;
  std::vector<Definition> definitions;
  std::shared_ptr<ScriptAdapter> adapter = std::make_shared<ScriptAdapter>();
  ListJournal journal;
  SetClock clock;
  std::unique_ptr<State> state;
  std::unique_ptr<Board> board;
  std::unique_ptr<Processor> processor;

 private:
  ProcessorLimits limits_;
  UnixSeconds now_ = kNoon;
  int told_ = 0;
};

}  // namespace kpistream::tests
