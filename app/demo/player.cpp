#include "app/demo/player.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace kpistream::app::demo {
namespace {

constexpr std::chrono::seconds kLook{1};
// One thing more every so many seconds, since a real department of a dozen people does one in half a minute.
constexpr UnixSeconds kStirWorking = 4;
constexpr UnixSeconds kStirElse = 8;

// Who tells the journal does not ask what became of it: what it refuses is missing, as with any lost webhook.
class Deaf : public AppendListener {
 public:
  void on_group(std::span<const Ticket>) noexcept override {}
};

Deaf& deaf() {
  static Deaf listener;  // outlives every journal
  return listener;
}

}  // namespace

Player::Player(Season& season, Journal& journal, const Clock& clock)
    : season_(season), journal_(journal), clock_(clock), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Player::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  UnixSeconds stirred = 0;
  while (!stop.stop_requested()) {
    const UnixSeconds now = clock_.wall();
    const bool stir = now >= stirred + (working(now) ? kStirWorking : kStirElse);
    if (stir) stirred = now;
    for (NewRecord& record : season_.live(now, stir)) {
      if (!journal_.append(std::move(record), deaf(), 0)) break;
    }
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, kLook, [] { return false; });
  }
}

}  // namespace kpistream::app::demo
