#include "tests/unit/ingest/support/records.hpp"

#include <array>
#include <ctime>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace kpistream::ingest {
namespace {

std::string time(UnixSeconds at) {
  const std::time_t seconds = at;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%FT%TZ", &parts)};
}

// Gathers " name=value" for what is set.
class Fields {
 public:
  Fields& text(std::string_view name, const std::string& value) {
    if (!value.empty()) out_ += " " + std::string(name) + "=" + value;
    return *this;
  }
  Fields& number(std::string_view name, std::int64_t value) {
    return text(name, value == 0 ? "" : std::to_string(value));
  }
  Fields& moment(std::string_view name, UnixSeconds at) { return text(name, at == 0 ? "" : time(at)); }
  Fields& word(std::string_view name, std::initializer_list<const char*> words, unsigned index) {
    return index == 0 ? *this : text(name, *(words.begin() + index));
  }
  Fields& flag(std::string_view name, bool value) { return value ? text(name, "yes") : *this; }
  [[nodiscard]] const std::string& str() const { return out_; }

 private:
  std::string out_;
};

std::string name_of(const EntityRef& ref) {
  static constexpr std::array kNames{"",         "lead",  "deal",       "activity", "call",     "quote",
                                     "invoice",  "task",  "message",    "manager",  "pipeline", "cursor",
                                     "client",   "note",  "line",       "acts",     "stage",    "currency",
                                     "work_day", "maker", "department", "card",     "source",   "loss_reason"};
  if (ref.kind == EntityKind::card) return ref.id;
  return ref.id.empty() ? "" : std::string(kNames.at(static_cast<std::size_t>(ref.kind))) + ":" + ref.id;
}

std::string describe(const StagePoint& point) {
  return Fields()
      .moment("at", point.at)
      .moment("entered", point.entered)
      .text("pipeline", point.pipeline)
      .text("stage", point.stage)
      .word("outcome", {"", "open", "won", "lost", "incoming"}, static_cast<unsigned>(point.outcome))
      .text("owner", point.owner)
      .number("amount", point.amount)
      .text("currency", point.currency)
      .text("mover", point.mover)
      .text("author", point.author)
      .number("row", static_cast<std::int64_t>(point.row))
      .word("tells", {"", "owner", "amount"}, static_cast<unsigned>(point.tells))
      .str();
}

std::string describe(const Details& details) {
  return Fields()
      .text("owner", details.owner)
      .word("act", {"", "meeting", "call", "todo", "mail", "chat", "comment"}, static_cast<unsigned>(details.act))
      .word("direction", {"", "in", "out", "callback"}, static_cast<unsigned>(details.direction))
      .word("call", {"", "talk", "short", "missed", "failed"}, static_cast<unsigned>(details.call))
      .number("seconds", details.seconds)
      .moment("start", details.start)
      .moment("end", details.end)
      .moment("deadline", details.deadline)
      .flag("done", details.done)
      .moment("done_at", details.done_at)
      .text("target", name_of(details.target))
      .flag("robot", !details.human)
      .text("type", details.type)
      .text("author", details.author)
      .text("closer", details.closer)
      .moment("created", details.created)
      .text("line", details.line)
      .number("rating", details.rating)
      .str();
}

// "name:value,name:value"; nothing for none, which is also nothing to tell.
std::string describe(const std::vector<Field>& fields) {
  std::string out;
  for (const Field& field : fields) out += (out.empty() ? "" : ",") + field.name + ":" + field.value;
  return out;
}

// "contact:5,company:3"; "none" for a known none.
std::string describe(const std::vector<EntityRef>& cards) {
  std::string out;
  for (const EntityRef& card : cards) out += (out.empty() ? "" : ",") + card.id;
  return out.empty() ? "none" : out;
}

}  // namespace

std::string read_sample(const std::string& name) {
  std::ifstream in(std::string(KPISTREAM_SOURCE_DIR "/tests/data/") + name, std::ios::binary);
  if (!in) throw std::runtime_error("no sample " + name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Record delivery(std::string body) {
  Record record;
  record.portal = "demo";
  record.body = std::move(body);
  return record;
}

Record reading(std::string subject, std::string body, std::uint16_t status) {
  Record record = delivery(std::move(body));
  record.kind = RecordKind::reading;
  record.subject = std::move(subject);
  record.status = status;
  return record;
}

std::string told_or_none(const std::optional<EntityRef>& ref) {
  if (!ref) return "";
  if (ref->id.empty()) return "none";
  return ref->kind == EntityKind::client ? ref->id : name_of(*ref);
}

std::string describe(const Observation& seen) {
  std::string out = name_of(seen.ref);
  out += Fields()
             .word("presence", {"", "present", "gone"}, static_cast<unsigned>(seen.presence))
             .moment("version", seen.version)
             .moment("created", seen.created)
             .text("creator", seen.creator)
             .text("source", seen.source)
             .text("loss_reason", seen.loss_reason ? "'" + *seen.loss_reason + "'" : "")
             .text("name", seen.name)
             .number("cursor", seen.cursor)
             .flag("ignore", seen.ignore)
             .text("repeat", seen.repeat ? (*seen.repeat ? "yes" : "no") : "")
             .text("parent", told_or_none(seen.parent))
             .text("client", told_or_none(seen.client))
             .text("cards", seen.cards ? describe(*seen.cards) : "")
             .text("card", seen.card ? seen.card->id : "")
             .text("fields", seen.fields ? describe(*seen.fields) : "")
             .str();
  if (seen.point) out += " | point" + describe(*seen.point);
  if (seen.details) out += " | details" + describe(*seen.details);
  return out;
}

std::string describe(const Decoded& decoded) {
  static constexpr std::array kVerdicts{"understood", "ignored", "unknown", "quarantined"};
  std::string out = std::string(kVerdicts.at(static_cast<std::size_t>(decoded.verdict))) + " " + decoded.event;
  for (const auto& wish : decoded.wishes) out += "\nwish " + wish;
  for (const auto& seen : decoded.observations) out += "\n" + describe(seen);
  return out;
}

}  // namespace kpistream::ingest
