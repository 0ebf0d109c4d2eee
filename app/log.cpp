#include "app/log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>

namespace kpistream::app {
namespace {

std::atomic<bool> as_json{false};

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text.substr(0, kLogValueMax)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
  return out;
}

bool is_word(std::string_view text) {
  if (text.empty() || text.size() > kLogValueMax) return false;
  for (const char c : text) {
    if (c <= ' ' || c == '"' || c == '\\' || c == '=' || static_cast<unsigned char>(c) >= 0x7f) return false;
  }
  return true;
}

std::string line(std::string_view level, std::string_view message, LogFields fields) {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto ms = static_cast<int>(now.time_since_epoch().count() % 1000);
  const std::string at =
      fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)), ms);
  if (as_json) {
    std::string out = fmt::format(R"({{"ts":"{}","level":"{}","msg":{})", at, level, quoted(message));
    for (const auto& [key, value] : fields) out += fmt::format(",\"{}\":{}", key, quoted(value));
    return out + "}";
  }
  std::string out = fmt::format("ts={} level={} msg={}", at, level, quoted(message));
  for (const auto& [key, value] : fields) out += fmt::format(" {}={}", key, is_word(value) ? value : quoted(value));
  return out;
}

void write(spdlog::level::level_enum level, std::string_view name, std::string_view message, LogFields fields) {
  if (spdlog::should_log(level)) spdlog::log(level, "{}", line(name, message, fields));
}

}  // namespace

void set_up_log(std::string_view level, std::string_view format) {
  static const auto logger = [] {
    auto made = spdlog::stderr_logger_mt("kpistream");
    spdlog::set_default_logger(made);
    spdlog::set_pattern("%v");
    return made;
  }();
  logger->flush_on(spdlog::level::debug);
  as_json = format == "json";
  spdlog::set_level(spdlog::level::from_str(std::string(level)));
}

void log_debug(std::string_view message, LogFields fields) { write(spdlog::level::debug, "debug", message, fields); }
void log_info(std::string_view message, LogFields fields) { write(spdlog::level::info, "info", message, fields); }
void log_warn(std::string_view message, LogFields fields) { write(spdlog::level::warn, "warn", message, fields); }
void log_error(std::string_view message, LogFields fields) { write(spdlog::level::err, "error", message, fields); }

}  // namespace kpistream::app
