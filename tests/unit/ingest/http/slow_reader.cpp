#include "tests/unit/ingest/http/slow_reader.hpp"

#include <map>
#include <optional>
#include <set>

namespace kpistream::ingest {
namespace {

struct Refused {};
struct Ended {};

std::string cut(std::string& stream, std::size_t size) {
  if (stream.size() < size) throw Ended{};
  std::string part = stream.substr(0, size);
  stream.erase(0, size);
  return part;
}

// A line without its CRLF. Throws Refused when CR and LF do not come together.
std::string cut_line(std::string& stream) {
  const std::size_t end = stream.find('\n');
  if (end == std::string::npos) throw Ended{};
  std::string line = cut(stream, end + 1);
  if (line.size() < 2 || line[line.size() - 2] != '\r') throw Refused{};
  line.resize(line.size() - 2);
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 32 && c != '\t') || byte == 127) throw Refused{};
  }
  return line;
}

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool only(const std::string& text, const std::string& allowed) {
  return text.find_first_not_of(allowed) == std::string::npos;
}

const std::string kDigits = "0123456789";
const std::string kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const std::string kToken = kDigits + kLetters + "!#$%&'*+-.^_`|~";

struct Field {
  std::string name;
  std::string value;
};

Field cut_field(std::string& stream) {
  const std::string line = cut_line(stream);
  if (line.empty()) return {};
  const std::size_t colon = line.find(':');
  if (colon == std::string::npos) throw Refused{};
  const std::string name = line.substr(0, colon);
  if (name.empty() || !only(name, kToken)) throw Refused{};
  const std::size_t first = line.find_first_not_of(" \t", colon + 1);
  if (first == std::string::npos) return {lower_case(name), ""};
  return {lower_case(name), line.substr(first, line.find_last_not_of(" \t") - first + 1)};
}

void check_host(std::string host) {
  if (host.empty() || host.size() > 261) throw Refused{};
  const std::size_t colon = host.rfind(':');
  if (colon != std::string::npos && host.back() != ']') {
    if (!only(host.substr(colon + 1), kDigits)) throw Refused{};
    host.resize(colon);
  }
  if (!host.empty() && host.front() == '[') {
    if (host.size() < 4 || host.back() != ']') throw Refused{};
    if (!only(host.substr(1, host.size() - 2), kDigits + "abcdefABCDEF:.")) throw Refused{};
  } else if (host.empty() || !only(host, kDigits + kLetters + "-._~%!$&'()*+,;=")) {
    throw Refused{};
  }
}

std::size_t number(const std::string& text, const std::string& digits, std::size_t most) {
  if (text.empty()) throw Refused{};
  std::size_t value = 0;
  for (const char c : text) {
    const std::size_t digit = digits.find(c);
    if (digit == std::string::npos || value > most) throw Refused{};
    value = value * digits.size() + digit;
  }
  if (value > most) throw Refused{};
  return value;
}

std::string cut_chunks(std::string& stream) {
  std::string body;
  std::size_t extensions = 0;
  for (;;) {
    std::string line = cut_line(stream);
    const std::size_t semicolon = std::min(line.find(';'), line.size());
    const std::size_t digits = semicolon;
    if (digits > 16) throw Refused{};
    if (semicolon < line.size()) extensions += line.size() - semicolon - 1;
    if (extensions > 4096) throw Refused{};
    const std::size_t size = number(lower_case(line.substr(0, digits)), "0123456789abcdef", (1u << 20) - body.size());
    if (size == 0) break;
    body += cut(stream, size);
    if (cut(stream, 1) != "\r" || cut(stream, 1) != "\n") throw Refused{};
  }
  for (std::size_t trailers = 0;;) {
    const std::size_t before = stream.size();
    if (cut_field(stream).name.empty()) return body;
    trailers += before - stream.size() - 1;
    if (trailers > 4096) throw Refused{};
  }
}

std::set<std::string> options(const std::string& list) {
  std::set<std::string> found;
  std::string option;
  for (const char c : list + ",") {
    if (c == ',') {
      while (!option.empty() && (option.back() == ' ' || option.back() == '\t')) option.pop_back();
      found.insert(lower_case(option));
      option.clear();
    } else if (!option.empty() || (c != ' ' && c != '\t')) {
      option += c;
    }
  }
  return found;
}

SlowMessage cut_request_line(std::string& stream, bool& old) {
  const std::string line = cut_line(stream);
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string::npos || first == last) throw Refused{};
  SlowMessage message{.method = line.substr(0, first), .target = line.substr(first + 1, last - first - 1), .body = {}};
  const std::string version = line.substr(last + 1);
  if (version != "HTTP/1.0" && version != "HTTP/1.1") throw Refused{};
  old = version == "HTTP/1.0";
  if (message.method.empty() || message.method.size() > 32 || !only(message.method, kToken)) throw Refused{};
  if (message.target.empty() || message.target[0] != '/' || message.target.size() > 2048) throw Refused{};
  for (const char c : message.target) {
    if (c <= ' ' || c >= 127 || c == '#') throw Refused{};
  }
  return message;
}

SlowMessage cut_message(std::string& stream) {
  const std::size_t size = stream.size();
  bool old = false;
  SlowMessage message = cut_request_line(stream, old);
  std::map<std::string, std::string> fields;
  std::string connection;
  int count = 0;
  for (Field field = cut_field(stream); !field.name.empty(); field = cut_field(stream)) {
    if (++count > 100) throw Refused{};
    static const std::set<std::string> kOnce = {
        "host", "content-length", "transfer-encoding", "expect", "content-encoding", "content-type", "authorization"};
    if (kOnce.contains(field.name) && fields.contains(field.name)) throw Refused{};
    if (field.name == "connection") connection += "," + field.value;
    fields[field.name] = field.value;
  }
  if (size - stream.size() > 16384) throw Refused{};
  if (fields.contains("host")) check_host(fields["host"]);
  if (!fields.contains("host") && !old) throw Refused{};
  if (fields.contains("expect") && lower_case(fields["expect"]) != "100-continue") throw Refused{};
  const auto said = options(connection);
  for (const std::string& option : said) {
    if (!only(option, kToken)) throw Refused{};
  }
  message.keep_alive = !said.contains("close") && (!old || said.contains("keep-alive"));
  if (fields.contains("transfer-encoding")) {
    if (old || fields.contains("content-length")) throw Refused{};
    if (lower_case(fields["transfer-encoding"]) != "chunked") throw Refused{};
    message.body = cut_chunks(stream);
  } else if (fields.contains("content-length")) {
    if (!only(fields["content-length"], kDigits)) throw Refused{};
    message.body = cut(stream, number(fields["content-length"], kDigits, 1u << 20));
  }
  return message;
}

}  // namespace

SlowReading read_slowly(std::string stream) {
  SlowReading reading;
  try {
    while (!stream.empty()) reading.messages.push_back(cut_message(stream));
  } catch (const Refused&) {
    reading.refused = true;
  } catch (const Ended&) {
  }
  return reading;
}

}  // namespace kpistream::ingest
