// The seam to a CRM's dialect: one implementation per CRM, under ingest/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
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

// Why a record is quarantined.
enum class DecodeFailure : std::uint8_t {
  content,  // it lacks what it must have, or has something else there
  syntax,   // it is neither a form nor JSON
  answer,   // of a reading: the CRM answered something else than what was asked for, as an error is
};
inline constexpr std::size_t kDecodeFailures = 3;

// What an event is about, in one word for all CRMs.
enum class Topic : std::uint8_t {
  other,
  lead,
  deal,
  contact,
  company,
  call,
  task,
  activity,
  quote,
  payment,
  message,
  note,
};
inline constexpr std::size_t kTopics = 12;

struct Decoded {
  DecodeVerdict verdict = DecodeVerdict::understood;
  DecodeFailure failure = DecodeFailure::content;  // when it is quarantined
  std::string event;                      // closed list per dialect, for counters: "ONCRMDEALUPDATE", "leads.status"
  std::vector<std::string> other_events;  // of the same list: what the record tells besides, each once
  UnixSeconds happened = 0;               // of a delivery: the CRM's own time of its newest event; 0: not told
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
  // Of an event of the dialect's list.
  [[nodiscard]] virtual Topic topic(std::string_view /*event*/) const { return Topic::other; }
};

}  // namespace kpistream
