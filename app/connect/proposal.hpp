// What a portal's quotes, payments, meetings and complaints seem to be, judged by the names in its directories. Pure.
#pragma once

#include <string>
#include <vector>

#include "app/connect/portal_facts.hpp"
#include "app/connect/words.hpp"

namespace kpistream::app {

struct Proposal {
  Phrase subject{};   // quotes, payments, ...
  std::string group;  // of docs/configuration.md: "stages", "types" or "pipelines"; empty: nothing is to be written
  std::string key;    // in that group: "quote", ...
  std::vector<std::string> values;
  Line reason;
};

// One for each of quotes, payments, meetings and complaints, in this order.
[[nodiscard]] std::vector<Proposal> propose(const PortalFacts& facts);

// The events that the outgoing webhook must have, for what is proposed.
[[nodiscard]] std::vector<std::string> events_for(const PortalFacts& facts, const std::vector<Proposal>& proposals);

// "acme" for acme.bitrix24.ru: a first idea for the portal's name.
[[nodiscard]] std::string alias_of_host(const std::string& host);
[[nodiscard]] bool is_portal_alias(const std::string& alias);

// An entry of `portals:`, with its indent.
struct PortalEntry {
  std::string alias;
  std::string zone = "Europe/Moscow";
  std::string currency = "RUB";
  bool leads = true;
  std::string tokens_file;
  std::string rest_file;
  std::vector<Proposal> proposals;
};
[[nodiscard]] std::string portal_yaml(const PortalEntry& entry);

}  // namespace kpistream::app
