// Pages of lists that are read to find what webhooks lost. Internal to ingest/bitrix24.
//
// The subject of a page is its method and parameters of ours: `entityTypeId` tells what it lists, `more=1` that further
// pages follow, `upto` how far the whole read came. The page without `more` is the last and moves the cursor: when it
// is in the journal, so are the others. Pages of a backfill (`backfill=<from>`) are of one read that goes on where it
// stopped: each moves the cursor "backfill/<from>/<list>" to its `upto`.
#pragma once

#include "ingest/json/json.hpp"
#include "ingest/subject.hpp"
#include "stream/portal.hpp"
#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

[[nodiscard]] bool is_list(const Subject& subject);
// Of a subject that is one.
[[nodiscard]] Decoded decode_list(const Subject& subject, const Record& record, const JsonValue& root,
                                  const PortalSettings& settings);

}  // namespace kpistream::ingest
