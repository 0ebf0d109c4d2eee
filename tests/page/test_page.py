#!/usr/bin/env python3
"""The page as people meet it: in Chromium, in both languages and themes, on telephones and walls, by keys alone, without
scripts, and while figures move."""

from __future__ import annotations

import unittest
import urllib.parse
from typing import Any

from browser import Browser
from office import CALLER, HURT, LARGE, SMALL, WEEK, Hostile, Office
from harness import main
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

LANGUAGES, THEMES, WIDTHS = ("ru", "en"), ("light", "dark"), (360, 1280, 1920, 2560)
TRANSFER_MAX = 60_000  # bytes: page, style and script together, as they come
TABS_MAX = 60  # keys to the first figure
FIGURE = "td.figure a"
office: Office
browser: Browser


def setUpModule() -> None:
    global office, browser
    office = unittest.enterModuleContext(Office())
    browser = unittest.enterModuleContext(Browser())


def address(path: str = "/", **parameters: Any) -> str:
    return f"{office.base}{path}?{urllib.parse.urlencode({'portal': LARGE, 'lang': 'ru'} | parameters)}"


def cell(line: str, **parameters: Any) -> str:
    return address("/cell", line=line, column=WEEK, **parameters)


CALLS = f'#periods a[href*="line=calls&column={WEEK}"]'  # the link of this week's calls


def text_of(selector: str) -> str:
    return browser.run("return document.querySelector(arguments[0])?.textContent ?? ''", selector)


class Page(unittest.TestCase):
    """What each test opens leaves nothing in the console: no error, and nothing that the policy has stopped."""

    def setUp(self) -> None:
        browser.look(1280)
        browser.console()

    def tearDown(self) -> None:
        self.assertEqual([], browser.console())
        self.assertIsNone(browser.run("return window.hurt ?? null"), "a name has become a script")

    def open(self, url: str) -> None:
        browser.open(url)
        if browser.all("#state"):
            browser.until("document.getElementById('state').textContent !== ''")


