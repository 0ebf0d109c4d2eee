// Figures, periods and moments in the words of a language: what the page, files and reports have in common.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "exporters/table/table.hpp"

namespace kpistream::exporters {

struct Said {
  std::string_view ru;
  std::string_view en;
};
[[nodiscard]] inline std::string_view say(Language language, const Said& words) {
  return language == Language::ru ? words.ru : words.en;
}
// A template, so that two texts in braces are Said.
template <std::same_as<Words> Both>
[[nodiscard]] const std::string& say(Language language, const Both& words) {
  return language == Language::ru ? words.ru : words.en;
}

inline constexpr std::string_view kNoFigure = "–";

// "1 250", "12,5 %", "2 ч 15 мин"; money in whole major units without the currency, which the line's title has.
[[nodiscard]] std::string figure_text(Language language, LineUnit unit, std::int64_t value);
[[nodiscard]] std::string figure_text(Language language, LineUnit unit, const std::optional<std::int64_t>& value);
// "Выручка, ₽": with what its figures are of.
[[nodiscard]] std::string line_title(Language language, const Line& line, std::string_view currency);
[[nodiscard]] std::string_view currency_sign(std::string_view currency);  // "₽"; of others the code

// How far a figure is from the one before, as a share of it, and in words: "+12 %". Nothing when that was not above
// zero, or was counted in another way.
[[nodiscard]] std::optional<double> change_of(const Figure& figure, const Figure& before);
[[nodiscard]] std::string change_text(Language language, double change);

// "7–13 сен", "пн 14 сен", "сентябрь 2026", "3 кв. 2026", "14:10" of today, "13 сен, 14:10" of another day
[[nodiscard]] std::string column_title(Language language, const Column& column, const Calendar& calendar);
// The same of any range of days and of windows: "7–13 сен", "последние 28 дней"
[[nodiscard]] std::string column_words(Language language, const Column& column, const Calendar& calendar);
[[nodiscard]] std::string day_text(Language language, Day day);   // "14 сентября 2026"
[[nodiscard]] std::string short_day(Language language, Day day);  // "14 сен"
[[nodiscard]] std::string moment_text(Language language, UnixSeconds at, const Calendar& calendar);  // "14 сен, 09:00"
[[nodiscard]] std::string_view period_title(Language language, periods::Period period);              // "Недели"

// A tenth or more under the pace of the plan, once a tenth of its time is over.
[[nodiscard]] bool is_behind(const insight::PlanFigure& figure);

// "Причина отказа «Дорого»": whom or what a card is about; empty: all of the portal.
[[nodiscard]] std::string subject_text(const Table& table, const insight::Subject& subject);
// "Сайт", "не указан"
[[nodiscard]] std::string source_text(const Table& table, const std::string& id);

[[nodiscard]] Said flow_title(insight::FlowState state);   // "Затор"
[[nodiscard]] Said flow_advice(insight::FlowState state);  // what to do

}  // namespace kpistream::exporters
