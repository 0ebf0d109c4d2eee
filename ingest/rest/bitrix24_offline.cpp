#include "ingest/rest/bitrix24_offline.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "ingest/json/json.hpp"
#include "ingest/rest/oauth.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::size_t kRowsMost = 50;  // of one answer
constexpr std::size_t kNameMost = 64;

// What the dialect understands (ingest/bitrix24/deliveries.cpp): more would only fill the queue.
constexpr std::array<std::string_view, 39> kEvents{"ONCRMLEADADD",
                                                   "ONCRMLEADUPDATE",
                                                   "ONCRMLEADDELETE",
                                                   "ONCRMDEALADD",
                                                   "ONCRMDEALUPDATE",
                                                   "ONCRMDEALDELETE",
                                                   "ONCRMDEALMOVETOCATEGORY",
                                                   "ONCRMACTIVITYADD",
                                                   "ONCRMACTIVITYUPDATE",
                                                   "ONCRMACTIVITYDELETE",
                                                   "ONCRMQUOTEADD",
                                                   "ONCRMQUOTEUPDATE",
                                                   "ONCRMQUOTEDELETE",
                                                   "ONCRMINVOICEADD",
                                                   "ONCRMINVOICEUPDATE",
                                                   "ONCRMINVOICEDELETE",
                                                   "ONCRMINVOICESETSTATUS",
                                                   "ONCRMTIMELINECOMMENTADD",
                                                   "ONCRMTIMELINECOMMENTUPDATE",
                                                   "ONCRMTIMELINECOMMENTDELETE",
                                                   "ONCRMDYNAMICITEMADD",
                                                   "ONCRMDYNAMICITEMUPDATE",
                                                   "ONCRMDYNAMICITEMDELETE",
                                                   "ONCRMDOCUMENTGENERATORDOCUMENTADD",
                                                   "ONCRMDOCUMENTGENERATORDOCUMENTUPDATE",
                                                   "ONCRMDOCUMENTGENERATORDOCUMENTDELETE",
                                                   "ONCRMCURRENCYADD",
                                                   "ONCRMCURRENCYUPDATE",
                                                   "ONCRMCURRENCYDELETE",
                                                   "ONTASKADD",
                                                   "ONTASKUPDATE",
                                                   "ONTASKDELETE",
                                                   "ONTASKCOMMENTADD",
                                                   "ONTASKCOMMENTUPDATE",
                                                   "ONTASKCOMMENTDELETE",
                                                   "ONPAYMENTENTITYSAVED",
                                                   "ONPAYMENTDELETED",
                                                   "ONVOXIMPLANTCALLEND",
                                                   "ONUSERADD"};

// Goes into a command, so it is letters and digits.
std::string name_of_reservation(const JsonValue& value) {
  std::string name = value.text();
  const bool good = name.size() <= kNameMost && std::all_of(name.begin(), name.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                    });
  return good ? name : std::string();
}

std::string error_of(const BatchPart& part) {
  JsonDocument document;
  return part.kind == BatchPart::Kind::error && document.parse(part.json) ? document.root()["error"].text() : "";
}

std::size_t count(const JsonValue& rows) {
  std::size_t number = 0;
  rows.each([&](const JsonValue&) { ++number; });
  return number;
}

std::string get_command(const std::string& reservation) {
  const std::string get = "event.offline.get?clear=0";
  return reservation.empty() ? get : get + "&process_id=" + reservation;
}

}  // namespace

void Bitrix24Offline::begin(std::uint64_t installation) {
  doing_ = installation == bound_ ? Doing::fetching : Doing::binding;
  binding_ = installation;
  if (doing_ == Doing::fetching && !reserving_) doing_ = Doing::looking;
}

std::vector<std::string> Bitrix24Offline::commands() {
  std::vector<std::string> commands;
  switch (doing_) {
    case Doing::nothing:
      break;
    case Doing::binding:
      for (const auto event : kEvents) {
        commands.push_back("event.bind?event=" + std::string(event) + "&event_type=offline");
      }
      if (!handler_.empty()) {
        commands.push_back("event.bind?event=ONOFFLINEEVENT&handler=" + percent_encoded(handler_));
      }
      break;
    case Doing::looking_for_reserved:
      commands.emplace_back("event.offline.list?filter%5B%21PROCESS_ID%5D=");
      break;
    case Doing::fetching:
      commands.push_back(get_command(reserved_.empty() ? "" : reserved_.back()));
      break;
    case Doing::looking:
      commands.emplace_back("event.offline.list");
      break;
    case Doing::reading_away:
      commands.push_back("event.offline.get?clear=1&filter%5B%3C%3DID%5D=" + last_);
      break;
  }
  if (!done_.empty()) commands.insert(commands.begin(), "event.offline.clear?process_id=" + done_);
  return commands;
}

