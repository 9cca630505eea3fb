"""The pages in a real browser: by keyboard, on a phone, without anything fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.pages.menu import MENU
from tests.integration.intake.conftest import Intake
from tests.integration.pages.browser import CHROMIUM, WHY_NOT, Browser, served
from tests.integration.pages.conftest import Projects, Site
from tests.integration.pages.visiting import FETCHED, FITS, log_in
from tests.integration.projects.issues import ROOF

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WHY_NOT)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    one = Browser(tmp_path)
    yield one
    one.close()


def test_a_department_settles_a_ticket(intake: tuple[Intake, Site], browser: Browser) -> None:
    stand, site = intake
    ticket = stand.file(text="<script>document.title = 'taken over'</script>楼顶漏雨")
    stand.classify(ticket)
    with served(site.app) as address:
        log_in(browser, address, "department:housing")
        assert "区房管局 · 工单" in browser.text
        assert "剩1天16小时" in browser.text
        browser.press(f'a[href="/pages/tickets/{ticket}"]')
        assert "<script>" in browser.text
        assert browser.see("document.title") != "taken over"
        assert browser.see(FETCHED) == 0
        assert browser.see("getComputedStyle(document.querySelector('.bar')).backgroundColor") == "rgb(15, 53, 99)"
        browser.see("document.querySelector('#form-settlement summary').click()")
        browser.see("document.querySelector('#settlement-public_answer').focus()")
        browser.type("已派人修好屋面。")
        browser.see("document.querySelector('input[name=unit_solved][value=yes]').click()")
        browser.press("form[action$=settlement] button")
        assert "已办结，等待回访" in browser.text
    assert stand.show(ticket)["settlement"]["public_answer"] == "已派人修好屋面。"


FOCUSED = "document.activeElement.textContent.trim()"
RING = "getComputedStyle(document.activeElement).outlineStyle !== 'none'"


def tab_to(browser: Browser, what: str) -> None:
    """As often as a person's patience lasts; wherever the focus is, it shows."""
    for _ in range(60):
        browser.key("Tab")
        assert browser.see(RING), browser.see("document.activeElement.outerHTML")
        if browser.see(what):
            return
    raise AssertionError(f"no way by Tab to: {what}")


def test_a_ticket_is_signed_answered_and_settled_by_keyboard_alone(
    intake: tuple[Intake, Site], browser: Browser
) -> None:
    stand, site = intake
    ticket = stand.file()
    stand.classify(ticket)
    with served(site.app) as address:
        log_in(browser, address, "department:housing")
        browser.key("Tab")
        assert browser.see(FOCUSED) == "跳到正文"
        browser.key("Enter")
        tab_to(browser, f"document.activeElement.pathname === '/pages/tickets/{ticket}'")
        browser.enter_by_key()
        tab_to(browser, "document.activeElement.matches('#form-signature button')")
        browser.enter_by_key()
        assert stand.show(ticket)["state"] == "signed"
        tab_to(browser, "document.activeElement.matches('#form-settlement > summary')")
        browser.key("Enter")  # opens the form
        tab_to(browser, "document.activeElement.id === 'settlement-public_answer'")
        browser.type("已修好。")
        tab_to(browser, "document.activeElement.matches('#settlement-unit_solved input')")
        browser.key("Space")
        tab_to(browser, "document.activeElement.matches('#form-settlement button')")
        browser.enter_by_key()
        assert "已办结，等待回访" in browser.text
    shown = stand.show(ticket)
    assert (shown["state"], shown["unit_solved"], shown["settlement"]["public_answer"]) == ("settled", True, "已修好。")


LABELLED = """[...document.querySelectorAll('main input:not([type=hidden]), main select, main textarea')]
    .filter(one => !one.labels.length && !one.getAttribute('aria-label')).map(one => one.outerHTML).join()"""
SAME_IDS = """[...document.querySelectorAll('[id]')].map(one => one.id)
    .filter((id, n, all) => all.indexOf(id) < n).join()"""


def test_every_field_has_a_label_and_every_id_is_one(intake: tuple[Intake, Site], browser: Browser) -> None:
    stand, site = intake
    ticket, doubtful = stand.file(), stand.file()
    stand.classify(ticket)
    stand.classify(doubtful, type_code="OT")
    with served(site.app) as address:
        log_in(browser, address, "hub")
        of_tickets = (f"/pages/tickets/{ticket}", f"/pages/tickets/{doubtful}")
        for path in (*of_tickets, *MENU.values(), "/pages/catalogue/MJ01"):
            browser.open(f"{address}{path}")
            assert browser.see(LABELLED) == "", path
            assert browser.see(SAME_IDS) == "", path


def test_a_hot_issue_is_decided_and_the_board_follows(projects: Projects, browser: Browser) -> None:
    with served(projects.site.app) as address:
        log_in(browser, address, "hub")
        assert "集中问题看板" in browser.text
        browser.press(f'a[href="/pages/hot-issues/{ROOF}"]')
        area_shown = "document.querySelector('#floor_area_m2').offsetParent !== null"
        assert browser.see(area_shown) is False
        browser.see("document.querySelector('#kind-project').click()")
        assert browser.see(area_shown) is True
        browser.see("document.querySelector('#reason').focus()")
        browser.type("屋面整体翻修")
        browser.press("form[action$=decision] button")
        assert "决策已提交" in browser.text
        assert "列入修缮项目" in browser.text
    assert projects.district.issue(ROOF)["state"] == "decided"


def test_pages_fit_a_phone(projects: Projects, intake: tuple[Intake, Site], browser: Browser) -> None:
    stand, site = intake
    ticket = stand.file(text="水" * 300)
    stand.classify(ticket)
    project_id = projects.district.decide(ROOF, kind="project")["project_id"]
    browser.size(360, 740)
    of_projects = ("/pages/hot-issues", f"/pages/hot-issues/{ROOF}", f"/pages/projects/{project_id}", "/pages/projects")
    of_intake = (*MENU.values(), "/pages/catalogue/MJ01", "/pages/inbox?tab=review", f"/pages/tickets/{ticket}")
    for one, paths in ((site, of_intake), (projects.site, of_projects)):
        with served(one.app) as address:
            log_in(browser, address, "hub")
            for path in paths:
                for language in ("zh", "en"):
                    browser.open(f"{address}{path}?lang={language}")
                    assert browser.see(FITS), (path, language)
