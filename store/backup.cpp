#include "store/backup.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "store/crc32c.hpp"
#include "store/files.hpp"

namespace kpistream::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kList = "BACKUP";
constexpr std::string_view kListHead = "kpistream backup 1";
constexpr std::string_view kFormatFile = "FORMAT";
constexpr std::string_view kUnfinished = ".unfinished";
constexpr std::size_t kBlock = 1u << 20;

struct Entry {
  std::string name;
  std::uint64_t bytes = 0;
  std::uint32_t checksum = 0;
};

struct List {
  UnixSeconds taken = 0;
  Position position = 0;
  std::vector<Entry> entries;

  [[nodiscard]] std::uint64_t bytes() const {
    std::uint64_t all = 0;
    for (const Entry& entry : entries) all += entry.bytes;
    return all;
  }
};

void sync_path(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) raise(path, "cannot be opened");
  const int failed = ::fsync(file);
  ::close(file);
  if (failed != 0) raise(path, "cannot be made durable");
}

// Reads a file block by block. Throws when it cannot be read.
template <typename Visit>
void each_block(const std::string& path, const Visit& visit) {
  std::ifstream in(path, std::ios::binary);
  if (!in) raise(path, "cannot be read");
  std::string block(kBlock, '\0');
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    visit(std::string_view(block).substr(0, static_cast<std::size_t>(in.gcount())));
  }
  if (in.bad()) raise(path, "cannot be read");
}

Entry entry_of(const std::string& folder, const std::string& name) {
  Entry entry{name, 0, 0};
  each_block(folder + "/" + name, [&](std::string_view block) {
    entry.checksum = crc32c(block, entry.checksum);
    entry.bytes += block.size();
  });
  return entry;
}

std::string hex(std::uint32_t checksum) {
  std::array<char, 16> digits{};
  std::snprintf(digits.data(), digits.size(), "%08x", checksum);
  return digits.data();
}

std::string text_of(const List& list) {
  std::ostringstream text;
  text << kListHead << "\ntaken " << list.taken << "\nposition " << list.position << '\n';
  for (const Entry& entry : list.entries) {
    text << "file " << hex(entry.checksum) << ' ' << entry.bytes << ' ' << entry.name << '\n';
  }
  return text.str() + "end " + hex(crc32c(text.str())) + "\n";  // of all that stands before
}

// A name of this folder and of no other place.
bool is_plain(const std::string& name) {
  return !name.empty() && name.find('/') == std::string::npos && name != "." && name != ".." && name != kList;
}

List read_list(const std::string& path) {
  const std::string file = path + "/" + std::string(kList);
  std::ifstream in(file);
  if (!in) raise(path, "is not a whole backup: it has no file BACKUP");
  List list;
  std::string line;
  std::getline(in, line);
  if (line != kListHead) raise(file, "is of another version, or damaged");
  while (std::getline(in, line)) {
    std::istringstream words(line);
    std::string what;
    words >> what;
    if (what == "taken") words >> list.taken;
    if (what == "position") words >> list.position;
    if (what == "file") {
      Entry& entry = list.entries.emplace_back();
      words >> std::hex >> entry.checksum >> std::dec >> entry.bytes >> entry.name;
      if (!is_plain(entry.name)) raise(file, "is damaged");
    }
  }
  std::ifstream again(file);
  std::ostringstream whole;
  whole << again.rdbuf();
  if (whole.str() != text_of(list)) raise(file, "is damaged");  // with its checksum, or by anything else
  return list;
}

Backup told(const std::string& path, const List& list) {
  return {path, list.taken, list.position, list.entries.size(), list.bytes()};
}

[[noreturn]] void damaged(const std::string& path) {
  raise(path, "is not as it was when the backup was made; take another backup");
}

void check(const std::string& path, const List& list, const BackupProgress& progress) {
  std::uint64_t done = 0;
  for (const Entry& entry : list.entries) {
    const std::string file = path + "/" + entry.name;
    std::error_code failed;
    if (fs::file_size(file, failed) != entry.bytes || failed) damaged(file);
    if (entry_of(path, entry.name).checksum != entry.checksum) damaged(file);
    done += entry.bytes;
    if (progress) progress(done, list.bytes());
  }
}

void expect_store(const std::string& path, Position position) {
  const auto store = Store::open_read_only(path);
  if (store->journal().tail() < position) damaged(path);
}

// Those with a list, the oldest first by name.
std::vector<fs::path> backups_in(const std::string& folder, std::error_code& failed) {
  std::vector<fs::path> backups;
  for (const auto& each : fs::directory_iterator(folder, failed)) {
    std::error_code none;
    if (each.path().extension() != kUnfinished && fs::exists(each.path() / kList, none)) backups.push_back(each.path());
  }
  std::sort(backups.begin(), backups.end());
  return backups;
}

// A folder that is removed, or emptied when it was there before, unless it has been kept.
class Unfinished {
 public:
  explicit Unfinished(std::string path, bool ours = true) : path_(std::move(path)), ours_(ours) {}
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() {
    if (path_.empty()) return;
    std::error_code ignored;
    std::vector<fs::path> all;
    for (const auto& each : fs::directory_iterator(path_, ignored)) all.push_back(each.path());
    for (const auto& each : all) fs::remove_all(each, ignored);
    if (ours_) fs::remove(path_, ignored);
  }
  void keep() { path_.clear(); }