Bitrix24Offline::Taken Bitrix24Offline::take(std::span<const BatchPart> parts) {
  if (!done_.empty() && !parts.empty()) {
    // When it was not cleared its rows stay reserved, and are taken over after the next start.
    if (parts.front().kind == BatchPart::Kind::limited || parts.front().kind == BatchPart::Kind::missing) {
      return {Step::failed, {}, 0};
    }
    done_.clear();
    parts = parts.subspan(1);
  }
  if (parts.empty()) return {};
  switch (doing_) {
    case Doing::nothing:
      return {};
    case Doing::binding:
      return take_bindings(parts);
    case Doing::looking_for_reserved:
      take_reserved(parts.front());
      return {};
    case Doing::fetching:
      return take_fetched(parts.front());
    case Doing::looking:
      return take_looked_at(parts.front());
    case Doing::reading_away:
      return take_read_away(parts.front());
  }
  return {};
}

// An event that the portal does not know, or that is bound already, is answered by an error and does no harm.
Bitrix24Offline::Taken Bitrix24Offline::take_bindings(std::span<const BatchPart> parts) {
  const auto is = [](BatchPart::Kind kind) { return [kind](const BatchPart& part) { return part.kind == kind; }; };
  for (const auto kind : {BatchPart::Kind::limited, BatchPart::Kind::blocked, BatchPart::Kind::missing}) {
    if (std::any_of(parts.begin(), parts.end(), is(kind))) return {Step::failed, {}, 0};
  }
  const bool forbidden = std::all_of(parts.begin(), parts.end(), [](const BatchPart& part) {
    const std::string error = error_of(part);
    return error == "WRONG_AUTH_TYPE" || error == "ACCESS_DENIED" || error == "insufficient_scope";
  });
  if (forbidden) return {Step::refused, {}, 0};
  bound_ = binding_;
  doing_ = reserving_ ? Doing::fetching : Doing::looking;
  if (reserving_ && !looked_for_reserved_) doing_ = Doing::looking_for_reserved;
  return {};
}

// The documentation shows PROCESS_ID on one page and denies it on another: where it is missing nothing is taken over.
void Bitrix24Offline::take_reserved(const BatchPart& part) {
  doing_ = Doing::fetching;
  looked_for_reserved_ = true;
  JsonDocument document;
  if (part.kind != BatchPart::Kind::result || !document.parse("{\"result\":" + part.json + "}")) return;
  document.root()["result"].each([&](const JsonValue& row) {
    std::string name = name_of_reservation(row["PROCESS_ID"]);
    if (name.empty() || std::find(reserved_.begin(), reserved_.end(), name) != reserved_.end()) return;
    reserved_.push_back(std::move(name));
  });
}

Bitrix24Offline::Taken Bitrix24Offline::not_answered(const BatchPart& part) {
  if (part.kind == BatchPart::Kind::error) {
    doing_ = Doing::nothing;
    return {Step::refused, {}, 0};
  }
  return {Step::failed, {}, 0};
}

Bitrix24Offline::Taken Bitrix24Offline::take_fetched(const BatchPart& part) {
  if (error_of(part) == "WRONG_LICENSE") {
    reserving_ = false;
    doing_ = Doing::looking;
    return {};
  }
  JsonDocument document;
  if (part.kind != BatchPart::Kind::result || !document.parse("{\"result\":" + part.json + "}")) {
    return not_answered(part);
  }
  const JsonValue result = document.root()["result"];
  Taken taken;
  taken.events = count(result["events"]);
  if (taken.events != 0) taken.bodies.push_back("{\"result\":" + part.json + "}");
  done_ = name_of_reservation(result["process_id"]);
  if (!reserved_.empty()) {
    reserved_.pop_back();  // no reservation has more rows than one answer
  } else if (taken.events < kRowsMost) {
    doing_ = Doing::nothing;
  }
  if (taken.events == 0) done_.clear();  // nothing was reserved
  return taken;
}

Bitrix24Offline::Taken Bitrix24Offline::take_looked_at(const BatchPart& part) {
  const auto rows = part.kind == BatchPart::Kind::result ? split_rows(part.json, "") : std::nullopt;
  if (!rows) return not_answered(part);
  Taken taken;
  taken.events = rows->size();
  more_ = rows->size() >= kRowsMost;
  doing_ = rows->empty() ? Doing::nothing : Doing::reading_away;
  if (rows->empty()) return taken;
  last_ = rows->back().id;
  taken.bodies.push_back("{\"result\":{\"events\":" + part.json + "}}");
  return taken;
}

Bitrix24Offline::Taken Bitrix24Offline::take_read_away(const BatchPart& part) {
  JsonDocument document;
  if (part.kind != BatchPart::Kind::result || !document.parse("{\"result\":" + part.json + "}")) {
    return not_answered(part);
  }
  doing_ = more_ ? Doing::looking : Doing::nothing;
  Taken taken;  // counted when they were looked at
  if (count(document.root()["result"]["events"]) != 0) taken.bodies.push_back("{\"result\":" + part.json + "}");
  return taken;
}

}  // namespace kpistream::ingest
