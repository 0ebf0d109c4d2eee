"""An amoCRM account without REST: leads told by webhooks alone, for tests of what is made of them."""

from __future__ import annotations

from dataclasses import dataclass

from kit.form import encode

WON, OPEN = 142, 68000020
MANAGERS = (9000101, 9000102)
NOW = 1794834000  # 2026-11-16, a Monday, 16:00 in Moscow
CLOCK = "2026-11-16T16:00:00+03:00"
KNOWN_SINCE = "2026-10-01T00:00:00+03:00"
WEEK = 7 * 86400


@dataclass
class Lead:
    id: int
    price: int = 0
    status: int = WON
    created: int = NOW - 3600

    @property
    def owner(self) -> int:
        return MANAGERS[self.id % len(MANAGERS)]

    def fields(self) -> dict[str, object]:
        return {"id": self.id, "name": f"L{self.id}", "status_id": self.status, "price": self.price,
                "responsible_user_id": self.owner, "last_modified": self.created + 60, "modified_user_id": self.owner,
                "created_user_id": self.owner, "date_create": self.created, "pipeline_id": 8100010,
                "account_id": 31990001, "created_at": self.created, "updated_at": self.created + 60}


def hook(leads: list[Lead], action: str = "add") -> bytes:
    """One webhook that tells of all of them."""
    account = {"subdomain": "demostroy", "id": 31990001, "_links": {"self": "https://demostroy.amocrm.ru"}}
    return encode({"account": account, "leads": {action: [lead.fields() for lead in leads]}})
