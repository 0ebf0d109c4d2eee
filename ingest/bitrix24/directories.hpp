// Directories: users, funnels, stages, sources, reasons of refusal, currencies. Internal to ingest/bitrix24.
#pragma once

#include <optional>
#include <string>

#include "ingest/json/json.hpp"
#include "ingest/subject.hpp"
#include "stream/portal.hpp"
#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

// Nothing when the subject is no directory.
[[nodiscard]] std::optional<Decoded> decode_directory(const Subject& subject, const Record& record,
                                                      const JsonValue& root, const PortalSettings& settings);

// A user by name alone, as ONUSERADD tells it. Nothing when the id is none.
[[nodiscard]] std::optional<Observation> read_user(const std::string& id, const std::string& name,
                                                   const std::string& last_name);

}  // namespace kpistream::ingest
