// Configuration files in a temporary directory.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.hpp"

namespace kpistream::app {

inline constexpr std::string_view kAmoSecret = "k7Qm2xVp9sLt4ZcR";

class ConfigFile : public testing::Test {
 protected:
  ConfigFile() : folder_(std::filesystem::temp_directory_path() / ("kpistream-config-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~ConfigFile() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const auto path = (folder_ / name).string();
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  // Errors without the path of the file.
  std::vector<std::string> errors(const std::string& text) {
    const auto path = file("k.yml", text);
    auto all = load_config(path).errors;
    for (auto& error : all) error = error.substr(path.size() + 1);
    return all;
  }

  // What is wrong with these lines of an otherwise correct portal; they begin in line 5, column 5.
  std::vector<std::string> wrong(const std::string& lines) { return errors(portal("bitrix24", lines)); }
  std::vector<std::string> wrong_amocrm(const std::string& lines) { return errors(portal("amocrm", lines)); }
  // A portal with these lines, which have to be right.
  PortalSettings settings(const std::string& lines, const std::string& crm = "bitrix24") {
    const auto result = load_config(file("k.yml", portal(crm, lines)));
    EXPECT_THAT(result.errors, testing::IsEmpty());
    return result.config ? result.config->portals.at(0).settings : PortalSettings{};
  }

  static std::string portal(const std::string& crm, const std::string& lines) {
    std::string text = "portals:\n  acme:\n    crm: " + crm + "\n    ";
    text += crm == "bitrix24" ? "application_tokens: [x]\n" : "hook_secrets: [" + std::string(kAmoSecret) + "]\n";
    for (std::size_t at = 0; at < lines.size();) {
      const auto end = std::min(lines.find('\n', at), lines.size());
      text += "    " + lines.substr(at, end - at) + "\n";
      at = end + 1;
    }
    return text + (crm == "bitrix24" ? "" : "    account_id: '7'\n");
  }

  std::filesystem::path folder_;
};

}  // namespace kpistream::app
