// What an amoCRM or Kommo account tells about itself, for `connect` and `doctor`. Pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/connect/portal_facts.hpp"

namespace kpistream::app {

// Two brands of one product, whose screens are named differently.
enum class AmoBrand : std::uint8_t { amocrm, kommo };
[[nodiscard]] AmoBrand brand_of_host(std::string_view host);
// "https://demostroy.amocrm.ru" for what a person writes: with or without scheme and path. Empty: no such account's
// address. http is for this machine, for tests.
[[nodiscard]] std::string account_address(std::string_view told);

struct AccountPipeline {
  std::string id;
  std::string name;
  bool archived = false;
};
struct AccountStatus {
  std::string pipeline;
  std::string id;  // 142 and 143 are in every pipeline
  std::string name;
  bool incoming = false;  // not yet accepted
  bool won = false;
  bool lost = false;
};
struct AccountUser {
  std::string id;
  std::string name;
  bool active = true;
  bool free = false;
};
struct AccountField {  // of leads
  std::string id;
  std::string name;
  std::string type;
  std::vector<Named> choices;  // of a list
};
struct AccountTaskType {
  std::string id;
  std::string name;
  bool meeting = false;  // the CRM's own
};

struct AccountFacts {
  Reached reached = Reached::no_answer;
  std::string id;
  std::string name;
  std::string zone;
  std::string currency;
  std::string employee;  // whose token it is; empty: not told
  bool rank_told = false;
  bool admin = false;
  bool unsorted = false;      // incoming leads wait to be accepted
  bool loss_reasons = false;  // are switched on
  bool customers = false;     // are switched on
  std::vector<AccountPipeline> pipelines;
  std::vector<AccountStatus> statuses;
  std::vector<AccountTaskType> task_types;
  std::vector<AccountUser> users;
  std::vector<AccountField> fields;
  std::vector<Named> tags;
  std::vector<Named> sources;
  std::vector<Named> reasons;
  std::string invoices;                      // id of their catalog; empty: there is none
  std::vector<Named> paid;                   // choices of an invoice's status that mean paid
  std::map<std::string, MethodFacts> lists;  // by the path below /api/v4/

  [[nodiscard]] const MethodFacts& list(std::string_view path) const;  // of an unknown one: `unknown`
  [[nodiscard]] bool readable(std::string_view path) const { return list(path).state == MethodFacts::State::readable; }
};

// A GET below the account's address, and the answer; of lists in pages, all of them in turn.
struct AccountAnswer {
  unsigned status = 0;
  bool json = false;
  std::string body;
};
// Asks one page after the other, up to a limit.
using AskAccount = std::function<AccountAnswer(const std::string& call)>;

// Asks for everything; when the account itself does not answer, for nothing more.
[[nodiscard]] AccountFacts ask_account(const AskAccount& ask);

// When a long-lived token ends, as it says itself (`exp` of a JWT); 0: it does not say.
[[nodiscard]] UnixSeconds token_end(std::string_view token);

}  // namespace kpistream::app
