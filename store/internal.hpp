// For this room and its tests: a store on a file system of one's own. Brings in RocksDB.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>
#include <string>

#include "store/store.hpp"

namespace kpistream::store {

using FileSystem = std::shared_ptr<rocksdb::FileSystem>;

[[nodiscard]] std::unique_ptr<Store> open_on(const StoreOptions& options, const FileSystem& files);
[[nodiscard]] std::unique_ptr<Store> open_read_only_on(const std::string& path, const FileSystem& files);

}  // namespace kpistream::store
