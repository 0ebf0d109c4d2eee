#include "app/yaml_reader.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <set>
#include <stdexcept>

namespace kpistream::app {
namespace {

constexpr std::array kNotText{"yes", "no", "on", "off", "Yes", "No", "On", "Off", "YES", "NO", "ON", "OFF"};

// Expands one ${...}; `body` is what stands between the braces.
std::string expand_variable(std::string_view body, std::string& error) {
  const auto colon = body.find(':');
  const std::string name(body.substr(0, colon));
  const char* value = std::getenv(name.c_str());
  if (value != nullptr && (*value != '\0' || colon == std::string_view::npos)) return value;
  const std::string_view rest = colon == std::string_view::npos ? "" : body.substr(colon + 1);
  if (rest.starts_with("-")) return std::string(rest.substr(1));
  error = rest.starts_with("?") ? std::string(rest.substr(1)) : fmt::format("environment variable {} is not set", name);
  return {};
}

std::string expand(std::string_view text, std::string& error) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      out.push_back(text[i]);
    } else if (text[i + 1] == '$') {
      out.push_back('$');
      ++i;
    } else if (text[i + 1] == '{') {
      const auto end = text.find('}', i);
      if (end == std::string_view::npos) {
        error = "'${' without '}'";
        return out;
      }
      out += expand_variable(text.substr(i + 2, end - i - 2), error);
      i = end;
    } else {
      out.push_back('$');
    }
  }
  return out;
}

std::string none_of(const std::string& word, const std::vector<std::string>& choices) {
  return fmt::format("'{}' is none of: {}{}", word, fmt::join(choices, ", "), did_you_mean(word, choices));
}

}  // namespace

void ConfigErrors::add(int line, int column, std::string_view path, std::string_view message) {
  lines_.push_back(path.empty() ? fmt::format("{}:{}:{}: {}", file_, line, column, message)
                                : fmt::format("{}:{}:{}: {}: {}", file_, line, column, path, message));
}

struct Section::State {
  YAML::Node node;
  YAML::Mark mark;
  std::string path;
  ConfigErrors* errors = nullptr;
  const Shape* shape = nullptr;
  std::set<std::string> known;  // by having been read

  [[nodiscard]] std::string at(std::string_view key) const {
    return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
  }
  void complain(const YAML::Mark& where, std::string_view at_path, std::string_view message) const {
    errors->add(where.line + 1, where.column + 1, at_path, message);
  }
  // Of what stands at a key; nullptr where nothing has been declared.
  const Shape* know(std::string_view key) {
    known.emplace(key);
    if (shape == nullptr) return nullptr;
    if (shape->kind == Kind::names) return &shape->item.front();
    const Key* declared = shape->find(key);
    if (declared == nullptr && !shape->item.empty()) return &shape->item.front();
    if (declared == nullptr) throw std::logic_error(fmt::format("{} is read, and no shape has it", at(key)));
    return &declared->shape;
  }
  [[nodiscard]] const Shape& declared(std::string_view key) {
    const Shape* found = know(key);
    if (found == nullptr) throw std::logic_error(fmt::format("{} has no shape to be read by", at(key)));
    return *found;
  }
  [[nodiscard]] YAML::Node find(std::string_view key) const {
    if (node.IsMap()) {
      for (const auto& entry : node) {
        if (entry.first.IsScalar() && entry.first.Scalar() == key) return entry.second;
      }
    }
    return YAML::Node(YAML::NodeType::Undefined);
  }
  void refuse_doubles() const {
    std::set<std::string> seen;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) {
        complain(entry.first.Mark(), path, "a key must be plain text");
      } else if (!seen.insert(entry.first.Scalar()).second) {
        complain(entry.first.Mark(), at(entry.first.Scalar()), "this key stands here twice; remove one");
      }
    }
  }
};

Section::Section(std::unique_ptr<State> state) : state_(std::move(state)) {}
Section::~Section() = default;
Section::Section(Section&&) noexcept = default;

Section Section::document(const std::string& text, ConfigErrors& errors, const Shape& shape, std::string_view keys) {
  auto root = document(text, errors, keys);
  root.state_->shape = &shape;
  return root;
}

Section Section::document(const std::string& text, ConfigErrors& errors, std::string_view keys) {
  auto state = std::make_unique<State>();
  state->errors = &errors;
  try {
    state->node = YAML::Load(text);
    state->mark = state->node.Mark();
    if (state->node.IsMap()) {
      state->refuse_doubles();
    } else {
      errors.add(1, 1, "", fmt::format("the file must be a YAML mapping with the keys {}", keys));
    }
  } catch (const YAML::Exception& e) {
    errors.add(e.mark.line + 1, e.mark.column + 1, "", "not YAML: " + e.msg);
  }
  return Section(std::move(state));
}

