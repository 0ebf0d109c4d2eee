// Makes what is stored follow from the settings it is to be read with.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "stream/facts/portal_view.hpp"
#include "stream/processor.hpp"

namespace kpistream {

enum class Settled : std::uint8_t {
  unchanged,
  derived,    // links, facts and cells were made anew from the entities
  refolding,  // so they were, and the journal will be read again from its beginning: what entities hold may change too
};

// To be called before a processor is made. When a portal's settings differ from those its facts were made with, links,
// facts and cells are made anew; nothing that was learned from expired records is lost. Survives a crash at any point:
// it begins again. `progress` hears how many entities are done of about how many.
Settled settle(State& state, const std::vector<PortalSettings>& portals,
               const std::function<void(std::uint64_t done, std::uint64_t all)>& progress);

// The facts that follow from the entities in `state`, for settle() and verify(). `visit` gets the key of the record
// (Space::facts) and its facts; in two passes, first those of entities, then those of places where links meet.
using FactsVisitor = std::function<void(const std::string& key, const EntityRef& ref, const Facts& facts)>;
void derive_all(const State& state, const Portal& portal, const FactsVisitor& visit);

}  // namespace kpistream
