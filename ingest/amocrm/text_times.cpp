#include "ingest/amocrm/text_times.hpp"

#include <chrono>

#include "ingest/json/json.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::string_view kMoscow = "Europe/Moscow";

PortalSettings in_zone(std::string_view zone) {
  PortalSettings settings;
  settings.zone = zone;
  return settings;
}

bool within(std::string_view host, std::string_view domain) {
  return host == domain || (host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
}

}  // namespace

TextTimes::TextTimes(const PortalSettings& settings)
    : count_(settings.text_times),
      fixed_(!settings.text_zone.empty()),
      local_(in_zone(fixed_ ? std::string_view(settings.text_zone) : kMoscow)),
      utc_(in_zone("UTC")) {}

UnixSeconds TextTimes::read(std::string_view text, std::string_view host) const {
  // As UTC first, which gives the day and the time of the day.
  if (text.size() != 19 || text[10] != ' ') return 0;
  std::string iso(text);
  iso[10] = 'T';
  const UnixSeconds wall = parse_iso_time(iso + "Z");
  if (wall <= 0) return 0;
  constexpr std::int64_t kDay = 86'400;
  constexpr std::int64_t kMinute = 60;
  const bool utc = !fixed_ && (within(host, "kommo.com") || within(host, "amocrm.com"));
  return (utc ? utc_ : local_).moment(wall / kDay, static_cast<int>(wall % kDay / kMinute)) + wall % kMinute;
}

std::string_view host_in(const Form& form) {
  const FormPair* link = form.find({"account", "_links", "self"});
  if (link == nullptr || !link->value.starts_with("https://")) return {};
  const std::string_view rest = link->value.substr(8);
  return rest.substr(0, rest.find_first_of(":/"));
}

}  // namespace kpistream::ingest
