#include "fault_fs.hpp"

#include <unistd.h>

namespace kpistream::store {
namespace {

using Call = FaultFs::Call;
using Lock = std::lock_guard<std::recursive_mutex>;
using Options = FaultFs::Options;
using Debug = FaultFs::Debug;
using Status = FaultFs::Status;
using rocksdb::Slice;

class SequentialFile final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  SequentialFile(FaultFs& fs, std::unique_ptr<rocksdb::FSSequentialFile>&& file)
      : FSSequentialFileOwnerWrapper(std::move(file)), fs_(fs) {}
  Status Read(std::size_t n, const Options& options, Slice* result, char* scratch, Debug* debug) override {
    const Lock lock(fs_.mutex);
    if (auto status = fs_.step(Call::reading); !status.ok()) return status;
    return target()->Read(n, options, result, scratch, debug);
  }

 private:
  FaultFs& fs_;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  RandomAccessFile(FaultFs& fs, std::unique_ptr<rocksdb::FSRandomAccessFile>&& file)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), fs_(fs) {}
  Status Read(std::uint64_t offset, std::size_t n, const Options& options, Slice* result, char* scratch,
              Debug* debug) const override {
    const Lock lock(fs_.mutex);
    if (auto status = fs_.step(Call::reading); !status.ok()) return status;
    return target()->Read(offset, n, options, result, scratch, debug);
  }

 private:
  FaultFs& fs_;
};

// Nothing is really synced: the process ends by _exit, and the kernel keeps what was written.
class WritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  WritableFile(FaultFs& fs, std::unique_ptr<rocksdb::FSWritableFile>&& file, Disk::Handle handle)
      : FSWritableFileOwnerWrapper(std::move(file)), fs_(fs), handle_(std::move(handle)) {}

  Status Append(const Slice& data, const Options& options, Debug* debug) override {
    const Lock lock(fs_.mutex);
    const auto failure = fs_.step(Call::writing);
    const Slice written(data.data(), failure.ok() ? data.size() : data.size() / 2);
    auto status = target()->Append(written, options, debug);
    if (status.ok()) fs_.disk.appended(*handle_, written.size());
    return failure.ok() ? status : failure;
  }
  Status Append(const Slice& data, const Options& options, const rocksdb::DataVerificationInfo& /*info*/,
                Debug* debug) override {
    return Append(data, options, debug);
  }
  Status Truncate(std::uint64_t size, const Options& options, Debug* debug) override {
    const Lock lock(fs_.mutex);
    if (auto status = fs_.step(Call::writing); !status.ok()) return status;
    fs_.disk.truncated(*handle_, size);
    return target()->Truncate(size, options, debug);
  }
  Status Sync(const Options& /*options*/, Debug* /*debug*/) override {
    const Lock lock(fs_.mutex);
    auto status = fs_.step(Call::writing);
    if (status.ok()) {
      fs_.disk.synced(*handle_);
    } else {
      fs_.disk.sync_failed(*handle_);
    }
    return status;
  }
  Status Fsync(const Options& options, Debug* debug) override { return Sync(options, debug); }
  Status RangeSync(std::uint64_t /*offset*/, std::uint64_t /*bytes*/, const Options& /*options*/,
                   Debug* /*debug*/) override {
    return Status::OK();  // promises nothing
  }
  Status Close(const Options& options, Debug* debug) override {
    const Lock lock(fs_.mutex);
    if (auto status = fs_.step(Call::writing); !status.ok()) return status;
    return target()->Close(options, debug);
  }

 private:
  FaultFs& fs_;
  const Disk::Handle handle_;
};

class InPlaceFile final : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  InPlaceFile(FaultFs& fs, std::unique_ptr<rocksdb::FSRandomRWFile>&& file, Disk::Handle handle)
      : FSRandomRWFileOwnerWrapper(std::move(file)), fs_(fs), handle_(std::move(handle)) {}
  Status Write(std::uint64_t offset, const Slice& data, const Options& options, Debug* debug) override {
    const Lock lock(fs_.mutex);
    if (auto status = fs_.step(Call::writing); !status.ok()) return status;
    return target()->Write(offset, data, options, debug);
  }
  Status Sync(const Options& /*options*/, Debug* /*debug*/) override {
    const Lock lock(fs_.mutex);
    auto status = fs_.step(Call::writing);
    if (status.ok()) fs_.disk.synced(*handle_);
    return status;
  }

 private:
  FaultFs& fs_;
  const Disk::Handle handle_;
};

class Directory final : public rocksdb::FSDirectoryWrapper {
 public:
  Directory(FaultFs& fs, std::unique_ptr<rocksdb::FSDirectory>&& directory)
      : FSDirectoryWrapper(std::move(directory)), fs_(fs) {}
  Status Fsync(const Options& /*options*/, Debug* /*debug*/) override {
    const Lock lock(fs_.mutex);
    auto status = fs_.step(Call::writing);
    if (status.ok()) fs_.disk.directory_synced();
    return status;
  }
  Status FsyncWithDirOptions(const Options& options, Debug* debug, const rocksdb::DirFsyncOptions& /*dir*/) override {
    return Fsync(options, debug);
  }

 private:
  FaultFs& fs_;
};

}  // namespace

FaultFs::FaultFs(const FaultPlan& plan, const std::string& side)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), disk(side, plan.seed), plan_(plan) {}

void FaultFs::cut() {
  const Lock lock(mutex);
  if (!plan_.kill) disk.cut();
  ::_exit(kCutExit);  // still under the lock: nobody writes any more
}

