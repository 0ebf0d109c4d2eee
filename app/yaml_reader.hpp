// Strict reading of YAML: every mistake is reported with its place and its cure, all of them in one run.
//
// What the library would take silently is refused here: unknown and doubled keys, `0123` (octal to YAML 1.1),
// yes/no/on/off where text is meant. ${VAR}, ${VAR:-default}, ${VAR:?message} and $$ are expanded in scalar values,
// after parsing.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/shape.hpp"
#include "app/yaml_values.hpp"

namespace YAML {
class Node;
}

namespace kpistream::app {

// Mistakes in the order they were found: "file:line:column: path: message".
class ConfigErrors {
 public:
  explicit ConfigErrors(std::string file) : file_(std::move(file)) {}
  void add(int line, int column, std::string_view path, std::string_view message);
  [[nodiscard]] const std::vector<std::string>& all() const { return lines_; }
  [[nodiscard]] bool none() const { return lines_.empty(); }

 private:
  std::string file_;
  std::vector<std::string> lines_;
};

// One mapping of the file. finish() reports keys that its shape does not have; without a shape, those that nobody has
// read. A wrong value is reported and read as absent. `errors` and `shape` must outlive it.
class Section {
 public:
  // The whole document; a file that is not YAML is reported and read as empty. `keys` names those it should have.
  static Section document(const std::string& text, ConfigErrors& errors, std::string_view keys);
  // The same by a shape. Reading a key that is not in it throws std::logic_error: the JSON Schema would not have it.
  static Section document(const std::string& text, ConfigErrors& errors, const Shape& shape,
                          std::string_view keys = "listen, storage, portals");
  ~Section();
  Section(Section&&) noexcept;

  [[nodiscard]] std::optional<std::string> text(std::string_view key);
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key);  // within the bounds of its shape
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max);
  [[nodiscard]] std::optional<bool> boolean(std::string_view key);
  [[nodiscard]] std::optional<std::chrono::seconds> duration(std::string_view key);  // 0, 30s, 5m, 1h, 7d, 1w
  [[nodiscard]] std::optional<std::string> one_of(std::string_view key);             // of the words of its shape
  [[nodiscard]] std::optional<std::string> one_of(std::string_view key, const std::vector<std::string>& choices);
  [[nodiscard]] std::vector<std::string> texts(std::string_view key);  // a list of scalars, or one scalar
  // The same, where `wrong` tells what is wrong with an item ("": nothing); such an item is reported and left out.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key,
                                               const std::function<std::string(const std::string&)>& wrong);
  // The same, where only some words are allowed.
  [[nodiscard]] std::vector<std::string> some_of(std::string_view key, const std::vector<std::string>& choices);
  // Money in major units, "1500" or "-1500.50", as minor units.
  [[nodiscard]] std::optional<std::int64_t> money(std::string_view key);
  [[nodiscard]] std::optional<std::uint64_t> bytes(std::string_view key, std::uint64_t max);  // 0, 128MiB, 2GiB
  // A secret in the file itself or, under key + "_file", in a file of its own (all lines when `many`, else the first);
  // such a file must not be readable by everybody.
  [[nodiscard]] std::vector<std::string> secrets(std::string_view key, bool many);
  [[nodiscard]] std::optional<Section> section(std::string_view key);
  [[nodiscard]] std::vector<Section> sections(std::string_view key);  // a list of mappings
  [[nodiscard]] std::vector<std::string> keys() const;                // of a mapping whose keys are names

  // Reports a mistake at a key, or at the section itself when the key is absent.
  void complain(std::string_view key, std::string_view message);
  void complain_of_key(std::string_view key, std::string_view message);  // at the key, not its value
  [[nodiscard]] bool has(
      std::string_view key) const;  // with a value: a key with nothing behind it is as good as absent
  [[nodiscard]] bool is_map(std::string_view key) const;
  [[nodiscard]] std::size_t size(std::string_view key) const;  // of a list or mapping; 1 for a scalar, 0 for nothing
  [[nodiscard]] bool is_off(std::string_view key);             // plain `off` where a mapping might stand

  // A key that is not to be there, and was told apart from the unknown ones.
  void ignore(std::string_view key);
  // The keys are those of the case of this word from now on.
  void narrow(std::string_view word);
  void finish();

 private:
  struct State;
  Section(std::unique_ptr<State> state);
  [[nodiscard]] Section inner(const YAML::Node& node, std::string path, const Shape* shape) const;
  [[nodiscard]] std::optional<std::string> scalar(const YAML::Node& node, const std::string& path);

  std::unique_ptr<State> state_;
};

}  // namespace kpistream::app
