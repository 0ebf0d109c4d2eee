#include "ingest/rest/token_store.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "ingest/proof/digest.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::size_t kOffersMost = 4;   // not yet looked at
constexpr std::size_t kHeardMost = 16;   // not yet on the disk
constexpr std::size_t kProvedMost = 32;  // the same; strangers leave them room
constexpr std::size_t kTokensKept = 2;   // events of before an update may still be under way
constexpr std::array<std::string_view, 10> kStates{"waiting",  "working",      "refused", "uninstalled", "foreign",
                                                   "no_admin", "wrong_client", "denied",  "unwritable",  "damaged"};
enum Result : std::uint8_t { kGiven, kRefused, kFailed };

std::string digest_of(const std::string& token) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  for (const char c : sha256(token)) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kHex[byte >> 4U];
    hex += kHex[byte & 15U];
  }
  return hex;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.find_last_of('/')); }

bool fit(const TokenOffer& offer) {
  return is_token(offer.refresh) && (offer.application_token.empty() || is_token(offer.application_token)) &&
         (offer.member_id.empty() || is_token(offer.member_id));
}

}  // namespace

std::string_view name_of(TokenState state) { return kStates.at(static_cast<std::size_t>(state)); }

TokenStore::TokenStore(TokenStoreOptions options, SmallFiles& files) : options_(std::move(options)), files_(files) {
  try {
    const auto bytes = files_.read(options_.path);
    if (bytes) {
      const auto read = decode_token_file(*bytes);
      damaged_ = !read;
      if (read) file_ = *read;
    }
  } catch (const std::runtime_error&) {
    damaged_ = true;
  }
  tokens_->set(file_.application_tokens);
  shown_ = state_now();
}

// ---- from events

// The file may be on a slow disk just now: whoever brings an event does not wait for it.
void TokenStore::heard(const ApplicationEvent& event) {
  if (event.kind != ApplicationEvent::Kind::uninstalled && !fit(event.offer)) return;
  if (event.kind != ApplicationEvent::Kind::installed && !event.offer.proved) return;
  const std::lock_guard lock(inbox_mutex_);
  if (heard_.size() >= (event.offer.proved ? kProvedMost : kHeardMost)) return;
  heard_.push_back(event);
  if (wake_) wake_();
}

void TokenStore::on_event(std::function<void()> wake) {
  const std::lock_guard lock(inbox_mutex_);
  wake_ = std::move(wake);
}

// ---- for requests

bool TokenStore::ours(const TokenPair& pair) const {
  const bool here = options_.endpoint.empty() || pair.endpoint.empty() || same_place(pair.endpoint, options_.endpoint);
  return here && (options_.member_id.empty() || pair.member_id.empty() || pair.member_id == options_.member_id);
}

bool TokenStore::usable() const {
  return file_.current && !damaged_ && !unsaved_ && !refused_ && file_.uninstalled == 0 && ours(*file_.current);
}

// Nothing that is not on the disk is used.
std::optional<std::string> TokenStore::access() const {
  const std::lock_guard lock(mutex_);
  if (!usable() || expired_) return std::nullopt;
  return file_.current->access;
}

void TokenStore::expired(const std::string& access) {
  const std::lock_guard lock(mutex_);
  if (file_.current && file_.current->access == access) expired_ = true;
}

void TokenStore::dead(const std::string& access) {
  const std::lock_guard lock(mutex_);
  if (!file_.current || file_.current->access != access) return;
  refused_ = true;
  show();
}

std::uint64_t TokenStore::installation() const {
  const std::lock_guard lock(mutex_);
  return installation_;
}

// ---- errands

std::string TokenStore::first_token() const {
  std::string token = options_.first ? options_.first() : std::string();
  if (!is_token(token) || digest_of(token) == file_.tried) return {};
  return token;
}

std::optional<TokenStore::Errand> TokenStore::next(bool any) {
  const std::lock_guard lock(mutex_);
  absorb();
  if (damaged_) return std::nullopt;
  if (unsaved_ && !save(*unsaved_)) return std::nullopt;
  using Kind = Errand::Kind;
  if (usable() && expired_) return Errand{Kind::renew, file_.current->refresh};
  if (file_.candidate && candidate_expired_) return Errand{Kind::again, file_.candidate->refresh};
  if (file_.candidate) return Errand{Kind::candidate, file_.candidate->access};
  for (const TokenOffer& offer : file_.offers) {
    if (offer.proved || any) return Errand{Kind::offer, offer.refresh};
  }
  if (usable()) return std::nullopt;
  if (auto first = first_token(); !first.empty()) {
    return Errand{Kind::first, std::move(first), options_.first_is};
  }
  return std::nullopt;
}

