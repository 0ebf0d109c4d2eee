#include "app/advice_api.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "app/advice_text.hpp"
#include "app/days.hpp"
#include "app/json_answer.hpp"
#include "app/query.hpp"
#include "ingest/json/json.hpp"

namespace kpistream::app {
namespace {

// What is wrong with the body; or the order is filled.
std::string read_body(std::string_view body, AdviceOrder& order) {
  ingest::JsonDocument document;
  if (!document.parse(body) || !document.root().is_object()) {
    return R"(the body must be an object, for example {"status":"accepted"})";
  }
  const auto root = document.root();
  const auto status = periods::advice_status_of(root["status"].text());
  if (!status || *status == periods::AdviceStatus::fresh) return "status: write accepted, declined or done";
  order.status = *status;
  order.owner = root["owner"].text();
  if (!order.owner.empty() && !ingest::is_id(order.owner)) return "owner: write the id of a user of the CRM";
  const std::string due = root["due"].text();
  if (due.empty()) return {};
  const auto wrong = read_day(due, order.due.emplace());
  return wrong.empty() ? wrong : "due: " + wrong;
}

ingest::AdminResponse answer_of(AdviceOutcome outcome, const AdviceOrder& order) {
  switch (outcome) {
    case AdviceOutcome::changed:
      return json_answer(200, fmt::format(R"({{"portal":{},"id":{},"status":{}}})", json(order.portal),
                                          json(order.card), json(periods::advice_status_name(order.status))));
    case AdviceOutcome::no_portal:
      return json_error(404, fmt::format("portal: '{}' is not configured", order.portal));
    case AdviceOutcome::no_card:
      return json_error(404, fmt::format("'{}' has no advice '{}'", order.portal, order.card));
    case AdviceOutcome::impossible:
      return json_error(409, "only what is accepted can be done, and what is done cannot be declined");
    case AdviceOutcome::busy:
      break;
  }
  return json_error(503, "nothing is changed: the figures are being computed; try again");
}

}  // namespace

ingest::AdminResponse list_advice(const Insights& insights, const ingest::AdminRequest& request) {
  const std::string portal = Query(request.query)["portal"];
  std::vector<std::string> lists;
  for (const auto& each : insights.all()) {
    if (!portal.empty() && each.summary->portal != portal) continue;
    auto cards = advice_json(each);
    if (!cards.empty()) lists.push_back(std::move(cards));
  }
  return json_answer(200, fmt::format(R"({{"cards":[{}]}})", fmt::join(lists, ",")));
}

bool is_card_path(std::string_view path) {
  return path.size() > kAdvicePath.size() + 1 && path.starts_with(kAdvicePath) && path[kAdvicePath.size()] == '/';
}

ingest::AdminResponse change_advice(AdviceDesk& desk, const ingest::AdminRequest& request) {
  AdviceOrder order;
  order.card = request.path.substr(kAdvicePath.size() + 1);
  order.portal = Query(request.query)["portal"];
  if (auto wrong = read_body(request.body, order); !wrong.empty()) return json_error(400, wrong);
  const auto outcome = desk.hand_over(order);
  return answer_of(outcome, order);
}

}  // namespace kpistream::app
