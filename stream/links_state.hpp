// Links as the state keeps them, with the changes of a batch laid over it. See stream/facts/links.hpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "stream/facts/derive.hpp"
#include "stream/facts/links.hpp"
#include "stream/ports/state.hpp"

namespace kpistream {

// Not thread-safe. `state` must outlive it.
class LinksOverlay {
 public:
  explicit LinksOverlay(const State& state) : state_(state) {}

  void put(const std::string& portal, const Link& link);
  void erase(const std::string& portal, const Link& link);

  // The links that go to a record, as they look with the changes. Valid while the overlay lives.
  class To : public LinkView {
   public:
    To(const LinksOverlay& overlay, const std::string& portal, EntityRef to)
        : overlay_(overlay), portal_(portal), to_(std::move(to)) {}
    void each(LinkKind kind, UnixSeconds from, UnixSeconds to,
              const std::function<bool(const Link&)>& visit) const override;
    [[nodiscard]] std::optional<Link> newest_touch() const override;

   private:
    const LinksOverlay& overlay_;
    const std::string& portal_;
    EntityRef to_;
  };
  [[nodiscard]] To to(const std::string& portal, EntityRef ref) const { return {*this, portal, std::move(ref)}; }

  void write(StateBatch& batch) const;

 private:
  struct Known {
    std::optional<std::string> value;  // nothing: erased
    bool changed = false;              // by this batch
  };

  void scan(const std::string& portal, const EntityRef& to, const std::string& first, const std::string& last,
            const std::function<bool(const Link&)>& visit) const;
  bool load(const std::string& first, const std::string& last) const;

  // More links than this between two keys are read from the state each time they are asked about.
  static constexpr std::size_t kLoadedLinksMax = 64;

  const State& state_;
  mutable std::map<std::string, Known, std::less<>> known_;  // by key: what was changed, and what was loaded
  // From the first key up to, not including, the second: what was asked about. Nothing: there are too many.
  mutable std::unordered_map<std::string, std::optional<std::string>> loaded_;
};

// The facts of a record with all links it looks at: its own, but a call those of its line, a lead or deal those of its
// maker too, and a deal what is its own of those of its contacts and company.
[[nodiscard]] Facts derive_facts(const EntityRef& ref, const Entity& entity, const LinksOverlay& links,
                                 const Portal& portal);

}  // namespace kpistream
