#!/usr/bin/env python3
"""What a portal's directories say reaches the figures, also after the records came."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path

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
