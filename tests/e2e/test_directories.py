#!/usr/bin/env python3
"""What a portal's directories say reaches the figures, also after the records came."""

from __future__ import annotations

import os
import tempfile
import unittest
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

from client import until
from harness import World, main

SHOWS_WITHIN = 40.0
OWN_STAGES = """
crm bitrix24
zone Europe/Moscow
set scopes=crm,task,telephony,user,department
day 2026-09-14
now 18:00:00
09:00:00 stage DT31_3:UC_PART list=SMART_INVOICE_STAGE_3 name="Частично"
09:00:00 stage C5:UC_FAR list=DEAL_STAGE_5 name="Далеко"
09:00:00 stage UC_SHELVED list=STATUS name="Отложен"
10:00:00 invoice 51 owner=7 amount=1000
10:10:00 update_invoice 51 stage=DT31_3:UC_PART
10:20:00 create_deal 11 owner=7 amount=300 category=5
10:30:00 update_deal 11 stage=C5:UC_FAR
10:40:00 create_lead 21 owner=7
10:50:00 update_lead 21 status=UC_SHELVED
"""
NAMED_BITRIX24 = """
crm bitrix24
zone Europe/Moscow
day 2026-09-14
now 18:00:00
10:00:00 create_lead 21 owner=7 source=UC_EXPO
10:20:00 create_deal 11 owner=7 amount=300 source=WEB
10:30:00 update_deal 11 stage=LOSE reason=45
"""
NAMED_AMOCRM = """
crm amocrm
zone Europe/Moscow
day 2026-09-14
now 18:00:00
10:00:00 create_lead 501 owner=9000101 price=300 f701006=yandex
10:30:00 lose_lead 501 reason=15200001
"""


class Directories(unittest.TestCase):
    def test_stages_that_a_portal_gives_another_meaning(self) -> None:
        path = Path(tempfile.gettempdir()) / f"kpistream-stages-{os.getpid()}.scenario"
        path.write_text(OWN_STAGES, encoding="utf-8")
        with World(path) as world:
            path.unlink()
            world.daemon.directory = "3s"
            world.daemon.write_config()
            world.fake.control("play")
            world.daemon.rest()
            self.shows(world, payments=0, deals_lost=0, leads_lost=0)
            self.means(world, "DT31_3:UC_PART", "SMART_INVOICE_STAGE_3", "S")
            self.means(world, "C5:UC_FAR", "DEAL_STAGE_5", "F")
            self.means(world, "UC_SHELVED", "STATUS", "F")
            world.daemon.stop()
            world.daemon.start()
            self.shows(world, payments=1, deals_lost=1, leads_lost=1)
            self.means(world, "C5:UC_FAR", "DEAL_STAGE_5", "S")
            self.shows(world, payments=1, deals_lost=0, leads_lost=1, deals_won=1)
            self.means(world, "C5:UC_FAR", "DEAL_STAGE_5", "S", name="Близко")
            self.shows(world, payments=1, deals_lost=0, leads_lost=1, deals_won=1)
            world.daemon.verify()

    def test_departments_are_teams(self) -> None:
        path = Path(tempfile.gettempdir()) / f"kpistream-departments-{os.getpid()}.scenario"
        path.write_text(OWN_STAGES, encoding="utf-8")
        with World(path) as world:
            path.unlink()
            until("the team of a manager shows", lambda: self.team(world, "7") == "Отдел продаж", SHOWS_WITHIN)
            world.daemon.stop()
            world.fake.control("faults", scopes=["crm", "task", "telephony", "user"])
            world.config.more.append('managers: {"7": {team: wholesale}}')
            world.daemon.write_config()
            world.daemon.start()
            until("the directories are read", lambda: self.team(world, "9") == "Отдел продаж", SHOWS_WITHIN)
            self.assertEqual("wholesale", self.team(world, "7"))
            world.daemon.verify()

    def test_sources_and_reasons_have_the_names_that_a_portal_gives_them(self) -> None:
        with self.world(NAMED_BITRIX24) as world:
            self.named(world, "source", UC_EXPO="Выставка в Туле", WEB="Веб-сайт")
            self.named(world, "loss_reason", **{"45": "Дорого", "46": "Ушли к другим"})
            self.shown(world, "Выставка в Туле", "причина «Дорого»")
            world.fake.control("verb", line='18:00:00 stage UC_EXPO list=SOURCE name="Выставка в Орле"')
            self.named(world, "source", UC_EXPO="Выставка в Орле")
            world.daemon.verify()

    def test_an_account_names_its_reasons(self) -> None:
        with self.world(NAMED_AMOCRM) as world:
            self.named(world, "loss_reason", **{"15200001": "Дорого"})
            self.shown(world, "yandex", "причина «Дорого»")
            world.daemon.verify()

    def test_an_account_that_does_not_show_them_is_read_all_the_same(self) -> None:
        with self.world(NAMED_AMOCRM, denied=["leads/loss_reasons"]) as world:
            self.shown(world, "yandex", "причина «15200001»")
            self.assertEqual([], world.daemon.scrape().series("crm_loss_reason_info"))
            world.daemon.verify()

    @contextmanager
    def world(self, scenario: str, **faults: Any) -> Iterator[World]:
        path = Path(tempfile.gettempdir()) / f"kpistream-names-{os.getpid()}.scenario"
        path.write_text(scenario, encoding="utf-8")
        with World(path) as world:
            path.unlink()
            world.daemon.stop()
            world.fake.control("faults", **faults)
            world.daemon.directory = "3s"
            world.daemon.write_config()
            world.daemon.start()
            world.aim()
            world.fake.control("play")
            world.daemon.rest()
            yield world

    def named(self, world: World, label: str, **names: str) -> None:
        def all_of_them() -> bool:
            told = {labels[label]: labels["name"] for labels, _ in world.daemon.scrape().series(f"crm_{label}_info")}
            return told.items() >= names.items()

        until(f"the names are {names}", all_of_them, SHOWS_WITHIN)

    def shown(self, world: World, source: str, reason: str) -> None:
        """On the page, and over the figure of a reason."""
        view = f"portal={world.alias}&lang=ru&period=day"
        of = {"bitrix24": "45", "amocrm": "15200001"}[world.crm]
        cell = f"/cell?{view}&line=refusals_by_reason@{of}&column=2026-09-14"
        for path, text in ((f"/?{view}", f'<th scope="row">{source}</th>'), (cell, f"Отказы по причинам: {reason}")):
            until(f"{path} shows {text}", lambda path=path, text=text: text in world.daemon.ask(path)[1], SHOWS_WITHIN)

    @staticmethod
    def team(world: World, manager: str) -> str:
        series = world.daemon.scrape().series("crm_manager_info", manager=manager)
        return series[0][0]["team"] if series else ""

    @staticmethod
    def means(world: World, stage: str, dictionary: str, semantics: str, name: str = "Иначе") -> None:
        world.fake.control("verb", line=f'18:00:00 stage {stage} list={dictionary} name="{name}" semantics={semantics}')

    def shows(self, world: World, **wanted: int) -> None:
        def all_of_it() -> bool:
            page = world.daemon.scrape()
            return all(page.total(f"crm_window_{name}", window="day") == value for name, value in wanted.items())

        until(f"the figures are {wanted}", all_of_it, SHOWS_WITHIN)


if __name__ == "__main__":
    main()
