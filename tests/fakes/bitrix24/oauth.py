"""Tokens of an installed application: they expire, and a refresh replaces both of the pair."""

from __future__ import annotations

import hashlib
from typing import Any

LIFE = 3600  # seconds of an access token


class Refused(Exception):
    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


class Tokens:
    def __init__(self, settings: dict[str, str]) -> None:
        self._settings = settings
        self._serial = 0
        self.access = self.refresh = ""
        self.expires = 0
        self.refreshed = 0

    def install(self, now: int) -> dict[str, Any]:
        """The first pair, as ONAPPINSTALL brings it."""
        return self._next(now)

    def expire(self) -> None:
        self.expires = 0

    def check(self, token: str, now: int) -> None:
        if not token:
            raise Refused(401, "NO_AUTH_FOUND", "Wrong authorization data")
        if not self.access or token != self.access:
            raise Refused(401, "invalid_token", "Unable to get application by token")
        if now >= self.expires:
            raise Refused(401, "expired_token", "The access token provided has expired.")

    def exchange(self, params: dict[str, Any], now: int) -> dict[str, Any]:
        """GET /oauth/token/: whoever comes with a refresh token that was used already has lost."""
        known = (self._settings["client_id"], self._settings["client_secret"])
        if (params.get("client_id"), params.get("client_secret")) != known:
            raise Refused(400, "invalid_client", "Invalid client")
        known_token = self.refresh and params.get("refresh_token") == self.refresh
        if params.get("grant_type") != "refresh_token" or not known_token:
            raise Refused(400, "invalid_grant", "Invalid grant")
        self.refreshed += 1
        return self._next(now)

    def _next(self, now: int) -> dict[str, Any]:
        self._serial += 1
        self.access, self.refresh = (self._token(kind) for kind in ("access", "refresh"))
        self.expires = now + LIFE
        domain = self._settings["domain"]
        return {
            "access_token": self.access, "expires": self.expires, "expires_in": LIFE, "scope": "crm,user_brief",
            "domain": domain, "server_endpoint": self._settings["server_endpoint"], "status": "L",
            "client_endpoint": self._settings.get("client_endpoint") or f"https://{domain}/rest/", "member_id": self._settings["member_id"], "user_id": 1,
            "refresh_token": self.refresh,
        }

    def _token(self, kind: str) -> str:
        text = f"{self._settings['client_secret']} {kind} {self._serial}"
        return hashlib.sha256(text.encode()).hexdigest()
