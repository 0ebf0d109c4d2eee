#include "app/connect/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace kpistream::app {
namespace {

bool write_all(int file, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto written = ::write(file, text.data() + at, text.size() - at);
    if (written <= 0) return false;
    at += static_cast<std::size_t>(written);
  }
  return ::fsync(file) == 0;
}

}  // namespace

bool write_file(const std::string& path, const std::string& text, bool secret) {
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());  // of an attempt that was broken off
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, secret ? 0600 : 0644);
  if (file < 0) return false;
  const bool written = write_all(file, text);
  const bool closed = ::close(file) == 0;
  if (written && closed && std::rename(fresh.c_str(), path.c_str()) == 0) return true;
  ::unlink(fresh.c_str());
  return false;
}

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (!line.empty()) return line;
  }
  return {};
}

}  // namespace kpistream::app
