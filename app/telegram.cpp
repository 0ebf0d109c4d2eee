#include "app/telegram.hpp"

#include <fmt/format.h>

#include "app/json_text.hpp"

namespace kpistream::app {
namespace {

constexpr std::string_view kBlank = " \n";

// UTF-16 units of the letter that begins with this byte; 0: it is within one.
std::size_t units_at(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if ((byte & 0xC0U) == 0x80U) return 0;
  return byte >= 0xF0U ? 2 : 1;
}

// Bytes of the whole letters that one message can hold.
std::size_t fitting(std::string_view text) {
  std::size_t units = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    units += units_at(text[at]);
    if (units > kTelegramUnitsMax) return at;
  }
  return text.size();
}

}  // namespace

std::vector<std::string> telegram_messages(std::string_view text) {
  std::vector<std::string> messages;
  for (;;) {
    const auto begin = text.find_first_not_of('\n');
    if (begin == std::string_view::npos) return messages;
    text.remove_prefix(begin);
    std::size_t end = fitting(text);
    if (end < text.size()) {
      const auto line_end = text.rfind('\n', end);
      if (line_end != std::string_view::npos) end = line_end;
    }
    const std::string_view message = text.substr(0, end);
    text.remove_prefix(end);
    const auto last = message.find_last_not_of(kBlank);
    if (last != std::string_view::npos) messages.emplace_back(message.substr(0, last + 1));
  }
}

std::string telegram_body(const std::string& chat_id, const std::string& text) {
  return fmt::format(R"({{"chat_id":{},"text":{}}})", json(chat_id), json(text));
}

std::string telegram_failure(unsigned status) {
  switch (status) {
    case 0:
      return "Telegram does not answer";
    case 400:
      return "Telegram refuses the message, most often because there is no such chat, see report.telegram.chat_id: a "
             "group that has become a supergroup has another id";
    case 401:
    case 404:
      return "Telegram does not know the bot, see report.telegram.bot_token";
    case 403:
      return "the bot may not write there: add it to the chat; a person has to write to it first";
    case 429:
      return "Telegram has had too many messages, try again later";
    default:
      return fmt::format("Telegram answers {}", status);
  }
}

}  // namespace kpistream::app
