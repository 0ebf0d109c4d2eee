// A portal's access and refresh tokens, in a file of their own. A refresh token can be used once, so whatever happens
// in between, the pair that the server gave last must be on the disk before anything is done with it:
//
//   begin()  the file is written, with what is about to be asked: when that cannot be done, nothing is asked
//   ask      the server uses the token up and gives a new pair
//   take()   the new pair is on the disk, and only then in use; when that cannot be done, it is tried again and again
//
// What is left is an answer that never reached us: then the token in the file is used up. The next event of the
// application that brings a refresh token, an installation for one, or another first token from the operator, helps us
// out by itself.
//
// A pair that an event brings is never used: its refresh token is exchanged at the server that the configuration names,
// with our client's secret. A forged one is refused there; one of another portal names another portal; one of an
// employee who is no administrator is found out by asking the portal. So it needs no secret that we know beforehand,
// and addresses in the event are not looked at.
//
// Source: Bitrix24 REST documentation, "Security in handlers": the application token comes first with ONAPPINSTALL, and
// a new one with ONAPPUPDATE.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/proof/secret.hpp"
#include "ingest/rest/small_files.hpp"
#include "ingest/rest/token_file.hpp"
#include "stream/ports/meters.hpp"

namespace kpistream::ingest {

enum class TokenState : std::uint8_t {
  waiting,  // for a first pair
  working,
  refused,       // the pair is used up or ended, and there is no other
  uninstalled,   // the application was taken out of the portal
  foreign,       // a pair of another portal, or of one whose address is not the configured one
  no_admin,      // only employees who are no administrators have offered a pair
  wrong_client,  // the server does not know our client id or secret
  denied,        // the server gives no pair for another reason, for example an unpaid application
  unwritable,    // the file cannot be written
  damaged,       // the file cannot be read; it is left alone
};
[[nodiscard]] std::string_view name_of(TokenState state);

struct TokenStoreOptions {
  std::string portal;     // alias
  std::string path;       // of the file; its folder is made when it is missing
  std::string endpoint;   // the portal's REST address as configured; empty: not compared
  std::string member_id;  // as configured; empty: that of the first pair counts from then on
  OAuthClient client;
  std::function<std::string()> first;            // the operator's first refresh token; empty: none. Called when needed
  Grant first_is = Grant::refresh;               // ... or his authorization code
  std::function<void(TokenState state)> told{};  // of a new state; must not call back
};

// One thread works: next(), begin(), take(), checked(), expired(), dead(). The others may be called by any.
class TokenStore final : public Metered {
 public:
  explicit TokenStore(TokenStoreOptions options, SmallFiles& files = disk_files());

  // ---- from events

  // Known from earlier events: to be compared with what others bring.
  [[nodiscard]] std::shared_ptr<const LiveSecrets> application_tokens() const { return tokens_; }
  // Cheap, and never waits for the disk. What is kept waits in memory until next().
  void heard(const ApplicationEvent& event);
  // `wake`: called after each event that is kept, by whoever brought it; empty: nobody. It must not call back, and is
  // not called any more once it was replaced.
  void on_event(std::function<void()> wake);

  // ---- for requests

  // To go with a request; nothing: there is none that would work.
  [[nodiscard]] std::optional<std::string> access() const;
  // The portal says that this access token is over, or was never one of its own. Of one that has been replaced
  // meanwhile it means nothing.
  void expired(const std::string& access);
  void dead(const std::string& access);
  // Goes up with each installation: what was bound to the one before is gone.
  [[nodiscard]] std::uint64_t installation() const;

  // ---- the errands of the thread that works

  struct Errand {
    enum class Kind : std::uint8_t {
      renew,      // the current pair
      candidate,  // is its employee an administrator?
      again,      // the candidate's access token is over
      offer,
      first,
    };
    Kind kind = Kind::renew;
    std::string token;  // to be exchanged; of `candidate`: an access token
    Grant grant = Grant::refresh;
  };
  // What is to be done now; nothing: nothing, or nothing can be. `any`: also an offer that is not proved.
  [[nodiscard]] std::optional<Errand> next(bool any);
  // Something that events have brought is not done with.
  [[nodiscard]] bool pending() const;
  [[nodiscard]] const OAuthClient& client() const { return options_.client; }
  // False: the answer could not be kept, so nothing must be asked.
  [[nodiscard]] bool begin(const Errand& errand);
  // What came of it. False: it is to be tried again later.
  bool take(const Errand& errand, ExchangeAnswer answer);
  bool checked(Rank rank);

  [[nodiscard]] TokenState state() const;
  void collect(MeterSink& sink) const override;

 private:
  [[nodiscard]] bool ours(const TokenPair& pair) const;
  [[nodiscard]] bool usable() const;
  [[nodiscard]] TokenState state_now() const;
  [[nodiscard]] bool welcome(const ApplicationEvent& event) const;
  void absorb();
  bool save(TokenFile file);
  void refuse(const Errand& errand);
  bool accept(const Errand& errand, TokenPair pair);
  bool promote();
  void show();
  [[nodiscard]] std::string first_token() const;

  const TokenStoreOptions options_;
  SmallFiles& files_;
  const std::shared_ptr<LiveSecrets> tokens_ = std::make_shared<LiveSecrets>();
  mutable std::mutex inbox_mutex_;
  std::vector<ApplicationEvent> heard_;  // guarded by inbox_mutex_
  std::function<void()> wake_;           // guarded by inbox_mutex_
  mutable std::mutex mutex_;
  // All guarded by mutex_.
  TokenFile file_;                    // as it is on the disk
  std::optional<TokenFile> unsaved_;  // what should be there
  bool damaged_ = false;
  bool unwritable_ = false;  // the last attempt failed
  bool expired_ = false;     // the current access token is over
  bool candidate_expired_ = false;
  bool refused_ = false;  // the current pair will not work again
  bool no_admin_ = false;
  bool foreign_ = false;  // an offer was of another portal
  Exchange last_ = Exchange::given;
  TokenState shown_ = TokenState::waiting;
  std::uint64_t installation_ = 1;
  Counter exchanges_[3];
};

}  // namespace kpistream::ingest
