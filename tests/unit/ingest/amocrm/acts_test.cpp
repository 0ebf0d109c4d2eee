// What webhooks of notes, tasks, messages and conversations mean, beyond the sample day.
#include <gtest/gtest.h>

#include "ingest/amocrm/adapter.hpp"
#include "tests/unit/ingest/amocrm/bodies.hpp"
#include "tests/unit/ingest/amocrm/settings.hpp"
#include "tests/unit/ingest/support/records.hpp"

namespace kpistream::ingest {
namespace {

Decoded decode(const std::string& body, const PortalSettings& settings = demo_settings()) {
  return make_amocrm_adapter(settings)->decode(delivery(body));
}

const Details& details(const Decoded& decoded) { return decoded.observations.at(0).details.value(); }

std::string note(const std::string& section, const std::string& text, const std::string& fields) {
  return record(section + "[note][0][note]", "id=31 created_at=100 updated_at=100 " + fields) + "&" + section +
         "[note][0][note][text]=" + text;
}

TEST(AmoCalls, DirectionAndTalkTimeDecideTheOutcome) {
  struct Case {
    const char* type;
    const char* seconds;
    Direction direction;
    CallOutcome outcome;
    std::int64_t talk;
  };
  for (const auto& [type, seconds, direction, outcome, talk] :
       {Case{"10", "184", Direction::in, CallOutcome::talk, 184},
        {"10", "9", Direction::in, CallOutcome::talk, 9},
        {"10", "0", Direction::in, CallOutcome::missed, 0},
        {"10", "\"65\"", Direction::in, CallOutcome::talk, 65},
        {"10", "\"\"", Direction::in, CallOutcome::missed, 0},
        {"10", "null", Direction::in, CallOutcome::missed, 0},
        {"11", "65", Direction::out, CallOutcome::talk, 65},
        {"11", "1", Direction::out, CallOutcome::talk, 1},
        {"11", "0", Direction::out, CallOutcome::failed, 0}}) {
    const auto decoded = decode(note("leads", std::string(R"({"UNIQ":"u1","DURATION":)") + seconds + "}",
                                     std::string("element_type=2 element_id=5 note_type=") + type));
    EXPECT_EQ(decoded.observations.at(0).ref, (EntityRef{EntityKind::call, "uniq:u1"}));
    EXPECT_EQ(details(decoded).direction, direction) << type << " " << seconds;
    EXPECT_EQ(details(decoded).call, outcome) << type << " " << seconds;
    EXPECT_EQ(details(decoded).seconds, talk) << type << " " << seconds;
    EXPECT_EQ(details(decoded).target, (EntityRef{EntityKind::deal, "5"}));
  }
}

TEST(AmoCalls, TheClientsNumberIsKeptAsTheHashOfItsLine) {
  for (const char* phone : {"\"%2B79000000001\"", "79000000001", "\"8 (900) 000-00-01\""}) {
    const auto decoded = decode(note("leads", std::string(R"({"UNIQ":"u","PHONE":)") + phone + "}", "note_type=10"));
    EXPECT_EQ(details(decoded).line, "b4640c8e1bedf65f") << phone;
  }
  EXPECT_EQ(details(decode(note("leads", R"({"UNIQ":"u"})", "note_type=10"))).line, "");
}

TEST(AmoCalls, OwnerIsTheMainUserElseTheResponsibleElseTheAuthor) {
  const auto owner = [](const std::string& fields) {
    return details(decode(note("leads", R"({"UNIQ":"u"})", "note_type=10 " + fields))).owner;
  };
  EXPECT_EQ(owner("main_user_id=7 created_by=8"), "7");
  EXPECT_EQ(owner("main_user_id=0 created_by=8"), "8");
  EXPECT_EQ(owner("main_user_id=0 responsible_user_id=6 created_by=8"), "6");
  EXPECT_EQ(owner("created_by=8"), "8");
  EXPECT_EQ(owner("main_user_id=0 created_by=0"), "");
}

TEST(AmoCalls, WithoutTheTelephonysNameTheNoteIsTheCall) {
  for (const char* text : {R"({"DURATION":5})", R"({"UNIQ":"","DURATION":5})", R"({"UNIQ":null})"}) {
    EXPECT_EQ(decode(note("contacts", text, "element_type=1 note_type=10")).observations.at(0).ref.id, "note:31");
  }
}

TEST(AmoCalls, ANoteThatDoesNotTellItsCallIsReadAgain) {
  struct Case {
    const char* type;
    const char* list;
  };
  for (const auto& [type, list] :
       {Case{"1", "contacts/notes"}, {"2", "leads/notes"}, {"3", "companies/notes"}, {"12", "customers/notes"}}) {
    const std::string fields = std::string("note_type=11 element_type=") + type;
    for (const char* text : {"", "talked for a while", "[1]", "{\"UNIQ\":\"u\"", "{%26quot;UNIQ%26quot;:",
                             R"({"UNIQ":"u","DURATION":-5})", R"({"UNIQ":"u","DURATION":999999999})"}) {
      EXPECT_EQ(describe(decode(note("contacts", text, fields))), std::string("understood contacts.note\nwish ") + list)
          << text;
    }
  }
  const std::string timeless =
      "leads[note][0][note][id]=31&leads[note][0][note][element_type]=2&"
      "leads[note][0][note][note_type]=10&leads[note][0][note][date_create]=2026-11-16+10:31:00"
      "&leads[note][0][note][text]={\"UNIQ\":\"u\"}";
  EXPECT_EQ(describe(decode(timeless)), "understood leads.note\nwish leads/notes");
  EXPECT_EQ(decode(note("customers", "?", "note_type=11 element_type=99")).verdict, DecodeVerdict::quarantined);
}

TEST(AmoCalls, TextsWithEntitiesOfHtmlAreReadToo) {
  const auto decoded = decode(note("leads",
                                   "{%26quot;UNIQ%26quot;:%26quot;u1%26quot;,%26quot;DURATION%26quot;:65,"
                                   "%26#34;SRC%26#34;:%26quot;a %26amp; b%26quot;}",
                                   "note_type=11"));
  EXPECT_EQ(decoded.observations.at(0).ref.id, "uniq:u1");
  EXPECT_EQ(details(decoded).seconds, 65);
  EXPECT_EQ(decode(note("leads", "{\"UNIQ\":\"a%26amp;b\"}", "note_type=11")).observations.at(0).ref.id, "uniq:a&amp;b")
      << "what is JSON as it stands is taken as it stands";
}

TEST(AmoCalls, OnAContactOrCompanyAreThatCards) {
  const std::string text = R"({"UNIQ":"u1","DURATION":65})";
  const auto target = [&](const std::string& section, const std::string& fields) {
    return details(decode(note(section, text, "note_type=11 " + fields))).target;
  };
  EXPECT_EQ(target("contacts", "element_type=1 element_id=5"), (EntityRef{EntityKind::card, "contact:5"}));
  EXPECT_EQ(target("contacts", "element_type=3 element_id=5"), (EntityRef{EntityKind::card, "company:5"}));
  EXPECT_EQ(target("customers", "element_type=12 element_id=5"), EntityRef{});
  EXPECT_EQ(target("contacts", "element_type=1 element_id=0"), EntityRef{});
}

TEST(AmoCalls, ANoteWithoutItsElementIsReadAgainInTheListOfItsSection) {
  for (const char* section : {"leads", "contacts", "companies"}) {
    EXPECT_EQ(decode(note(section, "?", "note_type=11")).wishes,
              (std::vector<std::string>{section + std::string("/notes")}));
  }
}

TEST(AmoCalls, OtherNotesAreIgnored) {
  for (const char* type : {"1", "3", "6", "13", "25", "99", "101", "777", ""}) {
    const auto decoded = decode(note("leads", "personal+words", std::string("element_type=2 note_type=") + type));
    EXPECT_EQ(describe(decoded), "ignored leads.note") << type;
  }
}

std::string task(const std::string& fields) {
  return record("task[update][0]", "id=60 updated_at=100 complete_before=200 responsible_user_id=7 " + fields);
}

TEST(AmoComments, TellWhoWroteWhenAndWhereAndNeverWhat) {
  EXPECT_EQ(describe(decode(note("leads", "Иван+просит+скидку",
                                 "note_type=4 element_type=2 element_id=5 created_by=7"
                                 " main_user_id=6"))),
            "understood leads.note\n"
            "note:31 version=1970-01-01T00:01:40Z | details owner=7 act=comment start=1970-01-01T00:01:40Z "
            "target=deal:5 author=7 created=1970-01-01T00:01:40Z");
  EXPECT_EQ(details(decode(note("contacts", "x", "note_type=4 element_type=1 element_id=5"))).target,
            (EntityRef{EntityKind::card, "contact:5"}));
  EXPECT_EQ(details(decode(note("customers", "x", "note_type=4 element_type=12 element_id=5"))).target, EntityRef{});
}

TEST(AmoTexts, AreMessagesAndNobodysIsARobots) {
  EXPECT_EQ(describe(decode(note("contacts", "Ждём вас", "note_type=103 element_type=1 element_id=5 created_by=7"))),
            "understood contacts.note\n"
            "message:note:31 version=1970-01-01T00:01:40Z | details owner=7 act=chat direction=out "
            "start=1970-01-01T00:01:40Z target=contact:5 author=7 created=1970-01-01T00:01:40Z");
  EXPECT_EQ(describe(decode(note("leads", "Буду", "note_type=102 element_type=2 element_id=5 created_by=7"))),
            "understood leads.note\n"
            "message:note:31 version=1970-01-01T00:01:40Z | details act=chat direction=in "
            "start=1970-01-01T00:01:40Z target=deal:5 created=1970-01-01T00:01:40Z");
  EXPECT_FALSE(details(decode(note("leads", "x", "note_type=103 created_by=0"))).human);
  EXPECT_FALSE(details(decode(note("leads", "x", "note_type=103"))).human);
  EXPECT_EQ(describe(decode("leads[note][0][note][id]=31&leads[note][0][note][note_type]=103")),
            "understood leads.note\nwish leads/notes");
}

TEST(AmoComments, ARobotsCommentIsNotAHumans) {
  const auto robot = details(decode(note("leads", "x", "note_type=4 created_by=0")));
  EXPECT_FALSE(robot.human);
  EXPECT_EQ(robot.author, "0");
  EXPECT_EQ(robot.owner, "");
  EXPECT_TRUE(details(decode(note("leads", "x", "note_type=4 created_by=7"))).human);
}

TEST(AmoComments, WithoutATimeTheListIsRead) {
  EXPECT_EQ(describe(decode("contacts[note][0][note][id]=31&contacts[note][0][note][note_type]=4")),
            "understood contacts.note\nwish contacts/notes");
}

TEST(AmoTasks, TheTypeThatEveryAccountHasIsAMeeting) {
  auto settings = demo_settings();
  settings.meeting_types = {"3100001"};  // mapping is not the dialect's business
  const auto meeting = decode(task("task_type=2"), settings);
  EXPECT_EQ(details(meeting).act, Act::meeting);
  EXPECT_EQ(details(meeting).start, 200);
  EXPECT_EQ(details(meeting).deadline, 200);
  for (const char* type : {"1", "22", "3100001", ""}) {
    const auto decoded = decode(task(std::string("task_type=") + type), settings);
    EXPECT_EQ(details(decoded).act, Act::todo) << type;
    EXPECT_EQ(details(decoded).start, 0);
    EXPECT_EQ(details(decoded).type, type);
  }
}

TEST(AmoTasks, TellWhoMadeThemAndWhoCompletedThem) {
  const auto open = details(decode(task("created_user_id=1 modified_user_id=9 created_at=90 status=0")));
  EXPECT_EQ(open.author, "1");
  EXPECT_EQ(open.closer, "");
  EXPECT_EQ(open.created, 90);
  const auto done = details(decode(task("created_user_id=0 modified_user_id=9 status=1")));
  EXPECT_EQ(done.author, "0");
  EXPECT_EQ(done.closer, "9");
  EXPECT_EQ(details(decode(task("status=1"))).closer, "");
}

TEST(AmoTasks, BelongToALeadOrACard) {
  EXPECT_EQ(details(decode(task("element_type=2 element_id=5"))).target, (EntityRef{EntityKind::deal, "5"}));
  EXPECT_EQ(details(decode(task("element_type=1 element_id=5"))).target, (EntityRef{EntityKind::card, "contact:5"}));
  EXPECT_EQ(details(decode(task("element_type=3 element_id=5"))).target, (EntityRef{EntityKind::card, "company:5"}));
  for (const char* other : {"element_type=4 element_id=5", "element_type=12 element_id=5",
                            "element_type=2 element_id=0", "element_type= element_id="}) {
    EXPECT_EQ(details(decode(task(other))).target, EntityRef{}) << other;
  }
}

TEST(AmoTasks, WithoutAnExactTimeTheListIsRead) {
  EXPECT_EQ(describe(decode("task[add][0][id]=60&task[add][0][complete_till]=2026-11-17+14:00:00&"
                            "task[add][0][updated_at]=100")),
            "understood task.add\nwish tasks");
  EXPECT_EQ(describe(decode("task[add][0][id]=60&task[add][0][complete_before]=200&task[add][1][id]=61")),
            "understood task.add\nwish tasks");
}

TEST(AmoTasks, ADeletedTaskIsGone) {
  EXPECT_EQ(describe(decode("task[delete][0][id]=60&task[delete][0][element_type]=2")),
            "understood task.delete\ntask:60 presence=gone");
}

TEST(AmoMessages, ARobotsAnswerIsNotAHumans) {
  const std::string base = "outgoing_message[add][0][id]=m1&outgoing_message[add][0][created_at]=100";
  EXPECT_FALSE(details(decode(base)).human);
  EXPECT_FALSE(details(decode(base + "&outgoing_message[add][0][author][user_id]=0")).human);
  EXPECT_TRUE(details(decode(base + "&outgoing_message[add][0][author][user_id]=7")).human);
  EXPECT_TRUE(details(decode("message[add][0][id]=m1&message[add][0][created_at]=100")).human);
}

TEST(AmoMessages, AnIdThatIsNoIdIsNeverKept) {
  for (const char* id : {"", "%D0%90%D0%BD%D0%BD%D0%B0", "two+words", "%2B79990000000", "m%001", "a_b"}) {
    const auto decoded = decode(std::string("message[add][0][created_at]=100&message[add][0][id]=") + id);
    EXPECT_EQ(decoded.verdict, DecodeVerdict::quarantined) << id;
    EXPECT_TRUE(decoded.observations.empty()) << id;
  }
  const auto verdict = [](std::size_t length) {
    return decode("message[add][0][created_at]=100&message[add][0][id]=" + std::string(length, 'a')).verdict;
  };
  EXPECT_EQ(verdict(64), DecodeVerdict::understood);
  EXPECT_EQ(verdict(65), DecodeVerdict::quarantined);
}

TEST(AmoMessages, AMessageWithoutItsSectionIsKnownByItsChat) {
  const std::string bare = "add[0][id]=m1&add[0][created_at]=100&add[0][entity_type]=lead&add[0][entity_id]=5";
  for (const char* mark : {"&add[0][chat_id]=c", "&add[0][talk_id]=3301"}) {
    EXPECT_EQ(describe(decode(bare + mark + "&add[0][type]=outgoing&add[0][author][user_id]=7")),
              "understood message.add\n"
              "message:m1 version=1970-01-01T00:01:40Z | details owner=7 act=chat direction=out "
              "start=1970-01-01T00:01:40Z target=deal:5 author=7 created=1970-01-01T00:01:40Z");
  }
  EXPECT_EQ(describe(decode(bare)), "unknown other");
}

std::string talk(const std::string& fields) {
  return record("talk[update][0]", "talk_id=3301 created_at=90 updated_at=100 " + fields);
}

TEST(AmoTalks, OfAConversationOnlyTheVoteIsKept) {
  EXPECT_EQ(describe(decode(talk("rate=2 entity_type=leads entity_id=5 contact_id=8 is_read=1"))),
            "understood talk.update\n"
            "message:talk:3301 version=1970-01-01T00:01:40Z | details act=chat start=1970-01-01T00:01:40Z "
            "target=deal:5 rating=2");
  EXPECT_EQ(details(decode(talk("rate=5 entity_type=lead entity_id=5"))).target, (EntityRef{EntityKind::deal, "5"}));
  EXPECT_EQ(details(decode(talk("rate=2 contact_id=8"))).target, (EntityRef{EntityKind::card, "contact:8"}));
  for (const char* none : {"", "rate=0", "rate=6", "rate=-1", "rate=good"}) {
    EXPECT_EQ(decode(talk(none)).verdict, DecodeVerdict::ignored) << none;
  }
}

TEST(AmoTalks, ANewOneTellsWhoseContactHasWhichLead) {
  const auto added = [](const std::string& fields) {
    return describe(decode(record("talk[add][0]", "talk_id=3301 created_at=90 updated_at=100 " + fields)));
  };
  EXPECT_EQ(added("entity_type=lead entity_id=5 contact_id=8"),
            "understood talk.add\ndeal:5 version=1970-01-01T00:01:40Z card=contact:8");
  for (const char* less :
       {"entity_type=lead entity_id=5", "contact_id=8", "entity_type=customer entity_id=5 contact_id=8"}) {
    EXPECT_EQ(added(less), "ignored talk.add") << less;
  }
}

TEST(AmoMessages, WithoutALeadAreTheContacts) {
  const std::string base =
      "outgoing_message[add][0][id]=m1&outgoing_message[add][0][created_at]=100&"
      "outgoing_message[add][0][author][user_id]=7&outgoing_message[add][0][contact_id]=8";
  EXPECT_EQ(details(decode(base)).target, (EntityRef{EntityKind::card, "contact:8"}));
  EXPECT_EQ(details(decode(base + "&outgoing_message[add][0][entity_type]=lead&outgoing_message[add][0][entity_id]=5"))
                .target,
            (EntityRef{EntityKind::deal, "5"}));
}

}  // namespace
}  // namespace kpistream::ingest
