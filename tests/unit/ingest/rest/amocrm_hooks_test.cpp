// The webhook that an account keeps for us: known by its path, made, mended, watched.
#include "ingest/rest/amocrm_hooks.hpp"

#include <gmock/gmock.h>

namespace kpistream::ingest {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Next = AmoHookOrder::Next;

const AmoHookAddress kOurs{"https://kpi.example.com", "/hook/amocrm/acme", {"s3cret", "older-one"}};
const std::string kDestination = "https://kpi.example.com/hook/amocrm/acme/s3cret";

std::string settings_json(const std::vector<std::string>& events) {
  std::string list;
  for (const auto& event : events) list += (list.empty() ? "\"" : ",\"") + event + "\"";
  return "[" + list + "]";
}

std::string hook(const std::string& destination, bool disabled = false,
                 const std::vector<std::string>& events = amo_hook_events()) {
  return R"({"id":12,"destination":")" + destination + R"(","disabled":)" + (disabled ? "true" : "false") +
         R"(,"settings":)" + settings_json(events) + "}";
}

std::string listed(const std::string& hooks) {
  return R"({"_total_items":1,"_embedded":{"webhooks":[)" + hooks + "]}}";
}

AmoHookView view(const std::string& hooks, const AmoHookAddress& address = kOurs) {
  return view_amo_hooks(200, listed(hooks), address);
}

TEST(AmoHooks, OursIsKnownByItsPathAndSecretWhateverStandsAround) {
  AmoHookAddress nowhere = kOurs;
  nowhere.url.clear();
  for (const char* destination :
       {"https://kpi.example.com/hook/amocrm/acme/s3cret", "https://kpi.example.com/hook/amocrm/acme/s3cret/",
        "https://other.example.com:8443/proxy/hook/amocrm/acme/s3cret?x=1", "http://kpi/hook/amocrm/acme/older-one"}) {
    EXPECT_EQ(view(hook(destination), nowhere).state, AmoHookState::fine) << destination;
  }
  for (const char* destination :
       {"https://kpi.example.com/hook/amocrm/acme/wrong", "https://kpi.example.com/hook/amocrm/acme/s3cret/x",
        "https://kpi.example.com/hook/amocrm/acm/s3cret", "https://kpi.example.com/?/hook/amocrm/acme/s3cret", "hook",
        "", "https://kpi.example.com"}) {
    EXPECT_EQ(view(hook(destination), nowhere).state, AmoHookState::gone) << destination;
  }
}

TEST(AmoHooks, WhatIsWrongWithItIsNamed) {
  EXPECT_EQ(view(hook(kDestination, true)).state, AmoHookState::disabled);
  EXPECT_EQ(view(hook("https://was.example.com/hook/amocrm/acme/s3cret")).state, AmoHookState::elsewhere);
  EXPECT_EQ(view(hook("https://KPI.example.com/hook/amocrm/acme/s3cret")).state, AmoHookState::fine);
  const auto less = view(hook(kDestination, false, {"add_lead"}));
  EXPECT_EQ(less.state, AmoHookState::short_of);
  EXPECT_THAT(less.missing, Contains("status_lead"));
  EXPECT_EQ(view("").state, AmoHookState::gone);
  EXPECT_EQ(view_amo_hooks(204, "", kOurs).state, AmoHookState::gone);
}

TEST(AmoHooks, AnAccountThatDoesNotAnswerSaysNothing) {
  for (const unsigned status : {0U, 401U, 403U, 429U, 500U}) {
    EXPECT_EQ(view_amo_hooks(status, "{}", kOurs).state, AmoHookState::unknown) << status;
  }
  EXPECT_EQ(view_amo_hooks(200, "<html>", kOurs).state, AmoHookState::unknown);
}

TEST(AmoHooks, OfSeveralTheBestCounts) {
  const std::string off = hook("https://kpi.example.com/hook/amocrm/acme/older-one", true);
  for (const auto& both : {off + "," + hook(kDestination), hook(kDestination) + "," + off}) {
    EXPECT_EQ(view(both).state, AmoHookState::fine);
    EXPECT_EQ(view(both).destination, kDestination);
    EXPECT_EQ(view(both).webhooks, 2u);
  }
}

TEST(AmoHooks, OlderOnesAreThoseOfThisDaemonOnly) {
  const auto seen = view(hook("https://kpi.example.com/hook/amocrm/acme/long-ago") + "," +
                         hook("https://test.example.com/hook/amocrm/acme/theirs") + "," +
                         hook("https://kpi.example.com/hook/amocrm/second/x") + "," + hook(kDestination));
  EXPECT_THAT(seen.older, ElementsAre("https://kpi.example.com/hook/amocrm/acme/long-ago"));
}

TEST(AmoHooks, WhatIsWantedKeepsWhatAPersonHasAdded) {
  const auto seen = view(hook(kDestination, true, {"add_lead", "add_catalog"}));
  EXPECT_EQ(seen.wanted(kOurs), kDestination);
  const auto wanted = seen.wanted_settings();
  EXPECT_THAT(wanted, Contains("add_catalog"));
  EXPECT_THAT(wanted, Contains("update_unsorted"));
  EXPECT_EQ(std::count(wanted.begin(), wanted.end(), "add_lead"), 1);
}

TEST(AmoHooks, ALostOneGoesWhereItIsToldToGo) {
  EXPECT_EQ(view("").wanted(kOurs), kDestination);
  EXPECT_EQ(view(hook("https://was.example.com/hook/amocrm/acme/s3cret")).wanted(kOurs), kDestination);
  AmoHookAddress nowhere = kOurs;
  nowhere.url.clear();
  EXPECT_EQ(view("", nowhere).wanted(nowhere), "");
}

TEST(AmoHooks, OriginsHideTheSecret) {
  EXPECT_EQ(origin_of(kDestination), "https://kpi.example.com");
  EXPECT_EQ(origin_of("https://Kpi.example.com:8443?x"), "https://kpi.example.com:8443");
}

// ---- orders

std::string complaint(const std::string& path) {
  return R"({"validation-errors":[{"request_id":"0","errors":[{"code":"x","path":")" + path +
         R"(","detail":"wrong"}]}],"title":"Bad Request","status":400})";
}

