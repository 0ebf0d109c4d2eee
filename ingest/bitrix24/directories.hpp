// Directories: users, funnels, stages, currencies. Internal to ingest/bitrix24.
#pragma once

#include <optional>

#include "ingest/bitrix24/subject.hpp"
#include "ingest/json/json.hpp"
#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

// Nothing when the subject is no directory.
[[nodiscard]] std::optional<Decoded> decode_directory(const Subject& subject, const JsonValue& root);

// A user as user.get and ONUSERADD tell it.
[[nodiscard]] Observation read_user(const JsonValue& user);

}  // namespace kpistream::ingest
