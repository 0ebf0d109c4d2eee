// The JSON Schema (draft 7) of a YAML file of ours, for editors: the committed one is deploy/kpistream.schema.json.
//
// It refuses nothing that Section takes. What it cannot tell, such as a file that must be there, only Section refuses.
// A
// ${VAR} may stand for any value, and a key with nothing behind it is as good as absent.
#pragma once

#include <string>
#include <string_view>

#include "app/shape.hpp"

namespace kpistream::app {

// `shape` is a mapping. Ends with a line break; the same text for the same shape.
[[nodiscard]] std::string json_schema(const Shape& shape, std::string_view title);

}  // namespace kpistream::app
