// Who sent a Bitrix24 webhook: proved by auth[application_token] in the body, bound to the portal that the path names.
// Source: Bitrix24 REST documentation, "Outgoing webhooks" and "Safe event handlers".
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ingest/application_event.hpp"
#include "ingest/hook.hpp"
#include "ingest/proof/secret.hpp"

namespace kpistream::ingest {

struct Bitrix24Hook {
  std::string alias;
  std::string path;  // empty: "/hook/bitrix24/<alias>"
  std::vector<std::string> application_tokens;
  std::string member_id;  // empty: not checked
  // Of an application: tokens that were learned from its events (null: none), and where goes what they tell of its
  // authorisation (empty: nowhere). An installation or update is told of whoever sent it, because it is what brings the
  // token; all else only when it is proved. Called within admit(), so it must be quick and thread-safe.
  std::shared_ptr<const LiveSecrets> learned{};
  std::function<void(const ApplicationEvent&)> heard{};
};

class Bitrix24Guard : public HookGuard {
 public:
  explicit Bitrix24Guard(const std::vector<Bitrix24Hook>& hooks);

  [[nodiscard]] bool owns(std::string_view path) const override;
  [[nodiscard]] HookResult admit(std::string_view path, std::string_view body) const override;

 private:
  struct Portal {
    std::string alias;
    SecretSet tokens;
    std::optional<SecretSet> member;  // nothing: not checked
    std::shared_ptr<const LiveSecrets> learned;
    std::function<void(const ApplicationEvent&)> heard;
  };
  std::map<std::string, Portal, std::less<>> portals_;  // by path
  SecretSet nobody_{{}};
  LiveSecrets nothing_;
};

}  // namespace kpistream::ingest
