#include "disk.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace kpistream::store {
namespace {

namespace fs = std::filesystem;

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::uint64_t size_of(const std::string& path) {
  std::error_code missing;
  const auto size = fs::file_size(path, missing);
  return missing ? 0 : size;
}

}  // namespace

Disk::Handle Disk::create(const std::string& path) {
  // Over an existing file this is a truncation, which RocksDB does to leftovers only.
  changes_.push_back({Change::Kind::create, path, {}, {}});
  auto file = std::make_shared<File>();
  file->path = path;
  files_[path] = file;
  return file;
}

Disk::Handle Disk::open(const std::string& path, bool in_place) {
  Handle& file = files_[path];
  if (!file) {
    file = std::make_shared<File>();
    file->path = path;
    file->size = file->synced = size_of(path);
  }
  if (in_place && !file->in_place) {
    file->in_place = true;
    file->synced_content = content_of(path);
  }
  return file;
}

void Disk::truncated(File& file, std::uint64_t size) {
  file.size = size;
  file.synced = std::min(file.synced, size);
}

void Disk::synced(File& file) {
  if (file.doomed) return;
  file.synced = file.size;
  if (file.in_place) file.synced_content = content_of(file.path);
}

void Disk::move_handle(const std::string& from, const std::string& to) {
  const auto it = files_.find(from);
  if (it == files_.end()) {
    files_.erase(to);
    return;
  }
  const Handle file = it->second;
  files_.erase(it);
  file->path = to;
  files_[to] = file;
}

std::string Disk::set_aside(const std::string& path) {
  const std::string side = side_ + "/" + std::to_string(++sides_);
  fs::rename(path, side);
  move_handle(path, side);
  return side;
}

void Disk::rename(const std::string& from, const std::string& to) {
  const std::string side = fs::exists(to) ? set_aside(to) : std::string();
  fs::rename(from, to);
  move_handle(from, to);
  changes_.push_back({Change::Kind::rename, from, to, side});
}

void Disk::remove(const std::string& path) { changes_.push_back({Change::Kind::remove, path, {}, set_aside(path)}); }

void Disk::directory_synced() {
  for (const auto& change : changes_) {
    if (change.side.empty()) continue;
    fs::remove(change.side);
    files_.erase(change.side);
  }
  changes_.clear();
}

void Disk::lose_content(File& file, bool all) {
  if (!fs::exists(file.path)) return;
  if (file.in_place) {
    // Small enough for one sector: old or new, never half.
    if (all || random_() % 2 == 0) std::ofstream(file.path, std::ios::binary) << file.synced_content;
    return;
  }
  const std::uint64_t rest = file.size - file.synced;
  const std::uint64_t kept = all || rest == 0 ? 0 : random_() % (rest + 1);
  fs::resize_file(file.path, file.synced + kept);
}

void Disk::take_back(const Change& change) {
  switch (change.kind) {
    case Change::Kind::create:
      fs::remove(change.path);
      break;
    case Change::Kind::rename:
      fs::rename(change.target, change.path);
      if (!change.side.empty()) fs::rename(change.side, change.target);
      break;
    case Change::Kind::remove:
      fs::rename(change.side, change.path);
      break;
  }
}

void Disk::cut() {
  const bool all = random_() % 3 == 0;
  for (const auto& [path, file] : files_) lose_content(*file, all);
  const std::size_t kept = all ? 0 : random_() % (changes_.size() + 1);
  for (std::size_t i = changes_.size(); i > kept; --i) take_back(changes_[i - 1]);
}

}  // namespace kpistream::store
