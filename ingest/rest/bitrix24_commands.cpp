#include "ingest/rest/bitrix24_commands.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

namespace kpistream::ingest {
namespace {

constexpr std::size_t kListFrom = 3;  // fewer are asked for one by one
constexpr std::string_view kIds = "&filter%5B%40ID%5D%5B%5D=";

constexpr std::array<Bitrix24Kind, 10> kKinds{{
    {"crm.lead.get?id=", "", "crm.lead.list?start=-1&select%5B%5D=*&select%5B%5D=UF_*", kIds, "", "", true,
     EntityKind::lead},
    {"crm.deal.get?id=", "", "crm.deal.list?start=-1&select%5B%5D=*&select%5B%5D=UF_*", kIds, "", "", true,
     EntityKind::deal},
    {"crm.activity.get?id=", "", "crm.activity.list?start=-1&select%5B%5D=*&select%5B%5D=UF_*", kIds, "", "", true,
     EntityKind::activity},
    {"crm.quote.get?id=", "", "crm.quote.list?start=-1&select%5B%5D=*&select%5B%5D=UF_*", kIds, "", "", true,
     EntityKind::quote},
    {"crm.item.get?entityTypeId=31&id=", "", "crm.item.list?entityTypeId=31&start=-1",
     "&filter%5B%40id%5D%5B%5D=", "items", "{\"item\":", true, EntityKind::invoice},
    {"tasks.task.get?taskId=", kTaskFields, "tasks.task.list?start=-1", "&filter%5BID%5D%5B%5D=", "tasks",
     "{\"task\":", true, EntityKind::task},
    {"crm.timeline.comment.get?id=", "", "", "", "", "", false, EntityKind::note},
    {"crm.invoice.get?id=", "", "", "", "", "", true, EntityKind::invoice},
    {"crm.documentgenerator.document.get?id=", "", "", "", "", "", true, EntityKind::quote},
    {"sale.payment.get?id=", "", "", "", "", "", true, EntityKind::invoice},
}};

constexpr std::string_view kItem = "crm.item.get?entityTypeId=";
// Smart processes: of any type, read one by one.
constexpr Bitrix24Kind kSmartProcess{kItem, "", "", "", "", "", true, EntityKind::quote};

// The queue of offline events belongs to applications: see bitrix24_offline.hpp. To others the portal says so.
constexpr std::array<Bitrix24Kind, 7> kWhole{{
    {"crm.category.list?entityTypeId=2", "", "", "", "", "", true, EntityKind::pipeline},
    {"crm.status.list", "", "", "", "", "", true, EntityKind::stage},
    {"crm.currency.list", "", "", "", "", "", true, EntityKind::currency},
    {"department.get", "", "", "", "", "", false, EntityKind::department},
    {"crm.deal.fields", "", "", "", "", "", false, EntityKind::loss_reason},
    {"crm.lead.fields", "", "", "", "", "", false, EntityKind::loss_reason},
    {"event.offline.get", "", "", "", "", "", true, {}},
}};
constexpr std::array<std::string_view, 4> kDirectories{kWhole[0].get, kWhole[1].get, kWhole[2].get, kWhole[3].get};
constexpr std::array<std::string_view, 2> kFieldLists{kWhole[4].get, kWhole[5].get};
// Pages after the first.
constexpr Bitrix24Kind kDepartments{"department.get?start=", "", "", "", "", "", false, EntityKind::department};

bool is_digits(std::string_view text) {
  return !text.empty() && text.size() <= 19 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Types below are the CRM's own kinds, each of which has methods of its own.
bool is_smart_process(std::string_view type) {
  constexpr std::uint64_t kFirst = 128;
  std::uint64_t number = 0;
  std::from_chars(type.data(), type.data() + type.size(), number);
  return is_digits(type) && number >= kFirst;
}

void add_lists(const Bitrix24Kind& kind, const std::vector<WishQueue::Asked>& asked,
               std::vector<Bitrix24Command>& commands) {
  for (std::size_t first = 0; first < asked.size(); first += kPageRows) {
    Bitrix24Command command{std::string(kind.list) + std::string(kind.more), {}, &kind};
    for (std::size_t i = first; i < std::min(asked.size(), first + kPageRows); ++i) {
      command.text.append(kind.list_id).append(id_in(asked[i].subject));
      command.asked.push_back(asked[i]);
    }
    commands.push_back(std::move(command));
  }
}

Bitrix24Outcome outcome_of_list(const Bitrix24Command& command, const BatchPart& part) {
  Bitrix24Outcome outcome;
  const auto rows = split_rows(part.json, command.list->rows);
  if (!rows) {
    outcome.singly = command.asked;
    return outcome;
  }
  std::map<std::string_view, const Row*> by_id;
  for (const Row& row : *rows) by_id.emplace(row.id, &row);
  for (const auto& asked : command.asked) {
    const auto found = by_id.find(id_in(asked.subject));
    if (found == by_id.end()) {
      outcome.singly.push_back(asked);
      continue;
    }
    std::string body = "{\"result\":" + std::string(command.list->wrap) + found->second->json;
    body += command.list->wrap.empty() ? "}" : "}}";
    outcome.readings.push_back({asked.subject, asked.asked, 200, std::move(body)});
  }
  return outcome;
}

}  // namespace

const Bitrix24Kind* bitrix24_kind(std::string_view subject) {
  const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [subject](const Bitrix24Kind& one) {
    return subject.starts_with(one.get) && is_digits(subject.substr(one.get.size()));
  });
  if (kind != kKinds.end()) return kind;
  for (const Bitrix24Kind& whole : kWhole) {
    if (subject == whole.get) return &whole;
  }
  if (subject.starts_with(kDepartments.get)) {
    return is_digits(subject.substr(kDepartments.get.size())) ? &kDepartments : nullptr;
  }
  if (!subject.starts_with(kItem)) return nullptr;
  const std::string_view rest = subject.substr(kItem.size());
  const auto mark = rest.find("&id=");
  if (mark == std::string_view::npos || !is_digits(rest.substr(mark + 4))) return nullptr;
  return is_smart_process(rest.substr(0, mark)) ? &kSmartProcess : nullptr;
}

std::span<const Bitrix24Kind> bitrix24_kinds() { return kKinds; }

std::span<const std::string_view> bitrix24_directories() { return kDirectories; }
std::span<const std::string_view> bitrix24_field_lists() { return kFieldLists; }

std::string_view id_in(std::string_view subject) { return subject.substr(subject.rfind('=') + 1); }

std::string_view method_of(std::string_view command) { return command.substr(0, command.find('?')); }

Bitrix24Command single_command(const WishQueue::Asked& asked) {
  return {asked.subject + std::string(bitrix24_kind(asked.subject)->more), {asked}, nullptr};
}

std::vector<Bitrix24Command> commands_for(const std::vector<WishQueue::Asked>& asked,
                                          const std::set<std::string, std::less<>>& singly) {
  const auto by_list = [&](const WishQueue::Asked& one) {
    return !bitrix24_kind(one.subject)->list.empty() && !singly.contains(one.subject);
  };
  std::map<const Bitrix24Kind*, std::vector<WishQueue::Asked>> listed;
  for (const auto& one : asked) {
    if (by_list(one)) listed[bitrix24_kind(one.subject)].push_back(one);
  }
  std::erase_if(listed, [](const auto& several) { return several.second.size() < kListFrom; });
  std::vector<Bitrix24Command> commands;
  for (const auto& one : asked) {
    if (!by_list(one) || !listed.contains(bitrix24_kind(one.subject))) commands.push_back(single_command(one));
  }
  for (const auto& [kind, several] : listed) add_lists(*kind, several, commands);
  return commands;
}

std::string batch_body(const std::vector<std::string>& commands) {
  std::string body = R"({"halt":0,"cmd":{)";
  for (std::size_t i = 0; i < commands.size(); ++i) {
    // Our commands hold nothing that JSON would want escaped.
    body += (i == 0 ? "\"w" : ",\"w") + std::to_string(i) + "\":\"" + commands[i] + '"';
  }
  return body + "}}";
}

std::string check_command(const Bitrix24Kind& kind, const std::vector<std::string>& ids) {
  const std::string_view unselected = kind.list.substr(0, kind.list.find("&select"));
  const bool lower = kind.list_id.find("id%5D") != std::string_view::npos;
  std::string command = std::string(unselected) + (lower ? "&select%5B%5D=id" : "&select%5B%5D=ID");
  for (const auto& id : ids) command.append(kind.list_id).append(id);
  return command;
}

Bitrix24Outcome outcome_of(const Bitrix24Command& command, const BatchPart& part) {
  Bitrix24Outcome outcome;
  const bool answered = part.kind == BatchPart::Kind::result || part.kind == BatchPart::Kind::error;
  if (!answered) {
    outcome.again = command.asked;
  } else if (command.list != nullptr && part.kind == BatchPart::Kind::error) {
    outcome.singly = command.asked;  // what is said of a list is said of none of them
  } else if (command.list != nullptr) {
    return outcome_of_list(command, part);
  } else if (part.kind == BatchPart::Kind::result) {
    outcome.readings.push_back(
        {command.asked.front().subject, command.asked.front().asked, 200, "{\"result\":" + part.json + "}"});
  } else {
    outcome.readings.push_back({command.asked.front().subject, command.asked.front().asked, 400, part.json});
  }
  return outcome;
}

}  // namespace kpistream::ingest
