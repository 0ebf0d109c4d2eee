"""What a caller may do: the scopes of its webhook or application, and the rights of the employee behind it."""

from __future__ import annotations

# The first part of a method's name: its scope. Others need none.
SCOPES = {"crm": "crm", "tasks": "task", "voximplant": "telephony", "user": "user", "calendar": "calendar",
          "sale": "sale", "department": "department", "imopenlines": "imopenlines"}


class Rights:
    def __init__(self, settings: dict[str, str]) -> None:
        self.scopes = settings.get("scopes", "crm,task,telephony,user,calendar,sale").split(",")
        self.denied: set[str] = set()  # "crm.deal": what the employee does not see

    def in_scope(self, method: str) -> bool:
        scope = SCOPES.get(method.lower().partition(".")[0])
        return scope is None or scope in self.scopes

    def sees(self, method: str) -> bool:
        """Without a right a record is denied, but a list is only empty."""
        return method.lower().rpartition(".")[0] not in self.denied
