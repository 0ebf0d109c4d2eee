// The proposals for an amoCRM or Kommo account.
#include <algorithm>
#include <array>

#include "app/connect/names.hpp"
#include "app/json_text.hpp"

namespace kpistream::app {
namespace {

// In work or won; what waits to be accepted says nothing yet.
std::vector<Named> statuses_of(const AccountFacts& facts) {
  std::vector<Named> statuses;
  for (const auto& status : facts.statuses) {
    if (!status.incoming && !status.lost && !status.won) statuses.push_back({status.id, status.name});
  }
  return statuses;
}

std::vector<Named> pipelines_of(const AccountFacts& facts) {
  std::vector<Named> pipelines;
  for (const auto& pipeline : facts.pipelines) pipelines.push_back({pipeline.id, pipeline.name});
  return pipelines;
}

// Of leads, that hold a sum.
std::vector<Named> sums_of(const AccountFacts& facts) {
  std::vector<Named> sums;
  for (const auto& field : facts.fields) {
    if (field.type == "numeric" || field.type == "monetary") sums.push_back({field.id, field.name});
  }
  return sums;
}

// A field that is kept under a name of ours and named elsewhere: `fields: {cost: "701009"}` and `cost_field: cost`.
Proposal field_as(Phrase subject, const char* name, const char* role, const Found& found, Line why, Line otherwise) {
  if (!found.any()) return {subject, {}, std::move(otherwise)};
  return {subject, {{"fields", name, json(found.ids.front())}, {"", role, name}}, std::move(why)};
}

Proposal propose_quotes(const AccountFacts& facts) {
  const std::array<Choice, 1> choices{
      {{like(statuses_of(facts), kQuote, {}, kNotSent), "stages", Phrase::amo_quotes_status}}};
  return first_of(Phrase::subject_quotes, "quote", choices, {Phrase::amo_quotes_none});
}

Proposal propose_quote_sum(const AccountFacts& facts) {
  const Found found = like(sums_of(facts), kQuote);
  return field_as(Phrase::subject_quote_sum, "quote_sum", "quote_amount_field", found,
                  {Phrase::amo_quote_sum_field, {found.names}}, {Phrase::amo_quote_sum_none});
}

Proposal propose_payments(const AccountFacts& facts) {
  Found paid;
  for (const auto& choice : facts.paid) paid.add(choice.id, choice.name);
  const std::array<Choice, 2> choices{
      {{std::move(paid), "values", Phrase::amo_payments_invoices, "paid"},
       {like(statuses_of(facts), kPaid, {}, kNotPaid), "stages", Phrase::amo_payments_status}}};
  return first_of(Phrase::subject_payments, "payment", choices, {Phrase::amo_payments_none});
}

Proposal propose_meetings(const AccountFacts& facts) {
  Found found;
  for (const auto& type : facts.task_types) {
    if (type.meeting || has_one(words_of(type.name), kMeeting)) found.add(type.id, type.name);
  }
  const std::array<Choice, 1> choices{{{std::move(found), "types", Phrase::amo_meetings_types}}};
  return first_of(Phrase::subject_meetings, "meeting", choices, {Phrase::amo_meetings_none});
}

// "{field: tag, value: "..."}" for each.
std::string complaint_values(const char* field, const std::vector<std::string>& values) {
  std::string list;
  for (const auto& value : values) {
    list += std::string(list.empty() ? "" : ", ") + "{field: " + field + ", value: " + json(value) + "}";
  }
  return "[" + list + "]";
}

Proposal propose_complaints(const AccountFacts& facts) {
  const std::array<Choice, 2> choices{
      {{like(pipelines_of(facts), kComplaint), "pipelines", Phrase::complaints_pipeline, "complaints"},
       {like(statuses_of(facts), kComplaint), "stages", Phrase::amo_complaints_status}}};
  auto proposal = first_of(Phrase::subject_complaints, "complaint", choices, {Phrase::amo_complaints_none});
  if (!proposal.settings.empty()) return proposal;
  if (const Found tags = like(facts.tags, kComplaint); tags.any()) {
    return {Phrase::subject_complaints,
            {{"values", "complaint", complaint_values("tag", tags.ids)}},
            {Phrase::amo_complaints_tag, {tags.names}}};
  }
  for (const auto& field : facts.fields) {
    const Found found = like(field.choices, kComplaint);
    if (!found.any()) continue;
    return {
        Phrase::subject_complaints,
        {{"fields", "complaint", json(field.id)}, {"values", "complaint", complaint_values("complaint", found.ids)}},
        {Phrase::amo_complaints_field, {field.name, found.names}}};
  }
  return proposal;
}

Proposal propose_incoming(const AccountFacts& facts) {
  Found found;
  for (const auto& status : facts.statuses) {
    if (status.incoming) found.add(status.id, status.name);
  }
  if (!facts.unsorted || !found.any()) return {Phrase::subject_incoming, {}, {Phrase::amo_incoming_off}};
  const std::string count = std::to_string(found.ids.size());
  return {Phrase::subject_incoming, {{"stages", "incoming", json(found.ids)}}, {Phrase::amo_incoming_on, {count}}};
}

Proposal propose_main(const AccountFacts& facts) {
  const Found complaints = like(pipelines_of(facts), kComplaint);
  Found found;
  for (const auto& pipeline : facts.pipelines) {
    const bool of_complaints =
        std::find(complaints.ids.begin(), complaints.ids.end(), pipeline.id) != complaints.ids.end();
    if (!pipeline.archived && !of_complaints) found.add(pipeline.id, pipeline.name);
  }
  if (!found.any() || found.ids.size() == facts.pipelines.size()) {
    return {Phrase::subject_main, {}, {Phrase::amo_main_all}};
  }
  return {Phrase::subject_main, {{"pipelines", "main", json(found.ids)}}, {Phrase::amo_main_some, {found.names}}};
}

Proposal propose_cost(const AccountFacts& facts) {
  const Found found = like(sums_of(facts), kCost);
  return field_as(Phrase::subject_cost, "cost", "cost_field", found, {Phrase::amo_cost_field, {found.names}},
                  {Phrase::amo_cost_none});
}

Proposal propose_robots(const AccountFacts& facts) {
  Found found;
  for (const auto& user : facts.users) {
    if (user.free || has_one(words_of(user.name), kRobot)) found.add(user.id, user.name);
  }
  const std::array<Choice, 1> choices{{{std::move(found), "", Phrase::amo_robots_some}}};
  return first_of(Phrase::subject_robots, "robots", choices, {Phrase::amo_robots_none});
}

}  // namespace

std::vector<Proposal> propose(const AccountFacts& facts) {
  return {propose_quotes(facts),   propose_quote_sum(facts),  propose_payments(facts),
          propose_meetings(facts), propose_complaints(facts), propose_incoming(facts),
          propose_main(facts),     propose_cost(facts),       propose_robots(facts)};
}

}  // namespace kpistream::app
