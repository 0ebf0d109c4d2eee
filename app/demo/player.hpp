// Plays the demo on in real time beside the running daemon.
#pragma once

#include <stop_token>
#include <thread>

#include "app/demo/season.hpp"
#include "stream/ports/clock.hpp"
#include "stream/ports/journal.hpp"

namespace kpistream::app::demo {

// Runs from its construction to its destruction, on a thread of its own. Everything passed in must outlive it, and
// belongs to it alone meanwhile, but for the journal and the clock.
class Player {
 public:
  Player(Season& season, Journal& journal, const Clock& clock);

 private:
  void run(const std::stop_token& stop);

  Season& season_;
  Journal& journal_;
  const Clock& clock_;
  std::jthread thread_;
};

}  // namespace kpistream::app::demo
