// `kpistream connect`: from the address of a portal or account to its configuration and its first event. What both
// CRMs have in common.
#pragma once

#include <string>
#include <vector>

#include "app/commands.hpp"
#include "app/connect/findings.hpp"
#include "app/connect/proposal.hpp"
#include "app/connect/words.hpp"

namespace kpistream::app {

// The steps of one run, in order. Each tells what it finds on the standard output.
class Connection {
 public:
  Connection(const CommandOptions& options, const ConnectCommand& command);
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The exit code.
  [[nodiscard]] int run();

 protected:
  struct File {
    std::string path;
    std::string text;
    bool secret;
  };

  // False: it ends here, and why has been said.
  virtual bool read_access() = 0;
  virtual bool check() = 0;
  [[nodiscard]] virtual std::string host() const = 0;  // that the portal's name is taken from
  virtual void introduce() = 0;                        // shows what it is
  [[nodiscard]] virtual std::vector<Proposal> proposals() const = 0;
  virtual bool prepare_hook() = 0;           // what must be known of it before anything is written
  virtual std::vector<File> secrets() = 0;   // that are written; fills entry_.lines
  virtual bool make_hook() { return true; }  // once everything is written
  [[nodiscard]] virtual Phrase waiting() const = 0;

  // Of an option, or asked for; without '/' at its end; empty: nobody told.
  [[nodiscard]] std::string public_url() const;
  // Of a file, or asked for.
  [[nodiscard]] std::string secret_of(const std::string& file, Phrase question) const;
  [[nodiscard]] std::string beside(const std::string& name) const;
  [[nodiscard]] std::string text(Phrase phrase, const std::vector<std::string>& values = {}) const;
  void show(const Findings& findings) const;
  void tell(Phrase phrase, const std::vector<std::string>& values = {}) const;
  bool fail(Phrase phrase, const std::vector<std::string>& values = {}) const;  // false

  const CommandOptions& options_;
  const ConnectCommand& command_;
  const Language language_;
  const bool asks_;  // somebody is there, and wants to be asked
  PortalEntry entry_;

 private:
  bool name();
  void agree_on_mapping();
  bool write();
  int wait() const;
  [[nodiscard]] bool write_all(const std::vector<File>& files) const;
  [[nodiscard]] bool may_replace(const std::string& path) const;
  [[nodiscard]] std::string config_text() const;
};

}  // namespace kpistream::app
