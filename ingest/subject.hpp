// What a reading answers: "crm.deal.get?id=701", "crm.stagehistory.list?entityTypeId=2&more=1", "leads?page=2&upto=9";
// and what the readers of both CRMs write down about their lists.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

// Views into a text that must outlive it.
class Subject {
 public:
  explicit Subject(std::string_view text) {
    const auto mark = text.find('?');
    method_ = text.substr(0, mark);
    if (mark != std::string_view::npos) query_ = text.substr(mark + 1);
  }

  [[nodiscard]] std::string_view method() const { return method_; }

  // "" when there is none.
  [[nodiscard]] std::string_view parameter(std::string_view name) const {
    for (std::string_view left = query_; !left.empty();) {
      const auto end = left.find('&');
      const std::string_view pair = left.substr(0, end);
      left = end == std::string_view::npos ? std::string_view{} : left.substr(end + 1);
      if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) return pair.substr(name.size() + 1);
    }
    return {};
  }

  // 0 when there is none, or it is no number.
  [[nodiscard]] std::int64_t number(std::string_view name) const {
    const std::string_view text = parameter(name);
    std::int64_t value = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
    return wrong == std::errc() && end == text.data() + text.size() ? value : 0;
  }

  // The list that it is a page of, whatever page: "crm.deal.list", "crm.stagehistory.list?entityTypeId=2". The id of
  // its cursor.
  [[nodiscard]] std::string list() const {
    std::string list(method_);
    const auto type = parameter("entityTypeId");
    if (!type.empty()) list.append("?entityTypeId=").append(type);
    return list;
  }

 private:
  std::string_view method_;
  std::string_view query_;
};

// How far the list has been read with this page of it, as the page says itself. Nothing: it says nothing, or others
// follow it: a reading that breaks off begins anew, a backfill goes on.
[[nodiscard]] inline std::optional<Observation> told_cursor(const Subject& subject) {
  const std::int64_t upto = subject.number("upto");
  if (upto <= 0) return std::nullopt;
  Observation cursor;
  cursor.ref = {EntityKind::cursor, subject.list()};
  cursor.cursor = upto;
  if (subject.parameter("backfill").empty()) {
    return subject.parameter("more").empty() ? std::optional(std::move(cursor)) : std::nullopt;
  }
  if (subject.number("backfill") <= 0) return std::nullopt;
  cursor.ref.id = "backfill/" + std::string(subject.parameter("backfill")) + "/" + cursor.ref.id;
  return cursor;
}

// "backfill?cursor=...": it was begun, the cursor of one of its lists stands at its beginning. "backfill?since=...": it
// is whole.
[[nodiscard]] inline Decoded decode_backfill(const Subject& subject) {
  Decoded decoded;
  decoded.event = "backfill";
  decoded.known_since = subject.number("since");
  if (decoded.known_since != 0) return decoded;
  Observation cursor;
  cursor.ref = {EntityKind::cursor, std::string(subject.parameter("cursor"))};
  cursor.cursor = 1;
  decoded.observations.push_back(std::move(cursor));
  return decoded;
}

}  // namespace kpistream::ingest
