#include "ingest/amocrm/guard.hpp"

#include "ingest/amocrm/limits.hpp"
#include "ingest/form/form.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::string_view kPrefix = "/hook/amocrm/";

// False: another account is named, or in a shape that no account block has.
bool same_account(const Form& form, const std::string& account_id) {
  for (const auto& pair : form.pairs()) {
    const bool names_account = pair.path.size() >= 2 && pair.path[0] == "account" && pair.path[1] == "id";
    if (names_account && (pair.path.size() != 2 || pair.value != account_id)) return false;
  }
  return true;
}

}  // namespace

AmoGuard::AmoGuard(const std::vector<AmoHook>& hooks) {
  for (const auto& hook : hooks) {
    const std::string prefix = (hook.path.empty() ? std::string(kPrefix) + hook.alias : hook.path) + "/";
    portals_.push_back({hook.alias, prefix, SecretSet(hook.secrets), hook.account_id});
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

HookResult AmoGuard::admit(std::string_view path, std::string_view body) const {
  HookResult result;
  result.crm = Crm::amocrm;
  const Portal* portal = find(path);
  std::string_view secret = path.substr(portal == nullptr ? path.rfind('/') + 1 : portal->prefix.size());
  if (secret.ends_with('/')) secret.remove_suffix(1);  // Kommo wants an address to end with one
  const bool known = (portal == nullptr ? nobody_ : portal->secrets).contains(secret);
  if (!known || portal == nullptr) return result;
  thread_local Form form;
  if (form.parse(body, amocrm_form_limits()) != FormStatus::ok) {
    result.verdict = HookVerdict::too_large;
    return result;
  }
  if (!same_account(form, portal->account_id)) return result;
  result.verdict = HookVerdict::accepted;
  result.portal = portal->alias;
  result.body = body;
  return result;
}

}  // namespace kpistream::ingest
