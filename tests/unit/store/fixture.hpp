// A store in a temporary directory, and a listener that remembers what it was told.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "store/store.hpp"

namespace kpistream::store {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "kpistream-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] std::string store() const { return (path_ / "store").string(); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class Listener : public AppendListener {
 public:
  void on_group(std::span<const Ticket> tickets) noexcept override {
    const std::lock_guard lock(mutex_);
    ++groups_;
    tickets_.insert(tickets_.end(), tickets.begin(), tickets.end());
    told_.notify_all();
  }
  std::vector<Ticket> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [&] { return tickets_.size() >= count; });
    return tickets_;
  }
  std::vector<Ticket> tickets() {
    const std::lock_guard lock(mutex_);
    return tickets_;
  }
  std::size_t groups() {
    const std::lock_guard lock(mutex_);
    return groups_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  std::vector<Ticket> tickets_;
  std::size_t groups_ = 0;
};

class FakeSink : public MeterSink {
 public:
  void counter(std::string_view name, std::string_view /*help*/, const MeterLabels& labels, double value) override {
    gauge(name, {}, labels, value);
  }
  void gauge(std::string_view name, std::string_view /*help*/, const MeterLabels& labels, double value) override {
    std::string series(name);
    for (const auto& label : labels) series.append("/").append(label.second);
    values[series] = value;
  }
  void histogram(std::string_view, std::string_view, const MeterLabels&, const HistogramFigures&) override {}
  std::map<std::string, double> values;
};

inline NewRecord delivery(std::string body) {
  NewRecord record;
  record.portal = "north";
  record.arrived = 1'789'392'600;
  record.body = std::move(body);
  return record;
}

inline StoreOptions small_options(const TemporaryDirectory& directory) {
  StoreOptions options;
  options.path = directory.store();
  options.free_bytes_min = 0;
  return options;
}

// Appends and waits until it is durable.
inline AppendOutcome append_one(Journal& journal, NewRecord record) {
  Listener listener;
  if (!journal.append(std::move(record), listener, 1)) return AppendOutcome::unavailable;
  return listener.wait_for(1).front().outcome;
}

inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The text of the StoreError that `act` throws; empty when it throws none.
template <typename Act>
std::string refusal(Act&& act) {
  try {
    act();
  } catch (const StoreError& error) {
    return error.what();
  }
  return {};
}

}  // namespace kpistream::store
