// What figures that are no lines mean, how they are computed, and what is judged by them. The numbers of the rules are
// those of stream/insight: a test holds them to each other.
#pragma once

#include "exporters/table/derived.hpp"

namespace kpistream::exporters::texts {

inline constexpr DerivedText kTrend{
    {"ход", "trend"},
    {"Как показатель менялся от периода к периоду. Идущий период в линию не входит: он ещё не весь.",
     "How the figure moved from period to period. The running period is not in the line: it is not whole yet."},
    {"закрытые периоды, которые показаны, новые первыми", "the closed periods shown, the newest first"},
    {}};
inline constexpr DerivedText kChange{
    {"к прошлому", "change"},
    {"Насколько последний закрытый период больше или меньше предыдущего.",
     "How much more or less the last closed period has than the one before."},
    {"последний закрытый период ÷ предыдущий − 1", "the last closed period ÷ the one before − 1"},
    {}};

inline constexpr DerivedText kWeekToWeek{
    {"Действия, неделя к неделе", "Actions, week to week"},
    {"Целевые действия менеджера за последнюю закрытую неделю против недели до неё. Не считается, если он не был на "
     "месте в какой-то из этих недель. Ниже то же самое для идущей недели: прошлая взята до того же рабочего времени.",
     "A manager's target actions in the last closed week against the week before. Not computed when the manager was "
     "absent in either. Below is the same of the running week: the last one is taken up to the same working time."},
    {"действия за закрытую неделю ÷ действия за неделю до неё",
     "actions of the closed week ÷ actions of the week before"},
    {"«Намного меньше»: соотношение 0,60 или ниже, разница 200 действий или больше, неделей раньше было хотя бы 300, и "
     "обе недели сверены с CRM.",
     "“Far less”: a ratio of 0.60 or below, a difference of 200 actions or more, at least 300 of them the week before, "
     "and both weeks compared with the CRM."}};
inline constexpr Said kSoFar{"Соотношение на этой неделе", "Ratio of this week"};

inline constexpr DerivedText kToMedian{
    {"Действия к медиане команды", "Actions to the team's median"},
    {"Целевые действия менеджера за последнюю закрытую неделю против медианы остальных из его команды. Считается, если "
     "остальных хотя бы трое.",
     "A manager's target actions in the last closed week against the median of the others of the team. Computed where "
     "there are at least three others."},
    {"действия менеджера ÷ медиана действий остальных", "the manager's actions ÷ the median of the others' actions"},
    {"«Намного ниже команды»: соотношение 0,50 или ниже, разница 200 действий или больше, медиана хотя бы 300, неделя "
     "сверена с CRM, и ни число продаж, ни выручка не дотягивают до медианы остальных.",
     "“Far under the team”: a ratio of 0.50 or below, a difference of 200 actions or more, a median of at least 300, "
     "the "
     "week compared with the CRM, and neither sales nor revenue reach the median of the others."}};
inline constexpr Said kMedianOfOthers{"Медиана действий остальных", "Median of the others' actions"};
inline constexpr Said kOthers{"Остальных в команде", "Others in the team"};

inline constexpr DerivedText kMedian{
    {"медиана", "median"},
    {"Число, выше которого половина менеджеров, а ниже другая половина.",
     "Half of the managers have more than this, the other half less."},
    {"середина ряда всех менеджеров; если их чётное число, среднее двух средних",
     "the middle of all managers in order; of an even number, the mean of the two in the middle"},
    {}};

inline constexpr Said kFlowRule{
    "Норма от 1,00 до 1,15. Затор: выше 1,20 два раза подряд или выше 1,15, когда это уже не случайность; кончается "
    "ниже "
    "1,10. Нехватка лидов: ниже 1,00. Неизвестно: меньше 20 обращений вместе, или период не сверен с CRM.",
    "Normal is 1.00 to 1.15. Clot: above 1.20 twice in a row, or above 1.15 where that is beyond chance; it ends below "
    "1.10. Lead shortage: below 1.00. Not known: fewer than 20 inquiries in all, or the period is not compared with "
    "the "
    "CRM."};
inline constexpr Said kFlowFormula{"пришло ÷ (с продажей + потеряно)", "came in ÷ (won + lost)"};
inline constexpr Said kFlowText{
    "Сколько обращений приходит на одно закрытое. Каждое обращение приходит и уходит один раз.",
    "How many inquiries come in for each that is closed. Each comes in once and leaves once."};
inline constexpr DerivedText kFlowWeek{
    {"Пришло к закрытым, прошлая неделя", "Came in to closed, last week"}, kFlowText, kFlowFormula, kFlowRule};
inline constexpr DerivedText kFlowMonth{
    {"Пришло к закрытым, 28 дней", "Came in to closed, 28 days"}, kFlowText, kFlowFormula, kFlowRule};

inline constexpr DerivedText kDrain{
    {"Разобрать всё при таком темпе", "To clear it at this pace"},
    {"За сколько времени закрылось бы всё, что сейчас в работе, если закрывать как последние 28 дней и ничего не брать "
     "нового.",
     "How long it would take to close all that is open now at the pace of the last 28 days, with nothing new coming "
     "in."},
    {"в работе ÷ (с продажей + потеряно за 28 дней) × 28 дней", "open ÷ (won + lost in 28 days) × 28 days"},
    {"Если за 28 дней ничего не закрыто, а в работе что-то есть, не разберётся никогда.",
     "If nothing was closed in 28 days and something is open, it will never be cleared."}};

inline constexpr DerivedText kBottleneck{
    {"Узкое место", "Bottleneck"},
    {"Этап, на котором сделки в сумме прождут дольше всего. Здесь столько времени на всех его сделках вместе.",
     "The stage where deals will wait longest in all. This is that time, of all its deals together."},
    {"сделок на этапе сейчас × медиана времени на нём за 13 недель",
     "deals in the stage now × median stay in it over 13 weeks"},
    {"Узкое место одно: этап с наибольшим произведением. Этап, с которого за это время никто не ушёл, считается таким "
     "же "
     "медленным, как самый медленный.",
     "There is one bottleneck: the stage with the greatest product. A stage nobody has left in that time counts as "
     "slow "
     "as the slowest."}};

inline constexpr DerivedText kResidual{
    {"Открытые сделки не сходятся", "Open deals do not add up"},
    {"Открытых сделок столько, сколько пришло за всё время без проданных и потерянных. Всё, кроме нуля, значит, что "
     "событие потеряно: его ищет сверка.",
     "As many deals are open as ever came in, without those won and lost. Anything but zero means a lost event: "
     "comparing "
     "looks for it."},
    {"открыто − (создано − продано − отказы)", "open − (created − won − lost)"},
    {"Норма 0.", "Normal is 0."}};

}  // namespace kpistream::exporters::texts
