// The sample day: every body through the guard, every answer through the adapter, with every field that comes out.
#include <gtest/gtest.h>

#include "ingest/bitrix24/adapter.hpp"
#include "ingest/bitrix24/guard.hpp"
#include "tests/unit/ingest/bitrix24/support.hpp"

namespace kpistream::ingest {
namespace {

constexpr const char* kPath = "/hook/bitrix24/demo";

Bitrix24Guard demo_guard() {
  return Bitrix24Guard({{"demo",
                         "",
                         {"k3v9x0q2m7a1s5d8f4g6h0j2l9z7c1b4", "9d2f61c8ab7044e5b0d3f7a16c25e98b"},
                         "5f0c2a9e7b3d41c68e1f2a3b4c5d6e7f"}});
}

PortalSettings demo_settings() {
  PortalSettings settings;
  settings.loss_reason_field = "UF_CRM_LOSE_REASON";
  return settings;
}

struct Step {
  const char* file;
  const char* decoded;
};

class EverySampleForm : public testing::TestWithParam<Step> {};

TEST_P(EverySampleForm, IsAdmittedStrippedOfSecretsAndDecoded) {
  const auto& [file, decoded] = GetParam();
  const std::string body = sample_form(file);
  const HookResult admitted = demo_guard().admit(kPath, body);
  ASSERT_EQ(admitted.verdict, HookVerdict::accepted);
  EXPECT_EQ(admitted.portal, "demo");
  EXPECT_EQ(admitted.crm, Crm::bitrix24);
  EXPECT_EQ(admitted.body, body.substr(0, body.find("&auth%5B")));
  EXPECT_EQ(describe(make_bitrix24_adapter(demo_settings())->decode(delivery(admitted.body))), decoded);
}

INSTANTIATE_TEST_SUITE_P(
    SampleDay, EverySampleForm,
    testing::Values(
        Step{"01.ONCRMLEADADD.form", "understood ONCRMLEADADD\nwish crm.lead.get?id=501"},
        Step{"02.ONVOXIMPLANTCALLEND.form",
             "understood ONVOXIMPLANTCALLEND\n"
             "call:5E316880469A6376.1789369770.8740011 version=2026-09-14T07:09:30Z | details owner=7 direction=out "
             "call=talk seconds=185 start=2026-09-14T07:09:30Z line=7ecd7e054e824a35"},
        Step{"03.ONCRMACTIVITYADD.form", "understood ONCRMACTIVITYADD\nwish crm.activity.get?id=9001"},
        Step{"04.ONCRMLEADUPDATE.form", "understood ONCRMLEADUPDATE\nwish crm.lead.get?id=501"},
        Step{"05.ONCRMDEALADD.form", "understood ONCRMDEALADD\nwish crm.deal.get?id=701"},
        Step{"06.ONCRMACTIVITYADD.form", "understood ONCRMACTIVITYADD\nwish crm.activity.get?id=9002"},
        Step{"07.ONCRMQUOTEADD.form", "understood ONCRMQUOTEADD\nwish crm.quote.get?id=301"},
        Step{"08.ONVOXIMPLANTCALLEND.form",
             "understood ONVOXIMPLANTCALLEND\n"
             "call:externalCall.7b0c7de811455ef32b18dc5917e4306a.1789377300 version=2026-09-14T09:15:00Z | details "
             "owner=9 direction=in call=missed start=2026-09-14T09:15:00Z line=7623e405499a16dd"},
        Step{"09.ONTASKADD.form", "understood ONTASKADD\nwish tasks.task.get?taskId=4001"},
        Step{"10.ONCRMDYNAMICITEMUPDATE.form",
             "understood ONCRMDYNAMICITEMUPDATE\nwish crm.item.get?entityTypeId=31&id=88"},
        Step{"11.ONCRMDEALUPDATE.form", "understood ONCRMDEALUPDATE\nwish crm.deal.get?id=701"},
        Step{"12.ONCRMDEALUPDATE.form", "understood ONCRMDEALUPDATE\nwish crm.deal.get?id=702"},
        Step{"13.ONCRMACTIVITYUPDATE.form", "understood ONCRMACTIVITYUPDATE\nwish crm.activity.get?id=9003"},
        Step{"14.ONCRMDEALMOVETOCATEGORY.form", "understood ONCRMDEALMOVETOCATEGORY\nwish crm.deal.get?id=703"},
        Step{"15.ONCRMDEALDELETE.form", "understood ONCRMDEALDELETE\nwish crm.deal.get?id=704"}));

struct Answer {
  const char* subject;
  int step;
  const char* decoded;
};

class EverySampleAnswer : public testing::TestWithParam<Answer> {};

TEST_P(EverySampleAnswer, IsReadFieldByField) {
  const auto& [subject, step, decoded] = GetParam();
  EXPECT_EQ(describe(make_bitrix24_adapter(demo_settings())->decode(sample_answer(subject, step))), decoded);
}

INSTANTIATE_TEST_SUITE_P(
    Staged, EverySampleAnswer,
    testing::Values(
        Answer{"crm.lead.get?id=501", 1,
               "understood crm.lead.get\n"
               "lead:501 presence=present version=2026-09-14T07:00:03Z created=2026-09-14T07:00:03Z creator=1 "
               "source=WEB loss_reason='' repeat=no client=none | point at=2026-09-14T07:00:03Z "
               "entered=2026-09-14T07:00:03Z "
               "stage=NEW outcome=open owner=7 mover=1 author=1"},
        Answer{"crm.lead.get?id=501", 4,
               "understood crm.lead.get\n"
               "lead:501 presence=present version=2026-09-14T07:20:11Z created=2026-09-14T07:00:03Z creator=1 "
               "source=WEB loss_reason='' repeat=no client=contact:61 | point at=2026-09-14T07:20:11Z "
               "entered=2026-09-14T07:20:11Z stage=CONVERTED outcome=won owner=7 mover=7 author=7"},
        Answer{"crm.deal.get?id=701", 5,
               "understood crm.deal.get\n"
               "deal:701 presence=present version=2026-09-14T07:20:11Z created=2026-09-14T07:20:11Z creator=7 "
               "source=WEB loss_reason='' repeat=no parent=lead:501 client=contact:61 | point at=2026-09-14T07:20:11Z "
               "entered=2026-09-14T07:20:11Z pipeline=5 stage=C5:NEW outcome=open owner=7 amount=25000000 mover=7 "
               "author=7"},
        Answer{"crm.deal.get?id=701", 11,
               "understood crm.deal.get\n"
               "deal:701 presence=present version=2026-09-14T12:02:05Z created=2026-09-14T07:20:11Z creator=7 "
               "source=WEB loss_reason='' repeat=no parent=lead:501 client=contact:61 | point at=2026-09-14T12:02:05Z "
               "entered=2026-09-14T12:02:05Z pipeline=5 stage=C5:WON outcome=won owner=7 amount=25000000 mover=7 "
               "author=7"},
        Answer{
            "crm.deal.get?id=702", 1,
            "understood crm.deal.get\n"
            "deal:702 presence=present version=2026-09-10T08:00:00Z created=2026-09-01T09:00:00Z creator=9 source=WEB "
            "loss_reason='' repeat=yes parent=none client=contact:61 | point at=2026-09-10T08:00:00Z "
            "entered=2026-09-10T08:00:00Z "
            "pipeline=0 stage=EXECUTING outcome=open owner=9 amount=8000000 mover=9 author=9"},
        Answer{
            "crm.deal.get?id=702", 12,
            "understood crm.deal.get\n"
            "deal:702 presence=present version=2026-09-14T12:30:43Z created=2026-09-01T09:00:00Z creator=9 source=WEB "
            "loss_reason='45' repeat=yes parent=none client=contact:61 | point at=2026-09-14T12:30:43Z "
            "entered=2026-09-14T12:30:43Z pipeline=0 stage=LOSE outcome=lost owner=9 amount=8000000 mover=9 author=9"},
        Answer{
            "crm.deal.get?id=703", 14,
            "understood crm.deal.get\n"
            "deal:703 presence=present version=2026-09-14T13:10:02Z created=2026-09-08T06:30:00Z creator=9 source=WEB "
            "loss_reason='' repeat=no parent=none client=contact:61 | point at=2026-09-14T13:10:02Z "
            "entered=2026-09-14T13:10:02Z "
            "pipeline=5 stage=C5:NEW outcome=open owner=9 amount=12000000 mover=9 author=9"},
        Answer{"crm.quote.get?id=301", 7,
               "understood crm.quote.get\n"
               "quote:301 presence=present version=2026-09-14T08:30:01Z created=2026-09-14T08:30:01Z creator=7 "
               "client=contact:61 | point at=2026-09-14T08:30:01Z stage=SENT outcome=won owner=7 amount=25000000 "
               "author=7"},
        Answer{"crm.item.get?entityTypeId=31&id=88", 1,
               "understood crm.item.get\n"
               "invoice:88 presence=present version=2026-09-14T08:46:00Z created=2026-09-14T08:45:00Z "
               "client=contact:61 | point at=2026-09-14T08:46:00Z entered=2026-09-14T08:46:00Z pipeline=3 "
               "stage=DT31_3:S outcome=open owner=7 amount=25000000 mover=7 author=7"},
        Answer{"crm.item.get?entityTypeId=31&id=88", 10,
               "understood crm.item.get\n"
               "invoice:88 presence=present version=2026-09-14T11:40:30Z created=2026-09-14T08:45:00Z "
               "client=contact:61 | point at=2026-09-14T11:40:30Z entered=2026-09-14T11:40:30Z pipeline=3 "
               "stage=DT31_3:P outcome=won owner=7 amount=25000000 mover=7 author=7"}));

INSTANTIATE_TEST_SUITE_P(
    Acts, EverySampleAnswer,
    testing::Values(Answer{"crm.activity.get?id=9001", 3,
                           "understood crm.activity.get\n"
                           "activity:9001 presence=present version=2026-09-14T07:12:40Z | details owner=7 act=call "
                           "direction=out start=2026-09-14T07:09:30Z end=2026-09-14T07:12:35Z "
                           "deadline=2026-09-14T07:12:35Z done=yes done_at=2026-09-14T07:12:40Z target=lead:501 "
                           "type=VOXIMPLANT_CALL author=7 closer=7 created=2026-09-14T07:09:30Z"},
                    Answer{"crm.activity.get?id=9002", 6,
                           "understood crm.activity.get\n"
                           "activity:9002 presence=present version=2026-09-14T08:05:19Z | details owner=7 act=meeting "
                           "start=2026-09-15T11:00:00Z end=2026-09-15T12:00:00Z deadline=2026-09-15T11:00:00Z "
                           "target=deal:701 type=CRM_MEETING author=7 created=2026-09-14T08:05:19Z"},
                    Answer{"crm.activity.get?id=9003", 13,
                           "understood crm.activity.get\n"
                           "activity:9003 presence=present version=2026-09-14T13:00:09Z | details owner=9 act=meeting "
                           "start=2026-09-14T12:00:00Z end=2026-09-14T13:00:00Z deadline=2026-09-14T12:00:00Z done=yes "
                           "done_at=2026-09-14T13:00:00Z target=deal:703 type=CRM_MEETING author=9 closer=9 "
                           "created=2026-09-11T07:00:00Z"},
                    Answer{"tasks.task.get?taskId=4001", 9,
                           "understood tasks.task.get\n"
                           "task:4001 presence=present version=2026-09-14T10:00:08Z | details owner=9 act=todo "
                           "deadline=2026-09-15T15:00:00Z target=deal:702 author=1 created=2026-09-14T10:00:08Z"}));

INSTANTIATE_TEST_SUITE_P(
    Missing, EverySampleAnswer,
    testing::Values(
        Answer{"crm.deal.get?id=704", 15, "understood crm.deal.get\ndeal:704 presence=gone"},
        Answer{"crm.activity.get?id=999999", 0, "understood crm.activity.get\nactivity:999999 presence=gone"},
        Answer{"crm.quote.get?id=999999", 0, "understood crm.quote.get\nquote:999999 presence=gone"},
        Answer{"crm.item.get?entityTypeId=31&id=999999", 0, "understood crm.item.get\ninvoice:999999 presence=gone"},
        Answer{"tasks.task.get?taskId=999999", 0, "understood tasks.task.get\ntask:999999 presence=gone"}));

TEST(SampleDirectories, GiveTheNamesOfManagersAndPipelinesAndNothingElse) {
  const auto adapter = make_bitrix24_adapter(demo_settings());
  auto users = sample_answer("user.get?ID=7", 0);
  users.subject = "user.get?start=50";
  EXPECT_EQ(describe(adapter->decode(users)),
            "understood user.get\nmanager:7 presence=present name=Анна Примерова fields=department:5");
  EXPECT_EQ(describe(adapter->decode(sample_answer("crm.category.list?entityTypeId=2", 0))),
            "understood crm.category.list\npipeline:5 name=Опт\npipeline:0 name=Общая");
  auto all = sample_answer("user.get?FILTER={\"ACTIVE\":true}", 0);
  all.subject = "user.get";
  EXPECT_EQ(describe(adapter->decode(all)),
            "understood user.get\nmanager:1 presence=present name=Администратор Портала fields=department:1\nmanager:7 "
            "presence=present name=Анна Примерова fields=department:5\n"
            "manager:9 presence=present name=Борис Образцов fields=department:5");
}

}  // namespace
}  // namespace kpistream::ingest
