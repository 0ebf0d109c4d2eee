// Values of the state: entities, links, facts and definitions in force, each of which begins with a format byte of its
// own, and small numbers, which have none.
#pragma once

#include <string>
#include <string_view>

#include "stream/facts/entity.hpp"
#include "stream/facts/fact.hpp"
#include "stream/facts/links.hpp"
#include "stream/kpi/definition.hpp"

namespace kpistream {

[[nodiscard]] std::string encode_entity(const Entity& entity);
[[nodiscard]] Entity decode_entity(std::string_view bytes);  // throws CodecError

[[nodiscard]] std::string encode_facts(const Facts& facts);
[[nodiscard]] Facts decode_facts(std::string_view bytes);  // throws CodecError

// What the key of a link does not say; see link_key().
[[nodiscard]] std::string encode_link(const Link& link);
void decode_link(std::string_view bytes, Link& link);  // throws CodecError

[[nodiscard]] std::string encode_definition(const Definition& definition);
[[nodiscard]] Definition decode_definition(std::string_view bytes);  // throws CodecError

[[nodiscard]] std::string encode_number(std::int64_t number);
[[nodiscard]] std::int64_t decode_number(std::string_view bytes);  // throws CodecError

}  // namespace kpistream
