#include "app/connect/terminal.hpp"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace kpistream::app {
namespace {

// No echo while it lives.
class Hidden {
 public:
  explicit Hidden(bool wanted) : on_(wanted && ::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!on_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
  }
  ~Hidden() {
    if (!on_) return;
    ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    fmt::print("\n");
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

 private:
  termios before_{};
  bool on_;
};

}  // namespace

std::string system_locale() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  }
  return {};
}

bool somebody_asks() { return ::isatty(STDIN_FILENO) != 0; }

bool somebody_watches() { return ::isatty(STDOUT_FILENO) != 0; }

std::string ask_line(const std::string& question, bool hidden) {
  const Hidden quiet(hidden);  // before the question: what is typed at once must not be shown either
  fmt::print("{}: ", question);
  std::fflush(stdout);
  std::string line;
  std::getline(std::cin, line);
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

bool ask_yes(const std::string& question, bool otherwise) {
  const std::string answer = ask_line(question);
  if (answer.empty()) return otherwise;
  for (const char* yes : {"y", "Y", "yes", "д", "Д", "да", "Да"}) {
    if (answer == yes) return true;
  }
  return false;
}

}  // namespace kpistream::app
