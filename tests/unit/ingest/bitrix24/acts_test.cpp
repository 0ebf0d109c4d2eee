// Activities, tasks and comments as REST tells them.
#include <gtest/gtest.h>

#include "ingest/bitrix24/adapter.hpp"
#include "tests/unit/ingest/bitrix24/support.hpp"

namespace kpistream::ingest {
namespace {

Decoded decode(const std::string& subject, const std::string& body) {
  return make_bitrix24_adapter(PortalSettings{})->decode(reading(subject, body));
}

Details details(const Decoded& decoded) {
  return decoded.observations.size() == 1 ? decoded.observations[0].details.value_or(Details{}) : Details{};
}

Details activity(const std::string& fields) {
  return details(
      decode("crm.activity.get?id=5", R"({"result":{"ID":"5","LAST_UPDATED":"2026-09-14T10:00:00Z",)" + fields + "}}"));
}

TEST(Bitrix24Activities, AreToldApartByTypeAndProvider) {
  EXPECT_EQ(activity(R"("TYPE_ID":"1")").act, Act::meeting);
  EXPECT_EQ(activity(R"("TYPE_ID":2)").act, Act::call);
  EXPECT_EQ(activity(R"("TYPE_ID":"4")").act, Act::mail);
  EXPECT_EQ(activity(R"("TYPE_ID":"6","PROVIDER_ID":"CRM_TODO")").act, Act::todo);
  EXPECT_EQ(activity(R"("TYPE_ID":"6","PROVIDER_ID":"CRM_TASKS_TASK")").act, Act::other);
  EXPECT_EQ(activity(R"("TYPE_ID":"3","PROVIDER_ID":"TASKS")").act, Act::other);
  EXPECT_EQ(activity(R"("TYPE_ID":"3","PROVIDER_ID":"CRM_TODO")").act, Act::other);
  EXPECT_EQ(activity(R"("TYPE_ID":"6","PROVIDER_ID":"CRM_MEETING")").act, Act::meeting);
  EXPECT_EQ(activity(R"("TYPE_ID":"6","PROVIDER_ID":"IMOPENLINES_SESSION")").act, Act::chat);
  EXPECT_EQ(activity(R"("TYPE_ID":"6","PROVIDER_ID":"CRM_EMAIL")").act, Act::mail);
  EXPECT_EQ(activity(R"("TYPE_ID":null)").act, Act::other);
}

TEST(Bitrix24Activities, TheirOwnKindIsTheProviderElseTheNumberOfTheType) {
  EXPECT_EQ(activity(R"("TYPE_ID":"6","PROVIDER_ID":"CRM_TODO")").type, "CRM_TODO");
  EXPECT_EQ(activity(R"("TYPE_ID":"1","PROVIDER_ID":"CRM_MEETING")").type, "CRM_MEETING");
  EXPECT_EQ(activity(R"("TYPE_ID":"1","PROVIDER_ID":null)").type, "1");
  EXPECT_EQ(activity(R"("TYPE_ID":1,"PROVIDER_ID":"")").type, "1");
  EXPECT_EQ(activity(R"("TYPE_ID":null,"PROVIDER_ID":"Встреча с Иваном")").type, "");
}

TEST(Bitrix24Activities, TellWhoMadeThemAndWhoCompletedThem) {
  const std::string hands = R"("AUTHOR_ID":"1","EDITOR_ID":"9","CREATED":"2026-09-14T09:00:00Z","COMPLETED":)";
  const auto open = activity(hands + "\"N\"");
  EXPECT_EQ(open.author, "1");
  EXPECT_EQ(open.closer, "");
  EXPECT_EQ(open.created, 1'789'376'400);
  EXPECT_EQ(activity(hands + "\"Y\"").closer, "9");
  EXPECT_EQ(activity(R"("AUTHOR_ID":"0")").author, "0");
}

TEST(Bitrix24Activities, AMeetingWasHeldWhenItEndedUnlessClosedBefore) {
  const std::string held = R"("TYPE_ID":"1","COMPLETED":"Y","END_TIME":)";
  EXPECT_EQ(activity(held + R"("2026-09-14T09:00:00Z")").done_at, 1'789'376'400);
  EXPECT_EQ(activity(held + R"("2026-09-14T10:00:00Z")").done_at, 1'789'380'000);
  EXPECT_EQ(activity(held + R"("2026-09-14T11:00:00Z")").done_at, 1'789'380'000);
  EXPECT_EQ(activity(held + "\"\"").done_at, 1'789'380'000);
  EXPECT_EQ(activity(R"("TYPE_ID":"2","COMPLETED":"Y","END_TIME":"2026-09-14T09:00:00Z")").done_at, 1'789'380'000);
  EXPECT_EQ(activity(R"("TYPE_ID":"1","COMPLETED":"N","END_TIME":"2026-09-14T09:00:00Z")").done_at, 0);
}

TEST(Bitrix24Activities, BelongToALeadOrADealOrToNothing) {
  EXPECT_EQ(activity(R"("OWNER_TYPE_ID":"1","OWNER_ID":"9")").target, (EntityRef{EntityKind::lead, "9"}));
  EXPECT_EQ(activity(R"("OWNER_TYPE_ID":2,"OWNER_ID":9)").target, (EntityRef{EntityKind::deal, "9"}));
  EXPECT_EQ(activity(R"("OWNER_TYPE_ID":"3","OWNER_ID":"9")").target.id, "");
  EXPECT_EQ(activity(R"("OWNER_TYPE_ID":"2","OWNER_ID":"0")").target, EntityRef{});
}

Details task(const std::string& fields) {
  return details(decode("tasks.task.get?taskId=5",
                        R"({"result":{"task":{"id":"5","changedDate":"2026-09-14T10:00:00Z",)" + fields + "}}}"));
}

TEST(Bitrix24Tasks, AreDoneInStatusFiveOnly) {
  const std::string closed = R"("closedDate":"2026-09-14T09:00:00Z","status":)";
  EXPECT_TRUE(task(closed + "\"5\"").done);
  EXPECT_EQ(task(closed + "5").done_at, 1'789'376'400);
  EXPECT_FALSE(task(closed + "\"4\"").done);
  EXPECT_EQ(task(closed + "\"3\"").done_at, 0);  // reopened
}

TEST(Bitrix24Tasks, TellWhoMadeThemAndWhoCompletedThem) {
  const std::string hands = R"("createdBy":"1","createdDate":"2026-09-14T09:00:00Z","closedBy":"9","status":)";
  const auto open = task(hands + "\"3\"");
  EXPECT_EQ(open.author, "1");
  EXPECT_EQ(open.closer, "");
  EXPECT_EQ(open.created, 1'789'376'400);
  EXPECT_EQ(task(hands + "\"5\"").closer, "9");
}

TEST(Bitrix24Tasks, BelongToTheFirstLeadOrDealAmongTheirBindings) {
  EXPECT_EQ(task(R"("ufCrmTask":["C_1","CO_2","L_3","D_4"])").target, (EntityRef{EntityKind::lead, "3"}));
  EXPECT_EQ(task(R"("ufCrmTask":["D_4"])").target, (EntityRef{EntityKind::deal, "4"}));
  for (const char* none : {"[]", "false", "null", "[\"C_1\"]", "[\"D_\"]", "[\"D_x\"]", "[\"SI_5\"]", "[7]"}) {
    EXPECT_EQ(task(std::string("\"ufCrmTask\":") + none).target, EntityRef{}) << none;
  }
}

Decoded comment(const std::string& fields) {
  return decode(
      "crm.timeline.comment.get?id=5",
      R"({"result":{"ID":"5","CREATED":"2026-09-14T10:00:00Z","COMMENT":"Просил перезвонить",)" + fields + "}}");
}

TEST(Bitrix24Comments, TellWhoWroteWhenAndWhereAndNeverWhat) {
  EXPECT_EQ(describe(comment(R"("ENTITY_TYPE":"deal","ENTITY_ID":"701","AUTHOR_ID":"7","FILES":[])")),
            "understood crm.timeline.comment.get\n"
            "note:5 presence=present version=2026-09-14T10:00:00Z | details owner=7 act=comment "
            "start=2026-09-14T10:00:00Z target=deal:701 author=7 created=2026-09-14T10:00:00Z");
}

TEST(Bitrix24Comments, BelongToALeadOrADealOrToNothing) {
  const auto target = [](const char* fields) { return details(comment(fields)).target; };
  EXPECT_EQ(target(R"("ENTITY_TYPE":"lead","ENTITY_ID":5)"), (EntityRef{EntityKind::lead, "5"}));
  EXPECT_EQ(target(R"("ENTITY_TYPE":"contact","ENTITY_ID":5)"), EntityRef{});
  EXPECT_EQ(target(R"("ENTITY_TYPE":"deal","ENTITY_ID":null)"), EntityRef{});
}

TEST(Bitrix24Comments, ARobotsCommentIsNotAHumans) {
  const auto robot = details(comment(R"("AUTHOR_ID":"0")"));
  EXPECT_FALSE(robot.human);
  EXPECT_EQ(robot.author, "0");
  EXPECT_EQ(robot.owner, "");
  EXPECT_TRUE(details(comment(R"("AUTHOR_ID":7)")).human);
}

}  // namespace
}  // namespace kpistream::ingest
