#include <algorithm>
#include <array>

#include "app/connect/findings.hpp"

namespace kpistream::app {
namespace {

struct State {
  std::string_view name;  // as kpistream_application_state has it
  Phrase what;
  Phrase cure;
};
constexpr std::array<State, 9> kWrong{{
    {"waiting", Phrase::app_waiting, Phrase::cure_app_waiting},
    {"refused", Phrase::app_refused, Phrase::cure_app_refused},
    {"uninstalled", Phrase::app_uninstalled, Phrase::cure_app_waiting},
    {"foreign", Phrase::app_foreign, Phrase::cure_app_foreign},
    {"no_admin", Phrase::app_no_admin, Phrase::cure_app_no_admin},
    {"wrong_client", Phrase::app_wrong_client, Phrase::cure_app_wrong_client},
    {"denied", Phrase::app_denied, Phrase::cure_app_denied},
    {"unwritable", Phrase::app_unwritable, Phrase::cure_app_unwritable},
    {"damaged", Phrase::app_damaged, Phrase::cure_app_damaged},
}};

}  // namespace

void judge_application(std::string_view state, const std::string& file, const std::string& hook,
                       const std::string& alias, Findings& findings) {
  constexpr const char* kCheck = "application";
  if (state == "working") {
    findings.push_back({alias, kCheck, true, {Phrase::app_working}, {}});
    return;
  }
  const auto found =
      std::find_if(kWrong.begin(), kWrong.end(), [state](const State& one) { return one.name == state; });
  if (found == kWrong.end()) {
    findings.push_back({alias, kCheck, false, {Phrase::app_unknown}, Line{Phrase::cure_restart}});
    return;
  }
  Finding finding{alias, kCheck, false, {found->what}, Line{found->cure}};
  if (found->what == Phrase::app_unwritable || found->what == Phrase::app_damaged) finding.what.values = {file};
  if (found->cure == Phrase::cure_app_waiting) finding.cure->values = {hook};
  findings.push_back(std::move(finding));
}

}  // namespace kpistream::app
