#include "app/service_manager.hpp"

#include <systemd/sd-daemon.h>

namespace kpistream::app {

ServiceManager::ServiceManager() {
  std::uint64_t usec = 0;
  if (sd_watchdog_enabled(0, &usec) > 0) every_ = std::chrono::microseconds(usec / 2);
}

void ServiceManager::ready() const { sd_notify(0, "READY=1"); }
void ServiceManager::reloading() const { sd_notify(0, "RELOADING=1"); }
void ServiceManager::stopping() const { sd_notify(0, "STOPPING=1"); }

void ServiceManager::alive(std::chrono::steady_clock::time_point now) {
  if (every_.count() == 0 || now - told_ < every_) return;
  sd_notify(0, "WATCHDOG=1");
  told_ = now;
}

}  // namespace kpistream::app