TEST(AmoHookOrders, AreMadeWhenTheAccountTakesThem) {
  for (const unsigned status : {200U, 201U}) {
    AmoHookOrder order(kDestination, {"add_lead", "update_lead"});
    EXPECT_EQ(order.body(),
              "{\"destination\":\"" + kDestination + R"(","settings":["add_lead","update_lead"],"sort":10})");
    EXPECT_EQ(order.take(status, "{}"), Next::done);
  }
}

TEST(AmoHookOrders, LeaveOutTheEventThatTheAccountDoesNotKnow) {
  for (const char* path : {"settings.1", "settings.settings[1]"}) {
    AmoHookOrder order(kDestination, {"add_lead", "note_lead", "add_task"});
    EXPECT_EQ(order.take(400, complaint(path)), Next::again);
    EXPECT_THAT(order.body(), HasSubstr(R"(["add_lead","add_task"])"));
    EXPECT_THAT(order.unknown(), ElementsAre("note_lead"));
    EXPECT_EQ(order.take(201, ""), Next::done);
  }
}

TEST(AmoHookOrders, LeaveOutTheDoubtfulEventsWhenTheAccountDoesNotSayWhich) {
  AmoHookOrder order(kDestination, {"add_lead", "update_task", "add_customer"});
  EXPECT_EQ(order.take(400, "{}"), Next::again);
  EXPECT_THAT(order.body(), HasSubstr(R"(["add_lead"])"));
  EXPECT_EQ(order.take(400, "{}"), Next::failed);
}

TEST(AmoHookOrders, TryASlashAndThenWaitForAHostThatIsNotFound) {
  AmoHookOrder order(kDestination, {"add_lead"});
  EXPECT_EQ(order.take(400, complaint("destination.destination")), Next::again);
  EXPECT_EQ(order.destination(), kDestination + "/");
  EXPECT_EQ(order.take(400, complaint("destination.destination")), Next::no_host);
  EXPECT_EQ(order.take(201, ""), Next::done);
}

TEST(AmoHookOrders, EndWhereNothingHelps) {
  for (const auto& [status, next] : {std::pair{403U, Next::refused},
                                     {402U, Next::refused},
                                     {401U, Next::refused},
                                     {429U, Next::later},
                                     {0U, Next::later},
                                     {502U, Next::later},
                                     {404U, Next::failed}}) {
    EXPECT_EQ(AmoHookOrder(kDestination, {"add_lead"}).take(status, ""), next) << status;
  }
}

// ---- the watch

struct Told : MeterSink {
  void counter(std::string_view, std::string_view, const MeterLabels&, double) override {}
  void histogram(std::string_view, std::string_view, const MeterLabels&, const HistogramFigures&) override {}
  void gauge(std::string_view name, std::string_view, const MeterLabels& labels, double value) override {
    text += std::string(name) + "{" + std::string(labels.at(0).second) + "}=" + std::to_string(static_cast<int>(value));
  }
  std::string text;
};

class Watched {
 public:
  explicit Watched(bool heal, AmoHookAddress address = kOurs) {
    AmoHookWatch::Options options;
    options.portal = "acme";
    options.address = std::move(address);
    options.every = std::chrono::minutes(5);
    options.heal = heal;
    options.told = [this](const AmoHookWatch::News& news) {
      said.push_back(std::string(name_of(news.state)) + (news.healed ? " healed" : "") +
                     (news.helpless ? " helpless" : ""));
    };
    watch.emplace(std::move(options));
  }
  // The next request, or "": nothing is due. Five minutes pass before it.
  std::string ask(unsigned status, const std::string& body, std::chrono::minutes after = std::chrono::minutes(5)) {
    now += after;
    const auto request = watch->next(now);
    if (!request) return "";
    watch->take(status, body, now);
    return (request->post ? "POST " : "GET ") + request->call + request->body;
  }
  [[nodiscard]] std::string figure() const {
    Told told;
    watch->collect(told);
    return told.text;
  }

