// What we say to clients: a closed list of ready-made answers without a body, and pages.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

enum class Answer : std::uint8_t {
  proceed,  // 100: the only one that does not end a request
  accepted,
  bad_request,
  unreadable,
  stranger,
  not_found,
  method,
  timeout,
  too_large,
  target_too_long,
  unsupported,
  expectation,
  header_too_large,
  internal,
  unimplemented,
  overloaded,
  unavailable,
  version,
};
inline constexpr std::size_t kAnswers = 18;

[[nodiscard]] unsigned status_of(Answer answer);
[[nodiscard]] Answer answer_of_gate(std::uint16_t status);
[[nodiscard]] std::string_view reason_of(unsigned status);

// What becomes of the connection after an answer.
enum class After : std::uint8_t {
  keep,      // HTTP/1.1
  keep_old,  // HTTP/1.0 with keep-alive: has to be told
  close,
};
[[nodiscard]] std::string_view connection_field(After after);

// "Sun, 06 Nov 1994 08:49:37 GMT"
[[nodiscard]] std::string http_date(UnixSeconds at);

// Every answer in every variant, with the date of the last date(). One per I/O thread.
class AnswerBook {
 public:
  explicit AnswerBook(std::string_view allowed_methods);

  void date(UnixSeconds now);
  [[nodiscard]] std::string_view date() const { return date_; }
  // Valid until the next date().
  [[nodiscard]] std::string_view text(Answer answer, After after) const {
    return texts_[static_cast<std::size_t>(answer)][static_cast<std::size_t>(after)];
  }

 private:
  UnixSeconds now_ = -1;
  std::string date_;
  std::array<std::array<std::string, 3>, kAnswers> texts_;
};

}  // namespace kpistream::ingest
