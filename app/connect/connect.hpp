// `kpistream connect bitrix24`: from the address of an incoming webhook to a portal's configuration and its first
// event.
#pragma once

#include <string>
#include <vector>

#include "app/commands.hpp"
#include "app/connect/portal_facts.hpp"
#include "app/connect/proposal.hpp"
#include "app/connect/words.hpp"

namespace kpistream::app {

// The steps of one run, in order. Each tells what it finds on the standard output.
class Connection {
 public:
  Connection(const CommandOptions& options, const ConnectCommand& command);
  // The exit code.
  [[nodiscard]] int run();

 private:
  bool read_webhook();
  bool check();
  bool name();
  void show() const;
  void agree_on_mapping();
  void show_hook();
  bool read_token();
  bool write();
  int wait() const;

  [[nodiscard]] bool write_all(const std::string& path, const std::string& yaml) const;
  [[nodiscard]] bool may_replace(const std::string& path) const;
  [[nodiscard]] std::string config_text() const;
  [[nodiscard]] std::string beside(const std::string& name) const;
  [[nodiscard]] std::string text(Phrase phrase, const std::vector<std::string>& values = {}) const;
  void tell(Phrase phrase, const std::vector<std::string>& values = {}) const;
  bool fail(Phrase phrase, const std::vector<std::string>& values = {}) const;  // false

  const CommandOptions& options_;
  const ConnectCommand& command_;
  const Language language_;
  const bool asks_;  // somebody is there, and wants to be asked
  std::string webhook_;
  std::string token_;
  PortalFacts facts_;
  PortalEntry entry_;
};

}  // namespace kpistream::app
