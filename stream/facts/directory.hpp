// What a CRM's own directories say that figures depend on: whether a stage means won, lost or in work, and what a
// currency is worth. Read when facts are derived, like PortalSettings: what a directory says now holds for all records,
// in whatever order both came. What it does not say is as the record itself told it. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stream/facts/entity.hpp"
#include "stream/kpi/calendar.hpp"

namespace kpistream {

// Of a stage that is kept as `id`: what records call it. Nothing: it is none of deals.
[[nodiscard]] std::optional<std::string> deal_stage(const std::string& id, const Entity& entity);

// A value; reading it from several threads is safe.
class Directory {
 public:
  // An empty one, of a CRM that tells none.
  [[nodiscard]] static const Directory& none();
  // Whether records of this kind are part of a directory.
  [[nodiscard]] static bool holds(EntityKind kind);

  // What the state keeps of EntityKind::stage or EntityKind::currency. Takes the place of what the same one said
  // before.
  void take(const EntityRef& ref, const Entity& entity, const Calendar& calendar);

  // The record with its stages as they are meant here; nothing when that is what it says itself.
  [[nodiscard]] std::optional<Entity> read(const EntityRef& ref, const Entity& entity) const;

  // What one unit of `currency` cost on a local day, in millionths of `base`: by the newest rate that was set on that
  // day or before. Nothing when none is known for one of them; the CRM's own base currency is always known.
  [[nodiscard]] std::optional<std::int64_t> rate(const std::string& currency, const std::string& base,
                                                 std::int64_t day) const;

  [[nodiscard]] std::vector<std::string> currencies() const;

  // What differs: whether some stage means something else, and from which day on a currency may be worth something
  // else.
  struct Difference {
    bool stages = false;
    std::map<std::string, std::int64_t> currencies;
  };
  [[nodiscard]] Difference from(const Directory& before) const;

 private:
  // Of one stage id there may be several, in several lists. `of`: whose stages the list has, and in which funnel:
  // "deal/5", "lead/", "quote/", "invoice/3", or by what stands before the colon in ids of records: "128/7".
  struct Meaning {
    std::string of;
    Outcome outcome = Outcome::unknown;
    friend bool operator==(const Meaning&, const Meaning&) = default;
  };
  struct Worth {
    UnixSeconds at = 0;       // when it was set
    std::int64_t micros = 0;  // in millionths of the CRM's base currency
    bool base = false;
    friend bool operator==(const Worth&, const Worth&) = default;
  };
  using Days = std::map<std::int64_t, Worth>;  // by local day

  [[nodiscard]] Outcome outcome_of(const EntityRef& ref, const StagePoint& point) const;
  [[nodiscard]] std::optional<std::int64_t> worth(const std::string& currency, std::int64_t day) const;
  void take_stage(const EntityRef& ref, const Entity& entity);
  void take_rate(const EntityRef& ref, const Entity& entity, const Calendar& calendar);

  std::unordered_map<std::string, std::vector<Meaning>> stages_;  // by stage id
  std::map<std::string, Days> currencies_;
};

}  // namespace kpistream
