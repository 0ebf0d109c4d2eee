// Who sent an amoCRM webhook: proved by the secret at the end of its path, bound to the account in the body.
// amoCRM signs no webhook (fact sheet, 1.1); the account's number never changes, its subdomain may. Signed is only its
// word that an integration was switched off: a GET whose query has client_uuid, account_id, and
// signature = HMAC-SHA-256 of "<client_uuid>|<account_id>" by the client secret (fact sheet, 1.5).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ingest/application_event.hpp"
#include "ingest/hook.hpp"
#include "ingest/proof/secret.hpp"

namespace kpistream::ingest {

struct AmoHook {
  std::string alias;
  std::string path;  // in front of "/<secret>"; empty: "/hook/amocrm/<alias>"
  std::vector<std::string> secrets;
  std::string account_id;
  // Of an integration, all empty without one; `heard`: where goes that it was switched off. Called within
  // admit_query(), so it must be quick and thread-safe. The event tells no time.
  std::string client_id{};
  std::string client_secret{};
  std::function<void(const ApplicationEvent&)> heard{};
};

class AmoGuard : public HookGuard {
 public:
  explicit AmoGuard(const std::vector<AmoHook>& hooks);

  [[nodiscard]] bool owns(std::string_view path) const override;
  [[nodiscard]] HookResult admit(std::string_view path, std::string_view body) const override;
  [[nodiscard]] bool takes_json(std::string_view path) const override;
  [[nodiscard]] bool takes_query(std::string_view query) const override;
  [[nodiscard]] HookResult admit_query(std::string_view path, std::string_view query) const override;

 private:
  struct Portal {
    std::string alias;
    std::string prefix;  // ends with '/'
    SecretSet secrets;
    std::string account_id;
    std::string client_id;
    std::string client_secret;
    std::function<void(const ApplicationEvent&)> heard;
  };
  [[nodiscard]] const Portal* find(std::string_view path) const;
  [[nodiscard]] const Portal* proved(std::string_view path) const;  // by the secret at its end; null: it is not

  std::vector<Portal> portals_;
  SecretSet nobody_{{}};
};

}  // namespace kpistream::ingest
