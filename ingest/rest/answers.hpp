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

// One page of a list of amoCRM.
struct ListRow {
  std::string id;       // a number, or text
  std::int64_t at = 0;  // of the field that was asked for, Unix seconds; 0: not told
  std::string json;
};
struct ListPage {
  std::vector<ListRow> rows;
  bool more = false;  // it links to a next one. Where that leads is not looked at: pages are asked for by number
};
// `time`: the field of a row that tells when it was changed or made. Nothing: not such a page.
[[nodiscard]] std::optional<ListPage> split_page(const std::string& body, std::string_view time);

}  // namespace kpistream::ingest
