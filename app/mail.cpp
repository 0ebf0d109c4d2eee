#include "app/mail.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ingest/proof/base64.hpp"

namespace kpistream::app {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// A header that is not ASCII, in pieces that no mail server cuts, and no letter in two of them.
std::string header_word(const std::string& text) {
  constexpr std::size_t kPiece = 39;  // bytes, at most 52 characters of Base64
  constexpr std::size_t kLetter = 4;  // bytes; more are no letter, and are cut anywhere
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.size(), at + kPiece);
    for (std::size_t back = 1; back < kLetter && end < text.size() && continues(text[end]); ++back) --end;
    out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", ingest::base64(text.substr(at, end - at)));
    at = end;
  }
  return out;
}

std::string part(std::string_view type, const std::string& body) {
  constexpr std::size_t kLine = 76;
  const std::string coded = ingest::base64(body);
  std::string out = fmt::format(
      "--kpistream-part\r\nContent-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", type);
  for (std::size_t at = 0; at < coded.size(); at += kLine) out += coded.substr(at, kLine) + "\r\n";
  return out;
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return printable && text.find('@') != std::string_view::npos;
}

std::string mail_text(const Mail& mail) {
  return fmt::format(
      "From: {}\r\nTo: {}\r\nSubject: {}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; "
      "boundary=\"kpistream-part\"\r\n\r\n{}{}--kpistream-part--\r\n",
      mail.from, mail.to, header_word(mail.subject), part("text/plain", mail.text), part("text/html", mail.html));
}

}  // namespace kpistream::app
