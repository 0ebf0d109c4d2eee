// The sample day: every body through the guard, every answer through the adapter, with every field that comes out.
#include <gtest/gtest.h>
#include <simdjson.h>

#include "ingest/amocrm/adapter.hpp"
#include "ingest/amocrm/guard.hpp"
#include "tests/unit/ingest/amocrm/settings.hpp"
#include "tests/unit/ingest/support/records.hpp"

namespace kpistream::ingest {
namespace {

struct Step {
  const char* file;
  const char* decoded;
};

class EverySampleBody : public testing::TestWithParam<Step> {};

TEST_P(EverySampleBody, IsAdmittedAsItIsAndDecoded) {
  const auto& [file, decoded] = GetParam();
  const AmoGuard guard({{"demo", "", {"s3cret"}, "31990001"}});
  const std::string body = read_sample(std::string("amocrm/") + file);
  const HookResult admitted = guard.admit("/hook/amocrm/demo/s3cret", body);
  ASSERT_EQ(admitted.verdict, HookVerdict::accepted);
  EXPECT_EQ(admitted.portal, "demo");
  EXPECT_EQ(admitted.crm, Crm::amocrm);
  EXPECT_EQ(admitted.body, body);
  EXPECT_EQ(describe(make_amocrm_adapter(demo_settings())->decode(delivery(admitted.body))), decoded);
}

INSTANTIATE_TEST_SUITE_P(
    SampleDay, EverySampleBody,
    testing::Values(
        Step{"01-unsorted-add-chat.form",
             "understood unsorted.add\n"
             "deal:40100002 created=2026-11-16T06:12:00Z\n"
             "deal:40100002 version=2026-11-16T06:12:00Z card=contact:50100002"},
        Step{"02-leads-add.form",
             "understood leads.add\n"
             "deal:40100001 version=2026-11-16T06:05:10Z created=2026-11-16T06:05:10Z creator=9000101 source=yandex | "
             "point at=2026-11-16T06:05:10Z pipeline=8100010 stage=68000020 outcome=open owner=9000101 author=9000101"},
        Step{"03-leads-update.form",
             "understood leads.update\n"
             "deal:40100001 version=2026-11-16T06:30:00Z created=2026-11-16T06:05:10Z creator=9000101 source=yandex "
             "fields=product:430101,product:430102,tag:5500001,tag:5500002 | point at=2026-11-16T06:30:00Z "
             "pipeline=8100010 stage=68000020 outcome=open owner=9000101 amount=48000000 author=9000101"},
        Step{"04-leads-status-quote-sent.form",
             "understood leads.status\n"
             "deal:40100001 version=2026-11-16T07:02:15Z created=2026-11-16T06:05:10Z creator=9000101 source=yandex "
             "fields=product:430101,product:430102,quote_sum:480000,tag:5500001,tag:5500002 | point "
             "at=2026-11-16T07:02:15Z pipeline=8100010 stage=68000040 outcome=open owner=9000101 amount=48000000 "
             "mover=9000101 author=9000101"},
        Step{"05-leads-status-won.form",
             "understood leads.status\n"
             "deal:40100001 version=2026-11-16T11:15:00Z created=2026-11-16T06:05:10Z creator=9000101 source=yandex "
             "fields=product:430101,product:430102,quote_sum:480000,tag:5500001,tag:5500002 | point "
             "at=2026-11-16T11:15:00Z pipeline=8100010 stage=142 outcome=won owner=9000101 amount=48000000 "
             "mover=9000101 author=9000101"},
        Step{"06-leads-status-lost.form",
             "understood leads.status\n"
             "wish leads\n"
             "deal:40100002 version=2026-11-16T12:05:00Z created=2026-11-16T06:12:00Z | point at=2026-11-16T12:05:00Z "
             "pipeline=8100010 stage=143 outcome=lost owner=9000102 amount=9500000 mover=9000102 author=9000102"},
        Step{"07-leads-responsible.form",
             "understood leads.responsible\n"
             "deal:40100003 version=2026-11-16T07:20:00Z created=2026-11-13T13:40:00Z creator=9000102 | point "
             "at=2026-11-16T07:20:00Z pipeline=8100010 stage=68000030 outcome=open owner=9000101 amount=15000000 "
             "author=9000103\n"
             "deal:40100003 version=2026-11-16T07:19:59Z created=2026-11-13T13:40:00Z | point at=2026-11-16T07:19:59Z "
             "pipeline=8100010 stage=68000030 outcome=open owner=9000102 amount=15000000"},
        Step{"08-leads-note-call-in.form",
             "understood leads.note\n"
             "call:uniq:1794814260.1001 version=2026-11-16T07:31:00Z | details owner=9000101 direction=in call=talk "
             "seconds=184 start=2026-11-16T07:31:00Z target=deal:40100003 line=b4640e8e1bedf9c5"},
        Step{"09-contacts-note-call-missed.form",
             "understood contacts.note\n"
             "call:uniq:1794816940.1002 version=2026-11-16T08:15:40Z | details owner=9000102 direction=in call=missed "
             "start=2026-11-16T08:15:40Z target=contact:50100002 line=b4640d8e1bedf812"},
        Step{
            "10-task-add-meeting-tomorrow.form",
            "understood task.add\n"
            "task:60100002 version=2026-11-16T09:00:00Z | details owner=9000101 act=meeting start=2026-11-17T11:00:00Z "
            "deadline=2026-11-17T11:00:00Z target=deal:40100003 type=2 author=9000101 created=2026-11-16T09:00:00Z"},
        Step{"11-task-update-completed.form",
             "understood task.update\n"
             "task:60100001 version=2026-11-16T10:30:00Z | details owner=9000101 act=meeting "
             "start=2026-11-16T10:00:00Z deadline=2026-11-16T10:00:00Z done=yes done_at=2026-11-16T10:30:00Z "
             "target=deal:40100001 type=2 author=9000101 created=2026-11-13T14:10:00Z"},
        Step{"12-message-add-incoming.form",
             "understood message.add\n"
             "message:0d5f3f0e-6a10-4c5b-9d57-1f0f9a7e1101 version=2026-11-16T06:12:00Z | details act=chat "
             "direction=in start=2026-11-16T06:12:00Z target=deal:40100002 created=2026-11-16T06:12:00Z"},
        Step{"13-outgoing-message-add.form",
             "understood outgoing_message.add\n"
             "message:0d5f3f0e-6a10-4c5b-9d57-1f0f9a7e1102 version=2026-11-16T06:19:30Z | details owner=9000102 "
             "act=chat direction=out start=2026-11-16T06:19:30Z target=deal:40100002 author=9000102 "
             "created=2026-11-16T06:19:30Z"},
        Step{"14-catalogs-update-invoice-paid.form",
             "understood catalogs.update\n"
             "invoice:80100001 version=2026-11-16T11:10:00Z created=2026-11-16T08:40:00Z | point "
             "at=2026-11-16T11:10:00Z entered=2026-11-16T11:10:00Z stage=4600002 outcome=won owner=9000101 "
             "amount=48000000 author=9000101"},
        Step{"15-leads-delete.form",
             "understood leads.delete\n"
             "wish leads/40100004\n"
             "deal:40100004 presence=gone"}),
    [](const auto& step) { return "Step" + std::string(step.param.file).substr(0, 2); });

// The `nth` exchange of a sample file as the reader would record it.
Record answer(const std::string& subject, const std::string& file, std::size_t nth = SIZE_MAX) {
  simdjson::dom::parser parser;
  const simdjson::padded_string text(read_sample("amocrm/" + file));
  simdjson::dom::element exchange = parser.parse(text);
  if (nth != SIZE_MAX) exchange = simdjson::dom::array(exchange).at(nth);
  const auto status = static_cast<std::uint16_t>(std::int64_t(exchange["status"]));
  return reading(subject, status == 204 ? "" : simdjson::minify(exchange["body"]), status);
}

std::string decode(const Record& record) { return describe(make_amocrm_adapter(demo_settings())->decode(record)); }

TEST(SampleDayOverRest, LeadsTellTheReasonOfALossAndWhereTheListHasCome) {
  EXPECT_EQ(
      decode(answer("leads", "17-rest-leads.json")),
      "understood leads\n"
      "deal:40100003 presence=present version=2026-11-16T09:00:00Z created=2026-11-13T13:40:00Z creator=9000102 "
      "loss_reason='' client=contact:50100003 cards=contact:50100003 | point at=2026-11-16T09:00:00Z pipeline=8100010 "
      "stage=68000030 "
      "outcome=open owner=9000101 amount=15000000 author=9000101\n"
      "deal:40100001 presence=present version=2026-11-16T11:15:00Z created=2026-11-16T06:05:10Z creator=9000101 "
      "source=yandex loss_reason='' client=contact:50100001 cards=contact:50100001 "
      "fields=product:430101,product:430102,quote_sum:480000,tag:5500001,tag:5500002 | point at=2026-11-16T11:15:00Z "
      "entered=2026-11-16T11:15:00Z pipeline=8100010 stage=142 outcome=won owner=9000101 amount=48000000 "
      "author=9000101\n"
      "deal:40100002 presence=present version=2026-11-16T12:05:00Z created=2026-11-16T06:12:00Z loss_reason='15200001' "
      "client=contact:50100002 cards=contact:50100002 | point at=2026-11-16T12:05:00Z entered=2026-11-16T12:05:00Z "
      "pipeline=8100010 stage=143 "
      "outcome=lost owner=9000102 amount=9500000 author=9000102\n"
      "cursor:leads cursor=1794830700");
}

TEST(SampleDayOverRest, CallsAreTheSameAsFromWebhooks) {
  EXPECT_EQ(decode(answer("leads/notes", "19-rest-notes.json", 0)),
            "understood leads/notes\n"
            "call:uniq:1794814260.1001 version=2026-11-16T07:31:00Z | details owner=9000101 direction=in call=talk "
            "seconds=184 start=2026-11-16T07:31:00Z target=deal:40100003 line=b4640e8e1bedf9c5\n"
            "note:70100004 version=2026-11-16T06:31:20Z | details owner=9000101 act=comment start=2026-11-16T06:31:20Z "
            "target=deal:40100001 author=9000101 created=2026-11-16T06:31:20Z\n"
            "cursor:leads/notes cursor=1794814260");
  EXPECT_EQ(decode(answer("contacts/notes", "19-rest-notes.json", 1)),
            "understood contacts/notes\n"
            "call:uniq:1794816940.1002 version=2026-11-16T08:15:40Z | details owner=9000102 direction=in call=missed "
            "start=2026-11-16T08:15:40Z target=contact:50100002 line=b4640d8e1bedf812\n"
            "call:uniq:1794817320.1003 version=2026-11-16T08:22:00Z | details owner=9000102 direction=out call=talk "
            "seconds=65 start=2026-11-16T08:22:00Z target=contact:50100002 line=b4640d8e1bedf812\n"
            "cursor:contacts/notes cursor=1794817320");
  EXPECT_EQ(decode(answer("companies/notes", "19-rest-notes.json", 2)), "understood companies/notes");
}

TEST(SampleDayOverRest, TasksAreTheSameAsFromWebhooks) {
  EXPECT_EQ(decode(answer("tasks", "20-rest-tasks.json")),
            "understood tasks\n"
            "task:60100001 presence=present version=2026-11-16T10:30:00Z | details owner=9000101 act=meeting "
            "start=2026-11-16T10:00:00Z deadline=2026-11-16T10:00:00Z done=yes done_at=2026-11-16T10:30:00Z "
            "target=deal:40100001 type=2 author=9000101 closer=9000101 created=2026-11-13T14:10:00Z\n"
            "task:60100002 presence=present version=2026-11-16T09:00:00Z | details owner=9000101 act=meeting "
            "start=2026-11-17T11:00:00Z deadline=2026-11-17T11:00:00Z target=deal:40100003 type=2 author=9000101 "
            "created=2026-11-16T09:00:00Z\n"
            "task:60100003 presence=present version=2026-11-16T08:25:00Z | details owner=9000102 act=todo "
            "deadline=2026-11-17T20:59:00Z target=contact:50100002 type=1 author=9000102 created=2026-11-16T08:25:00Z\n"
            "cursor:tasks cursor=1794825000");
}

TEST(SampleDayOverRest, UsersAndPipelinesAreNames) {
  simdjson::dom::parser parser;
  const simdjson::padded_string text(read_sample("amocrm/16-rest-dictionaries.json"));
  const simdjson::dom::object dictionaries = parser.parse(text);
  const auto get = [&](const char* request) { return simdjson::minify(dictionaries.at_key(request)); };
  EXPECT_EQ(decode(reading("users", get("GET /api/v4/users?limit=250"))),
            "understood users\n"
            "manager:9000101 name=Анна Примерова\n"
            "manager:9000102 name=Борис Образцов\n"
            "manager:9000103 name=Вера Тестова");
  EXPECT_EQ(decode(reading("leads/pipelines", get("GET /api/v4/leads/pipelines"))),
            "understood leads/pipelines\n"
            "pipeline:8100010 name=Продажи\n"
            "stage:8100010/68000010 name=Неразобранное fields=of:deal/8100010\n"
            "stage:8100010/68000020 name=Новая заявка fields=of:deal/8100010\n"
            "stage:8100010/68000030 name=Взят в работу fields=of:deal/8100010\n"
            "stage:8100010/68000040 name=КП отправлено fields=of:deal/8100010\n"
            "stage:8100010/68000050 name=Ожидание оплаты fields=of:deal/8100010\n"
            "stage:8100010/142 name=Успешно реализовано fields=of:deal/8100010\n"
            "stage:8100010/143 name=Закрыто и не реализовано fields=of:deal/8100010\n"
            "pipeline:8100020 name=Сервис\n"
            "stage:8100020/68000110 name=Неразобранное fields=of:deal/8100020\n"
            "stage:8100020/68000120 name=Обращение fields=of:deal/8100020\n"
            "stage:8100020/68000130 name=Рекламация fields=of:deal/8100020\n"
            "stage:8100020/142 name=Успешно реализовано fields=of:deal/8100020\n"
            "stage:8100020/143 name=Закрыто и не реализовано fields=of:deal/8100020");
}

}  // namespace
}  // namespace kpistream::ingest
