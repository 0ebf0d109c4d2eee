// What may stand in a YAML file of ours, told once: Section knows its keys, bounds and words from here, and the JSON
// Schema and the configuration in force are written from it. Plain values; no thread changes them once they are made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kpistream::app {

enum class Kind {
  text,      // of any look, or as `pattern` says
  word,      // one of `words`
  integer,   // from min to max
  decimal,   // from min to max, both whole
  boolean,   //
  quantity,  // a duration or a size: a number with its unit as `pattern` says, or 0
  list,      // of item.front(); a list of one may be its one item
  mapping,   // of `keys`; where there is an item.front(), names of one's own as `pattern` says stand among them
  mappings,  // a list of `keys`
  names,     // a mapping whose keys are names of the owner's own, as `pattern` says; each has an item.front()
  either,    // one of `item`, at most one of them a mapping
};

struct Key;
struct Case;

struct Shape {
  Kind kind = Kind::text;
  std::int64_t min = 0;  // of a text its least length
  std::int64_t max = 0;  // of a text its greatest length; 0: any
  std::string pattern;   // a regular expression, of ECMAScript; empty: none
  std::vector<std::string> words;
  std::vector<Key> keys;
  bool off = false;         // plain `off` may stand here instead
  std::vector<Case> cases;  // of a mapping: its first key decides between them, and all keys are told there
  std::vector<Shape> item;

  // Of a mapping; nullptr: it has no such key. `x_file` is found where x is a secret.
  [[nodiscard]] const Key* find(std::string_view name) const;
  // All keys that may be written.
  [[nodiscard]] std::vector<std::string> names() const;
};

enum class Secrecy {
  open,
  secret,      // here, or in a file that x_file names; the value is never shown
  kept_apart,  // in a file that x_file names, never here
};

struct Key {
  std::string name;
  Shape shape;
  std::string about;    // an English sentence or two
  std::string initial;  // JSON of what holds where the key is absent; empty: nothing, or it depends on others
  bool required = false;
  Secrecy secrecy = Secrecy::open;
};

struct Case {
  std::string
      word;  // of the first key; where that key is not a word: its name for when it is there, empty for when not
  Shape shape;
};

// ---- to write declarations with

[[nodiscard]] Shape text(std::int64_t shortest = 0, std::int64_t longest = 0);
[[nodiscard]] Shape text_like(std::string pattern);
[[nodiscard]] Shape word(std::vector<std::string> words);
[[nodiscard]] Shape integer(std::int64_t min, std::int64_t max);
[[nodiscard]] Shape decimal(std::int64_t min, std::int64_t max);
[[nodiscard]] Shape boolean();
[[nodiscard]] Shape duration();
[[nodiscard]] Shape size();
[[nodiscard]] Shape list_of(Shape item);
[[nodiscard]] Shape mapping(std::vector<Key> keys);
[[nodiscard]] Shape mappings(std::vector<Key> keys);
[[nodiscard]] Shape names(std::string pattern, Shape item);

[[nodiscard]] Shape either(Shape one, Shape other);
[[nodiscard]] Shape or_off(Shape shape);

[[nodiscard]] Key required(Key key);
[[nodiscard]] Key secret(Key key);
[[nodiscard]] Key kept_apart(Key key);

}  // namespace kpistream::app
