// Who works in the invented departments, and what is going to happen to them. Nobody of that name is meant.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "stream/crm/vocabulary.hpp"

namespace kpistream::app::demo {

// What a manager is known for. Each is a story that the figures have to tell.
enum class Habit : std::uint8_t {
  none,
  halves,    // since the last closed week does half of what he did
  idles,     // has done far less than the others all along
  tarries,   // answers new inquiries late
  deaf,      // hardly answered the telephone on some days of the last closed week
  plans_not  // has no tasks and no meetings ahead
};

struct Person {
  int id;
  std::string_view name;
  std::string_view last_name;
  int leads;  // his share of what comes in
  int acts;   // by his own plan on a working day
  int luck;   // of a hundred inquiries he sells so many
  Habit habit;
};

struct Named {
  std::string_view id;
  std::string_view name;
  int weight;
};

// A source of which nothing is ever sold. How much comes of it is the cast's.
inline constexpr std::string_view kBadSource = "UC_RADIO";
inline constexpr std::array<Named, 6> kSources{{{"WEB", "Сайт", 30},
                                                {"UC_SEARCH", "Поисковая реклама", 24},
                                                {"CALL", "Звонок", 18},
                                                {"PARTNER", "Партнёр", 14},
                                                {"UC_EXPO", "Выставка «Макет»", 6},
                                                {kBadSource, "Реклама на радио «Выдумка»", 0}}};

// Of refusals; the second is heard of in the last closed week as never before.
inline constexpr std::array<Named, 4> kReasons{{{"PRICE", "Дорого", 34},
                                                {"RIVAL", "Ушли к конкуренту", 16},
                                                {"NO_NEED", "Не нужно", 26},
                                                {"SILENT", "Не отвечает", 24}}};
inline constexpr std::size_t kRival = 1;
inline constexpr std::size_t kNoNeed = 2;

struct Stage {
  std::string_view id;
  std::string_view name;
  std::string_view semantics;  // S won, F lost
};
inline constexpr std::array<Stage, 4> kLeadStages{{{"NEW", "Новый", ""},
                                                   {"IN_PROCESS", "В обработке", ""},
                                                   {"CONVERTED", "Стал сделкой", "S"},
                                                   {"JUNK", "Некачественный", "F"}}};
// In the order in which a deal goes through them.
inline constexpr std::array<Stage, 7> kDealStages{{{"NEW", "Знакомство", ""},
                                                   {"PREPARATION", "Замер и расчёт", ""},
                                                   {"PREPAYMENT_INVOICE", "КП отправлено", ""},
                                                   {"EXECUTING", "Договор", ""},
                                                   {"FINAL_INVOICE", "Ждём оплату", ""},
                                                   {"WON", "Продано", "S"},
                                                   {"LOSE", "Отказ", "F"}}};
inline constexpr std::size_t kQuoted = 2;
inline constexpr std::size_t kContract = 3;
inline constexpr std::size_t kInvoiced = 4;
inline constexpr std::size_t kWon = 5;
inline constexpr std::size_t kLost = 6;

inline constexpr int kRobot = 1;  // the portal's own user: forms of the site and the telephony act as it

struct Cast {
  std::string_view portal;
  std::string_view team;
  bool leads;  // the portal has leads apart from deals
  std::span<const Person> people;
  int inquiries;       // on a working day
  int bad_source;      // weight of the source of which nothing is sold
  int change_weeks;    // so many closed weeks ago it began that ...
  int change_percent;  // ... so much of these comes in
  int forgotten;       // of a hundred, since two weeks before, stay with a quote that nobody asks after
  bool reopens;        // its big deal is taken up again
};

inline constexpr std::array<Person, 8> kEight{{{11, "Анна", "Примерова", 16, 76, 46, Habit::none},
                                               {12, "Борис", "Образцов", 14, 70, 40, Habit::deaf},
                                               {13, "Вера", "Черновикова", 14, 74, 42, Habit::deaf},
                                               {14, "Глеб", "Вымыслов", 9, 86, 38, Habit::halves},
                                               {15, "Дарья", "Небылицына", 4, 20, 22, Habit::idles},
                                               {16, "Егор", "Макетов", 15, 66, 36, Habit::tarries},
                                               {17, "Жанна", "Шаблонова", 14, 72, 41, Habit::deaf},
                                               {18, "Захар", "Эскизов", 14, 72, 39, Habit::plans_not}}};
inline constexpr std::array<Person, 4> kFour{{{21, "Ирина", "Наброскова", 28, 42, 44, Habit::none},
                                              {22, "Кирилл", "Условный", 26, 40, 41, Habit::none},
                                              {23, "Лидия", "Моделева", 24, 38, 40, Habit::none},
                                              {24, "Матвей", "Понарошкин", 22, 36, 38, Habit::none}}};

inline constexpr std::array<Cast, 2> kCasts{{{"demo", "Отдел продаж", true, kEight, 17, 8, 2, 150, 42, true},
                                             {"demo2", "Филиал", false, kFour, 11, 0, 1, 40, 0, false}}};

}  // namespace kpistream::app::demo
