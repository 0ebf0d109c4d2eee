#include <gmock/gmock.h>

#include "account.hpp"
#include "app/connect/findings.hpp"

namespace kpistream::app {
namespace {

using ingest::AmoHookState;
using ingest::AmoHookView;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const ingest::AmoHookAddress kOurs{"https://kpi.example.com", "/hook/amocrm/demo", {"s3cret"}};

// What is wrong, as an English reader sees it; each in Russian too, and with its cure.
std::vector<std::string> wrong(const Findings& findings) {
  std::vector<std::string> texts;
  for (const auto& finding : findings) {
    EXPECT_EQ(finding.ok, !finding.cure) << finding.check;
    const auto text = finding_text(finding, Language::en);
    for (const auto language : {Language::ru, Language::en}) {
      EXPECT_EQ(finding_text(finding, language).find("{}"), std::string::npos) << text;
      EXPECT_EQ(finding_text(finding, language).find("s3cret"), std::string::npos) << text;
    }
    if (!finding.ok) texts.push_back(text);
  }
  return texts;
}

std::vector<std::string> account(const Account& account, const std::string& id = "31990001") {
  Findings findings;
  judge_account(account.facts(), id, "demo", findings);
  return wrong(findings);
}

PortalSettings demo() {
  PortalSettings settings;
  settings.alias = "demo";
  settings.zone = "Asia/Omsk";
  return settings;
}

std::vector<std::string> mapping(const Account& account, const PortalSettings& settings) {
  Findings findings;
  judge_account_mapping(account.facts(), settings, findings);
  return wrong(findings);
}

TEST(AccountFindings, ASoundAccountHasNothingWrong) {
  EXPECT_THAT(account(Account()), IsEmpty());
  EXPECT_THAT(account(Account(), ""), IsEmpty());
  Findings findings;
  judge_account_settings(Account().facts(), demo(), findings);
  EXPECT_THAT(wrong(findings), IsEmpty());
  EXPECT_EQ(findings.size(), 3u);
}

TEST(AccountFindings, AnAccountThatCannotBeReachedIsOneLine) {
  for (const unsigned status : {0U, 301U, 401U, 402U, 403U, 404U, 429U, 503U}) {
    Account one;
    one.answers["account"] = {status, true, "{}"};
    EXPECT_THAT(account(one), ElementsAre(HasSubstr("rest  wrong"))) << status;
  }
}

TEST(AccountFindings, AnotherAccountIsNamed) {
  EXPECT_THAT(account(Account(), "5"), ElementsAre(HasSubstr("another account answers: 31990001")));
}

TEST(AccountFindings, RightsAndListsAreJudgedEach) {
  Account one;
  one.list("users", "users", R"({"id":9,"name":"Борис","rights":{"is_admin":false}})");
  one.answers["tasks"] = {403, true, "{}"};
  EXPECT_THAT(account(one), ElementsAre(HasSubstr("not of an administrator (Борис)"),
                                        HasSubstr("tasks  wrong: the account refuses: HTTP 403")));
  one.answers["users"] = {403, true, "{}"};
  EXPECT_THAT(account(one), testing::Contains(HasSubstr("does not tell whose token")));
}

TEST(AccountFindings, ZoneAndCurrencyAreThoseOfTheAccount) {
  auto settings = demo();
  settings.zone = "Europe/Moscow";
  settings.currency = "USD";
  Findings findings;
  judge_account_settings(Account().facts(), settings, findings);
  EXPECT_THAT(wrong(findings),
              ElementsAre("demo  zone  wrong: the account's zone is Asia/Omsk, the configured one Europe/Moscow; cure: "
                          "write zone: Asia/Omsk",
                          HasSubstr("write currency: RUB")));
}

TEST(AccountFindings, WhatTheMappingNamesMustExist) {
  Account one;
  one.pipeline("81", "Продажи", {"68:Неразобранное:1", "69:Новая"});
  one.field("701", "Сумма КП", "numeric");
  one.invoices(R"({"id":2,"value":"Оплачен","code":"paid"})");
  auto settings = demo();
  settings.incoming_stages = {"68"};
  settings.quote_stages = {"69"};
  settings.fields = {{"quote_sum", "701"}};
  settings.meeting_types = {"2"};
  settings.payment_types = {"TRANSACTION"};
  settings.paid_values = {"2"};
  settings.main_pipelines = {"81"};
  EXPECT_THAT(mapping(one, settings), IsEmpty());
  settings.quote_stages = {"70"};
  settings.fields = {{"quote_sum", "702"}};
  settings.meeting_types = {"3"};
  settings.paid_values = {"4"};
  settings.main_pipelines = {"82"};
  EXPECT_THAT(
      mapping(one, settings),
      ElementsAre(HasSubstr("stages.quote: the account has no status 70; cure: correct the status; there are: 68, 69"),
                  HasSubstr("pipelines.main: the account has no funnel 82"),
                  HasSubstr("types.meeting: the account has no task type 3"),
                  HasSubstr("values.paid: an invoice's status has no choice 4"),
                  HasSubstr("fields.quote_sum: leads have no field 702")));
}

TEST(AccountFindings, WhatIsNotAcceptedMustNotCountAsALead) {
  Account one;
  one.pipeline("81", "Продажи", {"68:Неразобранное:1"});
  EXPECT_THAT(mapping(one, demo()), ElementsAre(HasSubstr("add 68 to stages.incoming")));
}

TEST(AccountFindings, WithoutFunnelsTheMappingCannotBeChecked) {
  Account one;
  one.answers["leads/pipelines"] = {403, true, "{}"};
  EXPECT_THAT(mapping(one, demo()), ElementsAre(HasSubstr("cannot be checked")));
}

TEST(AccountFindings, ATokenIsToBeRenewedInTime) {
  const auto judge = [](UnixSeconds end) {
    Findings findings;
    judge_token(end, 1'789'000'000, "demo", findings);
    return wrong(findings);
  };
  EXPECT_THAT(judge(0), IsEmpty());
  EXPECT_THAT(judge(1'789'000'000 + 31 * 86'400), IsEmpty());
  EXPECT_THAT(judge(1'789'000'000 + 3 * 86'400), ElementsAre(HasSubstr("days left: 3; cure: make a new")));
  EXPECT_THAT(judge(1'788'000'000), ElementsAre(HasSubstr("the token was valid until 2026-08-29")));
}

TEST(AccountFindings, EachStateOfTheWebhookHasItsCure) {
  const auto judge = [](AmoHookView view, const ingest::AmoHookAddress& address = kOurs) {
    Findings findings;
    judge_webhook(view, address, "demo", findings);
    return wrong(findings);
  };
  AmoHookView view;
  view.state = AmoHookState::fine;
  view.destination = "https://was.example.com/hook/amocrm/demo/s3cret";
  EXPECT_THAT(judge(view), IsEmpty());
  view.older = {"https://kpi.example.com/hook/amocrm/demo/s3cret-before"};
  EXPECT_THAT(judge(view), ElementsAre(HasSubstr("older webhooks of kpistream: 1")));
  view.older.clear();
  view.webhooks = 98;
  EXPECT_THAT(judge(view), ElementsAre(HasSubstr("98 webhooks of 100")));
  view.state = AmoHookState::elsewhere;
  EXPECT_THAT(judge(view),
              ElementsAre(HasSubstr("goes to https://was.example.com, and hook.url is https://kpi.example.com")));
  view.state = AmoHookState::short_of;
  view.missing = {"add_lead", "note_lead"};
  EXPECT_THAT(judge(view), ElementsAre(HasSubstr("is not told of: add_lead, note_lead")));
  view.state = AmoHookState::disabled;
  EXPECT_THAT(judge(view), ElementsAre("demo  webhook  wrong: the account has disabled the webhook: no event comes; "
                                       "cure: kpistream doctor --heal enables it again"));
  view = {};
  view.state = AmoHookState::gone;
  EXPECT_THAT(judge(view), ElementsAre(HasSubstr("doctor --heal makes it")));
  EXPECT_THAT(judge(view, {"", kOurs.path, kOurs.secrets}), ElementsAre(HasSubstr("set hook.url")));
  view.state = AmoHookState::unknown;
  EXPECT_THAT(judge(view), ElementsAre(HasSubstr("did not show")));
  view.status = 403;
  EXPECT_THAT(judge(view), ElementsAre(HasSubstr("the plan has none")));
}

TEST(AccountFindings, AnOrderEndsWithWhatIsToBeDone) {
  using Next = ingest::AmoHookOrder::Next;
  const auto judge = [](Next end) {
    Findings findings;
    judge_order(end, 400, kOurs.destination(), "demo", findings);
    return wrong(findings);
  };
  EXPECT_THAT(judge(Next::done), IsEmpty());
  EXPECT_THAT(judge(Next::refused), ElementsAre(HasSubstr("administrator's token")));
  EXPECT_THAT(judge(Next::no_host), ElementsAre(HasSubstr("cannot find the host https://kpi.example.com; cure")));
  EXPECT_THAT(judge(Next::later), ElementsAre(HasSubstr("try again in a few minutes")));
  EXPECT_THAT(judge(Next::failed), ElementsAre(HasSubstr("HTTP 400; cure: make the webhook by hand")));
}

TEST(AccountFindings, StandInColumns) {
  Findings findings{{"a", "rest", true, {Phrase::rest_ok}, {}}, {"demo", "leads/notes", true, {Phrase::list_ok}, {}}};
  EXPECT_EQ(findings_text(findings, Language::en),
            "a     rest         ok: REST answers\ndemo  leads/notes  ok: can be read\n");
}

}  // namespace
}  // namespace kpistream::app
