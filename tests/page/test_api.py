#!/usr/bin/env python3
"""The JSON API is what docs/openapi.json says: every path, its answers and its errors, of portals with and without much."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unittest
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from office import LARGE, NOW, SMALL, TODAY, WEEK, WEEK_BEFORE, Hostile, Office
from client import until
from contract import FILE, Answer, Contract, ask
from daemon import Daemon
from harness import main, portal_config
from leads import CLOCK, KNOWN_SINCE
from jsonschema import Draft202012Validator

APP = Path(__file__).resolve().parents[2] / "app"
PERIODS = ("10m", "hour", "day", "week", "month", "quarter")
office: Office
hostile: Hostile


def setUpModule() -> None:
    global office, hostile
    office = unittest.enterModuleContext(Office())
    hostile = unittest.enterModuleContext(Hostile())
    for place in (office, hostile):  # advice is there a moment after the start
        until("insight has looked", lambda: ask(place.daemon.admin, "GET", "/api/v1/table").json["flow"])


class Held(unittest.TestCase):
    contract = Contract.of_the_repository()

    def hold(self, answer: Answer, method: str, path: str, status: int) -> Any:
        self.assertEqual("", self.contract.breach(self.contract.operation(method, path), answer), f"{method} {path}")
        self.assertEqual(status, answer.status, answer.body[:300])
        return answer.json if answer.body else None

    def get(self, path: str, parameters: Any = (), status: int = 200, place: Any = None) -> Any:
        """`parameters`: a mapping, or pairs. The answer is as the file says."""
        pairs = list(parameters.items()) if isinstance(parameters, dict) else list(parameters)
        target = f"/api/v1/{path}" + ("?" + urlencode(pairs) if pairs else "")
        with self.subTest(target):
            return self.hold(ask((place or office).daemon.admin, "GET", target), "GET", f"/api/v1/{path}", status)

    def post(self, path: str, body: Any, status: int, place: Any = None, portal: str = "") -> Any:
        target = f"/api/v1/{quote(path)}" + (f"?portal={portal}" if portal else "")
        answer = ask((place or office).daemon.admin, "POST", target, json.dumps(body).encode(), Content_Type="application/json")
        return self.hold(answer, "POST", f"/api/v1/{path}", status)


class TheFile(Held):
    def test_it_is_what_the_daemon_serves(self) -> None:
        answer = ask(office.daemon.admin, "GET", "/openapi.json")
        self.assertEqual((200, "application/json"), (answer.status, answer.headers["content-type"]))
        self.assertEqual(json.loads(FILE.read_text(encoding="utf-8")), answer.json)

    def test_every_path_of_the_program_is_in_it(self) -> None:
        """In both directions."""
        known: set[str] = set()
        for source in [*APP.glob("*.cpp"), *APP.glob("*.hpp")]:
            known.update(re.findall(r'"(/api/v1/[a-z_/]+?)/?"', source.read_text(encoding="utf-8")))
        self.assertEqual(known, {re.sub(r"/\{\w+\}$", "", path) for _, path, _ in self.contract.operations()})

    def test_it_is_well_formed(self) -> None:
        self.assertTrue(self.contract.document["openapi"].startswith("3.1."))
        for name, schema in self.contract.document["components"]["schemas"].items():
            with self.subTest(name):
                Draft202012Validator.check_schema(schema)
        ids = [operation["operationId"] for _, _, operation in self.contract.operations()]
        self.assertEqual(len(ids), len(set(ids)))
        for method, path, operation in self.contract.operations():
            names = [one["name"] for one in self.contract.parameters(operation)]
            self.assertEqual(re.findall(r"\{(\w+)\}", path), [n for n in names if f"{{{n}}}" in path], f"{method} {path}")


class Tables(Held):
    def test_the_table_in_every_view(self) -> None:
        for portal in (LARGE, SMALL):
            for period in PERIODS:
                table = self.get("table", {"portal": portal, "period": period, "columns": 5})
                self.assertEqual((portal, 5), (table["portal"], len(table["columns"])))
                for block in table["blocks"]:
                    for row in block["rows"]:
                        self.assertEqual(5, len(row["figures"]), row["line"]["id"])
        self.get("table", {"portal": LARGE, "columns": 26, "period": "day", "lang": "en"})
        self.get("table", {"portal": LARGE, "until": WEEK_BEFORE, "at": "2026-11-09", "sort": "new_leads"})
        self.get("table", [("manager", "11"), ("manager", "12"), ("line", "deals_won.sum"), ("line", "loss_ratio")])
        self.get("table", place=hostile)

    def test_it_tells_all_that_it_can(self) -> None:
        table = self.get("table", {"portal": LARGE})
        for part in ("blocks", "stages", "plan"):
            self.assertTrue(table[part], part)
        self.assertTrue(table["managers"]["rows"] and table["sources"]["rows"] and table["flow"]["bottleneck"])
        self.assertTrue(any(column["taken"] for column in table["columns"]))
        figures = [figure for block in table["blocks"] for row in block["rows"] for figure in row["figures"]]
        self.assertTrue(any(figure["corrected"] for figure in figures))
        self.assertTrue(any(each["forecast"] for each in table["plan"]))

    def test_what_is_behind_every_figure_of_a_week(self) -> None:
        lines = self.get("table", {"portal": LARGE})["choices"]["lines"]
        seen: dict[str, int] = {}
        for line in lines:
            for column in (WEEK, WEEK_BEFORE):
                cell = self.get("cell", {"portal": LARGE, "line": line["id"], "column": column})
                for part in ("parts", "facts", "corrections", "left_off"):
                    seen[part] = seen.get(part, 0) + bool(cell[part])
        self.assertTrue(all(seen.values()), seen)
        self.get("cell", {"portal": LARGE, "line": "calls", "column": f"{WEEK_BEFORE}..{TODAY}", "manager": "11"})
        for window in ("28d", "week", "week_prev_same_point", "all"):
            self.get("cell", {"portal": LARGE, "line": "calls", "column": window})
        self.get("cell", {"line": "new_leads", "column": "2026-09-14"}, place=hostile)

    def test_what_is_behind_figures_that_are_no_lines(self) -> None:
        table = self.get("table", {"portal": LARGE})
        cell = lambda line, **more: self.get("cell", {"portal": LARGE, "line": line, **more})  # noqa: E731
        for name, balance in (("flow-week", table["flow"]["week"]), ("flow-month", table["flow"]["month"])):
            flow = cell(name)
            came, won, lost = (part["figure"]["value"] for part in flow["parts"])
            self.assertEqual((balance["in"], balance["out"]), (came, won + lost), name)
            self.assertTrue(all(part["facts"] for part in flow["parts"]), name)
        self.assertAlmostEqual(table["flow"]["drain_seconds"], cell("flow-drain")["figure"]["value"], delta=3600)
        self.assertIn(table["flow"]["bottleneck"], cell("flow-bottleneck")["parts"][0]["line"]["id"])
        self.assertEqual(table["flow"]["residual"], cell("flow-residual")["figure"]["value"])
        rows = table["managers"]["rows"]
        for row in rows:
            if row["actions_week"]:
                value, base = (part["figure"]["value"] for part in cell("week-to-week", manager=row["id"])["parts"][:2])
                self.assertEqual((value, base), (row["actions_week"]["value"], row["actions_week"]["base"]))
            if row["actions_to_median"]:
                ratio = cell("to-median", manager=row["id"])["figure"]["value"] / 1000
                self.assertAlmostEqual(row["actions_to_median"], ratio, delta=0.006)
        self.assertTrue(any(row["actions_week"] and row["actions_week"]["far_less"] for row in rows))
        for line, median in zip(table["managers"]["lines"], table["managers"]["median"]):
            self.assertEqual(median["value"], cell(f"team-median@{line['id']}", column=table["managers"]["column"])["figure"]["value"])
        for stage in table["stages"]:
            open_now = cell(f"deals_open@{stage['id']}", column=f"{TODAY}..{TODAY}")
            self.assertEqual((stage["open"], stage["open"]), (open_now["figure"]["value"], len(open_now["facts"]) + open_now["left_off"]))
        for plan in table["plan"]:
            kind = {7: "week"}.get((date.fromisoformat(plan["last"]) - date.fromisoformat(plan["first"])).days + 1, "month")
            whose = "".join(f"/{key}:{plan[key]}" for key in ("manager", "team") if plan[key])
            pace = cell(f"plan-pace@{plan['kpi']}/{kind}{whose}")
            self.assertEqual([plan["actual"], plan["target"]], [part["figure"]["value"] for part in pace["parts"][:2]])
        for line in ("calls", "loss_ratio"):
            row = next(row for block in table["blocks"] for row in block["rows"] if row["line"]["id"] == line)
            values = [figure["value"] for figure in row["figures"][1:]]
            self.assertEqual(values, [part["figure"]["value"] for part in cell(f"line-trend@{line}")["parts"]])
            self.assertEqual(values[:2], [part["figure"]["value"] for part in cell(f"line-change@{line}")["parts"]])

    def test_the_records_of_a_ratio_are_those_of_its_parts(self) -> None:
        ratio = self.get("cell", {"portal": LARGE, "line": "loss_ratio", "column": WEEK_BEFORE})
        self.assertEqual(["inquiries_lost", "inquiries_won"], [part["line"]["id"] for part in ratio["parts"]], "the numerator first")
        for part in ratio["parts"]:
            self.assertEqual(part["figure"]["value"], len(part["facts"]) + part["left_off"])
            self.assertLessEqual(len(part["facts"]), 20)
        self.assertTrue(any(part["left_off"] for part in ratio["parts"]))
        mean = self.get("cell", {"portal": LARGE, "line": "average_deal_amount", "column": WEEK_BEFORE})
        self.assertEqual([True, False], [bool(part["facts"]) for part in mean["parts"]], "the same records once")

    def test_a_cell_and_the_table_say_the_same(self) -> None:
        table = self.get("table", {"portal": LARGE})
        for block in table["blocks"]:
            for row in block["rows"]:
                cell = self.get("cell", {"portal": LARGE, "line": row["line"]["id"], "column": WEEK_BEFORE})
                self.assertEqual(row["figures"][1], cell["figure"], row["line"]["id"])

    def test_records(self) -> None:
        kpis = {line["kpi"] for line in self.get("table", {"portal": LARGE})["choices"]["lines"] if line["unit"] != "ratio"}
        found = 0
        for kpi in sorted(kpis):
            answer = ask(office.daemon.admin, "GET", f"/api/v1/facts?portal={LARGE}&kpi={kpi}&from={WEEK_BEFORE}&to={TODAY}")
            if answer.status == 400:  # a formula
                self.hold(answer, "GET", "/api/v1/facts", 400)
            else:
                found += len(self.hold(answer, "GET", "/api/v1/facts", 200)["facts"]) > 0
        self.assertGreater(found, 10)
        self.get("facts", {"portal": hostile.portal, "kpi": "new_leads", "from": "2026-09-14"}, place=hostile)

    def test_closed_periods(self) -> None:
        heads = self.get("tables")["tables"]
        self.assertGreater(len(heads), 10)
        corrected = 0
        for head in heads[-6:]:
            table = self.get("tables", {key: head[key] for key in ("portal", "schedule", "period", "due")})
            self.assertEqual(head, {key: table[key] for key in head})
            corrected += len(table["corrections"])
        self.assertGreater(corrected, 0)
        self.assertEqual([], self.get("tables", {"schedule": "no such one"})["tables"])

    def test_nothing_new_is_not_sent_again(self) -> None:
        for path in ("table", f"cell?line=new_leads&column={WEEK}"):
            first = ask(office.daemon.admin, "GET", f"/api/v1/{path}")
            again = ask(office.daemon.admin, "GET", f"/api/v1/{path}", If_None_Match=first.headers["etag"])
            self.assertEqual((304, b""), (again.status, again.body))
            self.assertEqual("", self.contract.breach(self.contract.operation("GET", "/api/v1/" + path.split("?")[0]), again))
            self.assertEqual(first.headers["etag"], again.headers["etag"])


class Wrong(Held):
    def test_parameters(self) -> None:
        for path, parameters, status in (
                ("table", {"portal": "nobody"}, 404), ("table", {"period": "year"}, 400), ("table", {"columns": "0"}, 400),
                ("table", {"columns": "27"}, 400), ("table", {"lang": "de"}, 400), ("table", {"until": "yesterday"}, 400),
                ("table", {"manager": "11", "source": "WEB"}, 400), ("table", [("line", f"l{i}") for i in range(65)], 400),
                ("cell", {"line": "new_leads"}, 404), ("cell", {"column": WEEK}, 404),
                ("cell", {"line": "no_such_line", "column": WEEK}, 404),
                ("cell", {"portal": LARGE, "line": "calls", "column": "7d"}, 404), ("cell", {"portal": LARGE, "line": "week-to-week"}, 404),
                ("cell", {"portal": LARGE, "line": "flow-year"}, 404), ("cell", {"portal": LARGE, "line": "plan-pace@revenue/year"}, 404), ("cell", {"line": "new_leads", "column": "2019-01-07"}, 404),
                ("facts", {}, 400), ("facts", {"portal": LARGE}, 400), ("facts", {"portal": LARGE, "kpi": "loss_ratio"}, 400),
                ("facts", {"portal": LARGE, "kpi": "deals_won", "from": "2026-02-30"}, 400),
                ("facts", {"portal": LARGE, "kpi": "deals_won", "from": TODAY, "to": WEEK}, 400),
                ("tables", {"portal": "nobody"}, 400), ("tables", {"period": WEEK}, 400),
                ("tables", {"portal": LARGE, "schedule": "weekly", "period": "2019-01-07"}, 400)):
            self.get(path, parameters, status)

    def test_what_is_not_there(self) -> None:
        for path in ("/api/v1/nothing", "/api/v1/", "/api/v2/table", "/api/"):
            answer = ask(office.daemon.admin, "GET", path)
            self.assertEqual((404, "application/json"), (answer.status, answer.headers["content-type"]))
            self.assertEqual("", self.contract.mismatch({"$ref": "#/components/schemas/Error"}, answer.json))

    def test_what_cannot_be_done(self) -> None:
        for method, status in (("PUT", 405), ("DELETE", 405), ("OPTIONS", 405)):
            self.assertEqual(status, ask(office.daemon.admin, method, "/api/v1/table").status)
        backup = self.contract.operation("POST", "/api/v1/backup")
        for answer in (ask(office.daemon.admin, "POST", "/api/v1/backup", b"x=1", Content_Type="application/x-www-form-urlencoded"),
                       ask(office.daemon.admin, "POST", "/api/v1/backup", b"{" + b" " * 5000, Content_Type="application/json")):
            self.assertIn(answer.status, (413, 415))
            self.assertEqual("", self.contract.breach(backup, answer))


class Closed(unittest.TestCase):
    """Where viewers are named, every address answers strangers and managers as the file says."""

    def test_strangers_and_managers(self) -> None:
        contract, token = Contract.of_the_repository(), "manager-0123456789abc"
        folder = Path(tempfile.mkdtemp(prefix="kpistream-closed-"))
        self.addCleanup(shutil.rmtree, folder)
        daemon = Daemon(folder, [portal_config("amocrm", "Europe/Moscow", KNOWN_SINCE)], CLOCK)
        self.addCleanup(daemon.kill)
        daemon.more = [f"viewers: [{{name: ivanov, token: {token}, role: manager, manager: '7'}}]"]
        daemon.write_config()
        daemon.start()
        for method, path, operation in contract.operations():
            target, body = path.replace("{card}", "x"), b"{}" if method == "POST" else None
            stranger = ask(daemon.admin, method, target, body, Content_Type="application/json")
            self.assertEqual((401, ""), (stranger.status, contract.breach(operation, stranger)), path)
            if "403" in operation["responses"]:
                manager = ask(daemon.admin, method, target, body, Content_Type="application/json", Authorization=f"Bearer {token}")
                self.assertEqual((403, ""), (manager.status, contract.breach(operation, manager)), path)


class Changes(Held):
    def test_advice(self) -> None:
        cards = self.get("advice", {"portal": LARGE})["cards"]
        self.assertGreater(len(cards), 5)
        card = "advice/" + cards[-1]["id"]
        self.post(card, {"status": "done"}, 409, portal=LARGE)
        done = {"status": "accepted", "owner": "12", "due": "2026-12-31"}
        self.assertEqual("accepted", self.post(card, done, 200, portal=LARGE)["status"])
        (now,) = [each for each in self.get("advice", {"portal": LARGE})["cards"] if each["id"] == cards[-1]["id"]]
        self.assertEqual(("accepted", "12"), (now["status"], now["owner"]))
        self.post(card, {"status": "done"}, 200, portal=LARGE)
        self.post(card, {"status": "declined"}, 409, portal=LARGE)
        for body in ({}, [], {"status": "new"}, {"status": "accepted", "owner": "x"}, {"status": "accepted", "due": "soon"}):
            self.post(card, body, 400, portal=LARGE)
        self.post(card, done, 404, portal="nobody")
        self.post("advice/no/such/card", done, 404, portal=LARGE)
        self.get("advice")

    def test_a_backfill(self) -> None:
        self.assertEqual([], self.get("backfill")["backfills"])
        self.post("backfill", {"from": "2026-09-01"}, 400, portal=LARGE)  # nobody reads it
        self.post("backfill", {"from": "2026-09-01"}, 404, portal="nobody")
        self.post("backfill", {"from": "soon"}, 400, hostile, hostile.portal)
        self.post("backfill", [], 400, hostile, hostile.portal)
        self.post("backfill", {"from": "2026-09-01"}, 202, hostile, hostile.portal)
        until("it has ended", lambda: not self.get("backfill", place=hostile)["backfills"][0]["active"])

    def test_a_backup(self) -> None:
        self.post("backup", {}, 201)
        self.post("backup", {}, 400, hostile)  # there is no place for it


if __name__ == "__main__":
    main()
