#include "app/effective_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "app/config_keys.hpp"
#include "app/json_text.hpp"
#include "app/table_reader.hpp"
#include "app/yaml_reader.hpp"

namespace kpistream::app {
namespace {

constexpr std::string_view kSecret = "<secret>";
constexpr std::string_view kSafe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";

// Text that no reader of YAML takes for anything else, and Section for no variable.
std::string text_of(const std::string& value) {
  constexpr std::array<std::string_view, 9> kNotText{"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
  std::string lower = value;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const bool word = !lower.empty() && (lower[0] == '/' || (lower[0] >= 'a' && lower[0] <= 'z')) &&
                    value.find_first_not_of(kSafe) == std::string::npos;
  if (word && std::find(kNotText.begin(), kNotText.end(), lower) == kNotText.end()) return value;
  std::string escaped;
  for (const char c : value) escaped.append(c == '$' ? 2 : 1, c);
  return json(escaped);
}

std::string value_of(const Shape& shape, const std::string& value) {
  return shape.kind == Kind::text ? text_of(value) : value;
}

// What holds although the file may say nothing of it, or something else: by path.
using Decided = std::map<std::string, std::string>;

Decided decided(const Config& config) {
  Decided all{{"storage.path", config.storage_path}};
  for (const auto& plan : config.periods)
    all.emplace(fmt::format("periods.{}.period", plan.name), periods::period_name(plan.period));
  for (const PortalConfig& portal : config.portals) {
    const auto path = "portals." + portal.settings.alias;
    all.emplace(path + ".hook_path", portal.path());
    all.emplace(path + ".application.oauth_url", portal.application.oauth_url);
  }
  return all;
}

class Writer {
 public:
  explicit Writer(const Config& config) : decided_(decided(config)) {
    for (const PortalConfig& portal : config.portals) {
      if (!portal.settings.counts_in.portal.empty()) members_.insert("portals." + portal.settings.alias);
    }
  }

  // `indent` is that of the keys; a mapping that says nothing gives nothing.
  std::string mapping(Section& section, const Shape& whole, const std::string& path, std::size_t indent) {
    const Shape& shape = narrowed(section, whole);
    std::string out;
    for (const Key& key : shape.keys) {
      const std::string at = path.empty() ? key.name : path + "." + key.name;
      const auto put = decided_.find(at);
      if (key.secrecy != Secrecy::open) {
        out += secret(section, key, indent);
      } else if (put != decided_.end()) {
        out += line(key.name, value_of(key.shape, put->second), indent);
      } else if (section.has(key.name)) {
        out += value(section, key.name, key.shape, at, indent);
      } else if (!of_the_table(path, key.name)) {
        out += initial(shape, key, at, indent);
      }
    }
    return out;
  }

 private:
  static std::string line(std::string_view name, std::string_view value, std::size_t indent) {
    return fmt::format("{:{}}{}: {}\n", "", indent, text_of(std::string(name)), value);
  }

  static const Shape& narrowed(Section& section, const Shape& shape) {
    if (shape.cases.empty()) return shape;
    const auto word = section.text(shape.keys.front().name).value_or("");
    const auto is = [&](const Case& one) { return one.word == word; };
    section.narrow(word);
    return std::find_if(shape.cases.begin(), shape.cases.end(), is)->shape;
  }

  // The table's portal says it; here it may not stand.
  [[nodiscard]] bool of_the_table(const std::string& path, const std::string& key) const {
    return members_.contains(path) && is_of_the_table(key);
  }

  static std::string secret(Section& section, const Key& key, std::size_t indent) {
    const std::string file_key = key.name + "_file";
    if (section.has(file_key)) return line(file_key, text_of(section.text(file_key).value_or("")), indent);
    if (key.secrecy == Secrecy::kept_apart || !section.has(key.name)) return {};
    const std::vector<std::string_view> hidden(section.texts(key.name).size(), kSecret);
    return line(key.name, key.shape.kind == Kind::list ? fmt::format("[{}]", fmt::join(hidden, ", ")) : kSecret,
                indent);
  }

  std::string initial(const Shape& shape, const Key& key, const std::string& path, std::size_t indent) {
    const bool plain = key.shape.kind == Kind::mapping && std::none_of(key.shape.keys.begin(), key.shape.keys.end(),
                                                                       [](const Key& k) { return k.required; });
    if (key.initial.empty() && !plain) return {};
    auto section =
        Section::document(fmt::format("{{{}: {}}}", json(key.name), plain ? "{}" : key.initial), nothing_wrong_, shape);
    return value(section, key.name, key.shape, path, indent);
  }

  std::string value(Section& section, const std::string& name, const Shape& shape, const std::string& path,
                    std::size_t indent) {
    switch (shape.kind) {
      case Kind::mapping:
      case Kind::names: {
        auto inner = section.section(name);
        const auto body = shape.kind == Kind::names ? named(*inner, shape.item.front(), path, indent + 2)
                                                    : mapping(*inner, shape, path, indent + 2);
        if (!body.empty()) return fmt::format("{:{}}{}:\n{}", "", indent, text_of(name), body);
        return shape.kind == Kind::names ? line(name, "{}", indent) : "";
      }
      case Kind::mappings:
        return items(section, name, shape, path, indent);
      case Kind::list: {
        auto values = section.texts(name);
        for (auto& one : values) one = value_of(shape.item.front(), one);
        return line(name, fmt::format("[{}]", fmt::join(values, ", ")), indent);
      }
      default:
        return line(name, section.is_off(name) ? "off" : value_of(shape, section.text(name).value_or("")), indent);
    }
  }

  std::string named(Section& section, const Shape& item, const std::string& path, std::size_t indent) {
    std::string out;
    for (const auto& name : section.keys()) out += value(section, name, item, path + "." + name, indent);
    return out;
  }

  std::string items(Section& section, const std::string& name, const Shape& shape, const std::string& path,
                    std::size_t indent) {
    std::string out;
    for (auto& item : section.sections(name)) {
      auto body = mapping(item, shape, path + "[]", indent + 4);
      if (!body.empty()) body[indent + 2] = '-';
      out += body;
    }
    return out.empty() ? out : fmt::format("{:{}}{}:\n{}", "", indent, text_of(name), out);
  }

  const Decided decided_;
  std::set<std::string> members_;  // paths of portals that count in another's table
  ConfigErrors nothing_wrong_{""};
};

}  // namespace

std::string effective_config(const std::string& file, const Config& config) {
  std::ifstream in(file);
  std::stringstream text;
  if (!in || !(text << in.rdbuf())) return {};
  ConfigErrors errors(file);
  auto root = Section::document(text.str(), errors, config_shape());
  if (!errors.none()) return {};
  return Writer(config).mapping(root, config_shape(), "", 0);
}

}  // namespace kpistream::app
