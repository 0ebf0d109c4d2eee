// Every sentence that `connect` and `doctor` say, in Russian and English. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kpistream::app {

enum class Language : std::uint8_t { ru, en };

// `wish` is "ru", "en" or empty: then by the locale (the value of LC_ALL, LC_MESSAGES or LANG). Russian when unsure.
[[nodiscard]] Language language_of(std::string_view wish, std::string_view locale);

enum class Phrase : std::uint8_t {
  // REST
  rest_ok,
  rest_no_answer,
  rest_bad_secret,
  rest_no_plan,
  rest_moved,
  rest_limited,
  rest_odd,
  rest_bad_url,
  rest_missing,
  cure_no_answer,
  cure_bad_secret,
  cure_no_plan,
  cure_moved,
  cure_limited,
  cure_odd,
  cure_bad_url,
  cure_rest_missing,
  // an application
  app_working,
  app_waiting,
  app_refused,
  app_uninstalled,
  app_foreign,
  app_no_admin,
  app_wrong_client,
  app_denied,
  app_unwritable,
  app_damaged,
  app_unknown,
  app_no_pair,
  app_token_ended,
  cure_app_waiting,
  cure_app_refused,
  cure_app_foreign,
  cure_app_no_admin,
  cure_app_wrong_client,
  cure_app_denied,
  cure_app_unwritable,
  cure_app_damaged,
  // rights
  rights_ok,
  rights_wrong,
  cure_rights,
  list_ok,
  list_rows,
  list_no_scope,
  list_refused,
  list_unknown,
  cure_scope,
  cure_refused,
  cure_unknown,
  // mode and mapping
  mode_ok_leads,
  mode_ok_simple,
  mode_wrong,
  cure_mode_classic,
  cure_mode_simple,
  mapping_ok,
  mapping_unchecked,
  mapping_stage,
  mapping_pipeline,
  mapping_type,
  mapping_field,
  cure_stage,
  cure_pipeline,
  cure_type,
  cure_field,
  // the daemon
  clock_ok,
  clock_wrong,
  cure_clock,
  daemon_silent,
  cure_daemon,
  portal_unserved,
  portal_unknown,
  cure_portal,
  cure_restart,
  hook_ok,
  hook_unneeded,
  hook_never,
  hook_never_refused,
  hook_old,
  cure_hook,
  cure_hook_token,
  reader_ok,
  reader_wrong,
  cure_reader,
  account_ok,
  account_other,
  cure_account,
  config_wrong,
  cure_config,
  cure_secret_file,
  ok,
  wrong,
  cure,
  all_well,
  some_wrong,
  // what is proposed
  subject_quotes,
  subject_payments,
  subject_meetings,
  subject_complaints,
  nothing_to_write,
  quotes_own,
  quotes_smart,
  quotes_stage,
  quotes_none,
  payments_own,
  payments_smart,
  payments_orders,
  payments_stage,
  payments_none,
  meetings_stage,
  meetings_own,
  complaints_pipeline,
  complaints_smart,
  complaints_stage,
  complaints_none,
  // the conversation of `connect`
  ask_webhook,
  ask_alias,
  ask_public_url,
  ask_token,
  ask_mapping,
  ask_overwrite,
  checking,
  found_portal,
  found_plan,
  found_pipeline,
  found_smart,
  proposing,
  hook_create,
  hook_menu,
  hook_url,
  hook_placeholder,
  hook_events,
  hook_token_kept,
  written,
  fragment,
  start_hint,
  reload_hint,
  waiting,
  event_came,
  no_event,
  cannot_go_on,
  bad_alias,
  bad_token,
  token_missing,
  webhook_missing,
  exists,
  cannot_write,
  count_,  // how many there are
};

// The sentence, with its places "{}" filled in order.
[[nodiscard]] std::string say(Language language, Phrase phrase, const std::vector<std::string>& values = {});

// Unfilled, for tests.
[[nodiscard]] std::string_view pattern_of(Language language, Phrase phrase);

// A sentence that is said later.
struct Line {
  Phrase phrase{};
  std::vector<std::string> values{};
};
[[nodiscard]] inline std::string say(Language language, const Line& line) {
  return say(language, line.phrase, line.values);
}

}  // namespace kpistream::app
