#include "app/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "stream/kpi/definition.hpp"

namespace kpistream::app {
namespace {

CountsIn::Ids read_ids(Section& section, std::string_view key) {
  CountsIn::Ids ids;
  auto mapping = section.section(key);
  if (!mapping) return ids;
  for (const auto& id : mapping->keys()) {
    const auto in_table = mapping->text(id).value_or("");
    if (in_table.empty() || in_table.size() > Label::kLabelMax) {
      mapping->complain_of_key(
          id, fmt::format("what is '{}' in the table? Write the id there, of 1 to {} bytes", id, Label::kLabelMax));
    }
    ids.emplace(id, in_table);
  }
  mapping->finish();
  return ids;
}

// What figures of one table must have in common is said once.
constexpr std::array<std::string_view, 7> kOfTheTable{"work",   "managers", "targets",    "rates",
                                                      "limits", "alerts",   "active_time"};

class Joining {
 public:
  Joining(PortalSettings& member, Section& section, const std::vector<PortalConfig>& portals)
      : member_(member), section_(section), portals_(portals) {}

  void run() {
    const PortalConfig* found = find(member_.counts_in.portal);
    if (found == nullptr) return complain(unknown());
    const PortalSettings& table = found->settings;
    const std::string& next = table.counts_in.portal;
    if (table.alias == member_.alias) return complain("is this portal itself; leave `counts_in` out");
    if (!next.empty()) {
      return complain(
          fmt::format("'{}' counts in '{}' itself; name a portal with a table of its own", table.alias, next));
    }
    for (const auto key : kOfTheTable) refuse(section_, key, table.alias);
    if (auto pipelines = section_.section("pipelines")) refuse(*pipelines, "main", table.alias);
    take("zone", table.zone, member_.zone);
    take("currency", table.currency, member_.currency);
    member_.work = table.work;
    member_.rates = table.rates;
    member_.active_time = table.active_time;
    member_.response_target = table.response_target;
    member_.return_within = table.return_within;
    member_.served_within = table.served_within;
    member_.stuck_days = table.stuck_days;
    member_.client_days = table.client_days;
    member_.bulk_per_minute = table.bulk_per_minute;
  }

 private:
  [[nodiscard]] const PortalConfig* find(const std::string& alias) const {
    const auto it = std::find_if(portals_.begin(), portals_.end(),
                                 [&](const PortalConfig& portal) { return portal.settings.alias == alias; });
    return it == portals_.end() ? nullptr : &*it;
  }

  [[nodiscard]] std::string unknown() const {
    std::vector<std::string> known;
    for (const PortalConfig& portal : portals_) {
      if (portal.settings.alias != member_.alias) known.push_back(portal.settings.alias);
    }
    const std::string& wanted = member_.counts_in.portal;
    return fmt::format("there is no portal '{}'{}", wanted, did_you_mean(wanted, known));
  }

  static void refuse(Section& section, std::string_view key, const std::string& table) {
    if (!section.has(key)) return;
    section.complain_of_key(key, fmt::format("is the table's: it holds as '{}' has it; leave it out here", table));
  }

  void complain(const std::string& message) {
    if (auto in = section_.section("counts_in")) in->complain("portal", message);
  }

  // What is not said here is as the table has it.
  void take(std::string_view key, const std::string& of_table, std::string& own) {
    if (section_.has(key) && own != of_table) {
      section_.complain(key, fmt::format("'{}' is not that of '{}', {}; one table has one {}", own,
                                         member_.counts_in.portal, of_table, key));
    }
    own = of_table;
  }

  PortalSettings& member_;
  Section& section_;
  const std::vector<PortalConfig>& portals_;
};

}  // namespace

bool is_of_the_table(std::string_view key) {
  return key == "zone" || key == "currency" ||
         std::find(kOfTheTable.begin(), kOfTheTable.end(), key) != kOfTheTable.end();
}

void read_counts_in(Section& portal, PortalSettings& settings) {
  auto section = portal.section("counts_in");
  if (!section) return;
  CountsIn& in = settings.counts_in;
  in.portal = section->text("portal").value_or("");
  if (in.portal.empty()) section->complain("portal", "is missing: in the table of which portal?");
  in.people = read_ids(*section, "people");
  in.pipelines = read_ids(*section, "pipelines");
  in.stages = read_ids(*section, "stages");
  in.sources = read_ids(*section, "sources");
  in.loss_reasons = read_ids(*section, "loss_reasons");
  if (const auto text = section->text("until")) {
    const auto until = parse_time(*text);
    if (!until) {
      section->complain("until",
                        fmt::format("'{}' is not a time with an offset, for example 2026-09-01T00:00:00+03:00", *text));
    }
    in.until = until.value_or(0);
  }
  section->finish();
}

void join_tables(std::vector<PortalConfig>& portals, std::vector<Section>& sections) {
  for (std::size_t i = 0; i < portals.size(); ++i) {
    if (!portals[i].settings.counts_in.portal.empty()) Joining(portals[i].settings, sections[i], portals).run();
  }
}

}  // namespace kpistream::app
