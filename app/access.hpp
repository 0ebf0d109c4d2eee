// Who may see what at the admin address: machines by password, people by the token of a viewer or by password, our own
// commands by the token that the daemon leaves for them beside its store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/viewers.hpp"
#include "app/web_config.hpp"
#include "exporters/table/viewer.hpp"
#include "ingest/http/server.hpp"
#include "ingest/proof/password.hpp"
#include "ingest/proof/secret.hpp"

namespace kpistream::app {

inline constexpr std::string_view kViewerCookie = "kpistream_viewer";

struct AccessRules {
  std::vector<WebUser> users;
  std::vector<ViewerConfig> viewers;
  std::string own_token;  // of our own commands
  std::string telemetry_path = "/metrics";
  bool within_tls = false;  // then cookies are sent within TLS only
  bool hide_names = false;
};

// Without users and viewers everything is open. With users, everything asks for one of them, or on the page and under
// /api/ for a viewer. With viewers alone, /metrics and /-/ stay open.
//
// Unchanging apart from what it remembers; thread-safe.
class Access : public std::enable_shared_from_this<Access> {
 public:
  Access(AccessRules rules, std::shared_ptr<ingest::VerifiedPasswords> verified);

  // The work that a password takes, where it is not one that was right before. It keeps this alive.
  [[nodiscard]] std::function<void()> check(const ingest::AdminRequest& request) const;

  struct Admitted {
    exporters::Viewer viewer;
    std::optional<ingest::AdminResponse> instead;  // the answer, when nobody is let in
  };
  // The path without the prefix.
  [[nodiscard]] Admitted admit(const ingest::AdminRequest& request) const;

 private:
  enum class Who : std::uint8_t { nobody, viewer, user, ourselves };

  [[nodiscard]] Who who(const ingest::AdminRequest& request, std::size_t& viewer) const;
  [[nodiscard]] std::string digest_of(std::string_view name, std::string_view password) const;
  [[nodiscard]] const WebUser* user_named(std::string_view name) const;
  [[nodiscard]] ingest::AdminResponse refusal(bool for_people) const;
  [[nodiscard]] std::optional<ingest::AdminResponse> enter(const ingest::AdminRequest& request) const;

  const AccessRules rules_;
  const ingest::SecretSet tokens_;  // of viewers, in their order
  const ingest::SecretSet own_token_;
  const std::shared_ptr<ingest::VerifiedPasswords> verified_;
};

// The rules in force; a reload puts others in. Thread-safe.
class CurrentAccess {
 public:
  void set(AccessRules rules);
  [[nodiscard]] std::shared_ptr<const Access> get() const;

 private:
  const std::shared_ptr<ingest::VerifiedPasswords> verified_ = std::make_shared<ingest::VerifiedPasswords>();
  mutable std::mutex mutex_;
  std::shared_ptr<const Access> access_;  // guarded by mutex_
};

inline constexpr std::string_view kStreamPath = "/api/v1/stream";

// What is not under /api/, and of that what the page itself asks.
[[nodiscard]] bool is_for_managers(std::string_view path);

// The query of a question to the API as this head may ask it: of a head of one table, about that table. Nothing: it is
// about another.
[[nodiscard]] std::optional<std::string> query_within(const exporters::Viewer& head, std::string_view query);

}  // namespace kpistream::app