std::optional<std::string> Section::scalar(const YAML::Node& node, const std::string& path) {
  if (!node.IsScalar()) {
    state_->complain(node.Mark(), path, "a single value is expected here");
    return {};
  }
  const bool plain = node.Tag() == "?";
  const std::string& text = node.Scalar();
  if (plain && std::find(kNotText.begin(), kNotText.end(), text) != kNotText.end()) {
    state_->complain(
        node.Mark(), path,
        fmt::format("'{}' means true or false to some YAML readers; put it in quotes, or write true/false", text));
    return {};
  }
  std::string error;
  std::string expanded = expand(text, error);
  if (!error.empty()) {
    state_->complain(node.Mark(), path, error);
    return {};
  }
  return expanded;
}

std::optional<std::string> Section::text(std::string_view key) {
  state_->know(key);
  const auto node = state_->find(key);
  if (!node.IsDefined() || node.IsNull()) return {};
  return scalar(node, state_->at(key));
}

std::optional<std::int64_t> Section::integer(std::string_view key, std::int64_t min, std::int64_t max) {
  const auto value = text(key);
  if (!value) return {};
  const auto number = parse_integer(*value);
  if (!number || *number < min || *number > max) {
    complain(key, fmt::format("'{}' is not a whole number from {} to {}, without leading zeros", *value, min, max));
    return {};
  }
  return number;
}

std::optional<std::int64_t> Section::integer(std::string_view key) {
  const Shape& shape = state_->declared(key);
  return integer(key, shape.min, shape.max);
}

std::optional<std::int64_t> Section::money(std::string_view key) {
  const auto value = text(key);
  if (!value) return {};
  const auto minor = parse_decimal(*value, kMoneyPlaces, kMoneyMax);
  if (!minor) complain(key, fmt::format("'{}' is not an amount; write for example 1500 or 1500.50", *value));
  return minor;
}

std::optional<std::uint64_t> Section::bytes(std::string_view key, std::uint64_t max) {
  const auto value = text(key);
  if (!value) return {};
  const auto parsed = parse_bytes(*value);
  if (parsed && *parsed <= max) return parsed;
  complain(key,
           fmt::format("'{}' is not a size from 0 to {} MiB; write for example 128MiB or 2GiB", *value, max >> 20));
  return {};
}

std::optional<bool> Section::boolean(std::string_view key) {
  const auto value = one_of(key, {"true", "false"});
  if (!value) return {};
  return *value == "true";
}

std::optional<std::chrono::seconds> Section::duration(std::string_view key) {
  const auto value = text(key);
  if (!value) return {};
  const auto parsed = parse_duration(*value);
  if (!parsed) complain(key, fmt::format("'{}' is not a duration; write for example 30s, 5m, 1h or 7d", *value));
  return parsed;
}

std::optional<std::string> Section::one_of(std::string_view key, const std::vector<std::string>& choices) {
  auto value = text(key);
  if (!value || std::find(choices.begin(), choices.end(), *value) != choices.end()) return value;
  complain(key, none_of(*value, choices));
  return {};
}

std::optional<std::string> Section::one_of(std::string_view key) { return one_of(key, state_->declared(key).words); }

std::vector<std::string> Section::texts(std::string_view key) {
  return texts(key, [](const std::string&) { return std::string(); });
}

std::vector<std::string> Section::texts(std::string_view key,
                                        const std::function<std::string(const std::string&)>& wrong) {
  state_->know(key);
  const auto node = state_->find(key);
  if (!node.IsDefined() || node.IsNull()) return {};
  std::vector<std::string> values;
  const auto take = [&](const YAML::Node& item, const std::string& path) {
    auto value = scalar(item, path);
    if (!value) return;
    const auto message = wrong(*value);
    message.empty() ? values.push_back(std::move(*value)) : state_->complain(item.Mark(), path, message);
  };
  if (!node.IsSequence()) {
    take(node, state_->at(key));
    return values;
  }
  for (std::size_t i = 0; i < node.size(); ++i) take(node[i], fmt::format("{}[{}]", state_->at(key), i));
  return values;
}

std::vector<std::string> Section::some_of(std::string_view key, const std::vector<std::string>& choices) {
  return texts(key, [&](const std::string& word) {
    return std::find(choices.begin(), choices.end(), word) != choices.end() ? "" : none_of(word, choices);
  });
}

