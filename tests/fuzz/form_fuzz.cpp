// The form decoder on any bytes. Encoding what it read and reading that again must give the same pairs.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "ingest/form/form.hpp"

namespace {

using kpistream::ingest::Form;
using kpistream::ingest::FormLimits;
using kpistream::ingest::FormPair;
using kpistream::ingest::FormStatus;

void require(bool condition) {
  if (!condition) std::abort();
}

void encode(std::string_view text, std::string& body) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    body += '%';
    body += kDigits[byte >> 4];
    body += kDigits[byte & 15];
  }
}

std::string encode(const Form& form) {
  std::string body;
  for (const FormPair& pair : form.pairs()) {
    encode(pair.path[0], body);
    for (const std::string_view segment : pair.path.subspan(1)) {
      body += '[';
      encode(segment, body);
      body += ']';
    }
    body += '=';
    encode(pair.value, body);
    body += '&';
  }
  return body;
}

void check_places(const Form& form, std::string_view body, const FormLimits& limits) {
  std::size_t end = 0;
  for (const FormPair& pair : form.pairs()) {
    require(pair.raw_begin >= end && pair.raw_begin < pair.raw_end && pair.raw_end <= body.size());
    require(body.substr(pair.raw_begin, pair.raw_end - pair.raw_begin).find('&') == std::string_view::npos);
    require(!pair.path.empty() && pair.path.size() <= limits.depth_max + 1);
    end = pair.raw_end;
  }
}

void check_again(const Form& form) {
  static Form again;
  require(again.parse(encode(form), {.body_bytes_max = 1u << 24}) == FormStatus::ok);
  require(again.pairs().size() == form.pairs().size());
  for (std::size_t i = 0; i < form.pairs().size(); ++i) {
    const FormPair& a = form.pairs()[i];
    const FormPair& b = again.pairs()[i];
    require(std::equal(a.path.begin(), a.path.end(), b.path.begin(), b.path.end()) && a.value == b.value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Form form;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  for (const FormLimits& limits : {FormLimits{}, FormLimits{64, 4, 2, 16}}) {
    const FormStatus status = form.parse(body, limits);
    require(status == FormStatus::ok || form.pairs().empty());
    check_places(form, body, limits);
    if (status == FormStatus::ok) check_again(form);
  }
  return 0;
}
