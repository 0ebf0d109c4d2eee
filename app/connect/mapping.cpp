#include "app/connect/mapping.hpp"

#include <algorithm>
#include <array>

namespace kpistream::app {
namespace {

constexpr std::size_t kNamesMost = 20;  // in one line

constexpr std::array<Listed, 6> kStageLists{{{"stages.incoming", &PortalSettings::incoming_stages},
                                             {"stages.qualified", &PortalSettings::qualified_stages},
                                             {"stages.quote", &PortalSettings::quote_stages},
                                             {"stages.payment", &PortalSettings::payment_stages},
                                             {"stages.meeting", &PortalSettings::meeting_stages},
                                             {"stages.complaint", &PortalSettings::complaint_stages}}};
constexpr std::array<Listed, 1> kPaidLists{{{"values.paid", &PortalSettings::paid_values}}};
constexpr std::array<Listed, 2> kPipelineLists{{{"pipelines.main", &PortalSettings::main_pipelines},
                                                {"pipelines.complaints", &PortalSettings::complaint_pipelines}}};
constexpr std::array<Listed, 4> kTypeLists{{{"types.meeting", &PortalSettings::meeting_types},
                                            {"types.complaint", &PortalSettings::complaint_types},
                                            {"types.quote", &PortalSettings::quote_types},
                                            {"types.payment", &PortalSettings::payment_types}}};

}  // namespace

std::span<const Listed> stage_lists() { return kStageLists; }
std::span<const Listed> pipeline_lists() { return kPipelineLists; }
std::span<const Listed> type_lists() { return kTypeLists; }
std::span<const Listed> paid_lists() { return kPaidLists; }

bool contains(const Ids& ids, std::string_view id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

std::string joined(const Ids& ids) {
  std::string text;
  for (std::size_t i = 0; i < std::min(ids.size(), kNamesMost); ++i) text += (i == 0 ? "" : ", ") + ids[i];
  return ids.size() > kNamesMost ? text + ", …" : text;
}

void missing(std::span<const Listed> lists, const PortalSettings& settings, const Ids& known, const Mistake& mistake,
             const std::function<bool(const std::string&)>& judge, Findings& findings) {
  for (const Listed& list : lists) {
    for (const auto& id : settings.*list.ids) {
      if ((judge && !judge(id)) || contains(known, id)) continue;
      findings.push_back(
          {settings.alias, "mapping", false, {mistake.what, {list.key, id}}, Line{mistake.cure, {joined(known)}}});
    }
  }
}

}  // namespace kpistream::app
