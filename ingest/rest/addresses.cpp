// Sources: IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and its updates).
#include "ingest/rest/addresses.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace kpistream::ingest {
namespace {

namespace ip = boost::asio::ip;

struct Network {
  std::uint32_t base;
  unsigned bits;
};
constexpr std::array<Network, 15> kNotPublic{{{0x00000000, 8},    // this network
                                              {0x0a000000, 8},    // private
                                              {0x64400000, 10},   // shared by carriers
                                              {0x7f000000, 8},    // loopback
                                              {0xa9fe0000, 16},   // link-local, cloud metadata
                                              {0xac100000, 12},   // private
                                              {0xc0000000, 24},   // protocol assignments
                                              {0xc0000200, 24},   // documentation
                                              {0xc0586300, 24},   // former 6to4 relays
                                              {0xc0a80000, 16},   // private
                                              {0xc6120000, 15},   // benchmarking
                                              {0xc6336400, 24},   // documentation
                                              {0xcb007100, 24},   // documentation
                                              {0xe0000000, 4},    // multicast
                                              {0xf0000000, 4}}};  // reserved, broadcast

bool is_public_v4(std::uint32_t address) {
  return std::none_of(kNotPublic.begin(), kNotPublic.end(), [address](const Network& network) {
    return (address >> (32 - network.bits)) == (network.base >> (32 - network.bits));
  });
}

// Global unicast is 2000::/3 alone. Inside of it, tunnels carry IPv4 addresses that nobody has checked. Networks
// without IPv4 of their own reach it through 64:ff9b::/96.
bool is_public_v6(const ip::address_v6::bytes_type& bytes) {
  constexpr std::array<unsigned char, 12> kTranslated{0x00, 0x64, 0xff, 0x9b};
  if (std::equal(kTranslated.begin(), kTranslated.end(), bytes.begin())) {
    return is_public_v4(
        ip::make_address_v4(ip::address_v4::bytes_type{bytes[12], bytes[13], bytes[14], bytes[15]}).to_uint());
  }
  if ((bytes[0] & 0xe0) != 0x20) return false;
  const unsigned first = bytes[0] * 256u + bytes[1];
  const unsigned second = bytes[2] * 256u + bytes[3];
  const bool tunnel = first == 0x2002 || (first == 0x2001 && second < 0x0200);
  const bool documentation = (first == 0x2001 && second == 0x0db8) || first == 0x3fff;
  return !tunnel && !documentation;
}

}  // namespace

bool is_public(const ip::address& address) {
  return address.is_v4() ? is_public_v4(address.to_v4().to_uint()) : is_public_v6(address.to_v6().to_bytes());
}

bool may_connect(const ip::address& address, bool tls) { return tls ? is_public(address) : address.is_loopback(); }

}  // namespace kpistream::ingest
