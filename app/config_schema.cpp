#include "app/config_schema.hpp"

#include <fmt/format.h>

#include <vector>

#include "app/json_text.hpp"

namespace kpistream::app {
namespace {

constexpr std::string_view kVariable = R"(\$\{)";
constexpr std::size_t kLineMax = 110;  // what is shorter stays in one line

// Members or items, in one line or each in its own.
std::string enclosed(char open, const std::vector<std::string>& parts, char close) {
  auto line = fmt::format("{}{}{}", open, fmt::join(parts, ", "), close);
  if (line.size() <= kLineMax && line.find('\n') == std::string::npos) return line;
  auto lines = fmt::format("\n{}", fmt::join(parts, ",\n"));
  for (auto at = lines.find('\n'); at != std::string::npos; at = lines.find('\n', at + 1)) lines.insert(at + 1, "  ");
  return fmt::format("{}{}\n{}", open, lines, close);
}

class Object {
 public:
  Object& add(std::string_view name, std::string_view json_of_value) {
    parts_.push_back(fmt::format("{}: {}", json(name), json_of_value));
    return *this;
  }
  [[nodiscard]] std::string text() const { return enclosed('{', parts_, '}'); }
  [[nodiscard]] bool empty() const { return parts_.empty(); }

 private:
  std::vector<std::string> parts_;
};

std::string array(const std::vector<std::string>& items) { return enclosed('[', items, ']'); }

std::vector<std::string> quoted(const std::vector<std::string>& texts) {
  std::vector<std::string> all;
  for (const auto& text : texts) all.push_back(json(text));
  return all;
}

bool is_required(const Key& key) { return key.required && key.secrecy != Secrecy::secret; }

// Whether there may be nothing behind a key.
enum class Empty { no, may };

std::string schema(const Shape& shape, Object out, Empty empty);

Object notes(const Key& key) {
  Object out;
  out.add("description", json(key.about));
  if (!key.initial.empty()) out.add("default", key.initial);
  return out;
}

// ---- single values

std::vector<std::string> types_of(const Shape& shape) {
  switch (shape.kind) {
    case Kind::text:
      // 42 is read as it stands there.
      return shape.pattern.empty() ? std::vector<std::string>{"string", "number"} : std::vector<std::string>{"string"};
    case Kind::integer:
    case Kind::quantity:
      return {"string", "integer"};
    case Kind::boolean:
      return {"string", "boolean"};
    default:
      return {"string", "number"};
  }
}

void add_types(Object& out, std::vector<std::string> types, Empty empty) {
  if (empty == Empty::may) types.emplace_back("null");
  out.add("type", types.size() == 1 ? json(types.front()) : array(quoted(types)));
}

// A variable's value is known where the program runs only.
std::string or_variable(const std::string& pattern) { return json(fmt::format("{}|{}", pattern, kVariable)); }

void add_single(Object& out, const Shape& shape) {
  if (!shape.pattern.empty()) out.add("pattern", or_variable(shape.pattern));
  if (shape.kind == Kind::text) {
    if (shape.min > 0) out.add("minLength", std::to_string(shape.min));
    return;
  }
  if (shape.kind == Kind::boolean) return;
  out.add("minimum", std::to_string(shape.min)).add("maximum", std::to_string(shape.max));
}

std::string words(const Shape& shape, Object out, Empty empty) {
  auto all = quoted(shape.words);
  if (empty == Empty::may) all.emplace_back("null");
  const auto listed = Object().add("enum", array(all)).text();
  const auto variable = Object().add("type", json("string")).add("pattern", json(kVariable)).text();
  return out.add("anyOf", array({listed, variable})).text();
}

// ---- what holds others

std::string list(const Shape& shape, Object out, Empty empty) {
  const Shape& item = shape.item.front();
  const auto items = schema(item, {}, Empty::no);
  if (item.kind == Kind::word) {
    const auto many = Object().add("type", json("array")).add("items", items).text();
    return out.add("anyOf", array({schema(item, {}, empty), many})).text();
  }
  auto types = types_of(item);
  types.emplace_back("array");
  add_types(out, std::move(types), empty);
  out.add("items", items);
  add_single(out, item);
  return out.text();
}

Object properties(const Shape& shape) {
  Object out;
  for (const Key& key : shape.keys) {
    const auto empty = is_required(key) ? Empty::no : Empty::may;
    if (key.secrecy != Secrecy::kept_apart) out.add(key.name, schema(key.shape, notes(key), empty));
    if (key.secrecy == Secrecy::open) continue;
    Object of_file;
    of_file.add("description", json("A file that holds it, and not for everybody to read. " + key.about));
    out.add(key.name + "_file", schema(text(1), std::move(of_file), empty));
  }
  return out;
}

std::vector<std::string> required_names(const Shape& shape) {
  std::vector<std::string> required;
  for (const Key& key : shape.keys) {
    if (is_required(key)) required.push_back(json(key.secrecy == Secrecy::open ? key.name : key.name + "_file"));
  }
  return required;
}

// A secret stands here or in a file, never in both.
std::vector<std::string> never_both(const Shape& shape) {
  std::vector<std::string> rules;
  for (const Key& key : shape.keys) {
    if (key.secrecy != Secrecy::secret) continue;
    const auto both = Object().add("required", array({json(key.name), json(key.name + "_file")})).text();
    rules.push_back(Object().add("not", both).text());
  }
  return rules;
}

Object keys_of(const Shape& shape, Object out) {
  out.add("properties", properties(shape).text());
  if (const auto required = required_names(shape); !required.empty()) out.add("required", array(required));
  if (!shape.item.empty())
    out.add("patternProperties", Object().add(shape.pattern, schema(shape.item.front(), {}, Empty::no)).text());
  out.add("additionalProperties", "false");
  if (const auto rules = never_both(shape); !rules.empty()) out.add("allOf", array(rules));
  return out;
}

// By its first key: what it says, or whether it is there.
Object cases_of(const Shape& shape, Object out) {
  const Key& first = shape.keys.front();
  const bool by_word = first.shape.kind == Kind::word;
  const auto there = array({json(first.name)});
  if (by_word) {
    out.add("properties", Object().add(first.name, schema(first.shape, notes(first), Empty::no)).text());
    out.add("required", there);
  }
  std::vector<std::string> rules;
  for (const Case& one : shape.cases) {
    Object when;
    if (by_word) when.add("properties", Object().add(first.name, Object().add("const", json(one.word)).text()).text());
    when.add("required", there);
    const auto condition = one.word.empty() ? Object().add("not", when.text()).text() : when.text();
    rules.push_back(Object().add("if", condition).add("then", keys_of(one.shape, {}).text()).text());
  }
  return out.add("allOf", array(rules));
}

std::string either(const Shape& shape, Object out, Empty empty) {
  std::vector<std::string> all;
  for (const Shape& one : shape.item) all.push_back(schema(one, {}, all.empty() ? empty : Empty::no));
  return out.add("anyOf", array(all)).text();
}

std::string or_off(Shape shape, Object out) {
  shape.off = false;
  const auto off = Object().add("const", json("off")).text();
  return out.add("anyOf", array({schema(shape, {}, Empty::no), off})).text();
}

std::string schema(const Shape& shape, Object out, Empty empty) {
  if (shape.off) return or_off(shape, std::move(out));
  switch (shape.kind) {
    case Kind::either:
      return either(shape, std::move(out), empty);
    case Kind::word:
      return words(shape, std::move(out), empty);
    case Kind::list:
      return list(shape, std::move(out), empty);
    case Kind::mapping:
      add_types(out, {"object"}, empty);
      return (shape.cases.empty() ? keys_of(shape, std::move(out)) : cases_of(shape, std::move(out))).text();
    case Kind::mappings: {
      add_types(out, {"array"}, empty);
      return out.add("items", schema(mapping(shape.keys), {}, Empty::no)).text();
    }
    case Kind::names:
      add_types(out, {"object"}, empty);
      if (!shape.pattern.empty()) out.add("propertyNames", Object().add("pattern", json(shape.pattern)).text());
      return out.add("additionalProperties", schema(shape.item.front(), {}, Empty::no)).text();
    default:
      add_types(out, types_of(shape), empty);
      add_single(out, shape);
      return out.text();
  }
}

}  // namespace

std::string json_schema(const Shape& shape, std::string_view title) {
  Object out;
  out.add("$schema", json("http://json-schema.org/draft-07/schema#")).add("title", json(title));
  return schema(shape, std::move(out), Empty::no) + "\n";
}

}  // namespace kpistream::app
