"""What happens to an application in the portal."""

from __future__ import annotations

from bitrix24.oauth import Tokens
from bitrix24.portal import Base
from kit.scenario import Act


class Applications(Base):
    def do_install_app(self, act: Act) -> None:
        """With its first pair of tokens. `app_token`: that of its events from now on."""
        self.settings["app_token"] = act.args.get("app_token", self.settings["app_token"])
        self.emit(act, "ONAPPINSTALL", {"VERSION": 1, "ACTIVE": "Y", "INSTALLED": "Y", "LANGUAGE_ID": "ru"},
                  tokens=self.tokens.install(self.now))

    def do_update_app(self, act: Act) -> None:
        """A new version has another token for its events, another pair, and none of the old bindings."""
        self.settings["app_token"] = act.args["app_token"]
        self.offline.forget()
        self.emit(act, "ONAPPUPDATE", {"VERSION": 2, "PREVIOUS_VERSION": 1, "LANGUAGE_ID": "ru"},
                  tokens=self.tokens.install(self.now))

    def do_uninstall_app(self, act: Act) -> None:
        refreshed = self.tokens.refreshed
        self.tokens = Tokens(self.settings)
        self.tokens.refreshed = refreshed
        self.offline.forget()
        self.emit(act, "ONAPPUNINSTALL", {"LANGUAGE_ID": "ru", "CLEAN": 1})
