#include "ingest/http/gate.hpp"

#include <algorithm>
#include <limits>

#include "ingest/http/bytes.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::size_t kMethodBytesMax = 32;
constexpr std::size_t kVersionBytes = 8;  // "HTTP/1.1"
constexpr std::size_t kLineEndBytes = 2;
constexpr std::size_t kHostBytesMax = 255 + 6;

constexpr std::uint16_t kGood = 0;  // else the status of the refusal

bool all(std::string_view text, bool (*is)(char)) { return std::all_of(text.begin(), text.end(), is); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_target_byte(char c) { return c > 0x20 && c < 0x7f && c != '#'; }
bool is_address_byte(char c) { return hex_digit(c) >= 0 || c == ':' || c == '.'; }
bool is_name_byte(char c) {
  return (is_token_byte(c) && c != '#' && c != '^' && c != '`' && c != '|') || std::string_view("(),;=").find(c) < 5;
}

// host[:port], the host a name, an IPv4 address or an IPv6 address in brackets.
bool valid_host(std::string_view text) {
  if (text.empty() || text.size() > kHostBytesMax) return false;
  std::size_t end = std::min(text.find(':'), text.size());
  if (text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || close < 3 || !all(text.substr(1, close - 1), is_address_byte)) return false;
    end = close + 1;
  } else if (end == 0 || !all(text.substr(0, end), is_name_byte)) {
    return false;
  }
  return end == text.size() || (text[end] == ':' && all(text.substr(end + 1), is_digit));
}

// Digits of at most 63 bits.
bool parse_length(std::string_view text, std::uint64_t& length) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (text.empty()) return false;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kMax - digit) / 10) return false;
    value = value * 10 + digit;
  }
  length = value;
  return true;
}

class Reader {
 public:
  Reader(std::string_view bytes, const GateLimits& limits) : bytes_(bytes), limits_(limits) {}

  GateResult read() {
    const std::uint16_t status = read_lines();
    if (status != kGood) {
      result_ = {};
      result_.verdict = GateVerdict::bad;
      result_.status = status;
    }
    return result_;
  }

 private:
  std::uint16_t read_lines() {
    for (std::size_t at = 0;;) {
      const std::size_t end = bytes_.find('\n', at);
      if (end == std::string_view::npos) return unfinished(bytes_.substr(at), at == 0);
      if (end == at || bytes_[end - 1] != '\r') return 400;
      const std::string_view line = bytes_.substr(at, end - 1 - at);
      std::uint16_t status = kGood;
      if (at == 0) {
        status = request_line(line);
      } else if (line.empty()) {
        return finish(end + 1);
      } else {
        status = ++fields_ > limits_.fields_max ? 431 : field(line);
      }
      if (status != kGood) return status;
      at = end + 1;
      if (at + kLineEndBytes > limits_.header_bytes_max) return 431;  // no room for the empty line
    }
  }

  // The block ends within a line.
  std::uint16_t unfinished(std::string_view line, bool first) const {
    const std::size_t longest = kMethodBytesMax + limits_.target_bytes_max + kVersionBytes + kLineEndBytes + 1;
    if (first && line.size() > longest) return 414;
    if (bytes_.size() >= limits_.header_bytes_max) return first ? 414 : 431;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (first && !line.empty() && !is_token_byte(line.front())) return 400;
    return all(line, is_field_byte) ? kGood : 400;
  }

  std::uint16_t request_line(std::string_view line) {
    Head& head = result_.head;
    const std::size_t space = line.find(' ');
    if (space == 0 || space == std::string_view::npos) return 400;
    head.method = line.substr(0, space);
    if (!all(head.method, is_token_byte)) return 400;
    if (head.method.size() > kMethodBytesMax) return 501;
    const std::string_view rest = line.substr(space + 1);
    head.target = rest.substr(0, rest.find(' '));
    if (head.target.size() > limits_.target_bytes_max) return 414;
    if (head.target.size() == rest.size()) return 400;
    const std::uint16_t status = version(rest.substr(head.target.size() + 1));
    if (status != kGood) return status;
    return !head.target.empty() && head.target.front() == '/' && all(head.target, is_target_byte) ? kGood : 400;
  }

  std::uint16_t version(std::string_view text) {
    if (text.size() != kVersionBytes || !text.starts_with("HTTP/")) return 400;
    if (!is_digit(text[5]) || text[6] != '.' || !is_digit(text[7])) return 400;
    if (text[5] != '1' || text[7] > '1') return 505;
    result_.head.minor = static_cast<std::uint8_t>(text[7] - '0');
    return kGood;
  }

