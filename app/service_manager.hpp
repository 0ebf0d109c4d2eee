// What systemd is told: that the daemon serves, reads its configuration again, ends, and is alive. Without systemd:
// nothing. Source: sd_notify(3), systemd.service(5), Type=notify and WatchdogSec.
#pragma once

#include <chrono>

namespace kpistream::app {

// Not thread-safe.
class ServiceManager {
 public:
  ServiceManager();

  void ready() const;
  void reloading() const;  // then ready() again
  void stopping() const;
  // To be called often: passed on as often as systemd wants to hear it. Whoever hears nothing for twice as long
  // restarts the daemon.
  void alive(std::chrono::steady_clock::time_point now);

 private:
  std::chrono::microseconds every_{0};  // 0: nobody wants to hear it
  std::chrono::steady_clock::time_point told_;
};

}  // namespace kpistream::app
