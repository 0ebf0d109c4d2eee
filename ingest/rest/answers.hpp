// The little that the readers themselves must see in a CRM's answer: where a batch is cut, and whether a list goes on.
// All else passes unread into the journal and is the dialects' business.
//
// Answers are untrusted: nothing here recurses, throws or grows beyond the answer itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpistream::ingest {

struct BatchPart {
  enum class Kind : std::uint8_t {
    missing,  // neither a result nor an error
    result,   // `json` is the bare result
    error,    // `json` is the object with `error` and `error_description`
    limited,  // too many requests, or the portal is overloaded
    blocked,  // the method has used up its execution time
  };
  Kind kind = Kind::missing;
  std::string json;
  std::int64_t total = 0;     // rows of the whole list, where the portal counts them
  std::int64_t reset_at = 0;  // when the method's execution time starts anew, on the portal's clock; 0: not told
};

struct BatchAnswer {
  std::vector<BatchPart> parts;  // by number of the command
  std::int64_t finished = 0;     // the portal's clock; 0: not told
};

// Cuts the answer to a Bitrix24 `batch` whose commands are named "w0", "w1", ... Nothing when it is not such an answer.
[[nodiscard]] std::optional<BatchAnswer> split_batch(const std::string& body, std::size_t commands);

// A row of a list, as it came, and its number.
struct Row {
  std::string id;
  std::string json;
};
// The rows of a Bitrix24 list's result: an array, or, with `member`, an object that holds one. Rows without a number
// are left out. Nothing when it is not such a result.
[[nodiscard]] std::optional<std::vector<Row>> split_rows(const std::string& result, std::string_view member);

// Bitrix24: `start` of the next page of a list; 0: this is the last. Nothing: not an answer.
[[nodiscard]] std::optional<std::int64_t> next_start(const std::string& body);

// amoCRM: the query, with its '?', of the link to the next page; empty: this is the last. Nothing: not an answer, or a
// link that cannot be used. The address in front of the query is not looked at.
[[nodiscard]] std::optional<std::string> next_query(const std::string& body);

}  // namespace kpistream::ingest
