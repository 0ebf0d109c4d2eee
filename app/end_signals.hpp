// The signals that a serving process waits for.
#pragma once

#include <signal.h>

namespace kpistream::app {

// Made before any thread starts, so that every thread inherits the block and only the waiting one hears signals.
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&set_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
  }

  // The next of them; something else when none came for a moment, short enough to notice that a part has failed.
  [[nodiscard]] int next() const { return within({0, 200'000'000}); }

  // One that has come; something else when there is none.
  [[nodiscard]] int come() const { return within({0, 0}); }

  [[nodiscard]] static bool ends(int signal) { return signal == SIGTERM || signal == SIGINT; }

 private:
  [[nodiscard]] int within(const timespec& time) const { return sigtimedwait(&set_, nullptr, &time); }

  sigset_t set_{};
};

}  // namespace kpistream::app
