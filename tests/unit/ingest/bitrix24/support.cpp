#include "tests/unit/ingest/bitrix24/support.hpp"

#include <simdjson.h>

#include <filesystem>
#include <stdexcept>

namespace kpistream::ingest {
namespace {

constexpr const char* kSamples = KPISTREAM_SOURCE_DIR "/tests/data/bitrix24";

// "method?a=1&b=2" of an exchange; the field list of a task is the reader's own business.
std::string subject_of(simdjson::dom::element exchange) {
  const std::string_view method = exchange["method"];
  std::string subject(method);
  char mark = '?';
  for (const auto& [key, value] : simdjson::dom::object(exchange["params"])) {
    if (value.is_array()) continue;
    subject += mark + std::string(key) + "=" + simdjson::minify(value);
    mark = '&';
  }
  return subject;
}

}  // namespace

std::string sample_form(const std::string& name) { return read_sample("bitrix24/" + name); }

Record sample_answer(const std::string& subject, int step) {
  Record best;
  std::int64_t best_step = -1;
  for (const auto& file : std::filesystem::directory_iterator(kSamples)) {
    if (file.path().extension() != ".json") continue;
    simdjson::dom::parser parser;
    const auto text = simdjson::padded_string(read_sample("bitrix24/" + file.path().filename().string()));
    for (const auto exchange : simdjson::dom::array(parser.parse(text)["exchanges"])) {
      const std::int64_t from = exchange["from_step"];
      if (from > step || from <= best_step || subject_of(exchange) != subject) continue;
      const auto answer = exchange["answers"].at(0);
      best_step = from;
      best = reading(subject, simdjson::minify(answer["body"]),
                     static_cast<std::uint16_t>(std::int64_t(answer["status"])));
    }
  }
  if (best_step < 0) throw std::runtime_error("no sample answer to " + subject);
  return best;
}

}  // namespace kpistream::ingest
