// The connections there are, one for each CRM.
#pragma once

#include <memory>

#include "app/connect/connect.hpp"

namespace kpistream::app {

// By the address of an incoming webhook.
[[nodiscard]] std::unique_ptr<Connection> connect_bitrix24(const CommandOptions& options,
                                                           const ConnectCommand& command);
// By an account's address and a long-lived token; it makes the webhook itself.
[[nodiscard]] std::unique_ptr<Connection> connect_amocrm(const CommandOptions& options, const ConnectCommand& command);

}  // namespace kpistream::app
