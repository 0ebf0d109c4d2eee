#include "ingest/rest/bitrix24_sweep.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "ingest/rest/bitrix24_commands.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::string_view kChanged = "&filter%5B%3E%3DDATE_MODIFY%5D=";
constexpr std::string_view kAfter = "&filter%5B%3EID%5D=";
constexpr std::string_view kCreated = "&filter%5B%3E%3DCREATED_TIME%5D=";

Bitrix24List stage_history(const std::string& type) {
  const std::string name = "crm.stagehistory.list?entityTypeId=" + type;
  return {name, name + "&order%5BID%5D=ASC&start=-1", kCreated, kAfter, "items", "ID", true};
}

Bitrix24List items_of(const std::string& type) {
  const std::string name = "crm.item.list?entityTypeId=" + type;
  return {name,
          name + "&order%5Bid%5D=ASC&start=-1",
          "&filter%5B%3E%3DupdatedTime%5D=",
          "&filter%5B%3Eid%5D=",
          "items",
          "id",
          false};
}

Bitrix24List classic(const std::string& name, std::string_view since) {
  return {name, name + "?order%5BID%5D=ASC&start=-1&select%5B%5D=*&select%5B%5D=UF_*", since, kAfter, "", "ID", false};
}

Bitrix24List tasks() {
  return {"tasks.task.list",
          "tasks.task.list?order%5BID%5D=asc&start=-1" + std::string(kTaskFields),
          "&filter%5B%3E%3DCHANGED_DATE%5D=",
          kAfter,
          "tasks",
          "id",
          false};
}

Bitrix24List calls() {
  return {"voximplant.statistic.get",
          "voximplant.statistic.get?SORT=ID&ORDER=ASC&start=-1",
          "&FILTER%5B%3E%3DCALL_START_DATE%5D=",
          "&FILTER%5B%3EID%5D=",
          "",
          "ID",
          true};
}

// As the methods' filters take it, ready for a query.
std::string time_text(UnixSeconds at) {
  const auto days = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(at)));
  const std::chrono::year_month_day date(days);
  const auto of_day = at - std::chrono::duration_cast<std::chrono::seconds>(days.time_since_epoch()).count();
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d%%3A%02d%%3A%02d%%2B00%%3A00",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(of_day / 3600), static_cast<int>(of_day / 60 % 60), static_cast<int>(of_day % 60));
  return text.data();
}

std::int64_t number(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::vector<Bitrix24List> bitrix24_lists(const std::vector<std::string>& item_types) {
  std::vector<Bitrix24List> lists{
      classic("crm.lead.list", kChanged),
      classic("crm.deal.list", kChanged),
      stage_history("1"),
      stage_history("2"),
      stage_history("31"),
      classic("crm.quote.list", kChanged),
      items_of("31"),
      classic("crm.activity.list", "&filter%5B%3E%3DLAST_UPDATED%5D="),
      tasks(),
      calls(),
  };
  for (const std::string& type : item_types) {
    lists.push_back(items_of(type));
    lists.push_back(stage_history(type));
  }
  return lists;
}

Bitrix24Sweep::Bitrix24Sweep(const Bitrix24List& list, std::int64_t cursor, UnixSeconds first)
    : list_(list), first_(first), cursor_(cursor) {
  begin();
}

Bitrix24Sweep::Bitrix24Sweep(const Bitrix24List& list, Backfill backfill)
    : list_(list), first_(backfill.from), backfill_(backfill.from), cursor_(backfill.cursor) {
  begin();
  since_ = backfill_;
  after_ = cursor_ - 1;
}

void Bitrix24Sweep::begin() {
  read_ = 0;
  pages_ = 1;
  began_ = 0;
  upto_ = cursor_;
  after_ = 0;
  since_ = 0;
  if (list_.by_id && cursor_ != 0) {
    after_ = std::max<std::int64_t>(0, cursor_ - kIdOverlap);
  } else {
    since_ = cursor_ == 0 ? first_ : cursor_ - kOverlap;
  }
}

std::vector<std::string> Bitrix24Sweep::commands(std::size_t number, std::size_t pages) const {
  std::vector<std::string> commands;
  std::string head(list_.command);
  if (since_ != 0) head.append(list_.since).append(time_text(since_));
  head.append(list_.after);
  commands.push_back(head + std::to_string(after_));
  for (std::size_t page = 1; page < pages; ++page) {
    // The id of the last row of the page before; the portal fills it in. Written as its documentation does, unencoded.
    std::string last = "$result[w" + std::to_string(number + page - 1) + "]";
    if (!list_.rows.empty()) last.append("[").append(list_.rows).append("]");
    last += "[" + std::to_string(kPageRows - 1) + "][" + std::string(list_.id) + "]";
    commands.push_back(head + last);
  }
  return commands;
}

std::string Bitrix24Sweep::count_command() const {
  std::string command = commands(0, 1).front();
  constexpr std::string_view kUncounted = "start=-1";
  if (const auto at = command.find(kUncounted); at != std::string::npos)
    command.replace(at, kUncounted.size(), "start=0");
  return command;
}

std::string Bitrix24Sweep::subject(bool last, std::int64_t after) const {
  std::string subject(list_.name);
  subject += subject.find('?') == std::string::npos ? '?' : '&';
  if (since_ != 0) subject += "since=" + std::to_string(since_) + '&';
  subject += "after=" + std::to_string(after);
  if (backfill_ != 0) {
    subject += "&backfill=" + std::to_string(backfill_) + "&upto=" + std::to_string(last ? kDone : after_ + 1);
  } else if (last) {
    subject += "&upto=" + std::to_string(upto_);
  }
  return last ? subject : subject + "&more=1";
}

Bitrix24Sweep::Step Bitrix24Sweep::take(std::span<const BatchPart> parts, UnixSeconds now,
                                        std::vector<Reading>& readings) {
  if (began_ == 0) began_ = now;
  for (const BatchPart& part : parts) {
    if (part.kind != BatchPart::Kind::result) return Step::failed;
    const auto rows = split_rows(part.json, list_.rows);
    if (!rows) return Step::failed;
    const std::int64_t from = after_;
    for (const Row& row : *rows) after_ = std::max(after_, number(row.id));
    const bool last = rows->size() < kPageRows || after_ == from;
    if (list_.by_id) upto_ = std::max(upto_, after_);
    if (last && !list_.by_id) upto_ = std::max(upto_, began_);
    ++read_;
    rows_ += rows->size();
    const bool only = last && read_ == 1;
    const bool overdue = !list_.by_id && began_ >= told_ + kTellEvery;
    if (!only || part.json != previous_ || overdue) {
      readings.push_back({subject(last, from), "{\"result\":" + part.json + "}"});
      told_ = began_;
    }
    if (!last) continue;
    if (backfill_ != 0) {
      cursor_ = kDone;
      return Step::done;
    }
    previous_ = only ? part.json : std::string();
    cursor_ = upto_;
    verified_ = began_;
    begin();
    return Step::done;
  }
  pages_ = std::min(kPagesMost, 2 * pages_);
  return Step::more;
}

}  // namespace kpistream::ingest
