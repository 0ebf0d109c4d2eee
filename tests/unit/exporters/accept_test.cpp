// What a client is taken to ask for.
#include "exporters/prometheus/accept.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace kpistream::exporters {
namespace {

TEST(Format, IsTheOneThatTheClientLikesBest) {
  const auto text = Format::text;
  const auto open = Format::open_metrics;
  // As Prometheus 2.42 and 3.x ask.
  EXPECT_EQ(format_of("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                      "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
            open);
  EXPECT_EQ(format_of("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                      "text/plain;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.6,*/*;q=0.2"),
            text);
  for (const char* accept : {"", "*/*", "text/html", "text/plain", "application/openmetrics-text;q=0",
                             "application/openmetrics-text;version=2.0.0", "application/openmetrics-text;q=2", ",;=,",
                             "text/plain, application/openmetrics-text", "application/openmetrics-text;q=x"}) {
    EXPECT_EQ(format_of(accept), text) << accept;
  }
  EXPECT_EQ(format_of("Application/OpenMetrics-Text ; Version=1.0.0 ; Q=0.9"), open);
  EXPECT_EQ(format_of("application/openmetrics-text;q=0.501, text/*;q=0.5"), open);
  EXPECT_EQ(format_of("application/openmetrics-text;version=\"1.0.0\", text/plain;q=0.9"), open);
}

// RFC 9110, 12.5.1: the range that names a format most closely decides on it, wherever it stands.
TEST(Format, IsJudgedByTheRangeThatNamesItMostClosely) {
  const auto text = Format::text;
  const auto open = Format::open_metrics;
  for (const auto& [accept, expected] : std::vector<std::pair<const char*, Format>>{
           {"text/plain;q=0, */*", open},
           {"*/*, text/plain;q=0", open},
           {"text/*;q=0, */*;q=0.1", open},
           {"application/*;q=0.8, */*;q=0.5", open},
           {"application/openmetrics-text;q=0, */*", text},
           {"application/openmetrics-text;q=0, application/*, */*;q=0.1", text},
           {"application/openmetrics-text;q=0.3, application/*, text/plain;q=0.5", text},
           {"application/openmetrics-text;version=1.0.0;q=0.2, application/openmetrics-text, text/plain;q=0.5", text},
           {"text/plain;version=0.0.4;q=0.2, text/plain;q=0.9, application/openmetrics-text;q=0.5", open},
           {"text/plain;version=9;q=0.9, text/*;q=0.2, application/openmetrics-text;q=0.5", open},
           {"application/openmetrics-text;version=2.0.0, text/plain;q=0.1", text},
           {"application/openmetrics-text;q=0, text/plain;q=0", text},  // neither: an answer is better than none
           {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", text}}) {  // a browser
    EXPECT_EQ(format_of(accept), expected) << accept;
  }
}

TEST(Gzip, IsForThoseWhoSaySo) {
  for (const char* yes : {"gzip", "deflate, gzip;q=0.5", "*", "br;q=1.0, *;q=0.1", "GZIP"}) {
    EXPECT_TRUE(takes_gzip(yes)) << yes;
  }
  for (const char* no : {"", "identity", "gzip;q=0", "*, gzip;q=0", "br", "gzipped"})
    EXPECT_FALSE(takes_gzip(no)) << no;
}

}  // namespace
}  // namespace kpistream::exporters
