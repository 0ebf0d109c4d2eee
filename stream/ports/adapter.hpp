// The seam to a CRM's dialect: one implementation per CRM, under ingest/.
#pragma once

#include <string>
#include <vector>

#include "stream/crm/vocabulary.hpp"
#include "stream/ports/journal.hpp"

namespace kpistream {

enum class DecodeVerdict : std::uint8_t {
  understood,
  ignored,      // understood and without meaning for any figure
  unknown,      // an event or section we do not know: kept in the journal, counted
  quarantined,  // ours to know but not readable: kept in the journal, counted, can be replayed
};

struct Decoded {
  DecodeVerdict verdict = DecodeVerdict::understood;
  std::string event;                      // closed list per dialect, for counters: "ONCRMDEALUPDATE", "leads.status"
  std::vector<std::string> other_events;  // of the same list: what the record tells besides, each once
  std::vector<Observation> observations;  // in the order of the record
  std::vector<std::string> wishes;        // subjects to be read, e.g. "crm.deal.get?id=701"
  bool heals = false;           // of a reading that looks for what webhooks lost: what it tells anew, none had told
  UnixSeconds known_since = 0;  // a backfill is whole: figures are complete from here on; 0: says nothing
};

// Pure and deterministic: the same record and settings always give the same result, whatever was decoded before.
// Thread-safe. Never throws on bad input: that is what `quarantined` is for.
class Adapter {
 public:
  virtual ~Adapter() = default;
  [[nodiscard]] virtual Decoded decode(const Record& record) const = 0;
};

}  // namespace kpistream
