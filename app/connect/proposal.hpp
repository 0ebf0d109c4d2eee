// What quotes, payments, meetings, complaints and so on seem to be, judged by the names in the directories of a
// Bitrix24 portal or of an amoCRM account. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/connect/account_facts.hpp"
#include "app/connect/portal_facts.hpp"
#include "app/connect/words.hpp"

namespace kpistream::app {

// A line of the configuration, see docs/configuration.md.
struct Setting {
  std::string group;  // "stages", "types", ...; empty: the key stands by itself
  std::string key;    // "quote", ...
  std::string value;  // as YAML: ["68000040"]
};

struct Proposal {
  Phrase subject{};               // quotes, payments, ...
  std::vector<Setting> settings;  // empty: nothing is to be written
  Line reason;
};

// One for each of quotes, payments, meetings and complaints, in this order.
[[nodiscard]] std::vector<Proposal> propose(const PortalFacts& facts);
// Quotes, their sum, payments, meetings, complaints, what is not yet accepted, main funnels, the cost of a deal,
// robots.
[[nodiscard]] std::vector<Proposal> propose(const AccountFacts& facts);

// The events that the outgoing webhook must have, for what is proposed.
[[nodiscard]] std::vector<std::string> events_for(const PortalFacts& facts, const std::vector<Proposal>& proposals);

// "acme" for acme.bitrix24.ru: a first idea for the portal's name.
[[nodiscard]] std::string alias_of_host(const std::string& host);
[[nodiscard]] bool is_portal_alias(const std::string& alias);

// An entry of `portals:`, with its indent.
struct PortalEntry {
  std::string alias;
  std::vector<std::pair<std::string, std::string>> lines;  // who it is: key and value, in the order they are written
  std::vector<Proposal> proposals;
};
[[nodiscard]] std::string portal_yaml(const PortalEntry& entry);

}  // namespace kpistream::app
