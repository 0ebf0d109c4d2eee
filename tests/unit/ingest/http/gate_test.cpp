// The header gate by table: what passes, what is refused and with which status.
#include "ingest/http/gate.hpp"

#include <gtest/gtest.h>

#include <string>

namespace kpistream::ingest {
namespace {

using std::string_literals::operator""s;

constexpr GateLimits kLimits;

std::string post(const std::string& fields) { return "POST /hook HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"; }
std::string old(const std::string& fields) { return "POST /hook HTTP/1.0\r\n" + fields + "\r\n"; }
std::string line(const std::string& request_line) { return request_line + "\r\nHost: h\r\n\r\n"; }

struct Refusal {
  std::string bytes;
  std::uint16_t status;
};

class Gate : public testing::TestWithParam<Refusal> {};

TEST_P(Gate, Refuses) {
  const GateResult result = gate(GetParam().bytes, kLimits);
  EXPECT_EQ(result.verdict, GateVerdict::bad) << GetParam().bytes;
  EXPECT_EQ(result.status, GetParam().status) << GetParam().bytes;
}

INSTANTIATE_TEST_SUITE_P(
    RequestLine, Gate,
    testing::Values(Refusal{"\r\n", 400}, Refusal{"\n", 400}, Refusal{line("GET /"), 400}, Refusal{line("GET"), 400},
                    Refusal{line(" GET / HTTP/1.1"), 400}, Refusal{line("GET  / HTTP/1.1"), 400},
                    Refusal{line("GET /  HTTP/1.1"), 400}, Refusal{line("GET / HTTP/1.1 "), 400},
                    Refusal{line("GET\t/ HTTP/1.1"), 400}, Refusal{line("G(T / HTTP/1.1"), 400},
                    Refusal{line("GET / http/1.1"), 400}, Refusal{line("GET / HTTP/1.1.1"), 400},
                    Refusal{line("GET / HTTP/11"), 400}, Refusal{line("GET / HTTP/1.x"), 400},
                    Refusal{line("GET / HTTP/2.0"), 505}, Refusal{line("GET / HTTP/1.2"), 505},
                    Refusal{line("GET / HTTP/0.9"), 505}, Refusal{line("PRI * HTTP/2.0"), 505},
                    Refusal{line("OPTIONS * HTTP/1.1"), 400}, Refusal{line("CONNECT a:1 HTTP/1.1"), 400},
                    Refusal{line("GET http://h/ HTTP/1.1"), 400}, Refusal{line("GET /#a HTTP/1.1"), 400},
                    Refusal{line("GET /\xd0\x9a HTTP/1.1"), 400}, Refusal{line("GET /\x7f HTTP/1.1"), 400},
                    Refusal{line("GET /\0 HTTP/1.1"s), 400}, Refusal{line(std::string(33, 'M') + " / HTTP/1.1"), 501},
                    Refusal{"\x16\x03\x01\x02", 400}, Refusal{"GET / HTTP/1.1\nHost: h\n\n", 400},
                    Refusal{"GET / HTTP/1.1\rHost: h\r\n\r\n", 400}));

INSTANTIATE_TEST_SUITE_P(Fields, Gate,
                         testing::Values(Refusal{post("a\r\n"), 400}, Refusal{post(": a\r\n"), 400},
                                         Refusal{post("a : b\r\n"), 400}, Refusal{post(" a: b\r\n"), 400},
                                         Refusal{post("a: b\r\n c\r\n"), 400}, Refusal{post("a: b\r\n\tc: d\r\n"), 400},
                                         Refusal{post("a b: c\r\n"), 400}, Refusal{post("a\0: c\r\n"s), 400},
                                         Refusal{post("a: \0\r\n"s), 400}, Refusal{post("a: \x01\r\n"), 400},
                                         Refusal{post("a: \x7f\r\n"), 400}, Refusal{post("a: b\rc\r\n"), 400},
                                         Refusal{post("a: b\n"), 400}, Refusal{post("a: b\r\r\n"), 400},
                                         Refusal{post("\xd0\x9a: c\r\n"), 400}, Refusal{post("a(b): c\r\n"), 400},
                                         Refusal{post("Content-Type: a\r\nContent-Type: a\r\n"), 400},
                                         Refusal{post("Content-Encoding: gzip\r\ncontent-encoding: gzip\r\n"), 400},
                                         Refusal{post("Connection: a b\r\n"), 400},
                                         Refusal{post("Connection: close;\r\n"), 400},
                                         Refusal{post("Expect: 200-ok\r\n"), 417},
                                         Refusal{post("Expect: 100-continue\r\nExpect: 100-continue\r\n"), 400}));

INSTANTIATE_TEST_SUITE_P(Host, Gate,
                         testing::Values(Refusal{"GET / HTTP/1.1\r\n\r\n", 400}, Refusal{post("Host: h\r\n"), 400},
                                         Refusal{old("Host: h\r\nhost: h\r\n"), 400}, Refusal{old("Host:\r\n"), 400},
                                         Refusal{old("Host: a b\r\n"), 400}, Refusal{old("Host: a/b\r\n"), 400},
                                         Refusal{old("Host: a@b\r\n"), 400}, Refusal{old("Host: a,b:1:2\r\n"), 400},
                                         Refusal{old("Host: a:b\r\n"), 400}, Refusal{old("Host: :80\r\n"), 400},
                                         Refusal{old("Host: [::1\r\n"), 400}, Refusal{old("Host: []\r\n"), 400},
                                         Refusal{old("Host: [g::1]\r\n"), 400}, Refusal{old("Host: [::1]80\r\n"), 400},
                                         Refusal{old("Host: \xd0\x9a\r\n"), 400},
                                         Refusal{old("Host: " + std::string(262, 'a') + "\r\n"), 400}));

INSTANTIATE_TEST_SUITE_P(
    FramingOf, Gate,
    testing::Values(
        Refusal{post("Content-Length:\r\n"), 400}, Refusal{post("Content-Length: -1\r\n"), 400},
        Refusal{post("Content-Length: +1\r\n"), 400}, Refusal{post("Content-Length: 1 1\r\n"), 400},
        Refusal{post("Content-Length: 1,1\r\n"), 400}, Refusal{post("Content-Length: 0x1\r\n"), 400},
        Refusal{post("Content-Length: 1.0\r\n"), 400}, Refusal{post("Content-Length: \"1\"\r\n"), 400},
        Refusal{post("Content-Length: 1\r\nContent-Length: 1\r\n"), 400},
        Refusal{post("Content-Length: 1\r\nCONTENT-LENGTH: 2\r\n"), 400},
        Refusal{post("Content-Length: 9223372036854775808\r\n"), 400},
        Refusal{post("Content-Length: 18446744073709551617\r\n"), 400},
        Refusal{post("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), 400},
        Refusal{post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400},
        Refusal{post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
        Refusal{old("Transfer-Encoding: chunked\r\n"), 400}, Refusal{old("Transfer-Encoding: gzip\r\n"), 400},
        Refusal{post("Transfer-Encoding: identity\r\n"), 501}, Refusal{post("Transfer-Encoding: gzip\r\n"), 501},
        Refusal{post("Transfer-Encoding: chunked, identity\r\n"), 501},
        Refusal{post("Transfer-Encoding: gzip, chunked\r\n"), 501},
        Refusal{post("Transfer-Encoding: xchunked\r\n"), 501}, Refusal{post("Transfer-Encoding: chunked;a=b\r\n"), 501},
        Refusal{post("Transfer-Encoding:\r\n"), 501}, Refusal{post("Transfer-Encoding: \"chunked\"\r\n"), 501},
        Refusal{post("Transfer-Encoding : chunked\r\n"), 400},
        Refusal{post("Transfer-Encoding: chunked\x0b\r\n"), 400}));

Head passed(const std::string& bytes) {
  const GateResult result = gate(bytes, kLimits);
  EXPECT_EQ(result.verdict, GateVerdict::ok) << bytes << " status " << result.status;
  EXPECT_EQ(result.bytes, bytes.size()) << bytes;
  return result.head;
}

TEST(GateHead, IsReadInAnyCase) {
  const std::string bytes =
      "POST /a?b=%41 HTTP/1.1\r\nHOST:h:80\r\ncOnTeNt-LeNgTh:  12\t\r\nCONTENT-TYPE: Text/Plain ; x\r\n"
      "Accept: text/plain\r\nAccept-Encoding: gzip\r\nContent-Encoding: br\r\nexpect: 100-Continue\r\n\r\n";
  const Head head = passed(bytes);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/a?b=%41");
  EXPECT_EQ(head.minor, 1);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_TRUE(head.expect_continue);
  EXPECT_EQ(head.framing, Framing::length);
  EXPECT_EQ(head.length, 12u);
  EXPECT_EQ(head.content_type, "Text/Plain ; x");
  EXPECT_EQ(head.content_encoding, "br");
  EXPECT_EQ(head.accept, "text/plain");
  EXPECT_EQ(head.accept_encoding, "gzip");
}

TEST(GateHead, TellsTheFraming) {
  EXPECT_EQ(passed(post("")).framing, Framing::none);
  EXPECT_EQ(passed(post("Content-Length: 0\r\n")).framing, Framing::length);
  EXPECT_EQ(passed(post("Content-Length: 007\r\n")).length, 7u);
  EXPECT_EQ(passed(post("Content-Length: 9223372036854775807\r\n")).length, 9223372036854775807u);
  EXPECT_EQ(passed(post("Transfer-Encoding: Chunked\r\n")).framing, Framing::chunked);
}

TEST(GateHead, TellsWhetherTheConnectionGoesOn) {
  EXPECT_TRUE(passed(post("")).keep_alive);
  EXPECT_FALSE(passed(post("Connection: close\r\n")).keep_alive);
  EXPECT_FALSE(passed(post("Connection: keep-alive, Close\r\n")).keep_alive);
  EXPECT_FALSE(passed(post("Connection: close\r\nConnection: keep-alive\r\n")).keep_alive);
  EXPECT_TRUE(passed(post("Connection: closed, ,\r\n")).keep_alive);
  EXPECT_FALSE(passed(old("")).keep_alive);
  EXPECT_TRUE(passed(old("Connection: upgrade,Keep-Alive\r\n")).keep_alive);
}

TEST(GateHead, OfAnOldProxyPasses) {
  const Head head = passed(old("Content-Length: 3\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(head.minor, 0);
  EXPECT_EQ(head.length, 3u);
  EXPECT_FALSE(head.expect_continue);
}

TEST(GateHead, MayHoldWhatRealSendersSend) {
  passed(post("User-Agent: amoCRM-Webhooks/3.0\r\nX-Amocrm-Requestid: 0a1b\r\nX-Empty:\r\nX-Tab: a\tb\r\n"));
  passed(post("X-Utf8: \xd0\x9a\r\nX_underscore: 1\r\nForwarded: for=\"[::1]\"\r\n"));
  for (const char* host : {"a", "a.b-c_d", "127.0.0.1:8080", "[::1]", "[::ffff:1.2.3.4]:1", "a:", "%41"}) {
    passed(old("Host: " + std::string(host) + "\r\n"));
  }
  passed(line("GET /hook/a%5Bb%5D[c]?x={|}&y HTTP/1.1"));
}

TEST(GateHead, SaysWhatABrowserTellsOfAPage) {
  for (const char* field :
       {"Origin: https://a.example\r\n", "ORIGIN: null\r\n", "Origin:\r\n", "Sec-Fetch-Site: cross-site\r\n",
        "sec-fetch-site: same-origin\r\n", "Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site\r\n"}) {
    EXPECT_TRUE(passed(post(field)).from_a_page) << field;
  }
  for (const char* field : {"", "Sec-Fetch-Site: none\r\n", "Sec-Fetch-Mode: cors\r\n", "Original: a\r\n"}) {
    EXPECT_FALSE(passed(post(field)).from_a_page) << field;
  }
}

TEST(GateHead, EndsWhereTheBodyStarts) {
  const std::string bytes = post("Content-Length: 4\r\n");
  const GateResult result = gate(bytes + "\r\n\r\nGET", kLimits);
  EXPECT_EQ(result.verdict, GateVerdict::ok);
  EXPECT_EQ(result.bytes, bytes.size());
}

TEST(GateHead, IsNotReadyBeforeItsLastByteAndNeverRefusedOnTheWay) {
  const std::string bytes = post("Content-Length: 4\r\nA: \xd0\x9a b\r\nTransfer: x\r\n");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(gate(bytes.substr(0, size), kLimits).verdict, GateVerdict::need_more) << size;
  }
  EXPECT_EQ(gate(bytes, kLimits).verdict, GateVerdict::ok);
}

std::string with_target(std::size_t size) { return line("GET /" + std::string(size - 1, 'a') + " HTTP/1.1"); }

TEST(GateLimit, OfTheTargetIsHeldToTheByte) {
  EXPECT_EQ(gate(with_target(2048), kLimits).verdict, GateVerdict::ok);
  EXPECT_EQ(gate(with_target(2049), kLimits).status, 414);
  EXPECT_EQ(gate(with_target(60'000), kLimits).status, 414);
}

TEST(GateLimit, OfTheTargetNeedsNoLineEnd) {
  EXPECT_EQ(gate("GET /" + std::string(2'200, 'a'), kLimits).status, 414);
  EXPECT_EQ(gate("GET /" + std::string(2'000, 'a'), kLimits).verdict, GateVerdict::need_more);
}

TEST(GateLimit, OfFieldsIsHeldToTheField) {
  const auto fields = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "a: b\r\n";
    return text;
  };
  EXPECT_EQ(gate(post(fields(99)), kLimits).verdict, GateVerdict::ok);  // and Host
  EXPECT_EQ(gate(post(fields(100)), kLimits).status, 431);
  EXPECT_EQ(gate("GET / HTTP/1.1\r\n" + fields(101), kLimits).status, 431) << "before the block ends";
}

TEST(GateLimit, OfTheHeaderIsHeldToTheByte) {
  const std::size_t rest = post("a: \r\n").size();
  const auto sized = [&](std::size_t size) { return post("a: " + std::string(size - rest, 'v') + "\r\n"); };
  ASSERT_EQ(sized(16'384).size(), 16'384u);
  EXPECT_EQ(gate(sized(16'384), kLimits).verdict, GateVerdict::ok);
  EXPECT_EQ(gate(sized(16'385), kLimits).status, 431);
  EXPECT_EQ(gate(sized(1'000'000), kLimits).status, 431);
  EXPECT_EQ(gate(sized(16'384).substr(0, 16'383), kLimits).verdict, GateVerdict::need_more);
  EXPECT_EQ(gate(sized(20'000).substr(0, 16'384), kLimits).status, 431) << "without a line end";
}

TEST(GatePath, IsDecodedOnceAndWithoutItsQuery) {
  const auto decoded = [](std::string_view target) {
    std::string path = "left over";
    return decode_path(target, path) ? path : "refused";
  };
  EXPECT_EQ(decoded("/a/b"), "/a/b");
  EXPECT_EQ(decoded("/a%2Fb%2f?c=%"), "/a/b/");
  EXPECT_EQ(decoded("/%2541+%D0%9A"), "/%41+К");
  for (const char* bad : {"/%", "/%4", "/%4Z", "/%Z4", "/%?41", "/%00", "/%0a", "/%09", "/%7f"}) {
    EXPECT_EQ(decoded(bad), "refused") << bad;
  }
  EXPECT_EQ(query_of("/a?b=c?d"), "b=c?d");
  EXPECT_EQ(query_of("/a"), "");
}

}  // namespace
}  // namespace kpistream::ingest
