#!/usr/bin/env python3
"""The fake account's REST: tokens, hooks, events, filters and orders, limits and faults. SEED repeats a run."""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from amocrm.pages import Listing, chosen  # noqa: E402
from amocrm_player import act, ask, listed, player, told  # noqa: E402
from kit.bucket import Penalty  # noqa: E402
from kit.http import Request  # noqa: E402
from kit.player import Player  # noqa: E402
from kit.timeline import AT_ONCE, Row, Timeline  # noqa: E402

HOUR, DAY_LONG = 3600, 86_400
HOOK = "https://kpi.example/hook/amocrm/demostroy/secret"


def exchange(crm: Player, **wish: str) -> tuple[int, Any]:
    known = {name: crm.crm.settings[name] for name in ("client_id", "client_secret", "redirect_uri")}
    return ask(crm, "/oauth2/access_token", "POST", body={**known, **wish})


class OAuth(unittest.TestCase):
    def test_a_code_gives_a_pair_once_and_a_refresh_token_the_next(self) -> None:
        crm = player()
        code = crm.crm.settings["code"]
        status, pair = exchange(crm, grant_type="authorization_code", code=code)
        self.assertEqual((200, "Bearer", DAY_LONG), (status, pair["token_type"], pair["expires_in"]))
        self.assertEqual((400, "Authorization code has been revoked"),
                         hint(exchange(crm, grant_type="authorization_code", code=code)))
        self.assertEqual(200, ask(crm, "/api/v4/account", token=pair["access_token"])[0])
        _, following = exchange(crm, grant_type="refresh_token", refresh_token=pair["refresh_token"])
        self.assertEqual(200, ask(crm, "/api/v4/account", token=following["access_token"])[0])
        self.assertEqual((401, "Token has been revoked"),
                         hint(exchange(crm, grant_type="refresh_token", refresh_token=pair["refresh_token"])))
        self.assertEqual(2, crm.crm.counters()["refreshed"])

    def test_access_ends_after_a_day_of_the_accounts_clock_and_by_a_fault(self) -> None:
        crm = player()
        _, pair = exchange(crm, grant_type="authorization_code", code=crm.crm.settings["code"])
        crm.crm.now += DAY_LONG - 1
        self.assertEqual(200, ask(crm, "/api/v4/account", token=pair["access_token"])[0])
        crm.crm.now += 1
        self.assertEqual(401, ask(crm, "/api/v4/account", token=pair["access_token"])[0])
        _, pair = exchange(crm, grant_type="refresh_token", refresh_token=pair["refresh_token"])
        crm.crm.faults({"expire_token": True})
        self.assertEqual(401, ask(crm, "/api/v4/account", token=pair["access_token"])[0])
        crm.crm.now += 91 * DAY_LONG
        self.assertEqual(401, exchange(crm, grant_type="refresh_token", refresh_token=pair["refresh_token"])[0])

    def test_who_is_not_the_integration_gets_nothing(self) -> None:
        crm = player()
        code = crm.crm.settings["code"]
        for name in ("client_id", "client_secret", "redirect_uri"):
            wrong = {"grant_type": "authorization_code", "code": code, name: "other"}
            self.assertEqual((400, f"Check the `{name}` parameter"), hint(exchange(crm, **wrong)))
        self.assertEqual(400, exchange(crm, grant_type="authorization_code", code="other")[0])
        crm.crm.now += 20 * 60
        self.assertEqual((400, "Authorization code has expired"),
                         hint(exchange(crm, grant_type="authorization_code", code=code)))

    def test_an_answer_may_get_lost_while_the_token_is_used_up(self) -> None:
        crm = player()
        crm.crm.faults({"oauth": {"lost": 1}})
        code = crm.crm.settings["code"]
        self.assertEqual((200, None), exchange(crm, grant_type="authorization_code", code=code))
        self.assertEqual(400, exchange(crm, grant_type="authorization_code", code=code)[0])


