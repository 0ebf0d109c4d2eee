#include "ingest/bitrix24/guard.hpp"

#include "ingest/form/form.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::string_view kPrefix = "/hook/bitrix24/";

struct Auth {
  std::string_view token;
  std::string_view member_id;
  bool once = false;  // the token stands there exactly once, as a plain value
};

// "auth", "auth[...]", and "auth[..." with brackets that do not parse: whatever might carry a secret is cut out.
bool is_auth(const FormPair& pair) { return pair.path[0] == "auth" || pair.path[0].starts_with("auth["); }

Auth find_auth(const Form& form) {
  Auth auth;
  int tokens = 0;
  bool plain = true;
  for (const auto& pair : form.pairs()) {
    if (!is_auth(pair) || pair.path.size() < 2) continue;
    if (pair.path[1] == "application_token") {
      ++tokens;
      plain = plain && pair.path.size() == 2;
      auth.token = pair.value;
    } else if (pair.path[1] == "member_id" && pair.path.size() == 2) {
      auth.member_id = pair.value;
    }
  }
  auth.once = tokens == 1 && plain;
  return auth;
}

// The body without its authentication pairs, byte for byte.
std::string without_auth(std::string_view body, const Form& form) {
  std::string kept;
  kept.reserve(body.size());
  for (const auto& pair : form.pairs()) {
    if (is_auth(pair)) continue;
    if (!kept.empty()) kept.push_back('&');
    kept.append(body.substr(pair.raw_begin, pair.raw_end - pair.raw_begin));
  }
  return kept;
}

}  // namespace

Bitrix24Guard::Bitrix24Guard(const std::vector<Bitrix24Hook>& hooks) {
  for (const auto& hook : hooks) {
    const std::string path = hook.path.empty() ? std::string(kPrefix) + hook.alias : hook.path;
    Portal portal{hook.alias, SecretSet(hook.application_tokens), {}};
    if (!hook.member_id.empty()) portal.member.emplace(std::vector<std::string>{hook.member_id});
    portals_.emplace(path, std::move(portal));
  }
}

bool Bitrix24Guard::owns(std::string_view path) const { return path.starts_with(kPrefix) || portals_.contains(path); }

HookResult Bitrix24Guard::admit(std::string_view path, std::string_view body) const {
  thread_local Form form;
  HookResult result;
  result.crm = Crm::bitrix24;
  if (form.parse(body, FormLimits{}) != FormStatus::ok) {
    result.verdict = HookVerdict::too_large;
    return result;
  }
  const auto found = portals_.find(path);
  const Portal* portal = found == portals_.end() ? nullptr : &found->second;
  const Auth auth = find_auth(form);
  // The comparison comes first and always: an unknown portal takes as long as a wrong token.
  const bool known = (portal == nullptr ? nobody_ : portal->tokens).contains(auth.token);
  if (!known || portal == nullptr || !auth.once) return result;
  if (portal->member && !portal->member->contains(auth.member_id)) return result;
  result.verdict = HookVerdict::accepted;
  result.portal = portal->alias;
  result.body = without_auth(body, form);
  return result;
}

}  // namespace kpistream::ingest
