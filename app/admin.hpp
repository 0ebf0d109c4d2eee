// What the admin listener answers: metrics, health, readiness and a page of links.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/access.hpp"
#include "app/config.hpp"
#include "app/insights.hpp"
#include "app/portals.hpp"
#include "exporters/prometheus/formula_families.hpp"
#include "ingest/http/server.hpp"
#include "store/store.hpp"
#include "stream/kpi/board.hpp"
#include "stream/ports/clock.hpp"
#include "stream/ports/meters.hpp"

namespace kpistream::app {

// The parts whose figures a scrape shows. Thread-safe; what is listed must stay alive until it is removed.
class MeteredList {
 public:
  void add(const Metered& source);
  void remove(const Metered* source);
  [[nodiscard]] std::vector<exporters::FamilyText> families() const;  // of all of them, and of the process

 private:
  mutable std::mutex mutex_;
  std::vector<const Metered*> sources_;  // guarded by mutex_
};

// How the last reload of the configuration went.
class ReloadMeter : public Metered {
 public:
  void succeeded(UnixSeconds at);
  void failed();
  void collect(MeterSink& sink) const override;

 private:
  std::atomic<bool> last_succeeded_{false};
  std::atomic<UnixSeconds> succeeded_at_{0};
};

// Which portals there are, and in whose tables they count. The configuration must outlive it; unchanging.
class PortalInfo : public Metered {
 public:
  explicit PortalInfo(const Config& config) : config_(config) {}
  void collect(MeterSink& sink) const override;

 private:
  const Config& config_;
};

// The formulas in force; another set may be put in at any time. Thread-safe.
class CurrentFormulas {
 public:
  explicit CurrentFormulas(const Catalogue& catalogue) { set(catalogue); }
  void set(const Catalogue& catalogue);
  [[nodiscard]] std::shared_ptr<const exporters::Formulas> get() const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const exporters::Formulas> formulas_;  // guarded by mutex_
};

// Everything passed in must outlive the handler.
struct AdminParts {
  const Board& board;
  const CurrentFormulas& formulas;
  const Insights& insights;
  AdviceDesk& desk;
  const PortalReaders& readers;
  const MeteredList& sources;
  const std::atomic<bool>& ready;
  const Config& config;
  store::Store& store;
  const State& state;
  const Clock& clock;
  const std::string telemetry_path;
  const bool lifecycle;
  const CurrentAccess& access;
  const std::string prefix;  // of all paths: "" or "/kpi"
};
[[nodiscard]] ingest::AdminHandler make_admin_handler(const AdminParts& parts);

}  // namespace kpistream::app
