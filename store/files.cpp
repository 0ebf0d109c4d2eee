#include "store/files.hpp"

#include <charconv>
#include <vector>

#include "store/crc32c.hpp"
#include "store/log_check.hpp"

namespace kpistream::store {
namespace {

constexpr std::string_view kFormatPrefix = "kpistream store ";
constexpr std::string_view kSealMagic = "KPISEAL1";
constexpr std::size_t kSealBytes = 40;  // magic, format, position, manifest, its bytes, checksum

void put_little_endian(std::string& out, std::uint64_t v, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(v >> (8 * i)));
}

std::uint64_t get_little_endian(std::string_view bytes) {
  std::uint64_t v = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) v = (v << 8) | static_cast<std::uint8_t>(bytes[i - 1]);
  return v;
}

std::string encode_seal(const SealRecord& seal) {
  std::string bytes(kSealMagic);
  put_little_endian(bytes, kStoreFormat, 4);
  put_little_endian(bytes, seal.position, 8);
  put_little_endian(bytes, seal.manifest, 8);
  put_little_endian(bytes, seal.manifest_bytes, 8);
  put_little_endian(bytes, crc32c(bytes), 4);
  return bytes;
}

std::optional<SealRecord> decode_seal(std::string_view bytes) {
  if (bytes.size() != kSealBytes || !bytes.starts_with(kSealMagic)) return std::nullopt;
  if (get_little_endian(bytes.substr(36)) != crc32c(bytes.substr(0, 36))) return std::nullopt;
  return SealRecord{get_little_endian(bytes.substr(12, 8)), get_little_endian(bytes.substr(20, 8)),
                    get_little_endian(bytes.substr(28, 8))};
}

bool exists(rocksdb::FileSystem& files, const std::string& name) {
  const auto status = files.FileExists(name, {}, nullptr);
  if (!status.ok() && !status.IsNotFound()) require(status, name, "cannot be looked at");
  return status.ok();
}

std::string read_whole(rocksdb::FileSystem& files, const std::string& name) {
  std::string bytes;
  require(rocksdb::ReadFileToString(&files, name, &bytes), name, "cannot be read");
  return bytes;
}

void sync_directory(rocksdb::FileSystem& files, const std::string& path) {
  std::unique_ptr<rocksdb::FSDirectory> directory;
  require(files.NewDirectory(path, {}, &directory, nullptr), path, "cannot be opened");
  require(directory->Fsync({}, nullptr), path, "cannot be synced");
}

// All of the new content or all of the old, also after a power cut.
void replace_file(rocksdb::FileSystem& files, const std::string& path, const std::string& name,
                  const std::string& bytes) {
  const std::string target = path + "/" + name;
  require(rocksdb::WriteStringToFile(&files, bytes, target + ".tmp", true), target, "cannot be written");
  require(files.RenameFile(target + ".tmp", target, {}, nullptr), target, "cannot be put in place");
  sync_directory(files, path);
}

bool tables_listed(rocksdb::FileSystem& files, const std::string& path, const SealRecord& seal) {
  constexpr std::string_view kName = "MANIFEST-";
  const std::string current = read_whole(files, path + "/CURRENT");
  std::uint64_t number = 0;
  if (!current.starts_with(kName) || !current.ends_with('\n')) return false;
  const char* const end = current.data() + current.size() - 1;
  const auto [stop, error] = std::from_chars(current.data() + kName.size(), end, number);
  if (error != std::errc{} || stop != end) return false;
  if (number != seal.manifest) return number > seal.manifest;  // a newer one begins with all that was in the old one
  const std::string name = path + "/" + current.substr(0, current.size() - 1);
  if (!exists(files, name)) return false;
  return log_intact(read_whole(files, name), seal.manifest_bytes);
}

void check_format(const std::string& name, std::string_view text) {
  unsigned format = 0;
  const bool ours = text.starts_with(kFormatPrefix) && text.ends_with('\n');
  if (ours) {
    const auto digits = text.substr(kFormatPrefix.size(), text.size() - kFormatPrefix.size() - 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), format);
    if (error != std::errc{} || end != digits.data() + digits.size()) format = 0;
  }
  if (format == 0) raise(name, "is damaged or not of a kpistream store: put the store back from a backup");
  if (format < kStoreFormat) {
    raise(name, "says format " + std::to_string(format) + ", of a trial version before the first release, which this " +
                    "kpistream cannot read: name a new directory, or keep this one with the version that made it");
  }
  if (format > kStoreFormat) {
    raise(name, "says format " + std::to_string(format) + ", this kpistream knows " + std::to_string(kStoreFormat) +
                    ": start the newer version that made the store");
  }
}

// Left behind by an interrupted founding, by the machine, or beside a store by the daemon: tokens outlive a store.
bool harmless(const std::string& name) {
  for (const std::string_view known : {".", "..", "lost+found", "LOCK", "SEAL", "SEAL.tmp", "FORMAT.tmp", "tokens"}) {
    if (name == known) return true;
  }
  return false;
}

}  // namespace

void raise(const std::string& path, std::string_view what) { throw StoreError(path + " " + std::string(what)); }

void require(const rocksdb::Status& status, const std::string& path, std::string_view what) {
  if (!status.ok()) raise(path, std::string(what) + ": " + status.ToString());
}

Inventory take_inventory(rocksdb::FileSystem& files, const std::string& path) {
  Inventory inventory;
  if (!exists(files, path)) return inventory;
  const std::string format = path + "/FORMAT";
  if (exists(files, format)) {
    check_format(format, read_whole(files, format));
    inventory.formatted = true;
  }
  const std::string seal = path + "/SEAL";
  if (exists(files, seal)) {
    const auto content = decode_seal(read_whole(files, seal));
    inventory.sealed = true;
    inventory.seal = content.value_or(SealRecord{});
    inventory.damaged_seal = !content;
  }
  inventory.database = exists(files, path + "/CURRENT");
  inventory.tables_listed = inventory.database && tables_listed(files, path, inventory.seal);
  std::vector<std::string> names;
  require(files.GetChildren(path, {}, &names, nullptr), path, "cannot be listed");
  for (const auto& name : names) inventory.foreign |= !inventory.formatted && !harmless(name);
  return inventory;
}

void found(rocksdb::FileSystem& files, const std::string& path, const SealRecord& seal) {
  require(files.CreateDirIfMissing(path, {}, nullptr), path, "cannot be made");
  write_new_seal(files, path, seal);
  replace_file(files, path, "FORMAT", std::string(kFormatPrefix) + std::to_string(kStoreFormat) + "\n");
  const auto slash = path.find_last_of('/');
  sync_directory(files, slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash));
}

void write_new_seal(rocksdb::FileSystem& files, const std::string& path, const SealRecord& seal) {
  replace_file(files, path, "SEAL", encode_seal(seal));
}

Seal::Seal(rocksdb::FileSystem& files, const std::string& path) {
  require(files.NewRandomRWFile(path + "/SEAL", {}, &file_, nullptr), path + "/SEAL", "cannot be opened");
}

rocksdb::IOStatus Seal::write(const SealRecord& record) {
  dirty_ = true;
  return file_->Write(0, encode_seal(record), {}, nullptr);
}

rocksdb::IOStatus Seal::sync() {
  auto status = file_->Sync({}, nullptr);
  if (status.ok()) dirty_ = false;
  return status;
}

}  // namespace kpistream::store
