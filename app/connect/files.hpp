// Files that `connect` writes and reads.
#pragma once

#include <string>

namespace kpistream::app {

// Whole or not at all: beside the place at first, then renamed to it. Mode 0600 when it is secret, else 0644 less the
// umask. False: it cannot be written; then nothing has changed.
[[nodiscard]] bool write_file(const std::string& path, const std::string& text, bool secret);

// The first line that says something; empty: there is none, or the file cannot be read.
[[nodiscard]] std::string first_line(const std::string& path);

}  // namespace kpistream::app
