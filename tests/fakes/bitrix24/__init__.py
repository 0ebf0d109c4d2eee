"""The fake Bitrix24 portal: rows as its database holds them, what happens to them, REST and events."""