std::uint64_t FaultFs::writing_calls() {
  const Lock lock(mutex);
  return writing_calls_;
}

std::uint64_t FaultFs::calls() {
  const Lock lock(mutex);
  return calls_;
}

Status FaultFs::step(Call call) {
  ++calls_;
  if (call == Call::writing && ++writing_calls_ == plan_.cut_at) cut();
  if (call == Call::writing && failing_) return Status::IOError("a failure made by the test");
  const bool fails = plan_.fail_at != 0 && (calls_ == plan_.fail_at || (plan_.fail_on && calls_ > plan_.fail_at));
  return fails ? Status::IOError("a failure made by the test") : Status::OK();
}

Status FaultFs::NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                                  Result<rocksdb::FSSequentialFile> result, Debug* debug) {
  const Lock lock(mutex);
  if (auto status = step(Call::reading); !status.ok()) return status;
  auto status = target()->NewSequentialFile(name, options, result, debug);
  if (status.ok()) *result = std::make_unique<SequentialFile>(*this, std::move(*result));
  return status;
}

Status FaultFs::NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                                    Result<rocksdb::FSRandomAccessFile> result, Debug* debug) {
  const Lock lock(mutex);
  if (auto status = step(Call::reading); !status.ok()) return status;
  auto status = target()->NewRandomAccessFile(name, options, result, debug);
  if (status.ok()) *result = std::make_unique<RandomAccessFile>(*this, std::move(*result));
  return status;
}

Status FaultFs::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                Result<rocksdb::FSWritableFile> result, Debug* debug) {
  const Lock lock(mutex);
  if (auto status = step(Call::writing); !status.ok()) return status;
  auto status = target()->NewWritableFile(name, options, result, debug);
  if (status.ok()) *result = std::make_unique<WritableFile>(*this, std::move(*result), disk.create(name));
  return status;
}

Status FaultFs::ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                   Result<rocksdb::FSWritableFile> result, Debug* debug) {
  const Lock lock(mutex);
  if (auto status = step(Call::writing); !status.ok()) return status;
  auto status = target()->ReopenWritableFile(name, options, result, debug);
  if (status.ok()) *result = std::make_unique<WritableFile>(*this, std::move(*result), disk.open(name, false));
  return status;
}

Status FaultFs::ReuseWritableFile(const std::string& /*name*/, const std::string& /*old*/,
                                  const rocksdb::FileOptions& /*options*/, Result<rocksdb::FSWritableFile> /*result*/,
                                  Debug* /*debug*/) {
  return Status::NotSupported("logs are not recycled");
}

Status FaultFs::NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                                Result<rocksdb::FSRandomRWFile> result, Debug* debug) {
  const Lock lock(mutex);
  if (auto status = step(Call::writing); !status.ok()) return status;
  auto status = target()->NewRandomRWFile(name, options, result, debug);
  if (status.ok()) *result = std::make_unique<InPlaceFile>(*this, std::move(*result), disk.open(name, true));
  return status;
}

Status FaultFs::NewDirectory(const std::string& name, const Options& options, Result<rocksdb::FSDirectory> result,
                             Debug* debug) {
  const Lock lock(mutex);
  if (auto status = step(Call::reading); !status.ok()) return status;
  auto status = target()->NewDirectory(name, options, result, debug);
  if (status.ok()) *result = std::make_unique<Directory>(*this, std::move(*result));
  return status;
}

Status FaultFs::FileExists(const std::string& name, const Options& options, Debug* debug) {
  const Lock lock(mutex);
  if (auto status = step(Call::reading); !status.ok()) return status;
  return target()->FileExists(name, options, debug);
}

Status FaultFs::GetChildren(const std::string& name, const Options& options, std::vector<std::string>* result,
                            Debug* debug) {
  const Lock lock(mutex);
  if (auto status = step(Call::reading); !status.ok()) return status;
  return target()->GetChildren(name, options, result, debug);
}

Status FaultFs::GetFileSize(const std::string& name, const Options& options, std::uint64_t* size, Debug* debug) {
  const Lock lock(mutex);
  if (auto status = step(Call::reading); !status.ok()) return status;
  return target()->GetFileSize(name, options, size, debug);
}

Status FaultFs::DeleteFile(const std::string& name, const Options& options, Debug* debug) {
  const Lock lock(mutex);
  if (auto status = step(Call::writing); !status.ok()) return status;
  if (auto status = target()->FileExists(name, options, debug); !status.ok()) return status;
  disk.remove(name);
  return Status::OK();
}

Status FaultFs::RenameFile(const std::string& from, const std::string& to, const Options& options, Debug* debug) {
  const Lock lock(mutex);
  if (auto status = step(Call::writing); !status.ok()) return status;
  if (auto status = target()->FileExists(from, options, debug); !status.ok()) return status;
  disk.rename(from, to);
  return Status::OK();
}

Status FaultFs::LockFile(const std::string& name, const Options& options, rocksdb::FileLock** lock_file, Debug* debug) {
  const Lock lock(mutex);
  if (auto status = step(Call::reading); !status.ok()) return status;
  return target()->LockFile(name, options, lock_file, debug);
}

Status FaultFs::GetFreeSpace(const std::string& name, const Options& options, std::uint64_t* free, Debug* debug) {
  const std::uint64_t said = free_space_.load();
  if (said == UINT64_MAX) return target()->GetFreeSpace(name, options, free, debug);
  *free = said;
  return Status::OK();
}

}  // namespace kpistream::store
