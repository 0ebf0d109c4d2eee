#include "store/seal.hpp"

#include <fcntl.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "store/store.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::store {
namespace {

constexpr std::string_view kMagic = "KPISEAL1";
constexpr std::size_t kSealBytes = 24;  // magic, position, checksum

std::string seal_path(const std::string& folder) { return folder + "/SEAL"; }
std::string format_path(const std::string& folder) { return folder + "/FORMAT"; }

[[noreturn]] void fail(const std::string& what) { throw StoreError(what + ": " + std::strerror(errno)); }

std::string seal_bytes(Position position) {
  std::string bytes(kMagic);
  bytes.append(reinterpret_cast<const char*>(&position), sizeof position);
  const std::uint64_t checksum = XXH3_64bits(bytes.data(), bytes.size());
  bytes.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
  return bytes;
}

void sync_folder(const std::string& folder) {
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) fail("cannot open " + folder);
  const int result = ::fsync(handle);
  ::close(handle);
  if (result != 0) fail("cannot sync " + folder);
}

}  // namespace

void check_format(const std::string& folder) {
  std::ifstream file(format_path(folder));
  if (!file) return;  // a new store
  int format = 0;
  file >> format;
  if (format == kFormat) return;
  if (format > kFormat) {
    throw StoreError(folder + " is a store of format " + std::to_string(format) + ", newer than this program's " +
                     std::to_string(kFormat) + ": use the version that made it, or a newer one");
  }
  throw StoreError(format_path(folder) + " does not name a format: restore the store from a backup");
}

void write_format(const std::string& folder) {
  if (std::filesystem::exists(format_path(folder))) return;
  const int file = ::open(format_path(folder).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
  if (file < 0) fail("cannot make " + format_path(folder));
  const std::string text = std::to_string(kFormat) + "\n";
  const bool done = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!done) fail("cannot write " + format_path(folder));
  sync_folder(folder);
}

std::optional<Position> Seal::read(const std::string& folder) {
  std::ifstream file(seal_path(folder), std::ios::binary);
  if (!file) return std::nullopt;
  std::string bytes(kSealBytes + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (bytes.empty()) return std::nullopt;  // made, but the power went before it was written
  Position position = 0;
  if (bytes.size() == kSealBytes) std::memcpy(&position, bytes.data() + kMagic.size(), sizeof position);
  if (bytes != seal_bytes(position)) {
    throw StoreError(seal_path(folder) +
                     " is damaged; if the store itself is known to be whole, serve it once with --storage.accept-loss");
  }
  return position;
}

Seal::Seal(const std::string& folder, std::chrono::milliseconds sync_every)
    : sync_every_(sync_every), synced_(std::chrono::steady_clock::now()) {
  file_ = ::open(seal_path(folder).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
  if (file_ < 0) fail("cannot make " + seal_path(folder));
  sync_folder(folder);
}

Seal::~Seal() { ::close(file_); }

void Seal::write(Position position) {
  const std::string bytes = seal_bytes(position);
  if (::pwrite(file_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    fail("cannot write the seal");
  const auto now = std::chrono::steady_clock::now();
  if (now - synced_ < sync_every_) return;
  sync();
  synced_ = now;
}

void Seal::sync() {
  if (::fdatasync(file_) != 0) fail("cannot sync the seal");
}

}  // namespace kpistream::store
