// HTML by hand, escaped: what the page's parts have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporters/table/page.hpp"
#include "exporters/table/table.hpp"
#include "exporters/table/text.hpp"

namespace kpistream::exporters {

// For text and for attributes in double quotes.
[[nodiscard]] std::string escaped(std::string_view text);

// A small line without axes, with what it shows in words. Values from the oldest on; nothing is a gap, where the line
// is broken.
[[nodiscard]] std::string sparkline(const std::vector<std::optional<std::int64_t>>& values, std::string_view words);
// A bar of that share, 0 to 1, of a width.
[[nodiscard]] std::string bar(double share, std::string_view kind);

// How a figure stands to what is usual in the columns beside it.
enum class Mood : std::uint8_t { plain, good, bad };
// Of a row's figure: a tenth better or worse than the median of the closed columns. Nothing is said of the running
// one, of few, and of what is neither good nor bad.
[[nodiscard]] Mood mood_of(const Row& row, const std::vector<Column>& columns, std::size_t column);

// What a page begins with, and what the script says, so that all words are in one place.
[[nodiscard]] std::string page_head(const Table& table, std::string_view title, const PageOptions& options);
[[nodiscard]] std::string script_words(Language language);

// The parts of the page, each a section with a heading.
[[nodiscard]] std::string flow_section(const Table& table, const Calendar& calendar);
[[nodiscard]] std::string plan_section(const Table& table);
[[nodiscard]] std::string advice_section(const Table& table, const Calendar& calendar);
[[nodiscard]] std::string blocks_section(const Table& table, const Calendar& calendar);
[[nodiscard]] std::string managers_section(const Table& table, const Calendar& calendar);
[[nodiscard]] std::string sources_section(const Table& table, const Calendar& calendar);
[[nodiscard]] std::string stages_section(const Table& table, const Calendar& calendar);
[[nodiscard]] std::string choice_form(const Table& table);

// The address of what is behind a figure: "cell?portal=acme&…&line=deals_won&column=2026-09-07".
[[nodiscard]] std::string cell_address(const View& view, std::string_view line, const Column& column);
// The same of a figure that has no column of the view's (derived.hpp).
[[nodiscard]] std::string cell_address(const View& view, std::string_view line);
// A figure as the link to what is behind it. `html`: what it says, escaped.
[[nodiscard]] std::string opens(const std::string& address, std::string_view html);
// The same of one member, and of all.
[[nodiscard]] View view_of(View view, Family family, std::vector<std::string> of);
[[nodiscard]] View everybody(View view);
// Days as a column's name: "2026-09-07..2026-09-13", both included.
[[nodiscard]] std::string days_address(Day first, Day last);

}  // namespace kpistream::exporters
