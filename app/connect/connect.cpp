#include "app/connect/connect.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "app/config.hpp"
#include "app/connect/files.hpp"
#include "app/connect/findings.hpp"
#include "app/connect/portal_check.hpp"
#include "app/connect/terminal.hpp"
#include "app/json_text.hpp"

namespace kpistream::app {
namespace {

constexpr std::chrono::milliseconds kLook{500};
constexpr int kWait = 300;  // seconds, with somebody at the terminal

// A line that is written over, at a terminal only: what is waited for, and how many seconds more.
class Progress {
 public:
  explicit Progress(std::chrono::steady_clock::time_point end) : end_(end), on_(somebody_watches()) {}

  void show(const std::string& what) const {
    using namespace std::chrono;
    write(fmt::format("{} {}", duration_cast<seconds>(end_ - steady_clock::now()).count(), what));
  }
  void clear() const { write(""); }

 private:
  void write(const std::string& line) const {
    if (!on_) return;
    fmt::print("\r\x1b[K{}", line);
    std::fflush(stdout);
  }

  std::chrono::steady_clock::time_point end_;
  bool on_;
};

std::string settings_text(const Proposal& proposal) {
  std::string text;
  for (const auto& one : proposal.settings) {
    text += (text.empty() ? "" : ", ") + one.group + (one.group.empty() ? "" : ".") + one.key + ": " + one.value;
  }
  return text;
}

}  // namespace

Connection::Connection(const CommandOptions& options, const ConnectCommand& command)
    : options_(options),
      command_(command),
      language_(language_of(command.language, system_locale())),
      asks_(!command.yes && somebody_asks()) {}

int Connection::run() {
  if (!read_access() || !check() || !name()) return 1;
  introduce();
  agree_on_mapping();
  if (!prepare_hook() || !write() || !make_hook()) return 1;
  return wait();
}

bool Connection::name() {
  entry_.alias = command_.alias;
  if (entry_.alias.empty()) {
    entry_.alias = alias_of_host(host());
    const std::string told = asks_ ? ask_line(text(Phrase::ask_alias, {entry_.alias})) : "";
    if (!told.empty()) entry_.alias = told;
  }
  return is_portal_alias(entry_.alias) || fail(Phrase::bad_alias);
}

void Connection::agree_on_mapping() {
  auto all = proposals();
  fmt::print("\n{}\n", text(Phrase::proposing));
  for (const auto& one : all) {
    const std::string what = one.settings.empty() ? text(Phrase::nothing_to_write) : settings_text(one);
    fmt::print("  {}: {} ({})\n", text(one.subject), what, say(language_, one.reason));
  }
  if (!asks_ || ask_yes(text(Phrase::ask_mapping), true)) entry_.proposals = std::move(all);
}

std::string Connection::public_url() const {
  std::string base = command_.public_url;
  if (base.empty() && asks_) base = ask_line(text(Phrase::ask_public_url));
  while (base.ends_with('/')) base.pop_back();
  return base;
}

std::string Connection::secret_of(const std::string& file, Phrase question) const {
  if (!file.empty()) return first_line(file);
  return asks_ ? ask_line(text(question), true) : "";
}

// A configuration that is there is never touched: then the portal's lines go into a file of their own.
bool Connection::write() {
  auto files = secrets();
  const bool fresh = !std::filesystem::exists(options_.config_file);
  const std::string path = fresh ? options_.config_file : beside(entry_.alias + ".portal.yml");
  files.push_back({path, fresh ? config_text() : portal_yaml(entry_), false});
  for (const auto& file : files) {
    if (!may_replace(file.path)) return false;
  }
  if (!write_all(files)) return false;
  if (!fresh) {
    tell(Phrase::fragment, {options_.config_file, path});
    fmt::print("{}", portal_yaml(entry_));
    tell(Phrase::reload_hint);
    return true;
  }
  const auto loaded = load_config(path);
  for (const auto& error : loaded.errors) fmt::print(stderr, "{}\n", error);
  if (loaded.config) tell(Phrase::start_hint, {path});
  return loaded.config.has_value();
}

bool Connection::write_all(const std::vector<File>& files) const {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::absolute(files.back().path).parent_path(), ignored);
  for (const auto& file : files) {
    if (!write_file(file.path, file.text, file.secret)) return fail(Phrase::cannot_write, {file.path});
    tell(Phrase::written, {file.path});
  }
  return true;
}

int Connection::wait() const {
  const int seconds = command_.wait >= 0 ? command_.wait : asks_ ? kWait : 0;
  if (seconds == 0) return 0;
  const auto loaded = load_config(options_.config_file);
  if (!loaded.config) return 1;
  const auto last = ask_daemon_of(*loaded.config, entry_.alias).last_event;
  tell(waiting(), {std::to_string(seconds)});
  std::fflush(stdout);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  const Progress progress(end);
  while (std::chrono::steady_clock::now() < end) {
    const auto daemon = ask_daemon_of(*loaded.config, entry_.alias);
    progress.show(text(!daemon.answers ? Phrase::waiting_daemon
                       : daemon.serves ? Phrase::waiting_event
                                       : Phrase::waiting_portal));
    if (daemon.last_event != 0 && daemon.last_event != last) {
      progress.clear();
      tell(Phrase::event_came, {utc_text(daemon.last_event)});
      return 0;
    }
    std::this_thread::sleep_for(kLook);
  }
  progress.clear();
  tell(Phrase::no_event);
  return 1;
}

bool Connection::may_replace(const std::string& path) const {
  if (command_.overwrite || !std::filesystem::exists(path)) return true;
  if (asks_ && ask_yes(text(Phrase::ask_overwrite, {path}), false)) return true;
  return fail(Phrase::exists, {path});
}

std::string Connection::config_text() const {
  const Config defaults;
  const auto address = [](const std::string& wish, const Endpoint& otherwise) {
    return json(wish.empty() ? endpoint_text(otherwise) : wish);
  };
  const std::string admin = options_.admin_addresses.empty() ? "" : options_.admin_addresses.front();
  const std::string& store = options_.storage_path.empty() ? defaults.storage_path : options_.storage_path;
  return fmt::format("listen: {{hook: {}, admin: {}}}\nstorage: {{path: {}}}\nportals:\n{}",
                     address(options_.hook_address, defaults.hook), address(admin, defaults.admin.front()), json(store),
                     portal_yaml(entry_));
}

std::string Connection::beside(const std::string& file) const {
  return (std::filesystem::absolute(options_.config_file).parent_path() / file).string();
}

std::string Connection::text(Phrase phrase, const std::vector<std::string>& values) const {
  return say(language_, phrase, values);
}

void Connection::show(const Findings& findings) const {
  const std::string lines = findings_text(findings, language_);
  for (std::size_t at = 0; at < lines.size();) {
    const auto end = lines.find('\n', at);
    fmt::print("  {}\n", lines.substr(at, end - at));
    at = end + 1;
  }
}

void Connection::tell(Phrase phrase, const std::vector<std::string>& values) const {
  fmt::print("{}\n", text(phrase, values));
}

bool Connection::fail(Phrase phrase, const std::vector<std::string>& values) const {
  std::fflush(stdout);
  fmt::print(stderr, "kpistream: {}\n", text(phrase, values));
  return false;
}

}  // namespace kpistream::app
