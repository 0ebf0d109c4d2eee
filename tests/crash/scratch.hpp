// Directories for crash tests, and numbers from the environment.
#pragma once

#include <stdlib.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace kpistream::store {

class Scratch {
 public:
  Scratch() {
    // In memory where possible: what a cut leaves is decided by Disk, and a busy real disk only makes us wait.
    const std::filesystem::path memory = "/dev/shm";
    const auto place = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    std::string name = (place / "kpistream-crash-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
    renew_side();
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] std::string store() const { return (path_ / "store").string(); }
  [[nodiscard]] std::string side() const { return (path_ / "side").string(); }
  void renew() const {
    std::filesystem::remove_all(store());
    renew_side();
  }
  void renew_side() const {
    std::filesystem::remove_all(side());
    std::filesystem::create_directory(side());
  }

 private:
  std::filesystem::path path_;
};

inline std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::stoull(text) : otherwise;
}

}  // namespace kpistream::store
