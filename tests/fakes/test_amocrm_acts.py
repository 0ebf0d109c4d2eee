#!/usr/bin/env python3
"""Everything that can happen in the fake account: its bodies, its event log, its lists, its truth."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from amocrm_player import act, ask, listed, told  # noqa: E402
from amocrm_player import player as sample_player  # noqa: E402
from kit.form import decode  # noqa: E402
from kit.player import Player  # noqa: E402
from kit.sender import Sender  # noqa: E402
from kit.sink import Sink  # noqa: E402
from kit.truth import targets, truth  # noqa: E402

ANNA, BORIS, VERA = 9000101, 9000102, 9000103


def player(**settings: str) -> Player:
    return sample_player(**{"pairs": "separate", **settings})


def kinds(crm: Player) -> list[str]:
    """Types in the event log, the oldest first."""
    return [row["type"] for row in listed(crm, "/api/v4/events", "events")][::-1]


def actions(bodies: list[dict[str, Any]], section: str) -> list[str]:
    return [action for body in bodies for action in body[section]]


def figures(crm: Player) -> dict[str, float]:
    return truth(crm.crm.chronicle, crm.crm.zone, crm.crm.now)["portal"]["day"]


class Cards(unittest.TestCase):
    def test_contacts_and_companies_share_a_section(self) -> None:
        for kind, plural in (("contact", "contacts"), ("company", "companies")):
            with self.subTest(kind):
                crm = player(events="whole")
                act(crm, f"10:00:00 create_lead 1 owner={ANNA} {kind}=61")
                (body,) = told(crm, f"10:01:00 {kind} 61 owner={ANNA} phone=79000000001")
                added = body["contacts"]["add"][0]
                self.assertEqual((kind, "61", "1"), (added["type"], added["id"], added["linked_leads_id"]["1"]["ID"]))
                self.assertEqual("PHONE", added["custom_fields"][0]["code"])
                self.assertEqual(["1"], told(crm, f"10:01:00 {kind} 62 owner={ANNA}")[0]["contacts"]["add"][0].get(
                    "linked_leads_id", ["1"]))
                moved = told(crm, f"10:02:00 update_{kind} 61 owner={BORIS} by={VERA} links=list")
                self.assertEqual(["responsible", "update"], actions(moved, "contacts"))
                self.assertEqual((str(ANNA), str(BORIS)), tuple(
                    body["contacts"][name][0]["old_responsible_user_id"] for body, name in zip(moved, ("responsible", "update"))))
                self.assertEqual(["1"], moved[0]["contacts"]["responsible"][0]["linked_leads_id"])
                shown = ask(crm, f"/api/v4/{plural}/61?with=leads")[1]
                self.assertEqual((BORIS, [1]), (shown["responsible_user_id"], [row["id"] for row in shown["_embedded"]["leads"]]))
                self.assertEqual(["delete"], actions(told(crm, f"10:03:00 delete_{kind} 61"), "contacts"))
                self.assertEqual(404, ask(crm, f"/api/v4/{plural}/61")[0])
                self.assertEqual([61], [row["id"] for row in listed(crm, f"/api/v4/{plural}?with=only_deleted", plural)])
                self.assertEqual(["restore"], actions(told(crm, f"10:04:00 restore_{kind} 61"), "contacts"))
                self.assertEqual(["lead_added", f"{kind}_added", f"{kind}_added", "entity_responsible_changed",
                                  f"{kind}_deleted", f"{kind}_restored"], kinds(crm))

    def test_customers_and_their_purchases(self) -> None:
        crm = player(transactions="payments")
        self.assertEqual(["add"], actions(told(crm, f"10:00:00 customer 5 owner={ANNA} next_price=300"), "customers"))
        self.assertEqual(["responsible", "update"],
                         actions(told(crm, f"10:01:00 update_customer 5 owner={BORIS}"), "customers"))
        self.assertEqual([], act(crm, "10:02:00 transaction 71 customer=5 price=1500"))
        act(crm, f"10:03:00 transaction 72 customer=5 price=500 by={ANNA}")
        rows = listed(crm, "/api/v4/customers/5/transactions", "transactions")
        self.assertEqual([(71, 1500, BORIS), (72, 500, ANNA)], [(row["id"], row["price"], row["created_by"]) for row in rows])
        self.assertEqual(2000, ask(crm, "/api/v4/customers/5")[1]["ltv"])
        self.assertEqual((2, 2000), (figures(crm)["payments"], figures(crm)["payments_amount"]))
        act(crm, "10:04:00 delete_transaction 72")
        self.assertEqual((1, 1500), (figures(crm)["payments"], figures(crm)["payments_amount"]))
        self.assertEqual(["transaction_added"] * 2, [kind for kind in kinds(crm) if kind.startswith("transaction")])
        self.assertEqual(["note"], actions(told(crm, f"10:05:00 note 9 on=customer:5 owner={ANNA}"), "customers"))
        self.assertEqual(["delete"], actions(told(crm, "10:06:00 delete_customer 5"), "customers"))
        crm = player()
        act(crm, f"10:00:00 customer 5 owner={ANNA}")
        act(crm, "10:02:00 transaction 71 customer=5 price=1500")
        self.assertNotIn("payments", figures(crm))


class Incoming(unittest.TestCase):
    def test_every_category_arrives_and_is_accepted_or_declined(self) -> None:
        for category in ("sip", "mail", "forms", "chats"):
            with self.subTest(category):
                crm = player()
                body, *more = told(crm, f"10:00:00 incoming 1 category={category} owner={ANNA} by=0 seconds=30 uniq=u-1")
                self.assertEqual(1 if category == "sip" else 0, len(more))
                if more:  # the same call, as the account notes it on the lead
                    note = more[0]["leads"]["note"][0]["note"]
                    self.assertEqual("u-1", json.loads(note["text"])["UNIQ"])
                    self.assertEqual("u-1", body["unsorted"]["add"][0]["source_data"]["uniq"])
                record = body["unsorted"]["add"][0]
                self.assertEqual((category, "1"), (record["category"], record["lead_id"]))
                self.assertTrue(record["source_data"])
                held = listed(crm, "/api/v4/leads/unsorted", "unsorted")
                self.assertEqual([(category, [1])], [(row["category"], [lead["id"] for lead in row["_embedded"]["leads"]])
                                                     for row in held])
                self.assertNotIn("new_leads", figures(crm))
                named = told(crm, "10:01:00 update_incoming 1")[0]["unsorted"]["update"][0]["data"]["leads"]
                self.assertEqual([{"id": "1"}], named)
                first, status, _ = told(crm, f"10:05:00 accept 1 by={BORIS}")
                left = first["unsorted"]["delete"][0]
                self.assertEqual(("accept", ["1"], str(BORIS)), (left["action"], left["accept_result"]["leads"],
                                                                 left["modified_user_id"]))
                self.assertEqual(["status"], list(status["leads"]))
                self.assertEqual(1, figures(crm)["new_leads"])
                act(crm, f"10:06:00 incoming 2 category={category} owner={ANNA} by=0")
                declined, gone = told(crm, "10:07:00 decline 2")
                self.assertEqual("decline", declined["unsorted"]["delete"][0]["action"])
                self.assertEqual(["delete"], list(gone["leads"]))
                self.assertEqual(1, figures(crm)["new_leads"])
                self.assertEqual(204, ask(crm, "/api/v4/leads/unsorted")[0])


class Talks(unittest.TestCase):
    def test_a_conversation_is_told_listed_and_answered(self) -> None:
        crm = player(events="whole")
        act(crm, f"10:00:00 chat_lead 1 owner={ANNA} by=0 contact=61")
        (body,) = told(crm, "10:00:01 talk 1")
        added = body["talk"]["add"][0]
        self.assertEqual(("1", "0", "lead", "61"), (added["is_in_work"], added["is_read"], added["entity_type"], added["contact_id"]))
        (body,) = told(crm, "10:01:00 message_in m-1 lead=1 bare=yes")
        self.assertEqual("incoming", body["add"][0]["type"])
        act(crm, f"10:02:00 message_out m-2 lead=1 user={ANNA}")
        (body,) = told(crm, "10:03:00 update_talk 1 work=0 as=leads")
        self.assertEqual(("0", "leads"), (body["talk"]["update"][0]["is_in_work"], body["talk"]["update"][0]["entity_type"]))
        act(crm, "10:04:00 rate 1 rate=2")
        (row,) = listed(crm, "/api/v4/talks", "talks")
        self.assertEqual((2, False, True, [1]), (row["rate"], row["is_in_work"], row["is_read"],
                                                 [lead["id"] for lead in row["_embedded"]["leads"]]))
        self.assertEqual(row, ask(crm, f"/api/v4/talks/{row['talk_id']}")[1])
        self.assertEqual(["lead_added", "talk_created", "incoming_chat_message", "outgoing_chat_message",
                          "conversation_answered", "talk_closed", "nps_rate_added"], kinds(crm))


class Calls(unittest.TestCase):
    def test_a_call_on_a_contact_answers_its_open_lead(self) -> None:
        crm = player()
        act(crm, f"09:00:00 create_lead 1 owner={ANNA} contact=61")
        act(crm, "09:30:00 lose_lead 1")
        act(crm, f"10:00:00 create_lead 2 owner={BORIS} contact=60,61")
        act(crm, f"10:05:00 call 8 on=contact:61 direction=out owner={ANNA} seconds=30")
        act(crm, f"10:06:00 call 9 on=contact:99 direction=out owner={ANNA} seconds=30")
        day = truth(crm.crm.chronicle, crm.crm.zone, crm.crm.now)
        self.assertEqual(300, day["manager"]["day"][str(BORIS)]["first_response_seconds"])
        self.assertEqual(1, figures(crm)["first_responses"])

    def test_a_call_on_a_contact_is_about_what_was_open_just_made_or_closed_not_long_before(self) -> None:
        crm = player()
        act(crm, f"2026-11-16T09:00:00 create_lead 1 owner={ANNA} contact=61")
        act(crm, f"2026-11-16T09:00:10 create_lead 2 owner={ANNA} contact=61")
        for call, at in (("before", "08:59:30"), ("first", "09:00:00"), ("open", "10:00:00"), ("closed", "12:00:00")):
            act(crm, f"2026-11-16T{at} call {len(call)} on=contact:61 direction=in owner={ANNA} seconds=30 uniq={call}")
        act(crm, "2026-11-16T11:00:00 win_lead 2")
        act(crm, "2026-11-16T11:30:00 win_lead 1")
        for call, at in (("late", "2026-11-17T12:00:00"), ("too-late", "2026-12-20T12:00:00")):
            act(crm, f"{at} call {90 + len(call)} on=contact:61 direction=out owner={ANNA} seconds=30 uniq={call}")
        whom = {story.id: targets(crm.crm.chronicle, story.last) for story in crm.crm.chronicle.of("contact")}
        self.assertEqual({"before": ["deal:2"], "first": ["deal:2"], "open": ["deal:2"], "closed": ["deal:2"],
                          "late": ["deal:2"], "too-late": []}, whom)

    def test_the_card_of_a_lead_says_best_whom_a_call_was_about(self) -> None:
        crm = player()
        act(crm, f"10:00:00 create_lead 1 owner={ANNA} contact=61")
        act(crm, f"10:00:00 create_lead 2 owner={ANNA} contact=61")
        for uniq, cards in (("a", ("contact:61", "lead:1")), ("b", ("lead:1", "contact:61"))):
            for place, card in enumerate(cards):
                act(crm, f"10:05:00 call 8{place} on={card} direction=out owner={ANNA} seconds=30 uniq={uniq}")
        self.assertEqual({"deal:1"}, {story.last["target"] for story in crm.crm.chronicle.of("contact")})

    def test_a_text_that_is_no_json_and_a_key_that_is_value_and_subtree(self) -> None:
        crm = player()
        act(crm, f"10:00:00 create_lead 1 owner={ANNA}")
        (body,) = told(crm, f"10:05:00 call 8 on=lead:1 direction=out owner={ANNA} seconds=30 text=none")
        self.assertEqual("Звонок", body["leads"]["note"][0]["note"]["text"])
        (raw,) = act(crm, f"10:06:00 note 9 on=lead:1 owner={ANNA} collide=yes")
        self.assertIn(b"%5Btype%5D=3&", raw)
        self.assertIn(b"%5Btype%5D%5Bmessage_uuid%5D=", raw)


class Tasks(unittest.TestCase):
    def test_a_new_owner_a_new_type_and_the_odd_shapes(self) -> None:
        crm = player(events="whole")
        act(crm, f"10:00:00 task 1 owner={ANNA} till=12:00")
        moved = told(crm, f"10:01:00 update_task 1 owner={BORIS} type=2 till=13:00 level=extra times=text")
        self.assertEqual(["responsible", "update"], actions(moved, "task"))
        record = moved[1]["task"]["update"][0][0]
        self.assertEqual(("2", "2026-11-13 13:00:00"), (record["task_type"], record["complete_till"]))
        self.assertFalse({"created_at", "updated_at", "complete_before"} & set(record))
        day = truth(crm.crm.chronicle, crm.crm.zone, crm.crm.now)
        self.assertEqual({"tasks_due": {}, "meetings_scheduled": {"today": {str(BORIS): 1}}}, day["state"])
        self.assertEqual(["task_added", "task_deadline_changed", "task_type_changed", "entity_responsible_changed"], kinds(crm))

    def test_times_of_kommo_are_utc(self) -> None:
        crm = player(host="https://demostroy.kommo.com")
        (body,) = told(crm, f"10:00:00 task 1 owner={ANNA} till=12:00")
        self.assertTrue(body["task"]["add"][0]["complete_till"].endswith("09:00:00"))


class Bodies(unittest.TestCase):
    def test_several_sections_sparse_and_the_account_last(self) -> None:
        crm = player()
        act(crm, f"10:00:00 create_lead 1 owner={ANNA}")
        self.assertEqual([], act(crm, f"10:01:00 update_lead 1 price=5 join=next"))
        (raw,) = act(crm, f"10:01:00 task 1..2 owner={ANNA} till=12:00 indices=sparse account=last")
        self.assertTrue(raw.endswith(b"demostroy.amocrm.ru"))
        body = decode(raw.decode())
        self.assertEqual(["leads", "task", "account"], list(body))
        self.assertEqual(["1", "4"], list(body["task"]["add"]))

    def test_an_old_status_may_be_empty_or_missing(self) -> None:
        for how, seen in (("told", ["68000020"] * 2), ("empty", [""] * 2), ("missing", [None] * 2)):
            crm = player()
            act(crm, f"10:00:00 create_lead 1 owner={ANNA}")
            bodies = told(crm, f"10:01:00 win_lead 1 old={how}")
            self.assertEqual(seen, [body["leads"][name][0].get("old_status_id")
                                    for body, name in zip(bodies, ("status", "update"))])

    def test_a_price_of_nothing(self) -> None:
        for how, seen in (("0", "0"), ("empty", ""), ("absent", None)):
            (body,) = told(player(no_price=how), f"10:00:00 create_lead 1 owner={ANNA}")
            self.assertEqual(seen, body["leads"]["add"][0].get("price"))

    def test_a_whole_log_has_tags_names_fields_and_links(self) -> None:
        crm = player(events="whole")
        act(crm, f"10:00:00 create_lead 1 owner={ANNA}")
        act(crm, "10:01:00 update_lead 1 name=x tags=5:y contact=61 f701001=7 f701007=430101")
        act(crm, "10:02:00 update_lead 1 contact= f701001=")
        self.assertEqual(["lead_added", "entity_linked", "entity_tag_added", "name_field_changed",
                          "custom_field_701001_value_changed", "custom_field_701007_value_changed", "entity_unlinked",
                          "custom_field_701001_value_changed"], kinds(crm))

    def test_a_move_to_another_pipeline_names_both(self) -> None:
        crm = player()
        act(crm, f"10:00:00 create_lead 1 owner={ANNA}")
        act(crm, "10:01:00 update_lead 1 pipeline=8100020 status=68000120")
        event = listed(crm, "/api/v4/events?filter[type]=lead_status_changed", "events")[0]
        self.assertEqual([8100010, 8100020], [event[name][0]["lead_status"]["pipeline_id"]
                                              for name in ("value_before", "value_after")])


class Callbacks(unittest.TestCase):
    def test_a_digital_pipeline_tells_little_and_the_account_last(self) -> None:
        crm = player()
        act(crm, f"10:00:00 create_lead 1 owner={ANNA}")
        (body,) = told(crm, "10:01:00 pipeline_hook 1 old=68000010")
        self.assertEqual(["leads", "account"], list(body))
        self.assertEqual({"id", "status_id", "pipeline_id", "old_status_id", "old_pipeline_id"}, set(body["leads"]["status"][0]))

    def test_the_end_of_an_integration_is_a_signed_get_and_ends_its_tokens(self) -> None:
        crm = player()
        settings = crm.crm.settings
        known = {name: settings[name] for name in ("client_id", "client_secret", "redirect_uri", "code")}
        pair = ask(crm, "/oauth2/access_token", "POST", body={**known, "grant_type": "authorization_code"})[1]
        (query,) = act(crm, "10:00:00 disable_integration")
        self.assertEqual(401, ask(crm, "/api/v4/account", token=pair["access_token"])[0])
        sink = Sink()
        self.assertEqual(200, asyncio.run(Sender(sink.url, dict, keep_alive=False).post(query)))
        fields = decode(sink.seen[0].query)
        text = f"{fields['client_uuid']}|{fields['account_id']}".encode()
        expected = hmac.new(settings["client_secret"].encode(), text, hashlib.sha256).hexdigest()
        self.assertEqual(("GET", "/hook/x", expected), (sink.seen[0].method, sink.seen[0].path, fields["signature"]))


class Directories(unittest.TestCase):
    def test_sources_and_fields_of_cards(self) -> None:
        crm = player()
        self.assertEqual([4400001, 4400002], [row["id"] for row in listed(crm, "/api/v4/sources", "sources")])
        self.assertEqual(["PHONE", "EMAIL"], [row["code"] for row in listed(crm, "/api/v4/contacts/custom_fields", "custom_fields")])
        self.assertEqual(204, ask(crm, "/api/v4/customers/custom_fields")[0])

    def test_invoices_are_linked_to_their_lead_and_deleted(self) -> None:
        crm = player()
        act(crm, f"10:00:00 create_lead 1 owner={ANNA}")
        act(crm, f"10:01:00 invoice 81 owner={ANNA} lead=1 price=50")
        act(crm, "10:02:00 pay_invoice 81")
        linked = ask(crm, "/api/v4/leads/1?with=catalog_elements")[1]["_embedded"]["catalog_elements"]
        self.assertEqual([(81, 10230)], [(row["id"], row["metadata"]["catalog_id"]) for row in linked])
        self.assertEqual(1, figures(crm)["payments"])
        self.assertEqual(["delete"], actions(told(crm, "10:03:00 delete_invoice 81"), "catalogs"))
        self.assertEqual(204, ask(crm, "/api/v4/catalogs/10230/elements")[0])
        self.assertNotIn("payments", figures(crm))


if __name__ == "__main__":
    unittest.main()
