// A report as messages of Telegram. Pure.
//
// Source: core.telegram.org/bots/api, "sendMessage" and "Making requests": text of 1 to 4096 characters, which are
// UTF-16 units there; chat_id a number or @name; answers 200 with {"ok": true}, else a status with {"ok": false}.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kpistream::app {

inline constexpr std::size_t kTelegramUnitsMax = 4'096;  // UTF-16 units of one message

// The text in as few messages as it takes, cut at line ends; a line that is longer than a message between letters. No
// message is blank. `text` is UTF-8.
[[nodiscard]] std::vector<std::string> telegram_messages(std::string_view text);

// The body of a call of sendMessage, JSON.
[[nodiscard]] std::string telegram_body(const std::string& chat_id, const std::string& text);

// What an answer other than 200 means, and where to look; 0: there was none.
[[nodiscard]] std::string telegram_failure(unsigned status);

}  // namespace kpistream::app