  std::uint16_t field(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) return 400;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim(line.substr(colon + 1));
    if (!all(name, is_token_byte) || !all(value, is_field_byte)) return 400;
    return known_field(name, value);
  }

  std::uint16_t known_field(std::string_view name, std::string_view value) {
    Head& head = result_.head;
    switch (name.size()) {
      case 4:
        if (equals_lower(name, "host")) return valid_host(value) ? once(kHost) : 400;
        break;
      case 6:
        if (equals_lower(name, "accept")) head.accept = value;
        if (equals_lower(name, "cookie")) head.cookie = value;
        if (equals_lower(name, "origin")) head.from_a_page = true;
        if (equals_lower(name, "expect")) return expect(value);
        break;
      case 10:
        if (equals_lower(name, "connection")) return connection(value);
        break;
      case 12:
        if (equals_lower(name, "content-type")) return once(kType, head.content_type, value);
        break;
      case 13:
        if (equals_lower(name, "if-none-match")) head.if_none_match = value;
        if (equals_lower(name, "authorization")) return once(kAuthorization, head.authorization, value);
        break;
      case 14:
        if (equals_lower(name, "content-length")) return parse_length(value, head.length) ? once(kLength) : 400;
        if (equals_lower(name, "sec-fetch-site")) head.from_a_page |= !equals_lower(value, "none");
        break;
      case 15:
        if (equals_lower(name, "accept-encoding")) head.accept_encoding = value;
        if (equals_lower(name, "accept-language")) head.accept_language = value;
        break;
      case 16:
        if (equals_lower(name, "content-encoding")) return once(kEncoding, head.content_encoding, value);
        break;
      case 17:
        if (equals_lower(name, "transfer-encoding")) return transfer_encoding(value);
        break;
      default:
        break;
    }
    return kGood;
  }

  enum Seen : unsigned {
    kHost = 1,
    kType = 2,
    kLength = 4,
    kEncoding = 8,
    kTransfer = 16,
    kExpect = 32,
    kAuthorization = 64
  };

  std::uint16_t once(Seen which) {
    if ((seen_ & which) != 0) return 400;
    seen_ |= which;
    return kGood;
  }

  std::uint16_t once(Seen which, std::string_view& slot, std::string_view value) {
    slot = value;
    return once(which);
  }

  std::uint16_t expect(std::string_view value) {
    if (!equals_lower(value, "100-continue")) return 417;
    result_.head.expect_continue = result_.head.minor == 1;  // a 1.0 client cannot read the interim answer
    return once(kExpect);
  }

  // A coding that we do not know is told apart only from a message that is otherwise sound: see finish().
  std::uint16_t transfer_encoding(std::string_view value) {
    unknown_coding_ = !equals_lower(value, "chunked");
    return once(kTransfer);
  }

  std::uint16_t connection(std::string_view value) {
    while (!value.empty()) {
      const std::size_t comma = std::min(value.find(','), value.size());
      const std::string_view option = trim(value.substr(0, comma));
      if (!all(option, is_token_byte)) return 400;
      close_ |= equals_lower(option, "close");
      persist_ |= equals_lower(option, "keep-alive");
      value.remove_prefix(std::min(comma + 1, value.size()));
    }
    return kGood;
  }

  std::uint16_t finish(std::size_t size) {
    Head& head = result_.head;
    if (head.minor == 1 && (seen_ & kHost) == 0) return 400;
    if ((seen_ & kTransfer) != 0) {
      if ((seen_ & kLength) != 0 || head.minor == 0) return 400;
      if (unknown_coding_) return 501;
      head.framing = Framing::chunked;
    } else if ((seen_ & kLength) != 0) {
      head.framing = Framing::length;
    }
    head.keep_alive = !close_ && (head.minor == 1 || persist_);
    result_.verdict = GateVerdict::ok;
    result_.bytes = size;
    return kGood;
  }

  std::string_view bytes_;
  const GateLimits& limits_;
  GateResult result_;
  std::size_t fields_ = 0;
  unsigned seen_ = 0;
  bool unknown_coding_ = false;
  bool close_ = false;
  bool persist_ = false;
};

}  // namespace

GateResult gate(std::string_view bytes, const GateLimits& limits) { return Reader(bytes, limits).read(); }

bool decode_path(std::string_view target, std::string& path) {
  path.clear();
  const std::string_view raw = target.substr(0, target.find('?'));
  for (std::size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (c == '%') {
      const int high = i + 2 < raw.size() ? hex_digit(raw[i + 1]) : -1;
      const int low = high >= 0 ? hex_digit(raw[i + 2]) : -1;
      if (low < 0) return false;
      c = static_cast<char>(high << 4 | low);
      i += 2;
    }
    if (!is_field_byte(c) || c == '\t') return false;
    path += c;
  }
  return true;
}

std::string_view query_of(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

}  // namespace kpistream::ingest
