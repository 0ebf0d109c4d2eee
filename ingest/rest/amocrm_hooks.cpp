#include "ingest/rest/amocrm_hooks.hpp"

#include <algorithm>
#include <array>

#include "ingest/json/json.hpp"

namespace kpistream::ingest {
namespace {

constexpr int kAttemptsMost = 20;               // an account may name one unknown event at a time
constexpr int kFailuresMost = 3;                // after so many an account that is only busy says nothing any more
constexpr std::chrono::minutes kHealPause{15};  // between two orders that did not help

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::vector<std::string> codes(std::string_view entity, std::initializer_list<std::string_view> actions) {
  std::vector<std::string> all;
  for (const auto action : actions) all.push_back(std::string(action) + "_" + std::string(entity));
  return all;
}

std::vector<std::string> joined(std::initializer_list<std::vector<std::string>> lists) {
  std::vector<std::string> all;
  for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

std::string quoted(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json.push_back('\\');
    if (static_cast<unsigned char>(c) >= ' ') json.push_back(c);
  }
  return json + '"';
}

// "/hook/amocrm/acme/s3cret" of a URL, without a slash at its end.
std::string_view path_of(std::string_view url) {
  const auto scheme = url.find("://");
  const auto begin = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  if (begin == std::string_view::npos) return {};
  std::string_view path = url.substr(begin, url.find_first_of("?#", begin) - begin);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// Of webhooks that only differ in how well they do, the best.
int rank(const AmoHookView& view) {
  constexpr std::array<AmoHookState, 5> kBest{AmoHookState::fine, AmoHookState::short_of, AmoHookState::elsewhere,
                                              AmoHookState::disabled, AmoHookState::gone};
  return static_cast<int>(std::find(kBest.begin(), kBest.end(), view.state) - kBest.begin());
}

void judge(const JsonValue& hook, const AmoHookAddress& address, AmoHookView& view) {
  view.destination = hook["destination"].text();
  hook["settings"].each([&](const JsonValue& event) { view.settings.push_back(event.text()); });
  for (const auto& event : amo_hook_events()) {
    if (!contains(view.settings, event)) view.missing.push_back(event);
  }
  const bool moved = !address.url.empty() && origin_of(view.destination) != origin_of(address.url);
  view.state = hook["disabled"].truth() ? AmoHookState::disabled
               : moved                  ? AmoHookState::elsewhere
               : !view.missing.empty()  ? AmoHookState::short_of
                                        : AmoHookState::fine;
}

// "settings.settings[3]" or "settings.3": 3.
std::optional<std::size_t> index_in(std::string_view path) {
  const auto begin = path.find_first_of("0123456789");
  if (begin == std::string_view::npos) return std::nullopt;
  return static_cast<std::size_t>(
      parse_integer(path.substr(begin, path.find_first_not_of("0123456789", begin) - begin)));
}

}  // namespace

const std::vector<std::string>& amo_hook_events() {
  static const auto kEvents =
      joined({codes("lead", {"add", "update", "delete", "restore", "status", "responsible", "note"}),
              codes("contact", {"add", "update", "delete", "restore", "responsible", "note"}),
              codes("company", {"add", "update", "delete", "restore", "responsible", "note"}),
              codes("task", {"add", "delete", "responsible"}), codes("message", {"add"}), codes("talk", {"add"})});
  return kEvents;
}

const std::vector<std::string>& amo_hook_extras() {
  static const auto kExtras = joined({codes("task", {"update"}), codes("outgoing_message", {"add"}),
                                      codes("talk", {"update"}), codes("unsorted", {"add", "update", "delete"}),
                                      codes("customer", {"add", "update", "delete", "responsible", "note"})});
  return kExtras;
}

std::string AmoHookAddress::destination() const {
  if (url.empty() || secrets.empty()) return {};
  std::string base = url;
  while (base.ends_with('/')) base.pop_back();
  return base + path + "/" + secrets.front();
}

std::string origin_of(std::string_view destination) {
  const auto scheme = destination.find("://");
  const auto begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  std::string origin(destination.substr(0, destination.find_first_of("/?#", begin)));
  for (char& c : origin) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return origin;
}

std::string_view name_of(AmoHookState state) {
  constexpr std::array<std::string_view, 6> kNames{"unknown", "fine", "disabled", "gone", "short_of", "elsewhere"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::string AmoHookView::wanted(const AmoHookAddress& address) const {
  const bool stays = !destination.empty() && (address.url.empty() || origin_of(destination) == origin_of(address.url));
  return stays ? destination : address.destination();
}

std::vector<std::string> AmoHookView::wanted_settings() const {
  auto all = joined({amo_hook_events(), amo_hook_extras()});
  for (const auto& one : settings) {
    if (!contains(all, one)) all.push_back(one);
  }
  return all;
}

AmoHookView view_amo_hooks(unsigned status, const std::string& body, const AmoHookAddress& address) {
  AmoHookView best;
  best.status = status;
  JsonDocument document;
  const bool none = status == 204;
  if (!none && (status != 200 || !document.parse(body) || !document.root().is_object())) return best;
  best.state = AmoHookState::gone;
  if (none) return best;
  std::vector<std::string> older;
  std::size_t webhooks = 0;
  document.root()["_embedded"]["webhooks"].each([&](const JsonValue& hook) {
    ++webhooks;
    const std::string destination = hook["destination"].text();
    const auto path = path_of(destination);
    const auto cut = path.rfind('/');
    if (cut == std::string_view::npos || !path.substr(0, cut).ends_with(address.path)) return;
    if (!contains(address.secrets, path.substr(cut + 1))) {
      // At another host it may be that of another daemon, which is none of our business.
      if (origin_of(destination) == origin_of(address.url)) older.push_back(destination);
      return;
    }
    AmoHookView view;
    judge(hook, address, view);
    if (rank(view) < rank(best)) best = std::move(view);
  });
  best.status = status;
  best.older = std::move(older);
  best.webhooks = webhooks;
  return best;
}

// ---- making one

AmoHookOrder::AmoHookOrder(std::string destination, std::vector<std::string> settings)
    : destination_(std::move(destination)), settings_(std::move(settings)) {}

std::string AmoHookOrder::body() const {
  std::string events;
  for (const auto& event : settings_) events += (events.empty() ? "" : ",") + quoted(event);
  return "{\"destination\":" + quoted(destination_) + ",\"settings\":[" + events + "],\"sort\":10}";
}

AmoHookOrder::Next AmoHookOrder::take(unsigned status, const std::string& body) {
  if (status == 200 || status == 201) return Next::done;
  if (status == 401 || status == 402 || status == 403) return Next::refused;
  if (status == 0 || status == 429 || status >= 500) return Next::later;
  if (status != 400 || ++attempts_ > kAttemptsMost) return Next::failed;
  return judge_errors(body);
}

// {"validation-errors":[{"errors":[{"code":"...","path":"destination.destination","detail":"Invalid URL"}]}]}
AmoHookOrder::Next AmoHookOrder::judge_errors(const std::string& body) {
  bool host = false;
  std::vector<std::string> events;
  JsonDocument document;
  if (document.parse(body)) {
    document.root()["validation-errors"].each([&](const JsonValue& request) {
      request["errors"].each([&](const JsonValue& error) {
        const std::string path = error["path"].text();
        host = host || path.starts_with("destination");
        const auto index = path.starts_with("settings") ? index_in(path) : std::nullopt;
        if (index && *index < settings_.size()) events.push_back(settings_[*index]);
      });
    });
  }
  if (leave_out(events)) return Next::again;
  if (host) {
    if (slashed_) return Next::no_host;
    slashed_ = true;
    destination_.push_back('/');  // Kommo was seen to want one
    return Next::again;
  }
  return leave_out(amo_hook_extras()) ? Next::again : Next::failed;
}

bool AmoHookOrder::leave_out(const std::vector<std::string>& events) {
  const auto before = settings_.size();
  for (const auto& event : events) {
    if (std::erase(settings_, event) != 0) unknown_.push_back(event);
  }
  return settings_.size() != before && !settings_.empty();
}

std::string amo_hook_removal(const std::string& destination) { return "{\"destination\":" + quoted(destination) + "}"; }

// ---- the watch

AmoHookWatch::AmoHookWatch(Options options) : options_(std::move(options)), address_(options_.address) {}

void AmoHookWatch::expect(AmoHookAddress address) {
  const std::lock_guard lock(mutex_);
  address_ = std::move(address);
}

std::optional<RestErrand::Request> AmoHookWatch::next(Time now) {
  if (now < due_) return std::nullopt;
  if (order_) return Request{true, std::string(kAmoHooksCall), order_->body()};
  return Request{false, std::string(kAmoHooksList), ""};
}

void AmoHookWatch::take(unsigned status, const std::string& body, Time now) {
  order_ ? heal(status, body, now) : look(status, body, now);
}

void AmoHookWatch::look(unsigned status, const std::string& body, Time now) {
  due_ = now + options_.every;
  AmoHookAddress address;
  {
    const std::lock_guard lock(mutex_);
    address = address_;
  }
  const AmoHookView view = view_amo_hooks(status, body, address);
  const bool passing = status == 0 || status == 429 || status >= 500;
  failures_ = passing ? failures_ + 1 : 0;
  if (passing && failures_ < kFailuresMost) return;
  {
    const std::lock_guard lock(mutex_);
    state_ = view.state;
  }
  const bool off = view.state == AmoHookState::disabled || view.state == AmoHookState::gone;
  const bool can = options_.heal && !view.wanted(address).empty();
  if (!off) helpless_ = false;
  tell({view.state, status, false, off && options_.heal && (!can || helpless_)});
  if (!off || !can || now < heal_from_) return;
  heal_from_ = now + kHealPause;
  order_.emplace(view.wanted(address), view.wanted_settings());
  due_ = now;
}

void AmoHookWatch::heal(unsigned status, const std::string& body, Time now) {
  const auto next = order_->take(status, body);
  due_ = now;
  if (next == AmoHookOrder::Next::again) return;
  order_.reset();
  if (next == AmoHookOrder::Next::done) {
    told_.reset();
    if (options_.told) options_.told({AmoHookState::fine, status, true, false});
    told_ = AmoHookState::fine;
    return;  // and looks whether it is so
  }
  due_ = now + options_.every;
  if (next == AmoHookOrder::Next::later) {
    heal_from_ = now;  // it is only busy
    return;
  }
  helpless_ = true;
  if (options_.told) options_.told({told_.value_or(AmoHookState::unknown), status, false, true});
}

void AmoHookWatch::tell(const News& news) {
  if (told_ == news.state) return;
  told_ = news.state;
  if (options_.told) options_.told(news);
}

void AmoHookWatch::collect(MeterSink& sink) const {
  AmoHookState state{};
  {
    const std::lock_guard lock(mutex_);
    state = state_;
  }
  if (state == AmoHookState::unknown) return;
  const bool off = state == AmoHookState::disabled || state == AmoHookState::gone;
  sink.gauge(
      "kpistream_hook_disabled",
      "The value is 1 while the account has our webhook disabled or does not have it at all, so that nothing is told; "
      "it is absent while that is not known.",
      {{"portal", options_.portal}}, off ? 1 : 0);
}

}  // namespace kpistream::ingest