bool TokenStore::pending() const {
  {
    const std::lock_guard lock(inbox_mutex_);
    if (!heard_.empty()) return true;
  }
  const std::lock_guard lock(mutex_);
  return !damaged_ && (unsaved_ || file_.candidate || !file_.offers.empty());
}

// Whether an event may say something new. Another portal's does not, nor does an ordinary one while there is a pair.
bool TokenStore::welcome(const ApplicationEvent& event) const {
  using Kind = ApplicationEvent::Kind;
  if (event.kind == Kind::uninstalled) return true;
  if (event.kind == Kind::other && state_now() == TokenState::working) return false;
  const std::string& pinned =
      options_.member_id.empty() && file_.current ? file_.current->member_id : options_.member_id;
  return pinned.empty() || event.offer.member_id == pinned;
}

// What was heard, into the file. An uninstallation is that of the installation we know, unless it was queued before it:
// events come in no order.
void TokenStore::absorb() {
  std::vector<ApplicationEvent> events;
  {
    const std::lock_guard lock(inbox_mutex_);
    events.swap(heard_);
  }
  std::erase_if(events, [this](const ApplicationEvent& event) { return !welcome(event); });
  if (events.empty() || damaged_) return;
  TokenFile fresh = unsaved_ ? *unsaved_ : file_;
  for (ApplicationEvent& event : events) {
    if (event.kind == ApplicationEvent::Kind::uninstalled) {
      if (event.offer.at <= fresh.installed) continue;
      fresh.current.reset();
      fresh.candidate.reset();
      fresh.offers.clear();
      fresh.uninstalled = event.offer.at;
      continue;
    }
    const auto same = [&](const TokenOffer& one) { return one.refresh == event.offer.refresh; };
    const bool known = std::any_of(fresh.offers.begin(), fresh.offers.end(), same) ||
                       (fresh.candidate && same(fresh.candidate_of)) ||
                       (fresh.current && fresh.current->refresh == event.offer.refresh);
    if (known || fresh.offers.size() >= kOffersMost) continue;
    fresh.offers.push_back(std::move(event.offer));
  }
  if (fresh != file_) (void)save(std::move(fresh));
  show();
}

bool TokenStore::begin(const Errand& errand) {
  const std::lock_guard lock(mutex_);
  if (errand.kind == Errand::Kind::candidate) return true;
  TokenFile fresh = file_;
  fresh.asked = digest_of(errand.token);
  if (save(std::move(fresh))) return true;
  unsaved_.reset();  // nothing was asked, so that nothing is owed
  return false;
}

bool TokenStore::take(const Errand& errand, ExchangeAnswer answer) {
  const std::lock_guard lock(mutex_);
  last_ = answer.outcome;
  if (answer.outcome == Exchange::given) {
    exchanges_[kGiven].add();
    return accept(errand, std::move(answer.pair));
  }
  exchanges_[answer.outcome == Exchange::unanswered ? kFailed : kRefused].add();
  if (answer.outcome == Exchange::used_up) refuse(errand);
  show();
  return answer.outcome == Exchange::used_up;
}

// A token that the server will not take again.
void TokenStore::refuse(const Errand& errand) {
  TokenFile fresh = file_;
  fresh.asked.clear();
  switch (errand.kind) {
    case Errand::Kind::renew:
      refused_ = true;  // kept in the file: an operator may want to look
      break;
    case Errand::Kind::candidate:
    case Errand::Kind::again:
      fresh.candidate.reset();
      break;
    case Errand::Kind::offer:
      std::erase_if(fresh.offers, [&](const TokenOffer& one) { return one.refresh == errand.token; });
      break;
    case Errand::Kind::first:
      fresh.tried = digest_of(errand.token);
      break;
  }
  (void)save(std::move(fresh));
}

