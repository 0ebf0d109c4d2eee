#include <gmock/gmock.h>

#include "account.hpp"
#include "app/connect/proposal.hpp"

namespace kpistream::app {
namespace {

// "stages.quote=["1"]" of one subject, or "" when there is nothing to configure.
std::string proposed(const Account& account, Phrase subject) {
  std::string text;
  for (const auto& one : propose(account.facts())) {
    if (one.subject != subject) continue;
    for (const auto& setting : one.settings) {
      text += (text.empty() ? "" : " ") + setting.group + "." + setting.key + "=" + setting.value;
    }
  }
  return text;
}

TEST(AccountProposal, AnEmptyAccountNeedsOnlyItsMeetings) {
  const Account account;
  for (const auto& one : propose(account.facts())) {
    EXPECT_EQ(one.settings.empty(), one.subject != Phrase::subject_meetings) << pattern_of(Language::en, one.subject);
  }
  EXPECT_EQ(proposed(account, Phrase::subject_meetings), R"(types.meeting=["2"])");
}

TEST(AccountProposal, StatusesAreKnownByTheirNames) {
  Account account;
  account.pipeline("81", "Продажи",
                   {"1:КП пришло:1", "2:Подготовка КП", "3:КП отправлено", "4:Оплачен", "5:Не оплачен", "6:Рекламация",
                    "142:Оплачен и закрыт", "143:КП не принято"});
  EXPECT_EQ(proposed(account, Phrase::subject_quotes), R"(stages.quote=["3"])");
  EXPECT_EQ(proposed(account, Phrase::subject_payments), R"(stages.payment=["4"])");
  EXPECT_EQ(proposed(account, Phrase::subject_complaints), R"(stages.complaint=["6"])");
  EXPECT_EQ(proposed(account, Phrase::subject_incoming), R"(stages.incoming=["1"])");
}

TEST(AccountProposal, InvoicesGoBeforeAStatus) {
  Account account;
  account.pipeline("81", "Продажи", {"4:Оплачен"});
  account.invoices(R"({"id":2,"value":"Оплачен","code":"paid"})");
  EXPECT_EQ(proposed(account, Phrase::subject_payments), R"(values.paid=["2"])");
}

TEST(AccountProposal, AFunnelOfComplaintsIsNoMainOneNorIsAnArchivedOne) {
  Account account;
  account.pipeline("81", "Продажи");
  account.pipeline("82", "Опт");
  EXPECT_EQ(proposed(account, Phrase::subject_main), "");
  account.pipeline("83", "Жалобы клиентов");
  account.pipeline("84", "Старая", {}, true);
  EXPECT_EQ(proposed(account, Phrase::subject_complaints), R"(pipelines.complaints=["83"])");
  EXPECT_EQ(proposed(account, Phrase::subject_main), R"(pipelines.main=["81","82"])");
}

TEST(AccountProposal, ComplaintsMayBeATagOrAChoice) {
  Account account;
  account.field("701", "Причина обращения", "select", R"([{"id":1,"value":"Заказ"},{"id":2,"value":"Жалоба"}])");
  EXPECT_EQ(proposed(account, Phrase::subject_complaints),
            R"(fields.complaint="701" values.complaint=[{field: complaint, value: "2"}])");
  account.list("leads/tags", "tags", R"({"id":8,"name":"vip"},{"id":9,"name":"Рекламация"})");
  EXPECT_EQ(proposed(account, Phrase::subject_complaints), R"(values.complaint=[{field: tag, value: "9"}])");
}

TEST(AccountProposal, SumsAreFieldsThatHoldOne) {
  Account account;
  account.field("1", "Дата КП", "date");
  account.field("2", "Сумма КП", "numeric");
  account.field("3", "Себестоимость", "monetary");
  EXPECT_EQ(proposed(account, Phrase::subject_quote_sum), R"(fields.quote_sum="2" .quote_amount_field=quote_sum)");
  EXPECT_EQ(proposed(account, Phrase::subject_cost), R"(fields.cost="3" .cost_field=cost)");
}

TEST(AccountProposal, WhatIsNamedLikeAMeetingIsOne) {
  Account account;
  account.answers["account"].body = R"({"id":1,"_embedded":{"task_types":[{"id":2,"name":"Meet","code":"MEETING"},
    {"id":31,"name":"Замер на объекте"},{"id":32,"name":"Письмо"}]}})";
  EXPECT_EQ(proposed(account, Phrase::subject_meetings), R"(types.meeting=["2","31"])");
}

TEST(AccountProposal, RobotsAreKnownByTheirNamesAndFreeUsers) {
  Account account;
  account.user("10", "Чат-бот сайта", "");
  account.user("11", "Роботова Анна", "");
  account.user("12", "Гость", R"("is_free":true)");
  account.user("13", "Интеграция 1С", "");
  EXPECT_EQ(proposed(account, Phrase::subject_robots), R"(.robots=["10","12","13"])");
}

TEST(AccountProposal, NothingIsIncomingWhereThatIsSwitchedOff) {
  Account account;
  account.pipeline("81", "Продажи", {"1:Неразобранное:1"});
  account.answers["account"].body = R"({"id":1,"is_unsorted_on":false})";
  EXPECT_EQ(proposed(account, Phrase::subject_incoming), "");
}

}  // namespace
}  // namespace kpistream::app
