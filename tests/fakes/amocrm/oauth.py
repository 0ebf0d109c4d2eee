"""Tokens of an integration: a code that counts once, access for a day, a refresh token that counts once."""

from __future__ import annotations

import hashlib
from typing import Any

CODE_LIFE, ACCESS_LIFE, REFRESH_LIFE = 1200, 86_400, 90 * 86_400  # seconds
TITLE = "Некорректный запрос"
DETAIL = "В запросе отсутствует ряд параметров или параметры невалидны"
KIND = "https://developers.amocrm.ru/v3/errors/OAuthProblemJson"


class Refused(Exception):
    def __init__(self, status: int, hint: str) -> None:
        super().__init__(hint)
        self.status, self.hint = status, hint

    def body(self) -> dict[str, Any]:
        return {"hint": self.hint, "title": TITLE, "type": KIND, "status": self.status, "detail": DETAIL}


class Tokens:
    """On the account's clock. `installed`: since when the authorization code of the settings counts."""

    def __init__(self, settings: dict[str, str], installed: int) -> None:
        self._settings = settings
        self._installed = installed
        self._code, self._code_used = settings["code"], False
        self._serial = 0
        self._access: dict[str, int] = {}  # until when each counts
        self._refresh, self._refresh_until = "", 0
        self.exchanged = 0  # pairs given

    def admits(self, token: str, now: int) -> bool:
        return now < self._access.get(token, 0)

    def expire(self) -> None:
        """Access tokens given so far are over."""
        self._access.clear()

    def show_code(self, code: str, now: int) -> None:
        """An administrator looks at the integration again: it shows another code."""
        self._code, self._code_used, self._installed = code, False, now

    def revoke(self) -> None:
        """An administrator switched the integration off."""
        self._access.clear()
        self._refresh = ""

    def exchange(self, wish: dict[str, Any], now: int) -> dict[str, Any]:
        """POST /oauth2/access_token: whoever comes with a refresh token that was used already has lost."""
        for name in ("client_id", "client_secret", "redirect_uri"):
            if wish.get(name) != self._settings[name]:
                raise Refused(400, f"Check the `{name}` parameter")
        kind = wish.get("grant_type")
        if kind == "authorization_code":
            self._take_code(str(wish.get("code", "")), now)
        elif kind == "refresh_token":
            self._take_refresh(str(wish.get("refresh_token", "")), now)
        else:
            raise Refused(400, "Check the `grant_type` parameter")
        self.exchanged += 1
        self._serial += 1
        access, self._refresh = self._token("access"), self._token("refresh")
        self._access[access], self._refresh_until = now + ACCESS_LIFE, now + REFRESH_LIFE
        return {"token_type": "Bearer", "expires_in": ACCESS_LIFE, "access_token": access,
                "refresh_token": self._refresh}

    def _take_code(self, code: str, now: int) -> None:
        if code != self._code:
            raise Refused(400, "Cannot decrypt the authorization code")
        if self._code_used:
            raise Refused(400, "Authorization code has been revoked")
        if now >= self._installed + CODE_LIFE:
            raise Refused(400, "Authorization code has expired")
        self._code_used = True

    def _take_refresh(self, token: str, now: int) -> None:
        if not self._refresh or token != self._refresh or now >= self._refresh_until:
            raise Refused(401, "Token has been revoked")

    def _token(self, kind: str) -> str:
        text = f"{self._settings['client_secret']} {kind} {self._serial}"
        return f"{kind}-" + hashlib.sha256(text.encode()).hexdigest()
