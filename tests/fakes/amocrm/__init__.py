"""The fake amoCRM account: rows as REST shows them, what happens to them, REST, webhooks with retries."""