class Looks(Page):
    def everywhere(self, where: str) -> None:
        """The page as it is now, in all sizes and themes."""
        for width in WIDTHS:
            for theme in THEMES:
                with self.subTest(where, width=width, theme=theme):
                    browser.look(width, theme)
                    self.assertEqual([], browser.violations())
                    self.assertLessEqual(browser.run("return document.documentElement.scrollWidth"), width,
                                         "the page scrolls sideways")
        browser.look(1280)

    def test_the_table(self) -> None:
        for language in LANGUAGES:
            self.open(address(lang=language))
            self.everywhere(f"table, {language}")
            browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            self.everywhere(f"all opened, {language}")

    def test_a_portal_of_little(self) -> None:
        self.open(address(portal=SMALL, period="day"))
        self.everywhere("the other portal")

    def test_what_is_behind_a_figure(self) -> None:
        for language in LANGUAGES:
            for line in ("calls", "loss_ratio"):
                self.open(cell(line, lang=language))
                self.everywhere(f"cell of {line}, {language}")
            for line in ("flow-week", "week-to-week", "to-median"):
                self.open(address("/cell", line=line, lang=language, manager=CALLER))
                self.everywhere(f"{line}, {language}")

    def test_the_dialog(self) -> None:
        for language in LANGUAGES:
            self.open(address(lang=language))
            browser.run("document.querySelector(arguments[0]).click()", CALLS)  # wherever it moves meanwhile
            browser.until("document.querySelector('dialog').open")
            self.everywhere(f"dialog, {language}")

    def test_the_report(self) -> None:
        for language in LANGUAGES:
            browser.open(address("/report", lang=language))
            self.everywhere(f"report, {language}")
            self.assertEqual(1, browser.sheets(), "for the meeting it is one sheet")

    def test_each_language_is_its_own(self) -> None:
        for language, word in (("ru", "Показатели"), ("en", "Indicators")):
            self.open(address(lang=language))
            self.assertEqual(language, browser.run("return document.documentElement.lang"))
            self.assertIn(word, text_of("#periods h2"))
        self.assertEqual([], browser.run("return [...document.querySelectorAll('main h2, main th, main caption, main dt')]"
                                         ".map((each) => each.textContent).filter((text) => /[А-Яа-яЁё]/.test(text)"
                                         " && !text.includes('window.hurt') && !each_is_a_name(text));"
                                         "function each_is_a_name(text) {"
                                         " return [...document.querySelectorAll('#managers tbody th, #funnel tbody th, #sources tbody th')]"
                                         ".some((th) => text.includes(th.textContent)); }"), "Russian on the English page")

    def test_a_wall_is_used_and_can_be_read(self) -> None:
        self.open(address())
        browser.look(2560)
        self.assertGreater(browser.run("return document.getElementById('periods').offsetWidth"), 2400)
        plan, funnel = (browser.run("return document.getElementById(arguments[0]).getBoundingClientRect().top", part)
                        for part in ("plan", "funnel"))
        self.assertEqual(plan, funnel, "side by side")
        wide = ("return [...document.querySelectorAll('section > p, .card p, .card dd, #detail p')].filter((each) =>"
                " each.getBoundingClientRect().width > 68 * parseFloat(getComputedStyle(each).fontSize)).map((each) => each.textContent)")
        self.assertEqual([], browser.run(wide), "lines too long to read")
        self.open(cell("loss_ratio"))
        self.assertEqual([], browser.run(wide))
        tops = browser.run("return [...document.querySelectorAll('#detail > div')].map((each) => each.getBoundingClientRect().top)")
        self.assertEqual(tops[0], tops[1], "the records beside the formula")

    def test_no_figure_is_mere_text(self) -> None:
        self.open(address())
        browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        self.assertEqual([], browser.run(
            "return [...document.querySelectorAll('main td, #flow dd')].filter((each) => /[0-9]/.test(each.textContent)"
            " && !each.querySelector('a[href^=\"cell?\"]')).map((each) => each.outerHTML.slice(0, 200))"))

    def test_every_kind_of_figure_opens_in_place(self) -> None:
        self.open(address())
        for figure in ("#flow dd a", "#periods td.trend a", "#periods td.change a", "#managers tfoot a", "#plan td a", "#funnel td a",
                       '#managers a[href*="week-to-week"]', '#managers a[href*="to-median"]'):
            with self.subTest(figure):
                browser.run("document.querySelector(arguments[0]).click()", figure)
                browser.until("document.querySelector('dialog').open && document.querySelector('dialog .big')")
                self.assertTrue(text_of("dialog .big"))
                browser.run("document.querySelector('dialog').close(); document.querySelector('dialog').replaceChildren()")

    def test_light_or_dark_is_chosen_and_kept(self) -> None:
        self.open(address())
        ground = "return getComputedStyle(document.body.parentElement).backgroundColor"
        light = browser.run(ground)
        browser.one("#tools button").click()
        self.assertNotEqual(light, browser.run(ground))
        self.open(address())
        self.assertNotEqual(light, browser.run(ground))
        browser.run("localStorage.clear()")

    def test_it_is_small(self) -> None:
        self.open(address())
        size = browser.run("return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
                           ".filter((each) => each.initiatorType !== 'fetch' && !each.name.includes('/api/')).map((each) => each.encodedBodySize)"
                           ".reduce((sum, each) => sum + each)")
        print(f"page, style and script: {size} bytes", flush=True)
        self.assertGreater(size, 5_000)
        self.assertLessEqual(size, TRANSFER_MAX)


