// What the admin listener answers: metrics, health, readiness and a page of links.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "ingest/http/server.hpp"
#include "stream/kpi/board.hpp"
#include "stream/ports/meters.hpp"

namespace kpistream::app {

// The parts whose figures a scrape shows. Thread-safe; what is listed must stay alive until it is removed.
class MeteredList {
 public:
  void add(const Metered& source);
  void remove(const Metered* source);
  [[nodiscard]] std::string text() const;  // exposition of all of them

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

// Everything passed in must outlive the handler.
[[nodiscard]] ingest::AdminHandler make_admin_handler(const Board& board, const MeteredList& sources,
                                                      const std::atomic<bool>& ready);

}  // namespace kpistream::app
