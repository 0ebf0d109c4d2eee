#include "app/daemon.hpp"

#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <thread>

#include "app/admin.hpp"
#include "app/backup_api.hpp"
#include "app/clock.hpp"
#include "app/insights.hpp"
#include "app/listen_file.hpp"
#include "app/log.hpp"
#include "app/portals.hpp"
#include "app/table_page.hpp"
#include "ingest/http/server.hpp"
#include "ingest/proof/digest.hpp"
#include "ingest/proof/secret.hpp"
#include "ingest/rest/readers.hpp"
#include "store/store.hpp"
#include "stream/canary.hpp"
#include "stream/kpi/board.hpp"
#include "stream/periods/keeper.hpp"
#include "stream/processor.hpp"
#include "stream/reading_state.hpp"
#include "stream/retention.hpp"
#include "stream/settle.hpp"

namespace kpistream::app {
namespace {

constexpr std::chrono::milliseconds kIdle{200};            // how late the windows may follow the clock
constexpr std::chrono::milliseconds kDrainTimeout{8'000};  // SIGTERM to exit stays under 10 s
constexpr std::size_t kRecordBytesMax = 10u << 20;         // a page of a CRM list is the largest record
constexpr std::chrono::milliseconds kToldEvery{2'000};     // viewers of the page
constexpr UnixSeconds kExpireEvery = 3'600;
constexpr std::uint64_t kSettleTold = 100'000;  // entities between two lines about progress

// Hands the processor's wishes to the readers of their portals.
class WishRouter : public WishListener {
 public:
  void add(const std::string& portal, WishListener& reader) { readers_.emplace(portal, &reader); }

  void on_wishes(const std::vector<Wish>& open, const std::vector<Wish>& fulfilled) override {
    for (const auto& [portal, reader] : readers_) {
      const auto ours = [&portal = portal](const std::vector<Wish>& all) {
        std::vector<Wish> some;
        for (const auto& wish : all) {
          if (wish.portal == portal) some.push_back(wish);
        }
        return some;
      };
      auto added = ours(open);
      auto done = ours(fulfilled);
      if (!added.empty() || !done.empty()) reader->on_wishes(added, done);
    }
  }

 private:
  std::map<std::string, WishListener*> readers_;  // fixed once the processor runs
};

store::StoreOptions store_options(const Config& config, const DaemonOptions& options) {
  store::StoreOptions store;
  store.path = config.storage_path;
  store.sync = options.sync;
  store.accept_loss = options.accept_loss;
  store.record_bytes_max = kRecordBytesMax;
  store.free_bytes_min = config.free_bytes_min;
  return store;
}

ingest::ServerOptions server_options(const Endpoint& endpoint) {
  ingest::ServerOptions options;
  options.address = endpoint.address;
  options.port = endpoint.port;
  return options;
}

ingest::ServerOptions server_options(const std::vector<Endpoint>& endpoints) {
  auto options = server_options(endpoints.front());
  for (auto one = endpoints.begin() + 1; one != endpoints.end(); ++one)
    options.also.push_back({one->address, one->port});
  return options;
}

std::string text_of(const std::vector<Endpoint>& endpoints) {
  std::vector<std::string> texts;
  texts.reserve(endpoints.size());
  for (const Endpoint& endpoint : endpoints) texts.push_back(endpoint_text(endpoint));
  return fmt::format("{}", fmt::join(texts, ","));
}

}  // namespace

// Declared in the order of construction; what starts activity comes last and so goes first.
class Daemon::Parts {
 public:
  Parts(Config config, WebConfig web, DaemonOptions options)
      : config_(std::move(config)),
        web_(std::move(web)),
        options_(std::move(options)),
        clock_(options_.clock_start),
        formulas_(config_.kpis) {
    std::filesystem::create_directories(config_.storage_path);
    remove_listen_file(config_.storage_path);
    store_ = store::Store::open(store_options(config_, options_));
    for (const auto& note : store_->notes()) log_warn(note);
    settle_state();
    board_ = std::make_unique<Board>(store_->state(), portal_settings(config_));
    insights_ = std::make_unique<Insights>(store_->state(), table_settings(config_));
    desk_ = std::make_unique<AdviceDesk>([this] { store_->journal().wake(); });
    applications_ = make_applications(config_);
    hook_watches_ = make_hook_watches(config_);
    readers_ = make_readers(config_, applications_, hook_watches_, pool_, store_->journal(), store_->state(), clock_);
    for (const auto& [portal, reader] : readers_) router_.add(portal, *reader);
    processor_ = std::make_unique<Processor>(store_->journal(), store_->state(), processor_portals(config_),
                                             board_.get(), &router_, ProcessorLimits{}, &clock_);
    keeper_ = std::make_unique<periods::PeriodKeeper>(store_->state(), *processor_, table_settings(config_),
                                                      config_.periods, ingest::sha256, clock_);
    canary_ = std::make_unique<Canary>(store_->journal(), clock_);
    silence_ = std::make_unique<HookSilence>(processor_->hooks(), clock_, archived_portals(config_));
    processor_->offer(config_.kpis.definitions, config_.kpis_hold);
  }

  void start() {
    board_->load({}, clock_.wall());
    processor_->step(0);  // takes the definitions up, and no record
    router_.on_wishes(pending_wishes(store_->state()), {});
    start_admin();
    recover();
    hook_ = std::make_unique<ingest::HookServer>(server_options(config_.hook), store_->journal(), clock_,
                                                 hook_guards(config_, applications_, clock_));
    hook_->start();
    for (const auto& [portal, reader] : readers_) reader->start();
    processing_ = std::jthread([this](const std::stop_token& stop) { process(stop); });
    sources_.add(*hook_);
    ready_ = true;
    if (!tell_where()) throw std::runtime_error("cannot write " + config_.storage_path + "/listen.json");
    log_info("ready", {{"hook", endpoint_text({config_.hook.address, hook_->port()})},
                       {"admin", text_of(admin_addresses())},
                       {"portals", std::to_string(config_.portals.size())}});
  }

  void reload(const Config& config, const WebConfig& web) {
    web_ = web;
    guard_admin(config);
    if (!tell_where()) log_warn("our own commands do not learn of the new certificate: listen.json cannot be written");
    hook_->set_guards(hook_guards(config, applications_, clock_));
    expect_hooks(config, hook_watches_);
    set_up_log(config.log_level, config.log_format);
    processor_->offer(config.kpis.definitions, config.kpis_hold);
    formulas_.set(config.kpis);
    store_->journal().wake();
    if (needs_restart(config_, config)) log_warn("some of the changes take effect at the next start only");
    reloads_.succeeded(clock_.wall());
    log_info("configuration reloaded");
  }

  void reload_failed() { reloads_.failed(); }

  void stop() {
    if (stopped_) return;
    stopped_ = true;
    ready_ = false;
    if (hook_ && !hook_->drain(kDrainTimeout)) log_warn("some requests were cut off");
    for (const auto& [portal, reader] : readers_) reader->stop();
    if (processing_.joinable()) {
      processing_.request_stop();
      store_->journal().wake();
      processing_.join();
    }
    desk_->close();
    if (admin_) admin_->stop();
    sources_.remove(hook_.get());
    hook_.reset();
    store_->close();
  }

  [[nodiscard]] std::chrono::steady_clock::time_point last_beat() const { return beat_; }
  [[nodiscard]] bool failed() const { return processing_failed_ || store_->failed(); }
  [[nodiscard]] std::uint16_t hook_port() const { return hook_->port(); }
  [[nodiscard]] std::vector<Endpoint> admin_addresses() const {
    std::vector<Endpoint> addresses = config_.admin;
    const auto ports = admin_->ports();
    for (std::size_t i = 0; i < addresses.size(); ++i) addresses[i].port = ports.at(i);
    return addresses;
  }
  [[nodiscard]] Journal& journal() { return store_->journal(); }
  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  void settle_state() {
    std::uint64_t told = 0;
    const auto progress = [&](std::uint64_t done, std::uint64_t all) {
      if (done - told < kSettleTold) return;
      told = done;
      log_info("making the figures anew", {{"done", std::to_string(done)}, {"about", std::to_string(all)}});
    };
    const auto settled = settle(store_->state(), portal_settings(config_), progress);
    if (settled == Settled::unchanged) return;
    log_info("settings have changed; the figures were made anew",
             {{"journal", settled == Settled::refolding ? "is read again" : "stays as it is"}});
  }

  void start_admin() {
    sources_.add(*store_);
    sources_.add(*processor_);
    sources_.add(*keeper_);
    sources_.add(*silence_);
    sources_.add(*canary_);
    sources_.add(reloads_);
    sources_.add(portal_info_);
    sources_.add(backups_);
    for (const auto& [portal, reader] : readers_) sources_.add(*reader);
    reloads_.succeeded(clock_.wall());
    admin_ = std::make_unique<ingest::AdminServer>(
        server_options(config_.admin), clock_,
        make_admin_handler({*board_, formulas_, *insights_, *desk_, readers_, sources_, ready_, config_, *store_,
                            store_->state(), clock_, options_.telemetry_path, options_.lifecycle, access_,
                            options_.prefix}),
        [this](const ingest::AdminRequest& request) { return access_.get()->check(request); });
    guard_admin(config_);
    admin_->start();
    sources_.add(*admin_);
  }

  // Who is let in from now on, and what they are shown to know us by.
  void guard_admin(const Config& config) {
    access_.set({web_.users, config.viewers, own_token_, options_.telemetry_path,
                 web_.identity != nullptr || options_.seen_within_tls, config.hide_names});
    admin_->set_tls(web_.identity);
  }

  // To our own commands.
  [[nodiscard]] bool tell_where() {
    const std::string certificate = web_.identity ? to_hex(web_.identity->fingerprint()) : "";
    return write_listen_file(config_.storage_path, {hook_->port(), admin_->ports().front(), admin_addresses(),
                                                    options_.prefix, certificate, own_token_});
  }

  // What was acknowledged before the last end is in the figures before anything new comes.
  void recover() {
    const Position tail = store_->journal().tail();
    const Position from = processor_->position();
    while (processor_->step(tail) != 0) {
    }
    board_->advance(clock_.wall());
    if (tail > from) log_info("recovered", {{"records", std::to_string(tail - from)}});
  }

  // Raw bodies hold personal data: they are kept no longer than they are needed. What they told is in the state.
  void expire_raw() {
    const UnixSeconds now = clock_.wall();
    const auto keep = config_.retention_raw.count();
    if (keep == 0 || now - expired_at_ < kExpireEvery) return;
    expired_at_ = now;
    const Position first = first_to_keep(store_->journal(), store_->state(), now - keep);
    const bool further = first > store_->journal().first();
    store_->expire(first);  // also when it goes no further: files may have become deletable since the last time
    if (further) log_info("raw records have expired", {{"first", std::to_string(first)}});
  }

  void process(const std::stop_token& stop) {
    try {
      while (!stop.stop_requested()) {
        beat_ = clock_.steady();
        const bool idle = processor_->step() == 0;
        board_->advance(clock_.wall());
        canary_->shown(processor_->position());
        const bool more = keeper_->tick(clock_.wall());
        expire_raw();
        follow_insights();
        tell_viewers();
        if (idle && !more) store_->journal().wait(processor_->position(), kIdle);
      }
    } catch (const std::exception& error) {
      log_error("processing has failed", {{"error", error.what()}});
      processing_failed_ = true;
      desk_->close();
    }
  }

  // Who has the page open asks for it again. At most every kToldEvery, however much comes.
  void tell_viewers() {
    const auto now = clock_.steady();
    if (now - told_at_ < kToldEvery) return;
    const std::uint64_t version = table_version(*board_, *insights_);
    if (version == told_) return;
    told_ = version;
    told_at_ = now;
    admin_->publish(std::make_shared<const std::string>(
        fmt::format("id: {}\nevent: figures\ndata: {{\"now\":{}}}\n\n", ++events_, clock_.wall())));
  }

  void follow_insights() {
    const auto& in_force = processor_->kpis().in_force().definitions();
    insights_->tick(in_force, clock_.wall());
    desk_->serve([&](const AdviceOrder& order) { return insights_->change(order, in_force, clock_.wall()); });
  }

  const Config config_;
  WebConfig web_;  // the newest
  const DaemonOptions options_;
  const std::string own_token_ = ingest::random_token();
  CurrentAccess access_;
  RunningClock clock_;
  CurrentFormulas formulas_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Board> board_;
  std::unique_ptr<Insights> insights_;
  std::unique_ptr<AdviceDesk> desk_;
  ingest::RestPool pool_;
  Applications applications_;
  HookWatches hook_watches_;
  PortalReaders readers_;
  WishRouter router_;
  std::unique_ptr<Processor> processor_;
  std::unique_ptr<periods::PeriodKeeper> keeper_;
  std::unique_ptr<HookSilence> silence_;
  std::unique_ptr<Canary> canary_;
  ReloadMeter reloads_;
  const PortalInfo portal_info_{config_};
  const BackupMeter backups_{config_.backup_path};
  MeteredList sources_;
  // The processing thread's own.
  UnixSeconds expired_at_ = 0;
  std::uint64_t told_ = 0;  // version of the table
  std::uint64_t events_ = 0;
  std::chrono::steady_clock::time_point told_at_{};
  std::atomic<bool> ready_{false};
  std::atomic<bool> processing_failed_{false};
  std::atomic<std::chrono::steady_clock::time_point> beat_{std::chrono::steady_clock::now()};
  bool stopped_ = false;
  std::unique_ptr<ingest::AdminServer> admin_;
  std::unique_ptr<ingest::HookServer> hook_;
  std::jthread processing_;
};

Daemon::Daemon(Config config, WebConfig web, DaemonOptions options)
    : parts_(std::make_unique<Parts>(std::move(config), std::move(web), std::move(options))) {}

Daemon::~Daemon() { stop(); }

void Daemon::start() { parts_->start(); }
void Daemon::reload(const Config& config, const WebConfig& web) { parts_->reload(config, web); }
std::chrono::steady_clock::time_point Daemon::last_beat() const { return parts_->last_beat(); }
void Daemon::reload_failed() { parts_->reload_failed(); }
void Daemon::stop() { parts_->stop(); }
bool Daemon::failed() const { return parts_->failed(); }
std::uint16_t Daemon::hook_port() const { return parts_->hook_port(); }
std::vector<Endpoint> Daemon::admin_addresses() const { return parts_->admin_addresses(); }
Journal& Daemon::journal() { return parts_->journal(); }
const Clock& Daemon::clock() const { return parts_->clock(); }

}  // namespace kpistream::app