class KeysAlone(Page):
    def to_a_figure(self) -> str:
        """Tab, until a figure has the focus. Gives its address."""
        self.open(address())
        for _ in range(TABS_MAX):
            browser.press(Keys.TAB)
            if browser.run("return document.activeElement.matches(arguments[0])", FIGURE):
                return self.focused()
        self.fail("no figure is reached")

    def focused(self) -> str:
        return browser.run("return document.activeElement.getAttribute('href')")

    def test_a_figure_opens_and_closes(self) -> None:
        figure = self.to_a_figure()
        browser.press(Keys.ENTER)
        browser.until("document.querySelector('dialog').open")
        self.assertTrue(browser.run("return document.querySelector('dialog').contains(document.activeElement)"))
        browser.press(Keys.ESCAPE)
        browser.until("!document.querySelector('dialog').open")
        self.assertEqual(figure, self.focused())

    def test_the_focus_returns_also_when_figures_have_moved_meanwhile(self) -> None:
        figure = self.to_a_figure()
        browser.press(Keys.ENTER)
        browser.until("document.querySelector('dialog').open")
        before = text_of(CALLS)
        office.call()
        browser.until("document.querySelector(arguments[0]).textContent !== arguments[1]", CALLS, before)
        browser.press(Keys.ESCAPE)
        browser.until("document.activeElement.getAttribute('href') === arguments[0]", figure)

    def test_where_the_focus_is_can_be_seen(self) -> None:
        self.to_a_figure()
        self.assertNotEqual("none", browser.run("return getComputedStyle(document.activeElement).outlineStyle"))

    def test_the_first_key_leads_past_the_head(self) -> None:
        self.open(address())
        browser.press(Keys.TAB)
        self.assertEqual("#periods", self.focused())
        browser.press(Keys.ENTER)
        browser.until("location.hash === '#periods'")


class Moves(Page):
    def test_a_webhook_changes_the_figure_that_is_looked_at(self) -> None:
        self.open(address())
        browser.run("window.same_page = true")
        before = int(text_of(CALLS))
        office.call()
        browser.until("document.querySelector(arguments[0]).textContent === arguments[1]", CALLS, str(before + 1))
        self.assertTrue(browser.run("return window.same_page"), "it was loaded anew")
        self.open(address())
        self.assertEqual(str(before + 1), text_of(CALLS))

    def test_what_is_opened_stays_so(self) -> None:
        self.open(address())
        browser.one("#choose summary").click()
        before = text_of(CALLS)
        focused = browser.run("document.querySelector(arguments[0]).focus(); return document.activeElement.getAttribute('href')",
                              CALLS)
        office.call()
        browser.until("document.querySelector(arguments[0]).textContent !== arguments[1]", CALLS, before)
        self.assertTrue(browser.run("return document.getElementById('choose').open"))
        self.assertEqual(focused, browser.run("return document.activeElement.getAttribute('href')"))

    def test_a_click_is_heard_while_figures_move(self) -> None:
        self.open(address())
        fetched = "performance.getEntriesByType('resource').filter((each) => each.initiatorType === 'fetch').length"
        before = browser.run(f"return {fetched}")
        mouse = ActionChains(browser.driver)
        mouse.click_and_hold(browser.one(CALLS)).perform()
        office.call()
        browser.until(f"{fetched} > arguments[0]", before)
        mouse.reset_actions()
        mouse.release().perform()
        browser.until("document.querySelector('dialog').open")

    def test_advice_is_accepted(self) -> None:
        self.open(address())
        card = browser.run("return document.querySelector('.decide:has([data-status=accepted])').dataset.card")
        browser.run("document.querySelector(`.decide[data-card=\"${arguments[0]}\"] button`).click()", card)
        browser.until("document.querySelector(`.decide[data-card=\"${arguments[0]}\"] [data-status=done]`)", card)


