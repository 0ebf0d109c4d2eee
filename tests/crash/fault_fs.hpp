// A file system for RocksDB that loses its power, or fails a call, at a chosen moment.
#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "disk.hpp"

namespace kpistream::store {

inline constexpr int kCutExit = 42;  // exit code of a process whose power was cut, or that was killed

struct FaultPlan {
  std::uint64_t cut_at = 0;   // the power goes before this writing call, counted from 1; 0: never
  bool kill = false;          // instead of the cut the process dies, like by kill -9: files stay as they are
  std::uint64_t fail_at = 0;  // this call of any kind fails; 0: none
  bool fail_on = false;       // ... and all after it
  std::uint64_t seed = 1;     // decides what a cut leaves
};

// Thread-safe: one call at a time.
class FaultFs : public rocksdb::FileSystemWrapper {
 public:
  enum class Call { reading, writing };

  FaultFs(const FaultPlan& plan, const std::string& side);
  const char* Name() const override { return "FaultFs"; }

  [[noreturn]] void cut();  // now
  [[nodiscard]] std::uint64_t writing_calls();
  [[nodiscard]] std::uint64_t calls();
  void set_free_space(std::uint64_t bytes) { free_space_.store(bytes); }
  void fail_from_now() { failing_.store(true); }  // every writing call

  // For its files: to be called under `mutex` before each call, which is to fail when this does.
  [[nodiscard]] rocksdb::IOStatus step(Call call);
  std::recursive_mutex mutex;
  Disk disk;  // guarded by mutex

  using Options = rocksdb::IOOptions;
  using Debug = rocksdb::IODebugContext;
  using Status = rocksdb::IOStatus;
  template <typename T>
  using Result = std::unique_ptr<T>*;
  Status NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                           Result<rocksdb::FSSequentialFile> result, Debug* debug) override;
  Status NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                             Result<rocksdb::FSRandomAccessFile> result, Debug* debug) override;
  Status NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                         Result<rocksdb::FSWritableFile> result, Debug* debug) override;
  Status ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                            Result<rocksdb::FSWritableFile> result, Debug* debug) override;
  Status ReuseWritableFile(const std::string& name, const std::string& old, const rocksdb::FileOptions& options,
                           Result<rocksdb::FSWritableFile> result, Debug* debug) override;
  Status NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                         Result<rocksdb::FSRandomRWFile> result, Debug* debug) override;
  Status NewDirectory(const std::string& name, const Options& options, Result<rocksdb::FSDirectory> result,
                      Debug* debug) override;
  Status FileExists(const std::string& name, const Options& options, Debug* debug) override;
  Status GetChildren(const std::string& name, const Options& options, std::vector<std::string>* result,
                     Debug* debug) override;
  Status GetFileSize(const std::string& name, const Options& options, std::uint64_t* size, Debug* debug) override;
  Status DeleteFile(const std::string& name, const Options& options, Debug* debug) override;
  Status RenameFile(const std::string& from, const std::string& to, const Options& options, Debug* debug) override;
  Status LockFile(const std::string& name, const Options& options, rocksdb::FileLock** lock, Debug* debug) override;
  Status GetFreeSpace(const std::string& name, const Options& options, std::uint64_t* free, Debug* debug) override;

 private:
  const FaultPlan plan_;
  std::uint64_t calls_ = 0;          // guarded by mutex
  std::uint64_t writing_calls_ = 0;  // guarded by mutex
  std::atomic<std::uint64_t> free_space_{UINT64_MAX};
  std::atomic<bool> failing_{false};
};

}  // namespace kpistream::store
