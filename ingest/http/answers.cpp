#include "ingest/http/answers.hpp"

#include <chrono>
#include <cstdio>

namespace kpistream::ingest {
namespace {

constexpr std::array<std::uint16_t, kAnswers> kStatus = {100, 200, 400, 400, 403, 404, 405, 408, 413,
                                                         414, 415, 417, 431, 500, 501, 503, 503, 505};
constexpr std::string_view kDateField = "\r\nDate: ";

std::string compose(Answer answer, After after, std::string_view allowed_methods, std::string_view date) {
  const unsigned status = status_of(answer);
  std::string text = "HTTP/1.1 " + std::to_string(status) + " ";
  text += reason_of(status);
  if (answer == Answer::proceed) return text += "\r\n\r\n";
  text.append(kDateField).append(date);
  if (answer == Answer::method) text.append("\r\nAllow: ").append(allowed_methods);
  if (status == 503) text += "\r\nRetry-After: 1";
  text += "\r\nContent-Length: 0\r\n";
  text += connection_field(after);
  return text += "\r\n";
}

}  // namespace

unsigned status_of(Answer answer) { return kStatus[static_cast<std::size_t>(answer)]; }

Answer answer_of_gate(std::uint16_t status) {
  switch (status) {
    case 414:
      return Answer::target_too_long;
    case 417:
      return Answer::expectation;
    case 431:
      return Answer::header_too_large;
    case 501:
      return Answer::unimplemented;
    case 505:
      return Answer::version;
    default:
      return Answer::bad_request;
  }
}

std::string_view reason_of(unsigned status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";  // allowed to be empty
  }
}

std::string_view connection_field(After after) {
  switch (after) {
    case After::keep:
      return "";
    case After::keep_old:
      return "Connection: keep-alive\r\n";
    case After::close:
      break;
  }
  return "Connection: close\r\n";
}

std::string http_date(UnixSeconds at) {
  using namespace std::chrono;
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds time{seconds{at}};
  const sys_days days = floor<std::chrono::days>(time);
  const year_month_day date{days};
  const hh_mm_ss<seconds> clock{time - days};
  std::array<char, 64> text{};
  const int size =
      std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[weekday{days}.c_encoding()],
                    static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                    static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                    static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

AnswerBook::AnswerBook(std::string_view allowed_methods) : date_(http_date(0)) {
  for (std::size_t answer = 0; answer < kAnswers; ++answer) {
    for (std::size_t after = 0; after < 3; ++after) {
      texts_[answer][after] = compose(static_cast<Answer>(answer), static_cast<After>(after), allowed_methods, date_);
    }
  }
}

void AnswerBook::date(UnixSeconds now) {
  if (now == now_) return;
  now_ = now;
  date_ = http_date(now);
  for (auto& variants : texts_) {
    for (std::string& text : variants) {
      const std::size_t at = text.find(kDateField);
      if (at != std::string::npos) text.replace(at + kDateField.size(), date_.size(), date_);
    }
  }
}

}  // namespace kpistream::ingest
