// A listening address with its I/O threads: what both servers are made of.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "ingest/http/server.hpp"
#include "ingest/http/service.hpp"
#include "ingest/http/tls.hpp"

namespace kpistream::ingest {

class Listener {
 public:
  // Called once for each I/O thread, by the constructor.
  using MakeService = std::function<std::unique_ptr<Service>(Loop&)>;

  Listener(const ServerOptions& options, const Clock& clock, std::string_view allowed_methods, const MakeService& make);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void start();
  [[nodiscard]] std::vector<std::uint16_t> ports() const;  // after start(), in the order of the addresses
  bool drain(std::chrono::milliseconds timeout);
  void stop();

  // Thread-safe.
  void set_tls(std::shared_ptr<const TlsIdentity> identity);
  // On all streams. Thread-safe.
  void publish(const std::shared_ptr<const std::string>& text);

  [[nodiscard]] std::size_t connections() const;
  [[nodiscard]] std::size_t streams() const;
  [[nodiscard]] double streams_dropped() const;
  [[nodiscard]] double count(Answer answer) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The gauge that both servers have.
void collect_connections(MeterSink& sink, std::string_view listener, std::size_t connections);

}  // namespace kpistream::ingest
