// The webhook that an amoCRM or Kommo account keeps for us: what the account says of it, how it is made and mended, and
// the watch over it. Destinations hold the secret: they go to the account and nowhere else.
//
// Source: amoCRM developers, "Webhooks API" (crm_platform/webhooks-api) and "Webhooks" (webhooks-format): GET, POST and
// DELETE of /api/v4/webhooks; a POST of a destination that is there replaces its settings and enables it. An account
// disables a webhook after more than 100 failed answers within 2 h, and drops what happens from then on.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/rest/errand.hpp"

namespace kpistream::ingest {

inline constexpr std::size_t kAmoHooksMost = 100;                     // of an account
inline constexpr std::string_view kAmoHooksCall = "api/v4/webhooks";  // after the base URL
inline constexpr std::string_view kAmoHooksList = "api/v4/webhooks?limit=250";

// Events that every account knows, and those that some do not (Kommo leaves them out, or they are not documented).
[[nodiscard]] const std::vector<std::string>& amo_hook_events();
[[nodiscard]] const std::vector<std::string>& amo_hook_extras();

// Where our webhook goes. It is known by its path alone: hosts and proxies in front of us may change.
struct AmoHookAddress {
  std::string url;                   // where the account reaches us, "https://kpi.example.com"; empty: not told
  std::string path;                  // in front of "/<secret>"
  std::vector<std::string> secrets;  // the first is that of a new webhook

  [[nodiscard]] std::string destination() const;  // of a new webhook; empty: without a URL or a secret there is none
};

// "https://kpi.example.com" of a destination: what may be shown of it.
[[nodiscard]] std::string origin_of(std::string_view destination);

enum class AmoHookState : std::uint8_t {
  unknown,    // the account does not say
  fine,       // there and enabled
  disabled,   // by the account, or by a person
  gone,       // not in the list
  short_of,   // enabled, but not told of everything
  elsewhere,  // enabled, but for another origin than ours
};
[[nodiscard]] std::string_view name_of(AmoHookState state);  // "fine", ...

struct AmoHookView {
  AmoHookState state = AmoHookState::unknown;
  std::string destination;            // of ours; empty: gone
  std::vector<std::string> settings;  // of ours, those that a person has added too
  std::vector<std::string> missing;   // of amo_hook_events()
  std::vector<std::string> older;     // destinations at our own origin with a secret that is not valid any more
  std::size_t webhooks = 0;           // in the account
  unsigned status = 0;                // of the answer

  // Where the webhook is to go: as it is, or to our own origin if that is told. Empty: nobody knows.
  [[nodiscard]] std::string wanted(const AmoHookAddress& address) const;
  // What is to be told: everything, and what a person has added.
  [[nodiscard]] std::vector<std::string> wanted_settings() const;
};
// Pure. `status` and `body` of the answer to kAmoHooksList.
[[nodiscard]] AmoHookView view_amo_hooks(unsigned status, const std::string& body, const AmoHookAddress& address);

// A webhook being made or mended. An account that does not know an event gets the order again without it. Not
// thread-safe.
class AmoHookOrder {
 public:
  enum class Next : std::uint8_t {
    done,
    again,    // body() has changed
    later,    // the account is busy
    no_host,  // the account cannot find the host; it looks a new name up for about a minute
    refused,  // no right, or a tariff without webhooks
    failed,   // it will not have it
  };
  AmoHookOrder(std::string destination, std::vector<std::string> settings);

  [[nodiscard]] std::string body() const;  // of the POST
  [[nodiscard]] Next take(unsigned status, const std::string& body);
  [[nodiscard]] const std::vector<std::string>& unknown() const { return unknown_; }  // events that were left out
  [[nodiscard]] const std::string& destination() const { return destination_; }

 private:
  Next judge_errors(const std::string& body);
  bool leave_out(const std::vector<std::string>& events);  // false: none of them was asked for

  std::string destination_;
  std::vector<std::string> settings_;
  std::vector<std::string> unknown_;
  int attempts_ = 0;
  bool slashed_ = false;  // a slash at its end was tried
};
// The body of the DELETE.
[[nodiscard]] std::string amo_hook_removal(const std::string& destination);

// The daemon's watch over one account's webhook. expect() is thread-safe.
class AmoHookWatch : public RestErrand {
 public:
  // What is told, once per change.
  struct News {
    AmoHookState state = AmoHookState::unknown;
    unsigned status = 0;    // of the account's answer
    bool healed = false;    // by us: what was lost meanwhile the lists bring
    bool helpless = false;  // it was to be healed, and the account will not have it
  };
  struct Options {
    std::string portal;
    AmoHookAddress address;
    std::chrono::milliseconds every{300'000};
    bool heal = false;
    std::function<void(const News&)> told;  // on the reader's thread
  };

  explicit AmoHookWatch(Options options);

  // After a reload: other secrets, another path.
  void expect(AmoHookAddress address);

  [[nodiscard]] Time due() const override { return due_; }
  [[nodiscard]] std::optional<Request> next(Time now) override;
  void take(unsigned status, const std::string& body, Time now) override;
  void collect(MeterSink& sink) const override;

 private:
  void look(unsigned status, const std::string& body, Time now);
  void heal(unsigned status, const std::string& body, Time now);
  void tell(const News& news);

  const Options options_;
  mutable std::mutex mutex_;
  AmoHookAddress address_;                      // guarded
  AmoHookState state_ = AmoHookState::unknown;  // guarded
  std::optional<AmoHookOrder> order_;
  std::optional<AmoHookState> told_;
  bool helpless_ = false;
  int failures_ = 0;  // in a row
  Time due_{};
  Time heal_from_{};  // not before
};

}  // namespace kpistream::ingest
