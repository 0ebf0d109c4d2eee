#include "app/viewer_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace kpistream::app {
namespace {

constexpr std::string_view kTokenLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-";

bool is_token(std::string_view text) {
  return text.size() >= kTokenBytesMin && text.size() <= kTokenBytesMax &&
         text.find_first_not_of(kTokenLetters) == std::string_view::npos;
}

std::vector<std::string> tables_of(const std::vector<PortalConfig>& portals) {
  std::vector<std::string> tables;
  for (const auto& portal : portals) {
    if (portal.settings.counts_in.portal.empty()) tables.push_back(portal.settings.alias);
  }
  return tables;
}

std::string read_token(Section& item) {
  auto tokens = item.secrets("token", false);
  if (tokens.empty()) {
    if (!item.has("token") && !item.has("token_file"))
      item.complain("token", "is missing: token_file, a file that holds it, or token");
    return {};
  }
  if (is_token(tokens.front())) return std::move(tokens.front());
  item.complain(item.has("token") ? "token" : "token_file",
                fmt::format("a token is {} to {} of: A-Z a-z 0-9 . _ ~ -; make one with: openssl rand -hex 16",
                            kTokenBytesMin, kTokenBytesMax));
  return {};
}

ViewerConfig read_viewer(Section& item, const std::vector<std::string>& tables) {
  ViewerConfig viewer;
  viewer.name = item.text("name").value_or("");
  if (viewer.name.empty()) item.complain("name", "is missing: whose token this is");
  viewer.token = read_token(item);
  const auto role = item.one_of("role");
  if (!role && !item.has("role")) item.complain("role", "is missing: head or manager");
  viewer.portal = item.text("portal").value_or("");
  if (!viewer.portal.empty() && std::find(tables.begin(), tables.end(), viewer.portal) == tables.end())
    item.complain("portal",
                  fmt::format("'{}' is no portal with a table{}", viewer.portal, did_you_mean(viewer.portal, tables)));
  viewer.manager = item.text("manager").value_or("");
  if (role == "head" && item.has("manager")) item.complain("manager", "a head sees all; leave it out");
  if (role == "manager" && viewer.manager.empty())
    item.complain("manager", "is missing: the manager's id in the CRM, for example \"7\"");
  if (role == "manager" && viewer.portal.empty() && tables.size() > 1)
    item.complain("portal", "is missing: in which table the manager is");
  item.finish();
  return viewer;
}

}  // namespace

std::vector<ViewerConfig> read_viewers(Section& root, const std::vector<PortalConfig>& portals) {
  std::vector<ViewerConfig> viewers;
  std::set<std::string> names;
  std::set<std::string> tokens;
  const auto tables = tables_of(portals);
  for (auto& item : root.sections("viewers")) {
    auto viewer = read_viewer(item, tables);
    if (!viewer.name.empty() && !names.insert(viewer.name).second)
      item.complain("name", fmt::format("'{}' stands here twice", viewer.name));
    if (!viewer.token.empty() && !tokens.insert(viewer.token).second)
      item.complain(item.has("token") ? "token" : "token_file", "somebody above has the same token");
    viewers.push_back(std::move(viewer));
  }
  if (viewers.size() > kViewersMax) root.complain("viewers", fmt::format("are more than {}", kViewersMax));
  return viewers;
}

}  // namespace kpistream::app
