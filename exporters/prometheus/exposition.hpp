// Families of metrics and their samples as text, written by ourselves: the packaged library copies every label of every
// series at each scrape. Samples are the same in both formats (page.hpp). Sources: prometheus.io, "Exposition formats";
// OpenMetrics 1.0.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kpistream::exporters {

struct FamilyText {
  std::string name;
  std::string type;
  std::string help;     // escaped for the text format
  std::string samples;  // lines
  std::size_t series = 0;
  friend bool operator==(const FamilyText&, const FamilyText&) = default;
};

// Families that are kept and put on several pages; none of them changes.
using SharedFamily = std::shared_ptr<const FamilyText>;
[[nodiscard]] std::vector<SharedFamily> shared(std::vector<FamilyText> families);

// The name of somebody or something, to be joined by id.
[[nodiscard]] bool is_info(const FamilyText& family);

// The labels of a sample, as they stand in it: written once for all samples that have them.
class Labels {
 public:
  using Label = std::pair<std::string_view, std::string_view>;

  Labels() = default;
  Labels(std::initializer_list<Label> labels) {
    for (const auto& [name, value] : labels) add(name, value);
  }
  void add(std::string_view name, std::string_view value);
  void add(const Labels& more);

  // What was added since size() was this goes again.
  [[nodiscard]] std::size_t size() const { return text_.size(); }
  void cut(std::size_t size) { text_.resize(size); }

  // Without the braces.
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string text_;
};

// Bytes of a label or a help text that are not UTF-8 come out as U+FFFD.
// Families come out sorted by name, the samples of a family in the order they were added. Not thread-safe.
class Exposition {
 public:
  class Family {
   public:
    void sample(const Labels& labels, std::int64_t value);
    void sample(const Labels& labels, double value);
    // Whole units and cents from minor units, exactly.
    void money(const Labels& labels, std::int64_t minor_units);
    // One histogram series: `counts` per bound (not cumulative), the last one is +Inf.
    void histogram(const Labels& labels, const std::vector<std::int64_t>& bounds,
                   const std::vector<std::int64_t>& counts, std::int64_t sum);
    void histogram(const Labels& labels, std::span<const double> bounds, std::span<const std::uint64_t> counts,
                   double sum);

   private:
    friend class Exposition;
    // `bound` gives the text of the bucket at an index. Returns how much is in all of them.
    template <class Counts, class Bound>
    std::int64_t buckets(const Labels& labels, const Counts& counts, const Bound& bound);
    void line(std::string_view suffix, const Labels& labels, std::string_view value);
    FamilyText text_;
  };

  // `type` is counter, gauge or histogram; `help` one full sentence. The same name gives the same family, which stays
  // where it is until take().
  Family& family(std::string_view name, std::string_view type, std::string_view help);

  // Sorted by name; those without samples are left out. The exposition is empty then.
  [[nodiscard]] std::vector<FamilyText> take();

 private:
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace kpistream::exporters
