// The readers' look into answers, on any bytes. What was taken out of one, put into an answer of our own and read
// again, must be the same; what goes into a next request must be fit for a request line.
#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "ingest/rest/answers.hpp"

namespace {

using kpistream::ingest::BatchAnswer;
using kpistream::ingest::BatchPart;
using kpistream::ingest::next_start;
using kpistream::ingest::split_batch;
using kpistream::ingest::split_page;

void require(bool condition) {
  if (!condition) std::abort();
}

void add(std::string& group, std::size_t number, const std::string& json) {
  if (!group.empty()) group += ',';
  group.append("\"w").append(std::to_string(number)).append("\":").append(json);
}

std::string join(const BatchAnswer& batch) {
  std::string results;
  std::string errors;
  std::string times;
  for (std::size_t i = 0; i < batch.parts.size(); ++i) {
    const BatchPart& part = batch.parts[i];
    if (part.kind == BatchPart::Kind::result) add(results, i, part.json);
    if (part.kind > BatchPart::Kind::result) add(errors, i, part.json);
    if (part.reset_at != 0) add(times, i, "{\"operating_reset_at\":" + std::to_string(part.reset_at) + "}");
  }
  return "{\"result\":{\"result\":{" + results + "},\"result_error\":{" + errors + "},\"result_time\":{" + times +
         "}},\"time\":{\"finish\":" + std::to_string(batch.finished) + "}}";
}

bool same(const BatchPart& a, const BatchPart& b) {
  return a.kind == b.kind && a.json == b.json && a.reset_at == b.reset_at;
}

// Parts pass unread, so what the portal garbled stays garbled: the dialects refuse it. `[}` is a part, for instance.
bool well_formed(const BatchPart& part) {
  simdjson::dom::parser parser;
  return part.json.empty() || parser.parse(part.json).error() == simdjson::SUCCESS;
}

void check_batch(const std::string& body, std::size_t commands) {
  const auto batch = split_batch(body, commands);
  if (!batch) return;
  require(batch->parts.size() == commands);
  std::size_t taken = 0;
  for (const BatchPart& part : batch->parts) {
    require(part.json.empty() == (part.kind == BatchPart::Kind::missing));
    taken += part.json.size();
  }
  require(taken <= body.size() + commands * std::string_view("{\"error\":}").size());
  if (!std::all_of(batch->parts.begin(), batch->parts.end(), well_formed)) return;
  const auto again = split_batch(join(*batch), commands);
  require(again && again->finished == batch->finished);
  require(std::equal(batch->parts.begin(), batch->parts.end(), again->parts.begin(), again->parts.end(), same));
}

void check_start(const std::string& body) {
  const auto start = next_start(body);
  if (!start) return;
  require(*start >= 0);
  require(next_start("{\"result\":[],\"next\":" + std::to_string(*start) + "}") == start);
}

void check_page(const std::string& body) {
  const auto page = split_page(body, "updated_at");
  if (!page) return;
  std::size_t taken = 0;
  for (const auto& row : page->rows) taken += row.json.size();
  require(taken <= body.size());
}

void check(const std::string& body) {
  check_batch(body, 3);
  check_start(body);
  check_page(body);
}

struct Place {
  std::string_view before;
  std::string_view after;
};

// As a whole answer, and where it counts: by chance alone little of what is tried would be read that far.
constexpr Place kPlaces[] = {{"", ""},
                             {R"({"result":[],"next":)", "}"},
                             {R"({"_links":{"next":{"href":"https://h/?)", R"("}}})"},
                             {R"({"result":{"result":{"w0":)", "}}}"},
                             {R"({"result":{"result_error":{"w1":)", "}}}"}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& [before, after] : kPlaces) check(std::string(before).append(text).append(after));
  return 0;
}
