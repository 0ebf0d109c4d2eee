#include "ingest/rest/small_files.hpp"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace kpistream::ingest {
namespace {

constexpr std::size_t kBytesMax = 1u << 20;  // far more than any of our files has

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] bool open() const { return descriptor_ >= 0; }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

bool write_all(int file, const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto written = ::write(file, bytes.data() + at, bytes.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    at += static_cast<std::size_t>(written);
  }
  return true;
}

class DiskFiles final : public SmallFiles {
 public:
  std::optional<std::string> read(const std::string& path) override {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.open() && errno == ENOENT) return std::nullopt;
    std::string bytes;
    std::array<char, 4096> part{};
    for (;;) {
      const auto got = file.open() ? ::read(file.get(), part.data(), part.size()) : -1;
      if (got < 0 && file.open() && errno == EINTR) continue;
      if (got < 0 || bytes.size() > kBytesMax) throw std::runtime_error(path + " cannot be read");
      if (got == 0) return bytes;
      bytes.append(part.data(), static_cast<std::size_t>(got));
    }
  }

  bool make_folder(const std::string& path) override {
    struct stat info {};
    if (::mkdir(path.c_str(), 0700) == 0) return true;
    return errno == EEXIST && ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
  }

  bool write_synced(const std::string& path, const std::string& bytes) override {
    ::unlink(path.c_str());  // of an attempt that was broken off
    const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    return file.open() && write_all(file.get(), bytes) && ::fsync(file.get()) == 0;
  }

  bool rename(const std::string& from, const std::string& to) override {
    return std::rename(from.c_str(), to.c_str()) == 0;
  }

  bool sync_folder(const std::string& path) override {
    const File folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return folder.open() && ::fsync(folder.get()) == 0;
  }
};

std::string folder_of(const std::string& path) {
  const auto slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

SmallFiles& disk_files() {
  static DiskFiles files;
  return files;
}

bool replace_file(SmallFiles& files, const std::string& path, const std::string& bytes) {
  const std::string fresh = path + ".new";
  return files.write_synced(fresh, bytes) && files.rename(fresh, path) && files.sync_folder(folder_of(path));
}

}  // namespace kpistream::ingest