class Names(unittest.TestCase):
    """A manager, a funnel, a source and a deal that are called as nobody should be."""

    def test_they_are_text(self) -> None:
        with Hostile() as place:
            browser.console()
            for path in ("/", "/?lang=en&period=day", f"/cell?line=new_leads&column={place.day}", "/report"):
                browser.open(place.base + path)
                self.assertIsNone(browser.run("return window.hurt ?? null"), path)
            browser.open(f"{place.base}/?at={place.day}")
            self.assertIn(HURT, text_of("#managers tbody th"))
            self.assertTrue(browser.run("return [...document.querySelectorAll('#choose label')].filter((each) =>"
                                        " each.textContent.includes(arguments[0])).length >= 2", HURT), "a manager and a funnel")
            browser.one("#managers td.figure a").click()
            browser.until("document.querySelector('dialog').open")
            self.assertIsNone(browser.run("return window.hurt ?? null"))
            self.assertEqual([], browser.console())
            browser.open("about:blank")

    def test_a_webhook_that_is_read_over_rest_changes_the_figure(self) -> None:
        with Hostile() as place:
            browser.open(place.base + "/")
            figure = '#periods a[href*="line=new_leads&"]'
            browser.until("document.querySelector(arguments[0])?.textContent === '1'", figure)
            browser.until("document.getElementById('state').textContent !== ''")
            place.lead()
            browser.until("document.querySelector(arguments[0]).textContent === '2'", figure)
            browser.open("about:blank")


class WithoutScripts(unittest.TestCase):
    """The page as it is for whoever has forbidden them."""

    def test_every_figure_is_there_and_leads_to_what_is_behind_it(self) -> None:
        with Browser(scripts=False) as plain:
            plain.look(1280)
            plain.open(address())
            self.assertEqual([], plain.all("#tools *"), "a script has run")
            figures = plain.all(FIGURE)
            self.assertGreater(len(figures), 200)
            text, link = figures[0].text, figures[0].get_attribute("href")
            figures[0].click()
            plain.arrive(lambda url: url == link)
            self.assertTrue(plain.one("#detail .big").text.startswith(text))
            plain.one("header a").click()
            plain.arrive(lambda url: "/cell" not in url)
            plain.one("#choose summary").click()
            plain.one("#choose input[value=deals_won]").click()
            plain.one("#choose button").click()
            plain.arrive(lambda url: "line=deals_won" in url)
            self.assertEqual(1, len(plain.all("#periods tbody tr:not(.block)")))


class Views(Page):
    def save(self, name: str) -> None:
        browser.one("#tools button.views").click()
        prompt = browser.driver.switch_to.alert
        prompt.send_keys(name)
        prompt.accept()
        browser.until("[...document.querySelectorAll('select.views option')].some((each) => each.textContent === arguments[0])", name)

    def tearDown(self) -> None:
        browser.run("localStorage.clear()")
        super().tearDown()

    def test_one_is_saved_chosen_and_removed(self) -> None:
        name = "Июль <b>\"сравнение\"</b>"
        self.open(address(period="month", columns=3))
        self.save(name)
        self.open(address())
        browser.run("const select = document.querySelector('select.views'); select.value = [...select.options]"
                    ".find((each) => each.textContent === arguments[0]).value; select.dispatchEvent(new Event('change'))", name)
        browser.until("location.search.includes('period=month') && document.querySelector('select.views')?.value")
        self.assertEqual(3, len(browser.all("#periods thead th a")))
        browser.run("[...document.querySelectorAll('button.views')].at(-1).click()")
        browser.until("!document.querySelector('select.views')")

    def test_the_form_makes_an_address(self) -> None:
        self.open(address())
        browser.one("#choose summary").click()
        browser.run("document.querySelectorAll('input[name=manager]')[0].click();"
                    "document.querySelector('input[name=line][value=deals_won]').click()")
        browser.one("#choose button[type=submit]").click()
        browser.until("location.search.includes('line=deals_won') && location.search.includes('manager=')")
        self.assertEqual(1, len(browser.all("#periods tbody tr:not(.block)")))


if __name__ == "__main__":
    main()
