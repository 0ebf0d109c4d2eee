#include "app/endpoint.hpp"

#include "tests/unit/app/config_fixture.hpp"

namespace kpistream::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Endpoint, IsAnAddressAndAPort) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:10481"), (Endpoint{"127.0.0.1", 10481}));
  EXPECT_EQ(parse_endpoint("0.0.0.0:0"), (Endpoint{"0.0.0.0", 0}));
  EXPECT_EQ(parse_endpoint("[::1]:10481"), (Endpoint{"::1", 10481}));
  EXPECT_EQ(parse_endpoint("[::]:65535"), (Endpoint{"::", 65535}));
}

TEST(Endpoint, IsNothingElse) {
  for (const auto* text : {"", ":", "nowhere", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                           "127.0.0.1:-1", "127.0.0.1: 1", ":10481", "localhost:10481", "127.1:1", "::1:10481", "[::1]",
                           "[::1:10481", "[127.0.0.1]:1", "[fe80::1%eth0]:1", "[]:1"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(Endpoint, IsWrittenAsItIsRead) {
  for (const auto* text : {"127.0.0.1:10481", "[::1]:10481"}) EXPECT_EQ(endpoint_text(*parse_endpoint(text)), text);
}

TEST(Endpoint, StandsAmongOthersOnce) {
  std::vector<Endpoint> all;
  for (const auto* text : {"127.0.0.1:1", "[::1]:1", "127.0.0.1:0", "127.0.0.1:0"})
    EXPECT_EQ(add_endpoint(text, all), "");
  EXPECT_EQ(all.size(), 4u);
  EXPECT_EQ(add_endpoint("[::1]:1", all), "'[::1]:1' stands here twice; remove one");
  EXPECT_EQ(add_endpoint("nowhere", all), "'nowhere' is not address:port, for example 127.0.0.1:10481 or [::1]:10481");
  while (all.size() < kEndpointsMax) EXPECT_EQ(add_endpoint("127.0.0.1:0", all), "");
  EXPECT_THAT(add_endpoint("127.0.0.1:0", all), HasSubstr("more than 16"));
  EXPECT_EQ(all.size(), kEndpointsMax);
}

TEST_F(ConfigFile, ListensAtOneAdminAddressOrMore) {
  const auto admin = [&](const std::string& value) {
    const auto result = load_config(file("k.yml", "listen: {admin: " + value + "}\n" + portal("bitrix24", "")));
    EXPECT_THAT(result.errors, IsEmpty());
    return result.config ? result.config->admin : std::vector<Endpoint>{};
  };
  EXPECT_THAT(admin("\"127.0.0.1:1\""), ElementsAre(Endpoint{"127.0.0.1", 1}));
  EXPECT_THAT(admin("[\"127.0.0.1:1\", \"[::1]:0\"]"), ElementsAre(Endpoint{"127.0.0.1", 1}, Endpoint{"::1", 0}));
  EXPECT_THAT(admin(""), ElementsAre(Endpoint{"127.0.0.1", 10481}));
  EXPECT_THAT(admin("[]"), ElementsAre(Endpoint{"127.0.0.1", 10481}));
}

TEST_F(ConfigFile, NamesTheAddressThatIsNone) {
  EXPECT_THAT(errors("listen: {hook: \"::1:1\", admin: [\"127.0.0.1:1\", localhost:2, \"127.0.0.1:1\"]}\n" +
                     portal("bitrix24", "")),
              ElementsAre(HasSubstr("1:16: listen.hook: '::1:1' is not address:port"),
                          HasSubstr("1:48: listen.admin[1]: 'localhost:2' is not address:port"),
                          HasSubstr("1:61: listen.admin[2]: '127.0.0.1:1' stands here twice; remove one")));
}

}  // namespace
}  // namespace kpistream::app
