// Log lines for people and machines: logfmt or JSON, one event one line.
//
// Values are escaped and cut, so that nothing from outside can forge a line. Callers never pass secrets, bodies or
// names of people. Thread-safe.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace kpistream::app {

inline constexpr std::size_t kLogValueMax = 512;  // bytes; longer values are cut

using LogFields = std::initializer_list<std::pair<std::string_view, std::string>>;

// `level`: debug, info, warn or error; `format`: logfmt or json. Lines go to standard error.
void set_up_log(std::string_view level, std::string_view format);

void log_debug(std::string_view message, LogFields fields = {});
void log_info(std::string_view message, LogFields fields = {});
void log_warn(std::string_view message, LogFields fields = {});
void log_error(std::string_view message, LogFields fields = {});

}  // namespace kpistream::app