bool TokenStore::accept(const Errand& errand, TokenPair pair) {
  TokenFile fresh = file_;
  fresh.asked.clear();
  const bool is_ours = ours(pair);
  switch (errand.kind) {
    case Errand::Kind::offer: {
      const auto offer = std::find_if(fresh.offers.begin(), fresh.offers.end(),
                                      [&](const TokenOffer& one) { return one.refresh == errand.token; });
      if (offer == fresh.offers.end()) return true;
      // The server says whose it is, not the event.
      const bool honest = pair.member_id.empty() || offer->member_id == pair.member_id;
      if (is_ours && honest) {
        fresh.candidate = std::move(pair);
        fresh.candidate_of = *offer;
      }
      foreign_ = !is_ours || !honest;
      fresh.offers.erase(offer);
      break;
    }
    case Errand::Kind::candidate:
    case Errand::Kind::again:
      fresh.candidate = std::move(pair);
      candidate_expired_ = false;
      break;
    case Errand::Kind::first:
      fresh.tried = digest_of(errand.token);
      fresh.installed = fresh.uninstalled = 0;
      ++installation_;
      [[fallthrough]];
    case Errand::Kind::renew:
      fresh.current = std::move(pair);
      expired_ = refused_ = false;
      break;
  }
  const bool kept = save(std::move(fresh));
  show();
  return kept;
}

bool TokenStore::checked(Rank rank) {
  const std::lock_guard lock(mutex_);
  if (!file_.candidate) return true;
  switch (rank) {
    case Rank::unknown:
      return false;
    case Rank::expired:
      candidate_expired_ = true;
      return true;
    case Rank::administrator:
      return promote();
    case Rank::other:
    case Rank::dead:
      break;
  }
  no_admin_ = rank == Rank::other;
  TokenFile fresh = file_;
  fresh.candidate.reset();
  const bool kept = save(std::move(fresh));
  show();
  return kept;
}

// The candidate is the portal's pair from now on.
bool TokenStore::promote() {
  TokenFile fresh = file_;
  fresh.current = std::exchange(fresh.candidate, std::nullopt);
  const TokenOffer offer = std::exchange(fresh.candidate_of, {});
  if (!offer.application_token.empty()) {
    std::erase(fresh.application_tokens, offer.application_token);
    fresh.application_tokens.insert(fresh.application_tokens.begin(), offer.application_token);
    if (fresh.application_tokens.size() > kTokensKept) fresh.application_tokens.resize(kTokensKept);
  }
  fresh.installed = offer.at;
  fresh.uninstalled = 0;
  expired_ = refused_ = candidate_expired_ = no_admin_ = false;
  ++installation_;
  const bool kept = save(std::move(fresh));
  show();
  return kept;
}

// True: it is on the disk, and in force.
bool TokenStore::save(TokenFile file) {
  unsaved_ = std::move(file);
  if (!files_.make_folder(folder_of(options_.path)) || !replace_file(files_, options_.path, encode(*unsaved_))) {
    unwritable_ = true;
    show();
    return false;
  }
  unwritable_ = false;
  file_ = std::move(*unsaved_);
  unsaved_.reset();
  tokens_->set(file_.application_tokens);
  show();
  return true;
}

// ---- figures

TokenState TokenStore::state_now() const {
  if (damaged_) return TokenState::damaged;
  if (unwritable_) return TokenState::unwritable;
  if (last_ == Exchange::wrong_client && (expired_ || !usable())) return TokenState::wrong_client;
  if (last_ == Exchange::denied && (expired_ || !usable())) return TokenState::denied;
  if (usable()) return TokenState::working;
  if (file_.uninstalled != 0) return TokenState::uninstalled;
  if ((file_.current && !refused_) || (!file_.current && foreign_)) return TokenState::foreign;
  if (no_admin_) return TokenState::no_admin;
  return file_.current || !file_.tried.empty() ? TokenState::refused : TokenState::waiting;
}

void TokenStore::show() {
  const TokenState state = state_now();
  if (state == shown_) return;
  shown_ = state;
  if (options_.told) options_.told(state);
}

TokenState TokenStore::state() const {
  const std::lock_guard lock(mutex_);
  return state_now();
}

void TokenStore::collect(MeterSink& sink) const {
  const std::lock_guard lock(mutex_);
  const std::string_view portal = options_.portal;
  const auto now = static_cast<std::size_t>(state_now());
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    sink.gauge("kpistream_application_state",
               "The value is 1 for the state that the application's authorisation is in, else 0.",
               {{"portal", portal}, {"state", kStates.at(i)}}, i == now ? 1 : 0);
  }
  constexpr std::array<std::string_view, 3> kNames{"given", "refused", "failed"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    sink.counter("kpistream_token_exchanges_total",
                 "This counts refresh tokens sent to be exchanged, by what came of it.",
                 {{"portal", portal}, {"result", kNames.at(i)}}, exchanges_[i].value());
  }
}

}  // namespace kpistream::ingest
