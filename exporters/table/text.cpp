#include "exporters/table/text.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "stream/facts/words.hpp"

namespace kpistream::exporters {
namespace {

using periods::Period;

constexpr std::array<Said, 12> kShortMonths{{{"янв", "Jan"},
                                             {"фев", "Feb"},
                                             {"мар", "Mar"},
                                             {"апр", "Apr"},
                                             {"мая", "May"},
                                             {"июн", "Jun"},
                                             {"июл", "Jul"},
                                             {"авг", "Aug"},
                                             {"сен", "Sep"},
                                             {"окт", "Oct"},
                                             {"ноя", "Nov"},
                                             {"дек", "Dec"}}};
constexpr std::array<Said, 12> kMonths{{{"январь", "January"},
                                        {"февраль", "February"},
                                        {"март", "March"},
                                        {"апрель", "April"},
                                        {"май", "May"},
                                        {"июнь", "June"},
                                        {"июль", "July"},
                                        {"август", "August"},
                                        {"сентябрь", "September"},
                                        {"октябрь", "October"},
                                        {"ноябрь", "November"},
                                        {"декабрь", "December"}}};
constexpr std::array<std::string_view, 12> kMonthsOf{"января", "февраля", "марта",    "апреля",  "мая",    "июня",
                                                     "июля",   "августа", "сентября", "октября", "ноября", "декабря"};
constexpr std::array<Said, 7> kWeekdays{
    {{"пн", "Mon"}, {"вт", "Tue"}, {"ср", "Wed"}, {"чт", "Thu"}, {"пт", "Fri"}, {"сб", "Sat"}, {"вс", "Sun"}}};
constexpr std::array<Said, 6> kPeriodTitles{{{"10 минут", "10 minutes"},
                                             {"Часы", "Hours"},
                                             {"Дни", "Days"},
                                             {"Недели", "Weeks"},
                                             {"Месяцы", "Months"},
                                             {"Кварталы", "Quarters"}}};

// Windows that are no period of a view (reader.hpp).
constexpr std::array<std::pair<std::string_view, Said>, 4> kWindowTitles{
    {{"28d", {"последние 28 дней", "the last 28 days"}},
     {"week", {"эта неделя", "this week"}},
     {"week_prev_same_point", {"прошлая неделя до того же рабочего времени", "last week up to the same working time"}},
     {"all", {"за всё время", "all time"}}}};

std::size_t month_index(Day day) { return static_cast<std::size_t>(Calendar::month_number(day) - 1); }
std::string year_of(Day day) { return Calendar::text(day).substr(0, 4); }

std::string clock_text(int minute_of_day) { return fmt::format("{:02}:{:02}", minute_of_day / 60, minute_of_day % 60); }

// "7–13 сен", "28 сен – 4 окт"
std::string days_text(Language language, Day first, Day last) {
  if (Calendar::month_of(first) == Calendar::month_of(last)) {
    return fmt::format("{}–{}", Calendar::day_of_month(first), short_day(language, last));
  }
  return fmt::format("{} – {}", short_day(language, first), short_day(language, last));
}

std::string hundredths(Language language, double value) {
  const std::int64_t parts = insight::rounded(std::abs(value) * 100);
  return fmt::format("{}{}{}{:02}", value < 0 && parts != 0 ? "−" : "", insight::grouped(language, parts / 100),
                     language == Language::ru ? ',' : '.', parts % 100);
}

}  // namespace

std::string figure_text(Language language, LineUnit unit, std::int64_t value) {
  switch (unit) {
    case LineUnit::count:
      return insight::grouped(language, value);
    case LineUnit::money:
      return insight::grouped(language, insight::rounded(static_cast<double>(value) / 100));
    case LineUnit::seconds:
      return value < 0 ? "−" + insight::duration(language, -value) : insight::duration(language, value);
    case LineUnit::ratio:
      return insight::percent(language, static_cast<double>(value) / 1e6);
    case LineUnit::number:
      break;
  }
  return hundredths(language, static_cast<double>(value) / 1e3);
}

std::string figure_text(Language language, LineUnit unit, const std::optional<std::int64_t>& value) {
  return value ? figure_text(language, unit, *value) : std::string(kNoFigure);
}

std::string_view currency_sign(std::string_view currency) {
  if (currency == "RUB") return "₽";
  if (currency == "USD") return "$";
  if (currency == "EUR") return "€";
  if (currency == "KZT") return "₸";
  return currency;
}

std::string line_title(Language language, const Line& line, std::string_view currency) {
  if (line.unit != LineUnit::money) return say(language, line.title);
  return fmt::format("{}, {}", say(language, line.title), currency_sign(currency));
}

std::optional<double> change_of(const Figure& figure, const Figure& before) {
  if (!figure.value || !before.value || *before.value <= 0) return std::nullopt;
  if (figure.counted_otherwise != before.counted_otherwise) return std::nullopt;  // of two different things
  return static_cast<double>(*figure.value) / static_cast<double>(*before.value) - 1;
}

std::string change_text(Language language, double change) {
  const auto percents = insight::rounded(std::abs(change) * 100);
  const std::string_view sign = percents == 0 ? "" : change > 0 ? "+" : "−";
  return fmt::format("{}{}{}", sign, insight::grouped(language, percents), language == Language::ru ? "\u00a0%" : "%");
}

std::string column_title(Language language, const Column& column, const Calendar& calendar) {
  const UnixSeconds begin = column.range.first * 60;
  const Day first = calendar.day_of(begin);
  switch (column.period) {
    case Period::ten_minutes:
    case Period::hour:
      return (column.today ? "" : short_day(language, first) + ", ") + periods::clock_text(calendar, begin);
    case Period::day:
      return fmt::format("{} {}", say(language, kWeekdays.at(static_cast<std::size_t>(Calendar::weekday(first)))),
                         short_day(language, first));
    case Period::week:
      return days_text(language, first, first + 6);
    case Period::month:
      return fmt::format("{} {}", say(language, kMonths.at(month_index(first))), year_of(first));
    case Period::quarter:
      break;
  }
  const std::size_t number = month_index(first) / 3 + 1;
  return language == Language::ru ? fmt::format("{} кв. {}", number, year_of(first))
                                  : fmt::format("Q{} {}", number, year_of(first));
}

std::string column_words(Language language, const Column& column, const Calendar& calendar) {
  for (const auto& [name, words] : kWindowTitles) {
    if (column.first == name) return std::string(say(language, words));
  }
  if (column.first.find("..") == std::string::npos) return column_title(language, column, calendar);
  const Day first = calendar.day_of(column.range.first * 60);
  const Day last = calendar.day_of(column.range.last * 60 - 1);
  return first == last ? short_day(language, first) : days_text(language, first, last);
}

std::string subject_text(const Table& table, const insight::Subject& subject) {
  using Kind = insight::Subject::Kind;
  const Language language = table.view.language;
  if (subject.id.empty()) return {};
  if (subject.kind == Kind::manager) return name_of(table.managers_all, subject.id);
  if (subject.kind == Kind::pipeline) return name_of(table.pipelines_all, subject.id);
  if (subject.kind == Kind::source) return source_text(table, subject.id);
  if (subject.kind != Kind::reason) return subject.id;
  const auto reason = name_of(table.names.loss_reasons, subject.id);
  return language == Language::ru ? "Причина отказа «" + reason + "»" : "Refusal reason “" + reason + "”";
}

std::string source_text(const Table& table, const std::string& id) {
  if (id.empty() || id == kNone) return std::string(say(table.view.language, {"не указан", "not given"}));
  return name_of(table.names.sources, id);
}

std::string short_day(Language language, Day day) {
  const auto month = say(language, kShortMonths.at(month_index(day)));
  return fmt::format("{} {}", Calendar::day_of_month(day), month);
}

std::string day_text(Language language, Day day) {
  const int number = Calendar::day_of_month(day);
  if (language == Language::ru) return fmt::format("{} {} {}", number, kMonthsOf.at(month_index(day)), year_of(day));
  return fmt::format("{} {} {}", number, kMonths.at(month_index(day)).en, year_of(day));
}

std::string moment_text(Language language, UnixSeconds at, const Calendar& calendar) {
  return fmt::format("{}, {}", short_day(language, calendar.day_of(at)), clock_text(calendar.minute_of_day(at)));
}

std::string_view period_title(Language language, Period period) {
  return say(language, kPeriodTitles.at(static_cast<std::size_t>(period)));
}

bool is_behind(const insight::PlanFigure& figure) {
  constexpr double kSlack = 0.1;
  return figure.pace && figure.elapsed >= kSlack && *figure.pace < 1 - kSlack;
}

Said flow_title(insight::FlowState state) {
  switch (state) {
    case insight::FlowState::clot:
      return {"Затор", "Clot"};
    case insight::FlowState::balanced:
      return {"Баланс", "Balanced"};
    case insight::FlowState::shortage:
      return {"Нехватка лидов", "Lead shortage"};
    case insight::FlowState::unknown:
      break;
  }
  return {"Пока неизвестно", "Not known yet"};
}

Said flow_advice(insight::FlowState state) {
  switch (state) {
    case insight::FlowState::clot:
      return {
          "Приходит больше, чем закрывается. Разберите этап, где ждут дольше всего; если не поможет, упростите его, "
          "обучите менеджеров или наймите ещё одного.",
          "More comes in than is closed. Clear the stage where deals wait longest; if that does not help, simplify "
          "it, train the managers or hire one more."};
    case insight::FlowState::balanced:
      return {"Закрывается столько же, сколько приходит. Ничего делать не нужно.",
              "As much is closed as comes in. Nothing needs to be done."};
    case insight::FlowState::shortage:
      return {
          "Приходит меньше, чем закрывается: воронка пустеет. Проверьте рекламу и заявки с сайта, обзвоните старую "
          "базу.",
          "Less comes in than is closed: the funnel runs dry. Check the ads and the site forms, call the old client "
          "base."};
    case insight::FlowState::unknown:
      break;
  }
  return {"Для вывода мало данных: меньше двадцати обращений, или период ещё не сверен с CRM.",
          "Too little to judge by: fewer than twenty inquiries, or the period is not compared with the CRM yet."};
}

}  // namespace kpistream::exporters
