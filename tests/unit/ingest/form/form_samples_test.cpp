// The sample days of both CRMs: every body decodes, and encoding the pairs again gives the body back, byte for byte.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "ingest/form/form.hpp"

namespace kpistream::ingest {
namespace {

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// As PHP's http_build_query does, which both senders use.
std::string encode(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.')) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

std::string encode(const Form& form) {
  std::string body;
  for (const FormPair& pair : form.pairs()) {
    if (!body.empty()) body += '&';
    body += encode(pair.path[0]);
    for (const std::string_view segment : pair.path.subspan(1)) body += "%5B" + encode(segment) + "%5D";
    body += '=' + encode(pair.value);
  }
  return body;
}

TEST(FormSamples, ComeBackByteForByte) {
  Form form;
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(KPISTREAM_SOURCE_DIR "/tests/data")) {
    if (entry.path().extension() != ".form") continue;
    SCOPED_TRACE(entry.path().filename());
    const std::string body = read(entry.path());
    ASSERT_FALSE(body.empty());
    ASSERT_EQ(form.parse(body, {}), FormStatus::ok);
    EXPECT_EQ(encode(form), body);
    ++files;
  }
  EXPECT_GE(files, 30);
}

TEST(FormSamples, AreReadInBothDialects) {
  Form form;
  const std::string data = KPISTREAM_SOURCE_DIR "/tests/data/";
  const std::string thin = read(data + "bitrix24/01.ONCRMLEADADD.form");
  ASSERT_EQ(form.parse(thin, {}), FormStatus::ok);
  ASSERT_NE(form.find({"data", "FIELDS", "ID"}), nullptr);
  EXPECT_EQ(form.find({"data", "FIELDS", "ID"})->value, "501");
  EXPECT_EQ(form.find({"auth", "client_endpoint"})->value, "https://demo.bitrix24.example/rest/");
  const std::string full = read(data + "amocrm/02-leads-add.form");
  ASSERT_EQ(form.parse(full, {}), FormStatus::ok);
  ASSERT_NE(form.find({"leads", "add", "0", "name"}), nullptr);
  EXPECT_EQ(form.find({"leads", "add", "0", "name"})->value, "Кухня «Лион», заявка с сайта");
}

}  // namespace
}  // namespace kpistream::ingest
