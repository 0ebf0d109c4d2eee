// What a Bitrix24 portal tells about itself, for `connect` and `doctor`. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stream/crm/vocabulary.hpp"

namespace kpistream::app {

struct PortalStage {
  std::string list;  // ENTITY_ID of its directory: DEAL_STAGE, DEAL_STAGE_5, STATUS, QUOTE_STATUS, ...
  std::string id;
  std::string name;
  bool won = false;
  bool lost = false;
};

struct Named {
  std::string id;
  std::string name;
};

// Whether a method may be called, and what it would list.
struct MethodFacts {
  enum class State : std::uint8_t { unknown, readable, no_scope, refused };
  State state = State::unknown;
  std::int64_t rows = 0;  // as the portal counts them; 0 where it does not
  std::string error;      // the portal's code, of `refused`
};

enum class Reached : std::uint8_t { yes, no_answer, bad_secret, no_plan, moved, limited, not_bitrix24 };

struct PortalFacts {
  Reached reached = Reached::no_answer;
  std::vector<std::string> scopes;
  std::string employee;  // whose webhook it is
  bool admin = false;
  std::string zone;     // of that employee; empty: not told
  std::string license;  // code of the plan; empty: not told
  bool leads = true;
  bool mode_told = false;
  std::string currency;  // the base one
  std::vector<Named> pipelines;
  std::vector<PortalStage> stages;
  std::vector<Named> smart_processes;          // id: the number of the type
  std::map<std::string, std::string> fields;   // of deals, leads and quotes: label by code
  std::map<std::string, MethodFacts> methods;  // by name, as portal_methods() has it
  UnixSeconds clock = 0;                       // the portal's; 0: not told

  [[nodiscard]] const MethodFacts& method(std::string_view name) const;  // of an unknown name: `unknown`
  [[nodiscard]] bool readable(std::string_view name) const {
    return method(name).state == MethodFacts::State::readable;
  }
};

// A method that the daemon needs, with the scope it belongs to.
struct PortalMethod {
  std::string name;  // for example "crm.deal.list" or "crm.stagehistory.list?entityTypeId=2"
  std::string scope;
};
// Every list the reader reads, the directories, and what a mapping may name.
[[nodiscard]] const std::vector<PortalMethod>& portal_methods();
inline constexpr std::string_view kPaymentList = "sale.payment.list";
inline constexpr std::string_view kTypeList = "crm.type.list";
inline constexpr std::string_view kDealFields = "crm.deal.fields";

// The body of the only request that is needed: a batch.
[[nodiscard]] std::string portal_question();
// The answer to it: status, whether it says that it is JSON, and its text.
[[nodiscard]] PortalFacts portal_facts(unsigned status, bool json, const std::string& body);

}  // namespace kpistream::app
