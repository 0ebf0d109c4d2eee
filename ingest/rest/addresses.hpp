// Which resolved addresses may be connected to. Internal to ingest/rest: brings Asio along.
#pragma once

#include <boost/asio/ip/address.hpp>

namespace kpistream::ingest {

// An address of the public internet: not loopback, private, link-local, shared, reserved, multicast, and none of these
// wrapped into IPv6.
[[nodiscard]] bool is_public(const boost::asio::ip::address& address);

// Plain http stays on this machine; https never goes into private networks, whatever a name resolves to.
[[nodiscard]] bool may_connect(const boost::asio::ip::address& address, bool tls);

}  // namespace kpistream::ingest
