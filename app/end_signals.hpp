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
  [[nodiscard]] int next() const {
    constexpr timespec kMoment{0, 200'000'000};
    return sigtimedwait(&set_, nullptr, &kMoment);
  }

 private:
  sigset_t set_{};
};

}  // namespace kpistream::app