  std::vector<std::string> said;
  std::optional<AmoHookWatch> watch;
  AmoHookWatch::Time now{std::chrono::hours(1)};
};

constexpr std::chrono::minutes kAtOnce{0};

TEST(AmoHookWatches, ShowNothingUntilTheAccountHasSaidSomething) {
  Watched one(false);
  EXPECT_EQ(one.figure(), "");
  EXPECT_EQ(one.ask(403, ""), "GET api/v4/webhooks?limit=250");
  EXPECT_EQ(one.figure(), "");
  EXPECT_THAT(one.said, ElementsAre("unknown"));
  EXPECT_EQ(one.ask(200, listed(hook(kDestination)), kAtOnce), "");
  one.ask(200, listed(hook(kDestination)));
  EXPECT_EQ(one.figure(), "kpistream_hook_disabled{acme}=0");
}

TEST(AmoHookWatches, TellEachChangeOnce) {
  Watched one(false);
  one.ask(200, listed(hook(kDestination)));
  one.ask(200, listed(hook(kDestination, true)));
  EXPECT_EQ(one.figure(), "kpistream_hook_disabled{acme}=1");
  one.ask(200, listed(hook(kDestination, true)));
  one.ask(204, "");
  EXPECT_EQ(one.figure(), "kpistream_hook_disabled{acme}=1");
  one.ask(200, listed(hook(kDestination, false, {"add_lead"})));
  EXPECT_EQ(one.figure(), "kpistream_hook_disabled{acme}=0");
  one.ask(401, "");
  EXPECT_EQ(one.figure(), "");
  EXPECT_THAT(one.said, ElementsAre("fine", "disabled", "gone", "short_of", "unknown"));
}

TEST(AmoHookWatches, AnAccountThatIsOnlyBusyChangesNothingForAWhile) {
  Watched one(false);
  one.ask(200, listed(hook(kDestination, true)));
  one.ask(429, "");
  one.ask(0, "");
  EXPECT_EQ(one.figure(), "kpistream_hook_disabled{acme}=1");
  one.ask(200, listed(hook(kDestination, true)));
  one.ask(503, "");
  one.ask(503, "");
  EXPECT_THAT(one.said, ElementsAre("disabled"));
  one.ask(503, "");
  EXPECT_EQ(one.figure(), "");
  EXPECT_THAT(one.said, ElementsAre("disabled", "unknown"));
}

TEST(AmoHookWatches, EnableItAgainWhenTheyMay) {
  Watched one(true);
  one.ask(200, listed(hook(kDestination, true, {"add_lead", "add_catalog"})));
  const auto order = one.ask(201, "{}", kAtOnce);
  EXPECT_THAT(order, HasSubstr("POST api/v4/webhooks{\"destination\":\"" + kDestination));
  EXPECT_THAT(order, HasSubstr("add_catalog"));
  EXPECT_EQ(one.ask(200, listed(hook(kDestination)), kAtOnce), "GET api/v4/webhooks?limit=250");
  EXPECT_EQ(one.figure(), "kpistream_hook_disabled{acme}=0");
  EXPECT_THAT(one.said, ElementsAre("disabled", "fine healed"));
}

TEST(AmoHookWatches, DoNotOrderAgainAndAgain) {
  Watched one(true);
  one.ask(204, "");
  EXPECT_THAT(one.ask(403, "", kAtOnce), HasSubstr("POST"));
  EXPECT_EQ(one.ask(204, ""), "GET api/v4/webhooks?limit=250");
  EXPECT_EQ(one.ask(204, "", kAtOnce), "");
  EXPECT_THAT(one.said, ElementsAre("gone", "gone helpless"));
  one.ask(204, "");
  one.ask(204, "");
  EXPECT_THAT(one.ask(201, "{}", kAtOnce), HasSubstr("POST"));  // after a quarter of an hour
}

TEST(AmoHookWatches, ALostOneWithoutAnAddressCannotBeMade) {
  AmoHookAddress nowhere = kOurs;
  nowhere.url.clear();
  Watched one(true, nowhere);
  one.ask(204, "");
  EXPECT_EQ(one.ask(204, "", kAtOnce), "");
  EXPECT_THAT(one.said, ElementsAre("gone helpless"));
}

TEST(AmoHookWatches, AReloadBringsOtherSecrets) {
  Watched one(false);
  one.ask(200, listed(hook("https://kpi.example.com/hook/amocrm/acme/fresh")));
  EXPECT_EQ(one.figure(), "kpistream_hook_disabled{acme}=1");
  one.watch->expect({kOurs.url, kOurs.path, {"fresh"}});
  one.ask(200, listed(hook("https://kpi.example.com/hook/amocrm/acme/fresh")));
  EXPECT_EQ(one.figure(), "kpistream_hook_disabled{acme}=0");
}

}  // namespace
}  // namespace kpistream::ingest
