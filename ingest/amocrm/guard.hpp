// Who sent an amoCRM webhook: proved by the secret at the end of its path, bound to the account in the body.
// amoCRM signs nothing (fact sheet, 1.1); the account's number never changes, its subdomain may.
#pragma once

#include <string>
#include <vector>

#include "ingest/hook.hpp"
#include "ingest/proof/secret.hpp"

namespace kpistream::ingest {

struct AmoHook {
  std::string alias;
  std::string path;  // in front of "/<secret>"; empty: "/hook/amocrm/<alias>"
  std::vector<std::string> secrets;
  std::string account_id;
};

class AmoGuard : public HookGuard {
 public:
  explicit AmoGuard(const std::vector<AmoHook>& hooks);

  [[nodiscard]] bool owns(std::string_view path) const override;
  [[nodiscard]] HookResult admit(std::string_view path, std::string_view body) const override;

 private:
  struct Portal {
    std::string alias;
    std::string prefix;  // ends with '/'
    SecretSet secrets;
    std::string account_id;
  };
  [[nodiscard]] const Portal* find(std::string_view path) const;

  std::vector<Portal> portals_;
  SecretSet nobody_{{}};
};

}  // namespace kpistream::ingest
