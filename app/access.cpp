#include "app/access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/credentials.hpp"
#include "app/query.hpp"
#include "ingest/proof/digest.hpp"
#include "ingest/proof/password.hpp"

namespace kpistream::app {
namespace {

constexpr int kCookieSeconds = 365 * 86'400;  // a token ends by being taken out of the configuration

// Browsers leave the cookie out when another site led here, also after our redirect: then one more click is needed.
constexpr std::string_view kNoViewer = R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><title>kpistream</title>
<p>Open the address that was given to you: it ends with <code>?token=</code> and your token.
If you just did, <a href="./">go on</a>.
<p lang="ru">Откройте адрес, который вам дали: он кончается на <code>?token=</code> и ваш ключ.
Если вы это только что сделали, <a href="./">продолжите</a>.
)";

std::vector<std::string> tokens_of(const std::vector<ViewerConfig>& viewers) {
  std::vector<std::string> tokens;
  tokens.reserve(viewers.size());
  for (const auto& viewer : viewers) tokens.push_back(viewer.token);
  return tokens;
}

// A query without its token, as it came.
std::string without_token(std::string_view query) {
  std::string rest;
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    if (one.starts_with("token=") || one.empty()) continue;
    rest.append(rest.empty() ? "" : "&").append(one);
  }
  return rest;
}

}  // namespace

Access::Access(AccessRules rules, std::shared_ptr<ingest::VerifiedPasswords> verified)
    : rules_(std::move(rules)),
      tokens_(tokens_of(rules_.viewers)),
      own_token_(rules_.own_token.empty() ? std::vector<std::string>{} : std::vector{rules_.own_token}),
      verified_(std::move(verified)) {}

const WebUser* Access::user_named(std::string_view name) const {
  const auto found =
      std::find_if(rules_.users.begin(), rules_.users.end(), [&](const WebUser& user) { return user.name == name; });
  return found == rules_.users.end() ? nullptr : &*found;
}

// With the hash, so that it ends with the password.
std::string Access::digest_of(std::string_view name, std::string_view password) const {
  const WebUser* user = user_named(name);
  return ingest::sha256(fmt::format("{} {} {} {}", user == nullptr ? "" : user->hash, name.size(), name, password));
}

// Of an unknown user the same is done as of a known one: a hash is checked, in vain.
std::function<void()> Access::check(const ingest::AdminRequest& request) const {
  if (rules_.users.empty()) return {};
  auto given = basic_credentials(request.authorization);
  if (!given || verified_->has(digest_of(given->name, given->password))) return {};
  return [self = shared_from_this(), given = std::move(*given)] {
    const WebUser* user = self->user_named(given.name);
    const WebUser& checked = user == nullptr ? self->rules_.users.front() : *user;
    const bool right = ingest::password_matches(given.password, checked.hash);
    if (right && user != nullptr) self->verified_->add(self->digest_of(given.name, given.password));
  };
}

Access::Who Access::who(const ingest::AdminRequest& request, std::size_t& viewer) const {
  const std::string_view bearer = bearer_token(request.authorization);
  if (own_token_.contains(bearer)) return Who::ourselves;
  const auto given = basic_credentials(request.authorization);
  if (given && user_named(given->name) != nullptr && verified_->has(digest_of(given->name, given->password)))
    return Who::user;
  auto found = tokens_.find(bearer);
  if (!found) found = tokens_.find(cookie_value(request.cookie, kViewerCookie));
  viewer = found.value_or(0);
  return found ? Who::viewer : Who::nobody;
}

// A viewer's first visit, "/?token=...": from then on the browser brings the token as a cookie.
std::optional<ingest::AdminResponse> Access::enter(const ingest::AdminRequest& request) const {
  if (request.path != "/" || request.method != "GET" || rules_.viewers.empty()) return std::nullopt;
  const std::string token = Query(request.query)["token"];
  const auto viewer = tokens_.find(token);
  if (!viewer) return std::nullopt;
  const std::string rest = without_token(request.query);
  ingest::AdminResponse response;
  response.status = 303;
  response.headers = {{"Location", rest.empty() ? "./" : "./?" + rest},
                      {"Cache-Control", "no-store"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Set-Cookie", fmt::format("{}={}; Max-Age={}; HttpOnly; SameSite=Strict{}", kViewerCookie, token,
                                                 kCookieSeconds, rules_.within_tls ? "; Secure" : "")}};
  return response;
}

ingest::AdminResponse Access::refusal(bool for_people) const {
  ingest::AdminResponse response;
  response.status = 401;
  response.headers = {{"Cache-Control", "no-store"}};
  const bool by_token = for_people && !rules_.viewers.empty();
  response.headers.emplace_back("WWW-Authenticate", rules_.users.empty()
                                                        ? R"(Bearer realm="kpistream")"
                                                        : R"(Basic realm="kpistream", charset="UTF-8")");
  response.body = by_token ? std::string(kNoViewer) : "Unauthorized\n";
  if (by_token) response.content_type = "text/html; charset=utf-8";
  return response;
}

Access::Admitted Access::admit(const ingest::AdminRequest& request) const {
  const exporters::Viewer all{{}, {}, rules_.hide_names};
  const bool for_people = request.path != rules_.telemetry_path && !request.path.starts_with("/-/");
  const bool open = rules_.users.empty() && (rules_.viewers.empty() || !for_people);
  if (open) return {all, {}};
  std::size_t viewer = 0;
  const Who who = this->who(request, viewer);
  if (for_people) {
    if (auto entered = enter(request)) return {{}, std::move(entered)};
    if (who == Who::viewer) {
      const ViewerConfig& config = rules_.viewers[viewer];
      return {{config.portal, config.manager, rules_.hide_names, rules_.users.empty()}, {}};
    }
  }
  if (who == Who::user || who == Who::ourselves) return {all, {}};
  return {{}, refusal(for_people)};
}

void CurrentAccess::set(AccessRules rules) {
  auto fresh = std::make_shared<const Access>(std::move(rules), verified_);
  const std::lock_guard lock(mutex_);
  access_ = std::move(fresh);
}

std::shared_ptr<const Access> CurrentAccess::get() const {
  const std::lock_guard lock(mutex_);
  return access_;
}

bool is_for_managers(std::string_view path) {
  return !path.starts_with("/api/") || path == kStreamPath || path == "/api/v1/table" || path == "/api/v1/cell";
}

std::optional<std::string> query_within(const exporters::Viewer& head, std::string_view query) {
  const std::string portal = Query(query)["portal"];
  if (head.portal.empty() || portal == head.portal) return std::string(query);
  if (!portal.empty()) return std::nullopt;
  auto within = fmt::format("portal={}{}{}", head.portal, query.empty() ? "" : "&", query);
  if (Query(within)["portal"] != head.portal) return std::nullopt;  // of what cannot be read nothing is left, nor this
  return within;
}

}  // namespace kpistream::app
