#include "ingest/amocrm/guard.hpp"

#include "ingest/amocrm/limits.hpp"
#include "ingest/amocrm/widgets.hpp"
#include "ingest/form/form.hpp"
#include "ingest/proof/digest.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::size_t kQueryMax = 1'024;  // of the one word that comes as a query
constexpr std::string_view kPrefix = "/hook/amocrm/";

// False: another account is named, or in a shape that no account block has.
bool same_account(const Form& form, const std::string& account_id) {
  for (const auto& pair : form.pairs()) {
    const bool names_account = pair.path.size() >= 2 && pair.path[0] == "account" && pair.path[1] == "id";
    if (names_account && (pair.path.size() != 2 || pair.value != account_id)) return false;
  }
  return true;
}

std::string_view value_of(const Form& form, std::string_view name) {
  const FormPair* pair = form.find({name});
  return pair == nullptr ? std::string_view{} : pair->value;
}

}  // namespace

AmoGuard::AmoGuard(const std::vector<AmoHook>& hooks) {
  for (const auto& hook : hooks) {
    const std::string prefix = (hook.path.empty() ? std::string(kPrefix) + hook.alias : hook.path) + "/";
    portals_.push_back(
        {hook.alias, prefix, SecretSet(hook.secrets), hook.account_id, hook.client_id, hook.client_secret, hook.heard});
  }
}

const AmoGuard::Portal* AmoGuard::find(std::string_view path) const {
  const Portal* found = nullptr;  // the longest: a configured path may lie below another
  for (const auto& portal : portals_) {
    const bool longer = found == nullptr || portal.prefix.size() > found->prefix.size();
    if (longer && path.starts_with(portal.prefix)) found = &portal;
  }
  return found;
}

bool AmoGuard::owns(std::string_view path) const { return path.starts_with(kPrefix) || find(path) != nullptr; }

const AmoGuard::Portal* AmoGuard::proved(std::string_view path) const {
  const Portal* portal = find(path);
  std::string_view secret = path.substr(portal == nullptr ? path.rfind('/') + 1 : portal->prefix.size());
  if (secret.ends_with('/')) secret.remove_suffix(1);  // Kommo wants an address to end with one
  const bool known = (portal == nullptr ? nobody_ : portal->secrets).contains(secret);
  return known ? portal : nullptr;
}

HookResult AmoGuard::admit(std::string_view path, std::string_view body) const {
  HookResult result;
  result.crm = Crm::amocrm;
  const Portal* portal = proved(path);
  if (portal == nullptr) return result;
  if (is_json_body(body)) {
    if (!json_names_account(body, portal->account_id)) return result;
    result.body = without_token(body);
  } else {
    thread_local Form form;
    if (form.parse(body, amocrm_form_limits()) != FormStatus::ok) {
      result.verdict = HookVerdict::too_large;
      return result;
    }
    if (!same_account(form, portal->account_id)) return result;
    result.body = body;
  }
  result.verdict = HookVerdict::accepted;
  result.portal = portal->alias;
  return result;
}

bool AmoGuard::takes_json(std::string_view path) const { return owns(path); }

bool AmoGuard::takes_query(std::string_view query) const {
  return query.size() <= kQueryMax && query.find("client_uuid=") != std::string_view::npos &&
         query.find("account_id=") != std::string_view::npos && query.find("signature=") != std::string_view::npos;
}

HookResult AmoGuard::admit_query(std::string_view path, std::string_view query) const {
  HookResult result;
  result.crm = Crm::amocrm;
  const Portal* portal = proved(path);
  thread_local Form form;
  if (portal == nullptr || form.parse(query, amocrm_form_limits()) != FormStatus::ok) return result;
  const std::string client(value_of(form, "client_uuid"));
  const std::string account(value_of(form, "account_id"));
  const SecretSet expected({hmac_sha256(portal->client_secret, client + "|" + account)});
  const bool signature = expected.contains(value_of(form, "signature")) && !portal->client_secret.empty();
  if (!signature || client != portal->client_id || account != portal->account_id) return result;
  if (portal->heard) {
    ApplicationEvent event;
    event.kind = ApplicationEvent::Kind::uninstalled;
    event.offer.proved = true;
    portal->heard(event);
  }
  result.verdict = HookVerdict::accepted;
  result.portal = portal->alias;
  result.body = "client_uuid=" + client + "&account_id=" + account;
  return result;
}

}  // namespace kpistream::ingest
