"""What both fakes share: form bodies, HTTP, scenarios, delivery, and the truth they are judged by."""