def hint(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["hint"]


class Hooks(unittest.TestCase):
    def put(self, crm: Player, url: str, *settings: str) -> tuple[int, Any]:
        return ask(crm, "/api/v4/webhooks", "POST", body={"destination": url, "settings": list(settings), "sort": 10})

    def test_a_hook_is_made_found_changed_and_deleted(self) -> None:
        crm = player(webhooks="none")
        self.assertEqual(204, ask(crm, "/api/v4/webhooks")[0])
        status, made = self.put(crm, HOOK, "add_lead", "update_lead")
        self.assertEqual((201, HOOK, False, 10), (status, made["destination"], made["disabled"], made["sort"]))
        self.put(crm, HOOK + "/2", "add_task")
        self.put(crm, HOOK, "add_task")
        found = ask(crm, f"/api/v4/webhooks?filter[destination]={HOOK}")[1]
        self.assertEqual([(made["id"], ["add_task"])],
                         [(row["id"], row["settings"]) for row in found["_embedded"]["webhooks"]])
        self.assertEqual(2, ask(crm, "/api/v4/webhooks")[1]["_total_items"])
        gone = {"destination": HOOK}
        self.assertEqual([204, 404], [ask(crm, "/api/v4/webhooks", "DELETE", body=gone)[0] for _ in range(2)])
        self.assertEqual(200, self.put(player(host="https://demostroy.kommo.com"), HOOK, "add_lead")[0])

    def test_what_is_no_hook_is_refused(self) -> None:
        crm = player()
        self.assertEqual(400, self.put(crm, "kpi.example/hook", "add_lead")[0])
        self.assertEqual(400, self.put(crm, HOOK, "add_leads")[0])
        self.assertEqual(400, self.put(crm, HOOK)[0])
        self.assertEqual(403, self.put(player(admin="no"), HOOK, "add_lead")[0])
        for number in range(99):
            self.assertEqual(201, self.put(crm, f"{HOOK}/{number}", "add_lead")[0])
        self.assertEqual(400, self.put(crm, HOOK, "add_lead")[0])

    def test_an_unknown_event_is_named_by_its_place_and_kommo_knows_fewer(self) -> None:
        wrong = lambda answer: answer[1]["validation-errors"][0]["errors"][0]["path"]  # noqa: E731
        self.assertEqual("settings.1", wrong(self.put(player(), HOOK, "add_lead", "add_leads")))
        kommo = player(host="https://demostroy.kommo.com")
        self.assertEqual("settings.0", wrong(self.put(kommo, HOOK, "update_task", "add_lead")))
        self.assertEqual("settings.1", wrong(self.put(kommo, HOOK, "add_task", "add_unsorted")))

    def test_a_hook_is_told_what_it_asked_for(self) -> None:
        crm = player()
        self.put(crm, HOOK, "add_lead", "status_lead", "note_contact")
        self.assertEqual(HOOK, crm.crm.target)
        act(crm, "10:00:00 create_lead 1 owner=9000101")
        self.assertEqual(["status"], [key for body in told(crm, "10:01:00 win_lead 1") for key in body["leads"]])
        self.assertEqual(1, len(act(crm, "10:02:00 note 7 on=contact:61 owner=9000101 text=x")))
        self.assertEqual([], act(crm, "10:02:00 note 8 on=company:61 owner=9000101 text=x"))
        crm.crm.target = HOOK + "/elsewhere"
        self.assertEqual(1, len(act(crm, "10:03:00 note 9 on=company:61 owner=9000101 text=x")))

    def test_a_disabled_hook_is_shown_and_saved_again(self) -> None:
        crm = player()
        self.put(crm, HOOK, "add_lead")
        crm.crm.retry.disabled = True
        shown = f"/api/v4/webhooks?filter[destination]={HOOK}"
        self.assertTrue(ask(crm, shown)[1]["_embedded"]["webhooks"][0]["disabled"])
        self.assertFalse(crm.crm.enabled())
        self.put(crm, HOOK, "add_lead")
        self.assertFalse(ask(crm, shown)[1]["_embedded"]["webhooks"][0]["disabled"])
        self.assertTrue(crm.crm.enabled())


class Events(unittest.TestCase):
    def setUp(self) -> None:
        self.crm = player()
        act(self.crm, "2026-11-16T10:00:00 create_lead 1 owner=9000101 price=5 contact=61")
        act(self.crm, "2026-11-16T10:01:00 update_lead 1 status=68000030 price=7")
        act(self.crm, "2026-11-16T10:02:00 update_lead 1 owner=9000102 by=9000103")
        act(self.crm, "2026-11-16T10:03:00 call 8 on=lead:1 direction=in owner=9000101 seconds=5")
        self.at = self.crm.crm.now - 180  # of the first act

    def kinds(self, query: str) -> list[str]:
        return [row["type"] for row in listed(self.crm, f"/api/v4/events?{query}", "events")]

    def test_the_newest_come_first(self) -> None:
        self.assertEqual(["incoming_call", "entity_responsible_changed", "lead_status_changed", "sale_field_changed",
                          "lead_added"], self.kinds("limit=2"))

    def test_filters(self) -> None:
        last = ["incoming_call", "entity_responsible_changed"]
        for query in (f"filter[created_at]={self.at + 120}", f"filter[created_at][from]={self.at + 120}",
                      f"filter[created_at]={self.at + 120},{self.at + 999}",
                      f"filter[created_at][from]={self.at + 120}&filter[created_at][to]={self.at + 999}",
                      "filter[type]=incoming_call,entity_responsible_changed",
                      "filter[type][0]=incoming_call&filter[type][1]=entity_responsible_changed"):
            with self.subTest(query):
                self.assertEqual(last, self.kinds(query))
        self.assertEqual(["entity_responsible_changed"], self.kinds("filter[created_by]=9000103"))
        self.assertEqual(5, len(self.kinds("filter[entity]=lead&filter[entity_id]=1")))
        self.assertEqual([], self.kinds("filter[entity]=contact"))
        status = "[leads_statuses][0][status_id]=68000020"
        self.assertEqual([], self.kinds("filter[value_after]" + status))
        self.assertEqual(["lead_status_changed"], self.kinds("filter[value_before]" + status))
        first = listed(self.crm, "/api/v4/events", "events")[-1]["id"]
        self.assertEqual(["lead_added"], self.kinds(f"filter[id]={first}"))
        self.assertEqual("lead_added", ask(self.crm, f"/api/v4/events/{first}")[1]["type"])

    def test_filters_that_are_refused(self) -> None:
        many = ",".join(str(number) for number in range(11))
        for query in (f"filter[created_by]={many}", "filter[entity_id]=1", f"filter[entity]=lead&filter[entity_id]={many}",
                      "filter[type]=lead_added,custom_field_5_value_changed"):
            with self.subTest(query):
                self.assertEqual(400, ask(self.crm, f"/api/v4/events?{query}")[0])

    def test_names_notes_and_types_on_demand(self) -> None:
        held = ask(self.crm, "/api/v4/events?with=lead_name,note&filter[type]=incoming_call")[1]["_embedded"]["events"][0]
        self.assertEqual(("Сделка 1", 5), (held["_embedded"]["entity"]["name"], held["_embedded"]["note"]["params"]["duration"]))
        types = ask(self.crm, "/api/v4/events/types")[1]["_embedded"]["events_types"]
        self.assertTrue({"lead_added", "talk_closed", "transaction_added"} <= {row["key"] for row in types})


class Limits(unittest.TestCase):
    def test_answers_carry_the_accounts_clock(self) -> None:
        crm = player()
        act(crm, "2026-11-16T10:00:00 create_lead 1 owner=9000101")
        for status, path in ((200, "leads"), (204, "tasks"), (404, "nothing")):
            request = Request("GET", f"/api/v4/{path}", "", {"authorization": f"Bearer {crm.crm.settings['token']}"}, b"")
            response = asyncio.run(crm.crm.rest(request))
            self.assertEqual((status, "Mon, 16 Nov 2026 07:00:00 GMT"), (response.status, response.headers["Date"]))

    def test_who_goes_on_over_the_limit_is_shut_out(self) -> None:
        crm = player(limited=True)
        crm.crm.faults({"penalty": {"most": 5, "seconds": 600}})
        answers = [ask(crm, "/api/v4/account")[0] for _ in range(13)]
        self.assertEqual([200] * 7 + [429] * 5 + [403], answers)

    def test_a_penalty_ends(self) -> None:
        penalty = Penalty()
        penalty.set({"most": 1, "seconds": 0})
        penalty.refused()
        self.assertFalse(penalty.shut())

    def test_unpaid_denied_and_pages_that_are_too_big(self) -> None:
        crm = player()
        act(crm, "10:00:00 create_lead 1 owner=9000101")
        crm.crm.faults({"denied": ["tasks", "leads/notes"], "page_most": 100})
        self.assertEqual([403, 403, 200, 504, 200], [ask(crm, f"/api/v4/{path}")[0] for path in (
            "tasks", "leads/notes", "leads", "leads?limit=250", "leads?limit=100")])
        crm.crm.faults({"unpaid": True})
        self.assertEqual((402, "Payment Required"), (ask(crm, "/api/v4/leads")[0], ask(crm, "/api/v4/leads")[1]["title"]))

    def test_where_leads_cannot_be_filtered_all_come(self) -> None:
        crm = player(api_filter="no")
        act(crm, "10:00:00 create_lead 1..3 owner=9000101")
        account = ask(crm, "/api/v4/account?with=is_api_filter_enabled")[1]
        self.assertEqual((False, False), (account["is_api_filter_enabled"], "_embedded" in account))
        self.assertEqual(3, len(listed(crm, "/api/v4/leads?filter[id][]=1", "leads")))
        self.assertEqual([3, 2, 1], [row["id"] for row in listed(crm, "/api/v4/leads?order[updated_at]=desc", "leads")])


class Timelines(unittest.TestCase):
    def setUp(self) -> None:
        seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 31)))
        print(f"SEED={seed}")
        self.chance = random.Random(seed)

    def row(self, ident: int) -> Row:
        moment = self.chance.randrange(500)
        return {"id": ident, "updated_at": moment, "closed_at": self.chance.choice((None, moment)),
                "kind": self.chance.choice("ab")}

    def change(self, rows: Timeline) -> None:
        ident = self.chance.randrange(300)
        if ident in rows and self.chance.random() < 0.3:
            rows.take(ident)
        elif ident in rows:
            rows.touch(ident).update(self.row(ident))
        else:
            rows[ident] = self.row(ident)

    def check(self, rows: Timeline) -> None:
        begin, end = sorted(self.chance.randrange(500) for _ in range(2))
        name, way = self.chance.choice(("id", "updated_at", "closed_at")), self.chance.choice(("asc", "desc"))
        wish: Row = {}
        tests = []
        if self.chance.random() < 0.7:
            field = self.chance.choice(("updated_at", "closed_at"))
            wish[field] = {"from": str(begin), "to": str(end)}
            tests.append(lambda row, field=field: row[field] is not None and begin <= row[field] <= end)
        if self.chance.random() < 0.4:
            wish["kind"] = "a"
            tests.append(lambda row: row["kind"] == "a")
        expected = sorted((row for row in rows.values() if all(test(row) for test in tests)),
                          key=lambda row: (row[name] or 0, row["id"]), reverse=way == "desc")
        self.assertEqual(expected, list(chosen(Listing("x", rows), wish, {name: way})), (wish, name, way))

    def test_finds_what_a_look_at_every_row_finds(self) -> None:
        rows = Timeline("updated_at", "closed_at")
        for step in range(500):
            for _ in range(AT_ONCE + 1 if step == 250 else self.chance.randrange(5)):
                self.change(rows)
            self.check(rows)

    def test_a_hundred_thousand_leads_are_listed_in_seconds(self) -> None:
        crm = player()
        act(crm, "10:00:00 create_lead 1..100000 owner=9000101 hook=lost")
        begin = time.process_time()
        target = "/api/v4/leads?filter[updated_at][from]=1&order[updated_at]=asc&limit=250&with=contacts&page="
        for number in (1, 2, 200, 399, 400):
            self.assertEqual(250, len(ask(crm, target + str(number))[1]["_embedded"]["leads"]))
        self.assertEqual(204, ask(crm, target + "401")[0])
        self.assertLess(time.process_time() - begin, 5)


if __name__ == "__main__":
    unittest.main()
