#include "app/connect/account_facts.hpp"

#include <gmock/gmock.h>

#include "account.hpp"

namespace kpistream::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(AccountFacts, AreReadFromTheAccountsOwnAnswers) {
  Account account;
  account.pipeline("81", "Продажи", {"68:Неразобранное:1", "69:Новая", "142:Успешно", "143:Закрыто"});
  account.user("10", "Бот", R"("is_free":true,"is_active":false)");
  account.list("leads/loss_reasons", "loss_reasons", R"({"id":3,"name":"Дорого"})");
  const auto facts = account.facts();
  EXPECT_EQ(facts.reached, Reached::yes);
  EXPECT_EQ(facts.id, "31990001");
  EXPECT_EQ(facts.zone, "Asia/Omsk");
  EXPECT_EQ(facts.currency, "RUB");
  EXPECT_EQ(facts.employee, "Вера");
  EXPECT_TRUE(facts.admin && facts.unsorted && facts.loss_reasons);
  EXPECT_FALSE(facts.customers);
  ASSERT_EQ(facts.statuses.size(), 4u);
  EXPECT_TRUE(facts.statuses[0].incoming && facts.statuses[2].won && facts.statuses[3].lost);
  EXPECT_EQ(facts.statuses[0].name, "Неразобранное");
  EXPECT_TRUE(facts.users[1].free);
  EXPECT_FALSE(facts.users[1].active);
  EXPECT_EQ(facts.reasons.size(), 1u);
  EXPECT_TRUE(facts.task_types[1].meeting);
}

TEST(AccountFacts, PaidIsTheChoiceOfAnInvoicesStatusWithThatCode) {
  Account account;
  account.invoices(R"({"id":1,"value":"Создан","code":"created"},{"id":2,"value":"Оплачен","code":"paid"},
                      {"id":3,"value":"Частично","code":"partially_paid"})");
  const auto facts = account.facts();
  EXPECT_EQ(facts.invoices, "7");
  ASSERT_EQ(facts.paid.size(), 1u);
  EXPECT_EQ(facts.paid[0].id, "2");
}

TEST(AccountFacts, LongListsAreReadPageByPage) {
  Account account;
  const auto page = [](const std::string& id, const std::string& next) {
    const std::string link = next.empty() ? "" : R"("next":{"href":"https://x/api/v4/users)" + next + "\"}";
    return AccountAnswer{200, true,
                         R"({"_embedded":{"users":[{"id":)" + id + R"(,"name":"x"}]},"_links":{)" + link + "}}"};
  };
  account.pages["users?limit=250&page=1"] = page("1", "?page=2&limit=250");
  account.pages["users?limit=250&page=2"] = page("2", "");
  EXPECT_EQ(account.facts().users.size(), 2u);
  account.answers["users"] = page("2", "?page=2&limit=250");
  account.pages.clear();
  EXPECT_EQ(account.facts().users.size(), 20u);  // an account that never ends is not followed for ever
}

TEST(AccountFacts, EachListIsReadableOrNot) {
  Account account;
  account.answers["tasks"] = {403, true, "{}"};
  account.answers["events"] = {0, false, ""};
  const auto facts = account.facts();
  EXPECT_TRUE(facts.readable("leads") && facts.readable("users"));
  EXPECT_EQ(facts.list("tasks").error, "HTTP 403");
  EXPECT_EQ(facts.list("events").state, MethodFacts::State::unknown);
}

TEST(AccountFacts, AnAccountThatDoesNotAnswerIsAskedNoMore) {
  for (const auto& [answer, reached] : {std::pair{AccountAnswer{0, false, ""}, Reached::no_answer},
                                        {AccountAnswer{401, true, "{}"}, Reached::bad_secret},
                                        {AccountAnswer{402, true, "{}"}, Reached::no_plan},
                                        {AccountAnswer{403, true, "{}"}, Reached::limited},
                                        {AccountAnswer{301, false, ""}, Reached::moved},
                                        {AccountAnswer{404, false, ""}, Reached::not_bitrix24},
                                        {AccountAnswer{200, false, "<html>"}, Reached::not_bitrix24},
                                        {AccountAnswer{200, true, "<html>"}, Reached::not_bitrix24}}) {
    Account account;
    account.answers["account"] = answer;
    EXPECT_EQ(account.facts().reached, reached) << answer.status;
    EXPECT_EQ(account.asked.size(), 1u);
  }
}

TEST(AccountFacts, WhatPeopleWroteIsFitForATerminal) {
  Account account;
  account.pipeline("81", "A\\u001b[31mB", {});
  EXPECT_EQ(account.facts().pipelines[0].name, "A[31mB");
}

TEST(AccountAddress, IsThatOfOneOfTheThreeHosts) {
  EXPECT_EQ(account_address("demostroy.amocrm.ru"), "https://demostroy.amocrm.ru");
  EXPECT_EQ(account_address("https://Demo.kommo.com/leads/pipeline/?x=1"), "https://demo.kommo.com");
  EXPECT_EQ(account_address("demo.amocrm.com/"), "https://demo.amocrm.com");
  EXPECT_EQ(account_address("http://127.0.0.1:8080/x"), "http://127.0.0.1:8080");
  for (const char* told : {"", "demostroy", ".amocrm.ru", "http://demo.amocrm.ru", "demo.amocrm.ru.example.com",
                           "user@demo.amocrm.ru", "https://example.com", "демо.amocrm.ru"}) {
    EXPECT_EQ(account_address(told), "") << told;
  }
  EXPECT_EQ(brand_of_host("demo.kommo.com"), AmoBrand::kommo);
  EXPECT_EQ(brand_of_host("demo.amocrm.com"), AmoBrand::amocrm);
}

TEST(TokenEnd, IsWhatTheTokenItselfSays) {
  // {"aud":"x","exp":1893456000}
  EXPECT_EQ(token_end("eyJ0eXAiOiJKV1QifQ.eyJhdWQiOiJ4IiwiZXhwIjoxODkzNDU2MDAwfQ.c2ln"), 1'893'456'000);
  for (const char* token : {"", "plain", "a.b", "eyJ0eXAiOiJKV1QifQ.demo-long-lived-token", "a.!!.c", "a.e30.c"}) {
    EXPECT_EQ(token_end(token), 0) << token;
  }
}

}  // namespace
}  // namespace kpistream::app
