#include "app/shape.hpp"

#include <algorithm>
#include <utility>

namespace kpistream::app {
namespace {

constexpr std::string_view kFile = "_file";

Shape of(Kind kind) {
  Shape shape;
  shape.kind = kind;
  return shape;
}

}  // namespace

const Key* Shape::find(std::string_view name) const {
  const auto named = [&](std::string_view wanted) {
    return std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == wanted; });
  };
  auto it = named(name);
  if (it == keys.end() && name.ends_with(kFile)) {
    it = named(name.substr(0, name.size() - kFile.size()));
    if (it != keys.end() && it->secrecy == Secrecy::open) it = keys.end();
  }
  return it == keys.end() ? nullptr : &*it;
}

std::vector<std::string> Shape::names() const {
  std::vector<std::string> all;
  for (const Key& key : keys) {
    if (key.secrecy != Secrecy::kept_apart) all.push_back(key.name);
    if (key.secrecy != Secrecy::open) all.push_back(key.name + std::string(kFile));
  }
  return all;
}

Shape text(std::int64_t shortest, std::int64_t longest) {
  Shape shape = of(Kind::text);
  shape.min = shortest;
  shape.max = longest;
  return shape;
}

Shape text_like(std::string pattern) {
  Shape shape = of(Kind::text);
  shape.pattern = std::move(pattern);
  return shape;
}

Shape word(std::vector<std::string> words) {
  Shape shape = of(Kind::word);
  shape.words = std::move(words);
  return shape;
}

Shape integer(std::int64_t min, std::int64_t max) {
  Shape shape = of(Kind::integer);
  shape.min = min;
  shape.max = max;
  shape.pattern = "^-?(0|[1-9][0-9]*)$";
  return shape;
}

Shape decimal(std::int64_t min, std::int64_t max) {
  Shape shape = of(Kind::decimal);
  shape.min = min;
  shape.max = max;
  shape.pattern = "^-?(0|[1-9][0-9]*)([.][0-9]+)?$";
  return shape;
}

Shape boolean() {
  Shape shape = of(Kind::boolean);
  shape.pattern = "^(true|false)$";
  return shape;
}

Shape duration() {
  Shape shape = of(Kind::quantity);
  shape.pattern = "^(0|(0|[1-9][0-9]{0,6})[smhdw])$";
  return shape;
}

Shape size() {
  Shape shape = of(Kind::quantity);
  shape.pattern = "^(0|(0|[1-9][0-9]{0,6})(KiB|MiB|GiB|TiB))$";
  return shape;
}

Shape list_of(Shape item) {
  Shape shape = of(Kind::list);
  shape.item.push_back(std::move(item));
  return shape;
}

Shape mapping(std::vector<Key> keys) {
  Shape shape = of(Kind::mapping);
  shape.keys = std::move(keys);
  return shape;
}

Shape mappings(std::vector<Key> keys) {
  Shape shape = mapping(std::move(keys));
  shape.kind = Kind::mappings;
  return shape;
}

Shape names(std::string pattern, Shape item) {
  Shape shape = list_of(std::move(item));
  shape.kind = Kind::names;
  shape.pattern = std::move(pattern);
  return shape;
}

Shape either(Shape one, Shape other) {
  Shape shape = of(Kind::either);
  shape.item.push_back(std::move(one));
  shape.item.push_back(std::move(other));
  return shape;
}

Shape or_off(Shape shape) {
  shape.off = true;
  return shape;
}

Key required(Key key) {
  key.required = true;
  return key;
}

Key secret(Key key) {
  key.secrecy = Secrecy::secret;
  return key;
}

Key kept_apart(Key key) {
  key.secrecy = Secrecy::kept_apart;
  return key;
}

}  // namespace kpistream::app
