#include "app/demo/lists.hpp"

#include <fmt/format.h>

#include <utility>

namespace kpistream::app::demo {
namespace {

constexpr std::size_t kPageRows = 50;
constexpr UnixSeconds kOverlap = 120;    // as the reader reads twice
constexpr std::int64_t kIdOverlap = 20;  // likewise, of a list by id

struct Form {
  std::string_view name;
  std::string_view inside;  // where the rows are in the result; empty: the result itself
  bool by_id;
};
constexpr std::array<Form, kLists> kForms{{{"crm.lead.list", "", false},
                                           {"crm.deal.list", "", false},
                                           {"crm.stagehistory.list?entityTypeId=1", "items", true},
                                           {"crm.stagehistory.list?entityTypeId=2", "items", true},
                                           {"crm.quote.list", "", false},
                                           {"crm.item.list?entityTypeId=31", "items", false},
                                           {"crm.activity.list", "", false},
                                           {"tasks.task.list", "tasks", false},
                                           {"voximplant.statistic.get", "", true}}};

std::string body_of(const Form& form, const std::vector<std::string_view>& rows) {
  std::string list = "[";
  for (const auto row : rows) list.append(list.size() > 1 ? "," : "").append(row);
  list += "]";
  if (form.inside.empty()) return "{\"result\":" + list + "}";
  return fmt::format(R"({{"result":{{"{}":{}}}}})", form.inside, list);
}

}  // namespace

Lists::Lists(std::string portal, UnixSeconds since) : portal_(std::move(portal)), since_(since) {}

void Lists::put(List list, std::int64_t id, std::string row) {
  lists_.at(static_cast<std::size_t>(list)).changed.insert_or_assign(id, std::move(row));
}

void Lists::put_single(std::string subject, std::string body) {
  single_.emplace_back(std::move(subject), std::move(body));
}

void Lists::tell(std::string body) { told_.push_back(std::move(body)); }

NewRecord Lists::webhook(UnixSeconds now, std::string body) const {
  NewRecord record;
  record.kind = RecordKind::delivery;
  record.portal = portal_;
  record.arrived = now;
  record.body = std::move(body);
  return record;
}

NewRecord Lists::reading(UnixSeconds now, std::string subject, std::string body) const {
  NewRecord record;
  record.kind = RecordKind::reading;
  record.portal = portal_;
  record.arrived = now;
  record.subject = std::move(subject);
  record.status = 200;
  record.body = std::move(body);
  return record;
}

void Lists::read(UnixSeconds now, bool quiet, std::vector<NewRecord>& found) {
  for (auto& body : told_) found.push_back(webhook(now, std::move(body)));
  told_.clear();
  for (std::size_t list = 0; list < kLists; ++list) {
    if (!lists_[list].changed.empty() || (quiet && !kForms[list].by_id)) read(list, now, found);
  }
  for (auto& [subject, body] : single_) found.push_back(reading(now, std::move(subject), std::move(body)));
  single_.clear();
}

void Lists::read(std::size_t list, UnixSeconds now, std::vector<NewRecord>& found) {
  const Form& form = kForms[list];
  Kept& kept = lists_[list];
  const bool first = kept.cursor == 0;
  std::string head(form.name);
  head += form.name.find('?') == std::string_view::npos ? '?' : '&';
  if (first || !form.by_id) head += fmt::format("since={}&", first ? since_ : kept.cursor - kOverlap);
  std::int64_t after = first || !form.by_id ? 0 : std::max<std::int64_t>(0, kept.cursor - kIdOverlap);
  for (auto row = kept.changed.begin();;) {
    std::vector<std::string_view> rows;
    std::string subject = head + fmt::format("after={}", after);
    for (; row != kept.changed.end() && rows.size() < kPageRows; ++row) {
      rows.push_back(row->second);
      after = row->first;
    }
    const bool last = rows.size() < kPageRows;
    if (last) kept.cursor = form.by_id ? std::max(kept.cursor, after) : now;
    subject += last ? fmt::format("&upto={}", kept.cursor) : "&more=1";
    found.push_back(reading(now, std::move(subject), body_of(form, rows)));
    if (last) break;
  }
  kept.changed.clear();
}

}  // namespace kpistream::app::demo
