#!/usr/bin/env python3
"""What the sample day of the Bitrix24 portal has none of: smart processes, documents, payments, clients and more."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bitrix24_portal import Portal  # noqa: E402
from kit.form import decode  # noqa: E402
from kit.player import Player  # noqa: E402
from kit.scenario import parse, parse_act  # noqa: E402
from kit.truth import truth  # noqa: E402
from test_bitrix24 import ask  # noqa: E402

NOON = "2026-09-14T12:00:00"


def player(settings: str = "") -> Player:
    scenario = parse(f"crm bitrix24\nday 2026-09-14\n{settings}")
    return Player(Portal(scenario, False), scenario, "")


def told(crm: Player, line: str) -> list[tuple[str, Any]]:
    """The events of one act."""
    act = parse_act(f"2026-09-14T{line}", crm.crm.zone)
    return [(body["event"], body.get("data")) for body in (decode(one.decode()) for one in crm.act(act))]


def figures(crm: Player, manager: str = "7") -> dict[str, float]:
    day = truth(crm.crm.chronicle, crm.crm.zone, crm.crm.zone.parse("2026-09-14T18:00:00"))
    return day["manager"]["day"].get(manager, {})


class Items(unittest.TestCase):
    def test_a_smart_process_has_items_stages_and_a_history_that_never_repeats_an_id(self) -> None:
        crm = player("set items=128:quote")
        self.assertEqual((400, "NOT_FOUND"), _error(ask(crm, "crm.item.get", {"entityTypeId": 128, "id": 5})))
        self.assertEqual([("ONCRMDYNAMICITEMADD", {"FIELDS": {"ID": "5", "ENTITY_TYPE_ID": "128"}})],
                         told(crm, "10:00:00 item 5 type=128 owner=7 amount=99000.5 deal=1"))
        self.assertEqual({}, figures(crm))
        told(crm, "11:00:00 update_item 5 type=128 stage=DT128_7:SUCCESS by=9")
        item = ask(crm, "crm.item.get", {"entityTypeId": 128, "id": 5})[1]["result"]["item"]
        self.assertEqual((5, "DT128_7:SUCCESS", 99000.5, 9, 1, "2026-09-14T11:00:00+03:00"),
                         tuple(item[name] for name in ("id", "stageId", "opportunity", "movedBy", "parentId2",
                                                       "movedTime")))
        self.assertEqual({"quotes_sent": 1, "quotes_sent_amount": 99000.5}, figures(crm))
        rows = _history(crm, 128)
        self.assertEqual([(1, 1, "P"), (2, 3, "S")],
                         [(row["ID"], row["TYPE_ID"], row["STAGE_SEMANTIC_ID"]) for row in rows])
        self.assertEqual("ONCRMDYNAMICITEMDELETE", told(crm, "11:30:00 delete_item 5 type=128")[0][0])
        self.assertEqual([], _history(crm, 128))
        told(crm, "11:40:00 item 6 type=128 owner=7")
        self.assertEqual([3], [row["ID"] for row in _history(crm, 128)])
        self.assertEqual({}, figures(crm))

    def test_smart_processes_are_listed(self) -> None:
        crm = player()
        told(crm, "10:00:00 item 5 type=1036 owner=7")
        told(crm, "10:00:00 item 5 type=128 owner=7")
        types = ask(crm, "crm.type.list", {})[1]["result"]["types"]
        self.assertEqual([128, 1036], [one["entityTypeId"] for one in types])

    def test_whoever_subscribed_to_both_names_is_told_twice(self) -> None:
        crm = player("set subscribe=ONCRMDYNAMICITEMADD:1,ONCRMDYNAMICITEMADD_128:2")
        self.assertEqual(["ONCRMDYNAMICITEMADD", "ONCRMDYNAMICITEMADD_128"],
                         [event for event, _ in told(crm, "10:00:00 item 5 type=128 owner=7")])

    def test_what_a_smart_process_counts_as_is_a_setting(self) -> None:
        crm = player("set items=130:payment,1036:complaint")
        told(crm, "10:00:00 item 5 type=130 owner=7 amount=100 stage=DT130_7:SUCCESS")
        told(crm, "10:00:00 item 5 type=1036 owner=7 deal=1")
        told(crm, "10:00:00 item 5 type=140 owner=7 stage=DT140_7:SUCCESS")
        self.assertEqual({"payments": 1, "payments_amount": 100, "complaints": 1}, figures(crm))

    def test_an_old_invoice_is_paid_in_status_p(self) -> None:
        crm = player()
        self.assertEqual("ONCRMINVOICEADD", told(crm, "10:00:00 old_invoice 5 owner=7 amount=1500 contact=61")[0][0])
        self.assertEqual("ONCRMINVOICEUPDATE", told(crm, "10:05:00 update_old_invoice 5 amount=1600")[0][0])
        self.assertEqual([("ONCRMINVOICESETSTATUS", {"FIELDS": {"ID": "5"}})], told(crm, "11:00:00 pay_old_invoice 5"))
        row = ask(crm, "crm.invoice.get", {"id": 5})[1]["result"]
        self.assertEqual(("P", "1600.00", "2026-09-14T11:00:00+03:00", "61"),
                         tuple(row[name] for name in ("STATUS_ID", "PRICE", "DATE_STATUS", "UF_CONTACT_ID")))
        self.assertEqual(["N", "P"], [row["STATUS_ID"] for row in _history(crm, 5)])
        self.assertEqual({"payments": 1, "payments_amount": 1600}, figures(crm))
        self.assertEqual((400, "ENTITY_TYPE_NOT_SUPPORTED"),
                         _error(ask(crm, "crm.item.get", {"entityTypeId": 5, "id": 5})))
        told(crm, "11:10:00 delete_old_invoice 5")
        self.assertEqual((400, ""), _error(ask(crm, "crm.invoice.get", {"id": 5})))
        self.assertEqual({}, figures(crm))

    def test_a_document_of_a_listed_template_is_a_quote(self) -> None:
        crm = player("set documents=12")
        event, data = told(crm, "10:00:00 document 5 by=7 deal=701 template=12")[0]
        self.assertEqual(("ONCRMDOCUMENTGENERATORDOCUMENTADD",
                          {"FIELDS": {"ID": "5", "ENTITY_TYPE_ID": "2", "ENTITY_ID": "701"}}), (event, data))
        told(crm, "10:01:00 document 6 by=7 deal=701 template=13")
        document = ask(crm, "crm.documentgenerator.document.get", {"id": 5})[1]["result"]["document"]
        self.assertEqual(("12", "7", "701"), tuple(document[name] for name in ("templateId", "createdBy", "entityId")))
        self.assertEqual({"quotes_sent": 1, "quotes_sent_amount": 0}, figures(crm))
        told(crm, "10:02:00 delete_document 5")
        self.assertEqual((400, "NOT_FOUND"), _error(ask(crm, "crm.documentgenerator.document.get", {"id": 5})))
        self.assertEqual({}, figures(crm))

    def test_a_payment_counts_while_it_is_paid_and_its_errors_are_numbers(self) -> None:
        crm = player("set payments=yes")
        self.assertEqual([("ONPAYMENTENTITYSAVED", {"FIELDS": {"ID": "5"}})],
                         told(crm, "10:00:00 payment 5 owner=7 amount=100"))
        told(crm, "10:10:00 pay 5")
        self.assertEqual({"payments": 1, "payments_amount": 100}, figures(crm))
        self.assertEqual("Y", ask(crm, "sale.payment.get", {"id": 5})[1]["result"]["payment"]["paid"])
        told(crm, "10:20:00 unpay 5")
        self.assertEqual({}, figures(crm))
        told(crm, "10:30:00 delete_payment 5")
        self.assertEqual((400, 200640400001), _error(ask(crm, "sale.payment.get", {"id": 5})))

    def test_clients_entries_currencies_employees_and_comments_of_tasks_are_told_in_their_own_shapes(self) -> None:
        crm = player()
        told(crm, "09:00:00 task 41 owner=7 deadline=18:00")
        lines = {
            "contact 5 name=Иван": [("ONCRMCONTACTADD", {"FIELDS": {"ID": "5"}})],
            "contact 5 name=Пётр": [("ONCRMCONTACTUPDATE", {"FIELDS": {"ID": "5"}})],
            "delete_contact 5": [("ONCRMCONTACTDELETE", {"FIELDS": {"ID": "5"}})],
            "company 3": [("ONCRMCOMPANYADD", {"FIELDS": {"ID": "3"}})],
            "entry 8 owner=7 start=14:00 end=15:00": [("ONCALENDARENTRYADD", {"id": "8"})],
            "rate USD amount=95.5": [("ONCRMCURRENCYUPDATE", {"FIELDS": {"ID": "USD"}})],
            "task_comment 41 message=9": [("ONTASKCOMMENTADD", {
                "FIELDS_BEFORE": "undefined", "FIELDS_AFTER": {"ID": "0", "MESSAGE_ID": "9", "TASK_ID": "41"},
                "IS_ACCESSIBLE_BEFORE": "N", "IS_ACCESSIBLE_AFTER": "undefined"})],
        }
        for line, expected in lines.items():
            self.assertEqual(expected, told(crm, f"10:00:00 {line}"), line)
        (event, data), = told(crm, "10:00:00 user 12 name=Иван last_name=Новый")
        self.assertEqual(("ONUSERADD", "12", "Новый", ["5"]),
                         (event, data["ID"], data["LAST_NAME"], data["UF_DEPARTMENT"]))
        entry = ask(crm, "calendar.event.getbyid", {"id": 8})[1]["result"]
        self.assertEqual(str(crm.crm.zone.parse("2026-09-14T14:00:00")), entry["DATE_FROM_TS_UTC"])
        rates = {row["CURRENCY"]: row["AMOUNT"] for row in ask(crm, "crm.currency.list", {})[1]["result"]}
        self.assertEqual("95.5000", rates["USD"])

    def test_directories_change_without_an_event(self) -> None:
        crm = player("set fields=UF_CRM_COST:Cost")
        for line in ("stage PAID list=DEAL_STAGE name=Оплачено", "pipeline 7 name=Рекламации", "delete_stage NEW"):
            self.assertEqual([], told(crm, f"10:00:00 {line}"))
        stages = ask(crm, "crm.status.list", {"filter": {"ENTITY_ID": "DEAL_STAGE"}})[1]["result"]
        self.assertEqual(["Оплачено"], [row["NAME"] for row in stages if row["STATUS_ID"] == "PAID"])
        self.assertNotIn("NEW", [row["STATUS_ID"] for row in stages])
        funnels = ask(crm, "crm.category.list", {"entityTypeId": 2})[1]["result"]["categories"]
        self.assertIn((7, "Рекламации"), [(row["id"], row["name"]) for row in funnels])
        self.assertEqual("Cost", ask(crm, "crm.deal.fields", {})[1]["result"]["UF_CRM_COST"]["formLabel"])
        self.assertEqual([], told(crm, '10:00:00 stage UC_EXPO list=SOURCE name="Выставка в Орле"'))
        sources = ask(crm, "crm.status.list", {"filter": {"ENTITY_ID": "SOURCE"}})[1]["result"]
        self.assertIn(("UC_EXPO", "Выставка в Орле"), [(row["STATUS_ID"], row["NAME"]) for row in sources])
        crm.crm.faults({"scopes": ["crm"]})
        self.assertEqual((401, "insufficient_scope"), _error(ask(crm, "tasks.task.list", {})))

    def test_the_field_of_reasons_tells_its_choices(self) -> None:
        crm = player()
        told(crm, "10:00:00 create_deal 701 owner=7 amount=1")
        field = ask(crm, "crm.deal.fields", {})[1]["result"]["UF_CRM_LOSE_REASON"]
        self.assertEqual(("enumeration", {"ID": "45", "VALUE": "Дорого"}), (field["type"], field["items"][0]))

    def test_lists_are_read_by_change_and_by_id_alone_and_in_a_batch(self) -> None:
        crm = player()
        for number in range(1, 121):
            told(crm, f"10:00:00 create_deal {number} owner=7 amount=1")
        told(crm, "11:00:00 update_deal 3 amount=2")
        told(crm, "11:00:00 update_deal 90 amount=2")
        changed = {">=DATE_MODIFY": "2026-09-14T07:30:00+00:00", ">ID": 0}
        body = ask(crm, "crm.deal.list", {"filter": changed, "order": {"ID": "ASC"}, "start": -1})[1]
        self.assertEqual((["3", "90"], 0, False),
                         ([row["ID"] for row in body["result"]], body["total"], "next" in body))
        first = "crm.deal.list?order%5BID%5D=ASC&start=-1&filter%5B%3EID%5D=0"
        then = "crm.deal.list?order%5BID%5D=ASC&start=-1&filter%5B%3EID%5D=$result[w0][49][ID]"
        last = "crm.deal.list?order%5BID%5D=ASC&start=-1&filter%5B%3EID%5D=$result[w1][49][ID]"
        pages = ask(crm, "batch", {"halt": 0, "cmd": {"w0": first, "w1": then, "w2": last}})[1]["result"]["result"]
        self.assertEqual([50, 50, 20], [len(pages[f"w{i}"]) for i in range(3)])
        wish = {"entityTypeId": 2, "filter": {">ID": 118}, "start": -1}
        rows = ask(crm, "crm.stagehistory.list", wish)[1]["result"]["items"]
        self.assertEqual([119, 120], [row["ID"] for row in rows])


def _history(crm: Player, kind: int) -> list[dict[str, Any]]:
    return ask(crm, "crm.stagehistory.list", {"entityTypeId": kind, "order": {"ID": "ASC"}})[1]["result"]["items"]


def _error(answer: tuple[int, Any]) -> tuple[int, Any]:
    return answer[0], answer[1]["error"]


if __name__ == "__main__":
    unittest.main()
