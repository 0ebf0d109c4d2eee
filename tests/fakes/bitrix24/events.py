"""Outgoing events: the exact bodies, for a webhook made in the UI and for an application."""

from __future__ import annotations

from typing import Any

from kit.form import encode

# event: id of its subscription. The sample day narrows the list down.
UI_EVENTS = {
    "ONCRMLEADADD": 11, "ONCRMLEADUPDATE": 13, "ONCRMLEADDELETE": 14, "ONCRMDEALADD": 15, "ONCRMDEALUPDATE": 17,
    "ONCRMDEALDELETE": 19, "ONCRMACTIVITYADD": 21, "ONCRMACTIVITYUPDATE": 23, "ONCRMACTIVITYDELETE": 24,
    "ONCRMQUOTEADD": 25, "ONCRMQUOTEUPDATE": 26, "ONCRMDYNAMICITEMUPDATE": 27, "ONCRMDYNAMICITEMADD": 28,
    "ONTASKADD": 29, "ONTASKUPDATE": 30, "ONVOXIMPLANTCALLEND": 31, "ONTASKDELETE": 32, "ONCRMQUOTEDELETE": 33,
    "ONCRMDYNAMICITEMDELETE": 34, "ONCRMTIMELINECOMMENTADD": 35, "ONCRMTIMELINECOMMENTUPDATE": 36,
    "ONCRMTIMELINECOMMENTDELETE": 37, "ONCRMINVOICEADD": 38, "ONCRMINVOICEUPDATE": 39, "ONCRMINVOICEDELETE": 40,
    "ONCRMINVOICESETSTATUS": 41, "ONCRMDOCUMENTGENERATORDOCUMENTADD": 42, "ONCRMDOCUMENTGENERATORDOCUMENTUPDATE": 43,
    "ONCRMDOCUMENTGENERATORDOCUMENTDELETE": 44, "ONPAYMENTENTITYSAVED": 45, "ONPAYMENTDELETED": 46,
    "ONCRMCONTACTADD": 47, "ONCRMCONTACTUPDATE": 48, "ONCRMCONTACTDELETE": 49, "ONCRMCOMPANYADD": 50,
    "ONCRMCOMPANYUPDATE": 51, "ONCRMCOMPANYDELETE": 52, "ONCALENDARENTRYADD": 53, "ONCALENDARENTRYUPDATE": 54,
    "ONCALENDARENTRYDELETE": 55, "ONCRMCURRENCYUPDATE": 56, "ONUSERADD": 57, "ONTASKCOMMENTADD": 58,
}
# Only an application gets them; ONAPPINSTALL with a pair of tokens in its auth.
APP_EVENTS = {"ONCRMDEALMOVETOCATEGORY": 655, "ONAPPINSTALL": 656, "ONAPPUNINSTALL": 657, "ONOFFLINEEVENT": 658,
              "ONAPPUPDATE": 659}

DEFAULTS = {
    "domain": "demo.bitrix24.example",
    "member_id": "5f0c2a9e7b3d41c68e1f2a3b4c5d6e7f",
    "application_token": "k3v9x0q2m7a1s5d8f4g6h0j2l9z7c1b4",
    "app_token": "9d2f61c8ab7044e5b0d3f7a16c25e98b",
    "access_token": "00aa11bb22cc33dd44ee55ff6677889900aa11bb22cc33dd44ee55ff66778899",
    "server_endpoint": "https://oauth.bitrix24.tech/rest/",
    "client_id": "app.0123456789abcdef.12345678",
    "client_secret": "cs0123456789abcdefghij",
}


def subscriptions(wish: str) -> dict[str, int]:
    """`subscribe` setting: "EVENT:id,EVENT:id"; empty: everything the portal can send."""
    if not wish:
        return {**UI_EVENTS, **APP_EVENTS}
    return {name: int(ident) for name, ident in (part.split(":") for part in wish.split(","))}


def body(settings: dict[str, str], event: str, handler: int, data: dict[str, Any], ts: int, user: str,
         tokens: dict[str, Any] | None = None) -> bytes:
    auth = _app_auth(settings, ts, user) if event in APP_EVENTS else _webhook_auth(settings)
    auth.update(tokens or {})
    fields = {"event": event, "event_handler_id": handler, "data": data, "ts": ts, "auth": auth}
    return encode(fields)


def _webhook_auth(settings: dict[str, str]) -> dict[str, Any]:
    return {
        "domain": settings["domain"],
        "client_endpoint": f"https://{settings['domain']}/rest/",
        "server_endpoint": settings["server_endpoint"],
        "member_id": settings["member_id"],
        "application_token": settings["application_token"],
    }


def _app_auth(settings: dict[str, str], ts: int, user: str) -> dict[str, Any]:
    return {
        "access_token": settings["access_token"],
        "expires": ts + 3600,
        "expires_in": 3600,
        "scope": "crm,user_brief",
        "domain": settings["domain"],
        "server_endpoint": settings["server_endpoint"],
        "status": "L",
        "client_endpoint": f"https://{settings['domain']}/rest/",
        "member_id": settings["member_id"],
        "user_id": user,
        "application_token": settings["app_token"],
    }