 private:
  std::string path_;
  const bool ours_;
};

}  // namespace

FolderLock::FolderLock(const std::string& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) raise(folder, "cannot be made: " + failed.message());
  file_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file_ < 0) raise(folder, "cannot be opened");
  if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  ::close(file_);
  raise(folder, "is in use: a backup is being made already; wait for its end");
}

FolderLock::~FolderLock() { ::close(file_); }

Copy copy_store(Store& store, const std::string& folder, const std::string& name, UnixSeconds now) {
  std::error_code failed;
  const std::string path = folder + "/" + name;
  fs::create_directories(folder, failed);
  if (failed) raise(folder, "cannot be made: " + failed.message());
  if (fs::exists(path)) raise(path, "is there already; nothing is overwritten");
  struct stat here {};
  struct stat there {};
  if (::stat(store.path().c_str(), &here) == 0 && ::stat(folder.c_str(), &there) == 0 && here.st_dev != there.st_dev)
    raise(folder, "is on another file system than the store; make backups beside it, and copy them away from there");
  for (const auto& each : fs::directory_iterator(folder, failed)) {
    if (each.path().extension() == kUnfinished) fs::remove_all(each.path(), failed);
  }
  const std::string part = path + std::string(kUnfinished);
  Unfinished unfinished(part);
  Copy copy{path, now, store.copy_to(part)};
  unfinished.keep();
  return copy;
}

Backup seal_copy(const Copy& copy, const BackupProgress& progress) {
  std::error_code failed;
  const std::string part = copy.path + std::string(kUnfinished);
  Unfinished unfinished(part);
  List list;
  list.taken = copy.taken;
  list.position = copy.position;
  std::uint64_t all = 0;
  for (const auto& file : fs::directory_iterator(part, failed)) {
    list.entries.push_back({file.path().filename(), file.file_size(), 0});
    all += list.entries.back().bytes;
  }
  if (failed) raise(part, "cannot be read: " + failed.message());
  std::sort(list.entries.begin(), list.entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  std::uint64_t done = 0;
  for (Entry& entry : list.entries) {
    entry = entry_of(part, entry.name);
    sync_path(part + "/" + entry.name);
    done += entry.bytes;
    if (progress) progress(done, all);
  }
  expect_store(part, copy.position);
  std::ofstream out(part + "/" + std::string(kList));
  if (!(out << text_of(list)).flush()) raise(part, "cannot be written");
  out.close();
  sync_path(part + "/" + std::string(kList));
  sync_path(part);
  fs::rename(part, copy.path, failed);
  if (failed) raise(copy.path, "cannot be made: " + failed.message());
  unfinished.keep();
  sync_path(fs::path(copy.path).parent_path());
  return told(copy.path, list);
}

std::size_t keep_newest(const std::string& folder, std::size_t keep) {
  std::error_code failed;
  const auto backups = backups_in(folder, failed);
  if (failed) raise(folder, "cannot be read: " + failed.message());
  const std::size_t most = backups.size() > keep ? backups.size() - keep : 0;
  for (std::size_t i = 0; i < most; ++i) {
    fs::remove(backups[i] / kList, failed);  // first: what is left of it is no backup any more
    fs::remove_all(backups[i], failed);
    if (failed) raise(backups[i].string(), "cannot be removed: " + failed.message());
  }
  return most;
}

std::optional<Backup> newest_backup(const std::string& folder) {
  std::error_code failed;
  const auto backups = backups_in(folder, failed);
  for (auto path = backups.rbegin(); path != backups.rend(); ++path) {
    try {
      return told(path->string(), read_list(path->string()));
    } catch (const StoreError&) {
      continue;  // a damaged one is no backup, the one before it may be
    }
  }
  return {};
}

Backup check_backup(const std::string& path, const BackupProgress& progress) {
  const List list = read_list(path);
  check(path, list, progress);
  return told(path, list);
}

Backup restore(const std::string& path, const std::string& to, const BackupProgress& progress) {
  const List list = read_list(path);
  std::error_code failed;
  if (fs::exists(to) && !fs::is_empty(to, failed))
    raise(to, "is not empty: move away what is there, nothing is overwritten");
  check(path, list, progress);
  const bool fresh = fs::create_directories(to, failed);
  if (failed) raise(to, "cannot be made: " + failed.message());
  Unfinished unfinished(to, fresh);
  const auto put = [&](const std::string& name) {
    fs::copy_file(path + "/" + name, to + "/" + name, failed);
    if (failed) raise(to + "/" + name, "cannot be written: " + failed.message());
    sync_path(to + "/" + name);
  };
  for (const Entry& entry : list.entries) {
    if (entry.name != kFormatFile) put(entry.name);
  }
  sync_path(to);
  put(std::string(kFormatFile));  // without it the rest is no store, and is refused by all
  sync_path(to);
  if (fresh) sync_path(fs::absolute(to).parent_path());
  check(to, list, {});
  expect_store(to, list.position);
  unfinished.keep();
  return told(path, list);
}

}  // namespace kpistream::store
