// What the rules of advice say. Places as in wording.hpp; "value" and "base" are the two parts of a rule's ratio.
//
// Written for a head of sales: what is wrong, what to do today, what it costs, and by which numbers. No blame, no
// jargon, no name of a person.
#pragma once

#include "stream/insight/rules.hpp"

namespace kpistream::insight::texts {

inline constexpr RuleTexts kClot{
    .problem = {"Обращений приходит больше, чем успевают закрыть: в воронке копится затор.",
                "More inquiries come in than get closed: the funnel is clogging."},
    .how =
        {"Найдите этап, на котором сделки ждут дольше всего, и разберите его первым: безнадёжные закройте, "
         "остальные раздайте. Если затор держится и через две недели, упростите этап, обучите менеджеров или "
         "наймите ещё одного.",
         "Find the stage where deals wait longest and clear it first: close the hopeless ones, hand out the rest. If "
         "the clot is still there in two weeks, simplify the stage, train the managers or hire one more."},
    .affects = {"На скорость ответа, долю отказов и выручку следующего месяца: клиент, который ждёт, уходит к другим.",
                "Response time, the share of refusals and next month's revenue: a client who waits goes elsewhere."},
    .ratio = {"За неделю пришло {value|обращение|обращения|обращений}, закрыто {base}. Соотношение {value/base}, норма "
              "от 1,00 до 1,15.",
              "{value|inquiry|inquiries} came in last week, {base} were closed. Ratio {value/base}, normal is 1.00 to "
              "1.15."}};

inline constexpr RuleTexts kLeadShortage{
    .problem = {"Обращений приходит меньше, чем закрывается: воронка пустеет.",
                "Fewer inquiries come in than get closed: the funnel is running dry."},
    .how =
        {"Увеличьте приток: проверьте, работают ли реклама и заявки с сайта, обзвоните старую базу, попросите "
         "довольных клиентов о рекомендациях.",
         "Bring in more: check that the ads and the site forms work, call the old client base, ask happy clients for "
         "referrals."},
    .affects = {"На загрузку менеджеров сейчас и на продажи через один цикл сделки.",
                "The managers' workload now, and sales one deal cycle from now."},
    .ratio = {"За неделю пришло {value|обращение|обращения|обращений}, закрыто {base}. Соотношение {value/base}, норма "
              "от 1,00 до 1,15.",
              "{value|inquiry|inquiries} came in last week, {base} were closed. Ratio {value/base}, normal is 1.00 to "
              "1.15."}};

inline constexpr RuleTexts kActivityHalved{
    .problem = {"Менеджер работает в CRM намного меньше, чем неделей раньше.",
                "The manager does far less in the CRM than a week earlier."},
    .how = {"Поговорите с ним сегодня и узнайте, что мешает: другие поручения, нехватка обращений, усталость. "
            "Договоритесь о числе звонков и встреч на день и через неделю сверьте.",
            "Talk to them today and find out what is in the way: other duties, too few inquiries, fatigue. Agree on a "
            "number of calls and meetings a day and check it in a week."},
    .affects = {"На число звонков, встреч и КП, а через них на продажи ближайших недель.",
                "The number of calls, meetings and quotes, and through them the sales of the coming weeks."},
    .ratio = {"{value|действие|действия|действий} против {base} за такое же рабочее время неделей раньше. Соотношение "
              "{value/base}, норма выше 0,60.",
              "{value|action|actions} against {base} in the same working time a week earlier. Ratio {value/base}, "
              "normal is above 0.60."}};

inline constexpr RuleTexts kActivityUnderTeam{
    .problem = {"Менеджер делает намного меньше коллег, и продажами это не объясняется.",
                "The manager does far less than the colleagues, and sales do not make up for it."},
    .how =
        {"Сравните его день с днём коллеги из середины списка: на что уходит время. Поставьте дневную норму действий "
         "и первые две недели помогайте её держать.",
         "Compare their day with that of a colleague in the middle of the list: where does the time go? Set a daily "
         "number of actions and help to keep it for the first two weeks."},
    .affects = {"На выручку команды: его обращения отрабатываются хуже остальных.",
                "The team's revenue: this manager's inquiries are worked worse than the rest."},
    .ratio = {
        "За неделю {value|действие|действия|действий}, у коллег в середине списка {base}. Соотношение "
        "{value/base}, норма выше 0,50.",
        "{value|action|actions} last week, {base} by the colleague in the middle of the list. Ratio {value/base}, "
        "normal is above 0.50."}};

inline constexpr RuleTexts kTeamMeanFalling{
    .problem = {"Менеджеров стало больше, а опытные третью неделю подряд делают всё меньше.",
                "There are more managers, yet the experienced ones have done less and less for three weeks."},
    .how = {"Проверьте, хватает ли на всех обращений и не уходит ли время опытных на обучение новых. Наладьте это, "
            "прежде чем нанимать дальше.",
            "Check whether there are inquiries enough for all, and whether the experienced ones spend their time on "
            "training the new ones. Settle that before hiring more."},
    .affects = {"На отдачу от каждого нового менеджера: людей больше, а работы столько же.",
                "What each new manager brings: more people, and no more work done."},
    .ratio = {"На опытного менеджера в среднем {value|действие|действия|действий} за неделю, тремя неделями раньше "
              "{base}. Соотношение {value/base}, норма не ниже 1,00. Активных менеджеров {active}, было "
              "{active_before}.",
              "{value|action|actions} a week by an experienced manager on average, {base} three weeks earlier. Ratio "
              "{value/base}, normal is 1.00 or more. Active managers: {active}, before {active_before}."}};

inline constexpr RuleTexts kMissedCallsHigh{
    .problem = {"Слишком много входящих звонков остаётся без ответа.", "Too many incoming calls go unanswered."},
    .how =
        {"Начните со списка пропущенных за неделю: перезвоните всем, кому не ответили. Затем назначьте дежурного на "
         "часы пик и включите переадресацию.",
         "Start with last week's missed calls: call back everyone who was not served. Then put someone on duty in the "
         "busy hours and switch on forwarding."},
    .affects = {"На число обращений и на рекламу, за которую уже заплачено: кто не дозвонился, звонит конкуренту.",
                "The number of inquiries, and ads that are already paid for: who gets no answer calls a competitor."},
    .ratio = {"{value|пропущенный|пропущенных|пропущенных} из {base|входящего|входящих|входящих} за неделю: "
              "{value/base:share}, норма до 15 %.",
              "{value} missed of {base|incoming call|incoming calls} last week: {value/base:share}, normal is up to "
              "15%."}};

inline constexpr RuleTexts kSlowFirstResponse{
    .problem = {"Новые обращения слишком долго ждут первого ответа.",
                "New inquiries wait too long for the first answer."},
    .how = {"Раздавайте обращения сразу, а не списком по утрам. Назначьте дежурного и включите напоминание на половине "
            "срока.",
            "Hand out inquiries at once, not as a list in the morning. Put someone on duty and set a reminder at half "
            "the time."},
    .affects = {"На долю обращений, которые станут сделками: чем позже ответ, тем меньше интереса.",
                "The share of inquiries that become deals: the later the answer, the less the interest."},
    .ratio = {"Половина ответов приходит через {value:time} рабочего времени или позже, норма до {base:time}. Всего за "
              "неделю {answers|ответ|ответа|ответов}.",
              "Half of the answers come after {value:time} of working time or later, normal is up to {base:time}. "
              "{answers|answer|answers} last week in all."}};

inline constexpr RuleTexts kRefusalsUp{
    .problem = {"Одна из причин отказа встречается заметно чаще обычного.",
                "One reason of refusal is clearly more frequent than usual."},
    .how = {"Переслушайте и перечитайте несколько таких отказов за неделю и найдите общее: цена, сроки, условия, "
            "конкурент. Подготовьте для менеджеров ответ на это возражение.",
            "Go through some of last week's refusals of that kind and find what they share: price, time, terms, a "
            "competitor. Prepare an answer to that objection for the managers."},
    .affects = {"На долю отказов и выручку: время на эти сделки уже потрачено.",
                "The share of refusals and revenue: the time for these deals is already spent."},
    .ratio = {"По этой причине проиграно {value:share} закрытых за неделю сделок ({lost} из {closed}), норма: "
              "{base:share}, как за восемь недель до этого.",
              "Lost for this reason: {value:share} of the deals closed last week ({lost} of {closed}); normal is "
              "{base:share}, as in the eight weeks before."}};

inline constexpr RuleTexts kQuotesSilent{
    .problem = {"КП отправлены, но по многим из этих сделок больше ничего не происходит.",
                "Quotes were sent, but nothing has happened since in many of these deals."},
    .how =
        {"Замершим позвоните сегодня: узнайте решение или закройте сделку. Дальше ставьте задачу «связаться» на "
         "второй рабочий день после каждого КП.",
         "Call the silent ones today: get a decision or close the deal. From now on set a task to get in touch on the "
         "second working day after each quote."},
    .affects = {"На долю КП, которые заканчиваются оплатой.", "The share of quotes that end in a payment."},
    .ratio = {
        "{value|сделка|сделки|сделок} из {base} на этапе КП без действий {days|рабочий день|рабочих дня|рабочих "
        "дней} и дольше: {value/base:share}, норма до 30 %.",
        "{value|deal|deals} of {base} at the quote stage without an action for {days|working day|working days} or "
        "longer: {value/base:share}, normal is up to 30%."}};

inline constexpr RuleTexts kNoTasksTomorrow{
    .problem = {"На следующий рабочий день у менеджера нет ни одной задачи.",
                "The manager has no task for the next working day."},
    .how = {"Попросите до конца дня поставить следующий шаг хотя бы по пяти главным сделкам.",
            "Ask for a next step on at least the five main deals before the day ends."},
    .affects = {"На порядок в сделках: без следующего шага о них забывают.",
                "Order in the deals: without a next step they are forgotten."},
    .ratio = {
        "{value|задача|задачи|задач} при {base|открытой сделке|открытых сделках|открытых сделках}, норма: хотя бы "
        "одна.",
        "{value|task|tasks} with {base|open deal|open deals}; normal is at least one."}};

inline constexpr RuleTexts kNoMeetingsSet{
    .problem = {"На ближайшие пять рабочих дней у менеджера не назначено ни одной встречи.",
                "The manager has no meeting set for the next five working days."},
    .how = {"Выберите вместе клиентов, которые готовы к разговору, и назначьте встречи сегодня же.",
            "Choose together the clients who are ready to talk, and set the meetings today."},
    .affects = {"На продажи через одну-две недели.", "Sales in a week or two."},
    .ratio = {"{value|встреча|встречи|встреч} впереди, за 28 дней проведено {base}. Норма: хотя бы одна впереди.",
              "{value|meeting|meetings} ahead, {base} held in 28 days. Normal is at least one ahead."}};

inline constexpr RuleTexts kTargetUnreachable{
    .problem = {"План, похоже, недостижим: столько не было ни разу и к концу периода не будет.",
                "The target looks out of reach: it was never reached before and will not be by the end of the period."},
    .how = {"Пересмотрите план или разбейте его на ступени. Достижимая следующая цель: {suggested:amount}.",
            "Review the target or split it into steps. A reachable next one: {suggested:amount}."},
    .affects = {"На настрой команды: в план, которого не достичь, перестают верить.",
                "The team's spirit: nobody believes in a target that cannot be reached."},
    .ratio = {"Прогноз на конец периода {mid:amount}, в лучшем случае {value:amount}; план {base:amount}. Соотношение "
              "{value/base}, норма не ниже 1,00. Лучший из прошлых периодов: {best:amount}.",
              "Forecast for the end of the period {mid:amount}, at best {value:amount}; target {base:amount}. Ratio "
              "{value/base}, normal is 1.00 or more. Best past period: {best:amount}."}};

inline constexpr RuleTexts kTargetTooEasy{
    .problem = {"План слишком лёгкий: его выполняли в каждом из прошлых периодов.",
                "The target is too easy: it was reached in each of the past periods."},
    .how = {"Поднимайте план понемногу. Достижимая следующая цель: {suggested:amount}.",
            "Raise the target little by little. A reachable next one: {suggested:amount}."},
    .affects = {"На рост: лёгкий план не даёт повода искать новое.",
                "Growth: an easy target gives no reason to look for more."},
    .ratio = {"Худший результат за {periods|период|периода|периодов}: {value:amount} при плане {base:amount}. "
              "Соотношение {value/base}, норма ниже 1,00.",
              "Worst result of {periods|period|periods}: {value:amount}, target {base:amount}. Ratio {value/base}, "
              "normal is below 1.00."}};

inline constexpr RuleTexts kSourceOnlyRefusals{
    .problem = {"Источник приносит одни отказы.", "The source brings nothing but refusals."},
    .how = {"Приостановите расходы на него и разберите десять последних обращений: не та аудитория, не то обещание в "
            "рекламе или менеджеры не берут их всерьёз.",
            "Pause the spending on it and go through its last ten inquiries: the wrong audience, the wrong promise in "
            "the ad, or managers who do not take them seriously."},
    .affects = {"На стоимость привлечения и время менеджеров.", "The cost of a client and the managers' time."},
    .ratio = {
        "{value|продажа|продажи|продаж} из {base|закрытого обращения|закрытых обращений|закрытых обращений} за "
        "13 недель. Норма: около {expected}, как у остальных источников.",
        "{value|sale|sales} of {base|closed inquiry|closed inquiries} in 13 weeks. Normal is about {expected}, as "
        "from the other sources."}};

}  // namespace kpistream::insight::texts
