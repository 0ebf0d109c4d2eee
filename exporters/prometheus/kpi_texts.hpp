// The text of all business figures, kept ready: a scrape writes and packs anew only what has changed since the one
// before, and copies the rest (docs/decisions/0022-ready-text.md).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "exporters/prometheus/formula_families.hpp"
#include "exporters/prometheus/packed_text.hpp"
#include "exporters/prometheus/page.hpp"
#include "exporters/prometheus/places.hpp"
#include "stream/insight/summary.hpp"
#include "stream/periods/advice_states.hpp"

namespace kpistream::exporters {

// What insight tells of one portal; what is pointed to never changes.
struct InsightSource {
  std::shared_ptr<const insight::Summary> summary;
  std::shared_ptr<const periods::TakenAdvice> taken;
  friend bool operator==(const InsightSource&, const InsightSource&) = default;
};

// Thread-safe. The board must outlive it.
class KpiTexts {
 public:
  explicit KpiTexts(const Board& board, PlaceLimits limits = {}) : board_(board), limits_(limits) {}

  struct Beside {
    std::shared_ptr<const Formulas> formulas;
    std::vector<InsightSource> insights;
    std::vector<FamilyText> others;  // that stand among them by name
    bool hide_names = false;         // ids in the place of people's names
  };
  // The figures of one consistent moment, without the end of the page.
  struct Page {
    std::vector<std::shared_ptr<const std::string>> texts;  // one behind the other
    Counted counted;
  };
  [[nodiscard]] Page page(Beside beside, const Selection& selection, Format format);
  struct Packed {
    PackedText text;
    Counted counted;
  };
  [[nodiscard]] Packed packed(Beside beside, const Selection& selection, Format format);

 private:
  using Families = std::vector<SharedFamily>;

  struct Block {
    std::uint64_t version = 0;
    std::uint64_t shape = 0;
    std::size_t left_out = 0;  // series of managers without a place
    Families families;
  };
  struct Portal {
    Places places;
    Families own;
    std::map<std::string, Block> kpis;      // by id
    std::map<std::string, Block> formulas;  // by id
  };
  struct Insight {
    InsightSource source;
    Families families;
  };
  struct Placed {
    SharedFamily family;
    bool first = false;  // of its run: the header stands before it
    friend bool operator==(const Placed&, const Placed&) = default;
  };
  struct PackedPart {
    std::vector<Placed> of;
    PackedText text;
  };
  // A page as it was last asked for, packed.
  struct Ready {
    Selection selection;
    Format format = Format::text;
    std::uint64_t version = 0;
    std::map<const FamilyText*, PackedPart> parts;  // by the first of each
    Packed page;
  };

  void refresh(Beside beside);
  void refresh(const PortalFigures& figures, const Beside& beside, bool other_formulas, Portal& portal);
  Portal& portal(const std::string& alias);
  [[nodiscard]] Chosen chosen(const Selection& selection) const;
  static std::vector<std::vector<Placed>> parts_of(const std::vector<Run>& runs);
  static std::string text_of(const std::vector<Placed>& part, Format format);
  Ready& ready_for(const Selection& selection, Format format);
  [[nodiscard]] Families families() const;

  const Board& board_;
  const PlaceLimits limits_;
  std::mutex mutex_;
  std::shared_ptr<const Formulas> formulas_;  // all guarded by mutex_
  std::map<std::string, Portal> portals_;     // by alias
  std::vector<Insight> insights_;
  Families others_;
  std::vector<Ready> ready_;
  std::uint64_t version_ = 1;  // grows when any text changes
};

}  // namespace kpistream::exporters
