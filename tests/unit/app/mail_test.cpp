#include "app/mail.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace kpistream::app {
namespace {

constexpr std::string_view kBegin = "=?UTF-8?B?";

std::string from_base64(std::string_view text) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::size_t value = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '=') break;
    value = value << 6U | kLetters.find(c);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(value >> bits & 0xFFU);
  }
  return bytes;
}

struct Subject {
  std::vector<std::string> pieces;  // decoded
  std::size_t longest = 0;          // line
};

Subject subject_of(const std::string& mail) {
  Subject subject;
  std::istringstream lines(mail);
  bool in = false;
  for (std::string line; std::getline(lines, line);) {
    in = line.starts_with("Subject: ") || (in && line.starts_with(' '));
    if (!in) continue;
    subject.longest = std::max(subject.longest, line.size());
    const auto begin = line.find(kBegin) + kBegin.size();
    subject.pieces.push_back(from_base64(line.substr(begin, line.find("?=", begin) - begin)));
  }
  return subject;
}

TEST(MailTest, ASubjectIsCutBetweenLettersIntoLinesThatAreShortEnough) {
  const std::string letter = "Ж";
  for (std::size_t shift = 0; shift < 4; ++shift) {
    std::string title(shift, 'a');
    for (int i = 0; i < 60; ++i) title += i % 3 == 0 ? "€" : letter;
    const auto subject = subject_of(mail_text({"a@b", "c@d", title, "t", "h"}));
    std::string whole;
    for (const auto& piece : subject.pieces) {
      EXPECT_NE(static_cast<unsigned char>(piece.front()) & 0xC0U, 0x80U) << "begins inside a letter";
      whole += piece;
    }
    EXPECT_EQ(whole, title);
    EXPECT_LE(subject.longest, 77U);
  }
}

TEST(MailTest, BytesThatAreNoLettersEndToo) {
  const std::string broken(200, '\x80');
  const auto subject = subject_of(mail_text({"a@b", "c@d", broken, "t", "h"}));
  std::string whole;
  for (const auto& piece : subject.pieces) whole += piece;
  EXPECT_EQ(whole, broken);
}

TEST(MailTest, NothingOfASubjectIsAHeader) {
  const std::string mail = mail_text({"a@b", "c@d", "x\r\nBcc: e@f", "t", "h"});
  EXPECT_EQ(mail.find("Bcc"), std::string::npos);
}

TEST(MailTest, AnAddressIsOneLineOfPrintableAscii) {
  EXPECT_TRUE(is_mail_address("Sales <sales@acme.example>"));
  for (const std::string& text : {std::string(), std::string("sales"), std::string("a@b\r\nBcc: c@d"),
                                  std::string("a@b\n"), std::string("Иван <a@b>"), std::string("a@b\0", 4)}) {
    EXPECT_FALSE(is_mail_address(text)) << text;
  }
}

}  // namespace
}  // namespace kpistream::app
