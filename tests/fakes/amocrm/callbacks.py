"""What else the account sends to the same address: digital-pipeline hooks, the end of an integration, the unknown; and
what an administrator does of which no hook tells."""

from __future__ import annotations

import hashlib
import hmac

from amocrm.account import Base
from kit.form import encode
from kit.scenario import Act
from kit.sender import Get


class Callbacks(Base):
    def do_pipeline_hook(self, act: Act) -> None:
        """The digital pipeline's "send webhook" for a lead: little of it, the account last. `action`: status or add."""
        lead = self.leads[int(act.id)]
        record = {"id": lead["id"], "status_id": lead["status_id"], "pipeline_id": lead["pipeline_id"]}
        if act.args.get("action", "status") == "status":
            record.update(old_status_id=act.args.get("old", lead["status_id"]), old_pipeline_id=lead["pipeline_id"])
        self.outbox.append(encode({
            "leads": {act.args.get("action", "status"): [record]},
            "account": {"id": self.account_id, "subdomain": self.settings["subdomain"]},
        }))

    def do_disable_integration(self, act: Act) -> None:
        """An administrator switches it off: its tokens are over, and its address is told so, signed."""
        client = self.settings["client_id"]
        secret, text = self.settings["client_secret"].encode(), f"{client}|{self.account_id}".encode()
        signature = hmac.new(secret, text, hashlib.sha256).hexdigest()
        self.tokens.revoke()
        self.outbox.append(Get(encode({"client_uuid": client, "account_id": self.account_id,
                                       "signature": act.args.get("signature", signature)})))

    def do_show_code(self, act: Act) -> None:
        """(id: the code) An administrator has the integration's page show another authorization code."""
        self.tokens.show_code(act.id, self.now)

    def do_save_hook(self, act: Act) -> None:
        """In the settings of the account, after it was disabled."""
        self.webhooks.save()

    def do_user(self, act: Act) -> None:
        """An employee; again: another name."""
        self.directories.put_user(int(act.id), act.args.get("name", f"Менеджер {act.id}"))

    def do_dismiss_user(self, act: Act) -> None:
        self.directories.user(int(act.id))["rights"]["is_active"] = False

    def do_hook(self, act: Act) -> None:
        """A section and action by name: `hook nps.rate id=5`."""
        section, _, action = act.id.partition(".")
        self.emit(act, (section, action or "add", dict(act.args)))
