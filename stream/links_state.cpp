#include "stream/links_state.hpp"

#include <tuple>
#include <utility>
#include <vector>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/facts/cards.hpp"
#include "stream/facts/places.hpp"

namespace kpistream {
namespace {

std::uint8_t number(LinkKind kind) { return static_cast<std::uint8_t>(kind); }

// Touches lie the newest first, so that the newest is found without looking at the others.
bool newest_first(LinkKind kind) { return kind == LinkKind::touch; }
std::int64_t order_of(LinkKind kind, UnixSeconds at) { return newest_first(kind) ? ~at : at; }

std::string key_of(const std::string& portal, const Link& link) {
  return link_key(portal, link.to, number(link.kind), order_of(link.kind, link.at), link.from);
}

Link link_at(std::string_view key, std::string_view value) {
  LinkKey parsed = parse_link_key(key);
  Link link;
  link.kind = static_cast<LinkKind>(parsed.kind);
  link.to = std::move(parsed.to);
  link.from = std::move(parsed.from);
  link.at = order_of(link.kind, parsed.order);
  decode_link(value, link);
  return link;
}

EntityRef looked_at_by(const EntityRef& ref, const Entity& entity) {
  if (ref.kind == EntityKind::call && entity.has_details) return {EntityKind::line, entity.details.line};
  return links_of_place(ref);
}

}  // namespace

void LinksOverlay::put(const std::string& portal, const Link& link) {
  known_[key_of(portal, link)] = {encode_link(link), true};
}

void LinksOverlay::erase(const std::string& portal, const Link& link) {
  known_[key_of(portal, link)] = {std::nullopt, true};
}

// Whether all links between two keys are known now.
bool LinksOverlay::load(const std::string& first, const std::string& last) const {
  const auto [at, fresh] = loaded_.try_emplace(first);
  if (!fresh && (!at->second || *at->second >= last)) return at->second.has_value();
  std::vector<std::pair<std::string, std::string>> links;
  state_.scan(Space::links, first, last, [&](std::string_view key, std::string_view value) {
    links.emplace_back(key, value);
    return links.size() <= kLoadedLinksMax;
  });
  at->second.reset();
  if (links.size() > kLoadedLinksMax) return false;
  for (auto& [key, value] : links) known_.try_emplace(std::move(key), Known{std::move(value), false});
  at->second = last;
  return true;
}

void LinksOverlay::scan(const std::string& portal, const EntityRef& to, const std::string& first,
                        const std::string& last, const std::function<bool(const Link&)>& visit) const {
  // One search for all links of a record instead of one for each question about them; of a record with many, one for
  // each question, which is asked again with every record that touches it.
  const std::string whole = link_prefix(portal, to);
  const bool loaded = load(whole, after_prefix(whole)) || load(first, last);
  auto known = known_.lower_bound(first);
  const auto end = last.empty() ? known_.end() : known_.lower_bound(last);
  bool more = true;
  const auto take_known = [&](std::string_view before) {  // empty: all
    for (; more && known != end && (before.empty() || known->first < before); ++known) {
      if (known->second.value) more = visit(link_at(known->first, *known->second.value));
    }
  };
  if (loaded) return take_known({});
  state_.scan(Space::links, first, last, [&](std::string_view key, std::string_view value) {
    take_known(key);
    if (!more) return false;
    if (known != end && known->first == key) return true;  // the change is the newer word; taken with the next
    more = visit(link_at(key, value));
    return more;
  });
  if (more) take_known({});
}

void LinksOverlay::To::each(LinkKind kind, UnixSeconds from, UnixSeconds to,
                            const std::function<bool(const Link&)>& visit) const {
  if (newest_first(kind)) std::tie(from, to) = std::pair(~to, ~from);
  const std::string first = link_from(portal_, to_, number(kind), from);
  const std::string last = to == INT64_MAX ? after_prefix(link_kind_prefix(portal_, to_, number(kind)))
                                           : link_from(portal_, to_, number(kind), to + 1);
  overlay_.scan(portal_, to_, first, last, visit);
}

std::optional<Link> LinksOverlay::To::newest_touch() const {
  std::optional<Link> newest;
  const std::string first = link_kind_prefix(portal_, to_, number(LinkKind::touch));
  overlay_.scan(portal_, to_, first, after_prefix(first), [&](const Link& link) {
    newest = link;
    return false;
  });
  return newest;
}

void LinksOverlay::write(StateBatch& batch) const {
  for (const auto& [key, link] : known_) {
    if (!link.changed) continue;
    if (link.value) {
      batch.puts.push_back({Space::links, key, *link.value});
    } else {
      batch.erases.push_back({Space::links, key});
    }
  }
}

Facts derive_facts(const EntityRef& ref, const Entity& entity, const LinksOverlay& links, const Portal& portal) {
  const std::string& alias = portal.settings.alias;
  EntityRef maker = maker_of(ref, entity);
  const bool imported =
      !maker.id.empty() && made_in_bulk(entity, links.to(alias, std::move(maker)), portal.settings.bulk_per_minute);
  const auto own = links.to(alias, looked_at_by(ref, entity));
  if (entity.ties.empty()) return derive_facts(ref, entity, own, portal, imported);
  std::vector<LinksOverlay::To> cards;
  for (const Tie& tie : entity.ties) cards.push_back(links.to(alias, tie.card));
  std::vector<const LinkView*> views;
  for (const LinkView& card : cards) views.push_back(&card);
  return derive_facts(ref, entity, DealView(ref, entity.created, own, views), portal, imported);
}

}  // namespace kpistream