std::vector<std::string> Section::secrets(std::string_view key, bool many) {
  const std::string file_key = std::string(key) + "_file";
  std::vector<std::string> values;
  if (many) {
    values = texts(key);
  } else if (auto value = text(key)) {
    values.push_back(std::move(*value));
  }
  const auto path = text(file_key);
  if (!path) return values;
  if (has(key)) {
    complain(file_key, fmt::format("give either {} or {}, not both", key, file_key));
    return {};
  }
  struct stat info {};
  std::ifstream file(*path);
  if (::stat(path->c_str(), &info) != 0 || !file) {
    complain(file_key, fmt::format("cannot read '{}'", *path));
    return {};
  }
  if ((info.st_mode & S_IROTH) != 0) {
    complain(file_key, fmt::format("everybody can read '{}'; run: chmod o-r '{}'", *path, *path));
    return {};
  }
  for (std::string line; std::getline(file, line) && (many || values.empty());) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (!line.empty()) values.push_back(line);
  }
  if (values.empty()) complain(file_key, fmt::format("'{}' is empty", *path));
  return values;
}

std::optional<Section> Section::section(std::string_view key) {
  const Shape* shape = state_->know(key);
  const auto node = state_->find(key);
  if (!node.IsDefined() || node.IsNull()) return {};
  if (!node.IsMap()) {
    state_->complain(node.Mark(), state_->at(key), "a mapping of keys and values is expected here");
    return {};
  }
  if (shape != nullptr && shape->kind == Kind::either) {
    const auto is_mapping = [](const Shape& one) { return one.kind == Kind::mapping; };
    shape = &*std::find_if(shape->item.begin(), shape->item.end(), is_mapping);
  }
  return inner(node, state_->at(key), shape);
}

Section Section::inner(const YAML::Node& node, std::string path, const Shape* shape) const {
  auto state = std::make_unique<State>();
  state->shape = shape;
  state->node = node;
  state->mark = node.Mark();
  state->path = std::move(path);
  state->errors = state_->errors;
  state->refuse_doubles();
  return Section(std::move(state));
}

std::vector<Section> Section::sections(std::string_view key) {
  const Shape* shape = state_->know(key);
  std::vector<Section> items;
  const auto node = state_->find(key);
  if (!node.IsDefined() || node.IsNull()) return items;
  if (!node.IsSequence()) {
    state_->complain(node.Mark(), state_->at(key), "a list is expected here, of mappings of keys and values");
    return items;
  }
  for (std::size_t i = 0; i < node.size(); ++i) {
    const std::string path = fmt::format("{}[{}]", state_->at(key), i);
    if (node[i].IsMap()) {
      items.push_back(inner(node[i], path, shape));
    } else {
      state_->complain(node[i].Mark(), path, "a mapping of keys and values is expected here");
    }
  }
  return items;
}

std::vector<std::string> Section::keys() const {
  std::vector<std::string> names;
  for (const auto& entry : state_->node) {
    if (entry.first.IsScalar()) names.push_back(entry.first.Scalar());
  }
  return names;
}

bool Section::has(std::string_view key) const {
  const auto node = state_->find(key);
  return node.IsDefined() && !node.IsNull();
}
bool Section::is_map(std::string_view key) const { return state_->find(key).IsMap(); }

std::size_t Section::size(std::string_view key) const {
  const auto node = state_->find(key);
  if (!node.IsDefined() || node.IsNull()) return 0;
  return node.IsScalar() ? 1 : node.size();
}

bool Section::is_off(std::string_view key) {
  const auto node = state_->find(key);
  const bool off = node.IsScalar() && node.Tag() == "?" && node.Scalar() == "off";
  if (off) state_->know(key);
  return off;
}

void Section::complain(std::string_view key, std::string_view message) {
  const auto node = state_->find(key);
  state_->complain(node.IsDefined() ? node.Mark() : state_->mark, state_->at(key), message);
}

void Section::complain_of_key(std::string_view key, std::string_view message) {
  for (const auto& entry : state_->node) {
    if (!entry.first.IsScalar() || entry.first.Scalar() != key) continue;
    return state_->complain(entry.first.Mark(), state_->at(key), message);
  }
  complain(key, message);
}

void Section::ignore(std::string_view key) { state_->known.emplace(key); }

void Section::narrow(std::string_view word) {
  const auto& cases = state_->shape->cases;
  state_->shape = &std::find_if(cases.begin(), cases.end(), [&](const Case& one) { return one.word == word; })->shape;
}

void Section::finish() {
  const Shape* shape = state_->shape;
  if (!state_->node.IsMap() || (shape != nullptr && !shape->item.empty())) return;
  const std::vector<std::string> read(state_->known.begin(), state_->known.end());
  const std::vector<std::string> known = shape != nullptr ? shape->names() : read;
  const auto in = [](const auto& names, const auto& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const auto& entry : state_->node) {
    // What was read although it is not to be there has been told already, with its cure.
    if (!entry.first.IsScalar() || in(known, entry.first.Scalar()) || in(read, entry.first.Scalar())) continue;
    const std::string& key = entry.first.Scalar();
    state_->complain(entry.first.Mark(), state_->at(key), "unknown key" + did_you_mean(key, known));
  }
}

}  // namespace kpistream::app
