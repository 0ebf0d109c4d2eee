#include "ingest/bitrix24/guard.hpp"

#include <algorithm>
#include <charconv>

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

bool is_event(std::string_view event, std::string_view name) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return std::equal(event.begin(), event.end(), name.begin(), name.end(),
                    [&](char a, char b) { return upper(a) == b; });
}

// What an event says of the application; nothing: it says nothing of it, or not with the right to.
std::optional<ApplicationEvent> application_event(const Form& form, const Auth& auth, bool proved) {
  using Kind = ApplicationEvent::Kind;
  const auto value = [](const FormPair* pair) { return pair == nullptr ? std::string_view{} : pair->value; };
  const std::string_view name = value(form.find({"event"}));
  ApplicationEvent event;
  if (is_event(name, "ONAPPINSTALL") || is_event(name, "ONAPPUPDATE")) event.kind = Kind::installed;
  if (is_event(name, "ONAPPUNINSTALL")) event.kind = Kind::uninstalled;
  if (event.kind != Kind::installed && !proved) return std::nullopt;
  const std::string_view refresh = value(form.find({"auth", "refresh_token"}));
  if (refresh.empty() && event.kind != Kind::uninstalled) return std::nullopt;
  const std::string_view at = value(form.find({"ts"}));
  event.offer.refresh = refresh;
  event.offer.application_token = auth.token;
  event.offer.member_id = auth.member_id;
  std::from_chars(at.data(), at.data() + at.size(), event.offer.at);
  event.offer.proved = proved;
  return event;
}

}  // namespace

Bitrix24Guard::Bitrix24Guard(const std::vector<Bitrix24Hook>& hooks) {
  for (const auto& hook : hooks) {
    const std::string path = hook.path.empty() ? std::string(kPrefix) + hook.alias : hook.path;
    Portal portal{hook.alias, SecretSet(hook.application_tokens), {}, hook.learned, hook.heard};
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
  const bool configured = (portal == nullptr ? nobody_ : portal->tokens).contains(auth.token);
  const bool learned = (portal != nullptr && portal->learned ? *portal->learned : nothing_).contains(auth.token);
  const bool known = configured || learned;
  if (portal == nullptr || !auth.once) return result;
  if (portal->member && !portal->member->contains(auth.member_id)) return result;
  if (portal->heard) {
    if (const auto event = application_event(form, auth, known)) portal->heard(*event);
  }
  if (!known) return result;
  result.verdict = HookVerdict::accepted;
  result.portal = portal->alias;
  result.body = without_auth(body, form);
  return result;
}

}  // namespace kpistream::ingest
