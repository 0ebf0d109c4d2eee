"""Which list of the API stands at which address."""

from __future__ import annotations

from functools import partial
from typing import Any

from amocrm.account import Base, Row
from amocrm.directories import INVOICES
from amocrm.pages import Listing
from amocrm.views import Views
from kit.timeline import Timeline

EVENTS_MOST = 100
EVENT_TYPES = (
    "lead_added lead_deleted lead_restored lead_status_changed lead_linked lead_unlinked contact_added contact_deleted "
    "contact_restored contact_linked contact_unlinked company_added company_deleted company_restored company_linked "
    "company_unlinked customer_added customer_deleted customer_status_changed customer_linked customer_unlinked "
    "task_added task_deleted task_completed task_type_changed task_text_changed task_deadline_changed "
    "task_result_added incoming_call outgoing_call incoming_chat_message outgoing_chat_message incoming_sms "
    "outgoing_sms incoming_mail outgoing_mail talk_created talk_closed conversation_answered talk_missed_event "
    "entity_direct_message sale_field_changed name_field_changed ltv_field_changed custom_field_value_changed "
    "entity_responsible_changed entity_tag_added entity_tag_deleted entity_linked entity_unlinked entity_merged "
    "common_note_added common_note_deleted attachment_note_added service_note_added geo_note_added "
    "site_visit_note_added targeting_in_note_added targeting_out_note_added message_to_cashier_note_added "
    "transaction_added robot_replied intent_identified nps_rate_added link_followed key_action_completed").split()


def listing(account: Base, views: Views, parts: list[str], wanted: set[str]) -> Listing | None:
    """None: there is no such list."""
    if parts[0] in account.cards and len(parts) == 1:
        rows = (account.bins if "only_deleted" in wanted else account.cards)[parts[0]]
        return Listing(parts[0], rows, lambda row: views.card(parts[0], row, wanted))
    if parts == ["tasks"]:
        return Listing("tasks", account.tasks, views.task)
    if parts == ["events"]:
        return Listing("events", account.events, lambda row: views.event(row, wanted), EVENTS_MOST,
                       order="created_at", downwards=True)
    if parts[-1] == "notes" and parts[0] in account.notes:
        return Listing("notes", account.notes[parts[0]], partial(views.note, parts[0]), only=_of(parts, "entity_id"))
    if parts[0] == "customers" and parts[-1] == "transactions":
        return Listing("transactions", account.transactions, views.transaction, only=_of(parts, "customer_id"))
    if parts == ["talks"]:
        return Listing("talks", account.talks, views.talk)
    if parts == ["leads", "unsorted"]:
        return Listing("unsorted", account.unsorted, views.incoming, order="created_at")
    if parts == ["catalogs", str(INVOICES), "elements"]:
        return Listing("elements", account.invoices, views.invoice, plain=True)
    return _directory(account, "/".join(parts))


def _of(parts: list[str], name: str) -> Any:
    """`leads/5/notes`: only those of the lead 5."""
    return None if len(parts) == 2 else lambda row: row[name] == int(parts[1])


def _directory(account: Base, path: str) -> Listing | None:
    known = account.directories
    held: dict[str, tuple[str, list[Row], dict[str, Any]]] = {
        "users": ("users", known.users, {"total": True, "pages": True}),
        "leads/pipelines": ("pipelines", known.pipelines, {"total": True, "numbered": False}),
        "leads/loss_reasons": ("loss_reasons", known.loss_reasons, {"total": True}),
        "leads/custom_fields": ("custom_fields", known.fields, {"total": True, "pages": True}),
        "contacts/custom_fields": ("custom_fields", known.card_fields("contacts"), {"total": True, "pages": True}),
        "companies/custom_fields": ("custom_fields", known.card_fields("companies"), {"total": True, "pages": True}),
        "customers/custom_fields": ("custom_fields", [], {"total": True, "pages": True}),
        "sources": ("sources", known.sources, {"total": True}),
        "catalogs": ("catalogs", known.catalogs, {}),
        f"catalogs/{INVOICES}/custom_fields": ("custom_fields", known.catalog_fields, {"total": True, "pages": True}),
        "events/types": ("events_types", [{"key": key, "type": place, "lang": key}
                                          for place, key in enumerate(EVENT_TYPES, 1)],
                         {"total": True, "numbered": False}),
    }
    if path not in held:
        return None
    name, rows, shape = held[path]
    table = Timeline()
    table.update({place: row for place, row in enumerate(rows)})
    return Listing(name, table, plain=True, order="", **shape)
