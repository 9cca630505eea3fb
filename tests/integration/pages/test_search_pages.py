"""The search box in the head of every page, and the page behind it, in both languages."""

from __future__ import annotations

import pytest

from tests.integration.intake.conftest import Intake
from tests.integration.pages.conftest import Projects, Site
from tests.integration.pages.english import english_in
from tests.integration.projects.issues import ROOF

BOX = '<form class="find" role="search" method="get" action="/pages/search">'


def test_every_page_of_somebody_who_has_logged_in_has_the_box(intake: tuple[Intake, Site], projects: Projects) -> None:
    for site, path in ((intake[1], "/pages/inbox"), (projects.site, "/pages/hot-issues")):
        assert BOX in site.person("hub").open(path)
        assert BOX not in site.visitor().get("/pages/login").text


@pytest.mark.parametrize(("language", "says"), [("zh", "工单"), ("en", "Ticket")])
def test_a_ticket_is_found_and_opened_by_its_number(intake: tuple[Intake, Site], language: str, says: str) -> None:
    stand, site = intake
    ticket_id = stand.file()
    stand.classify(ticket_id)
    number, person = stand.show(ticket_id)["number"], site.person("hub")
    html = person.open(f"/pages/search?lang={language}&q={number[:6]}+{number[6:12]}+{number[12:]}")
    assert f'href="/pages/tickets/{ticket_id}">{number}</a>' in html
    assert f"<h2>{says}</h2>" in html
    assert number in person.open(f"/pages/tickets/{ticket_id}")
    assert number in person.open("/pages/inbox")


def test_what_was_typed_stands_in_the_box_as_text(intake: tuple[Intake, Site]) -> None:
    html = intake[1].person("hub").open('/pages/search?q="><b>x')
    assert 'value="&#34;&gt;&lt;b&gt;x"' in html
    assert "<b>x" not in html


def test_nothing_found_and_nothing_asked_say_what_to_do(intake: tuple[Intake, Site]) -> None:
    person = intake[1].person("hub")
    assert "没有找到" in person.open("/pages/search?q=99999999&lang=zh")
    assert "没有找到" not in person.open("/pages/search")
    assert "Nothing was found" in person.open("/pages/search?q=99999999&lang=en")


def test_a_ticket_of_others_is_not_found(intake: tuple[Intake, Site]) -> None:
    stand, site = intake
    ticket_id = stand.file()
    stand.classify(ticket_id)
    number = stand.show(ticket_id)["number"]
    assert ticket_id not in site.person("department:market").open(f"/pages/search?q={number}")


def test_an_issue_is_found_and_a_number_with_changed_places_is_explained(projects: Projects) -> None:
    number = projects.district.issue(ROOF)["number"]
    person = projects.site.person("hub")
    for language, says in (("zh", "校验位不符"), ("en", "check character does not fit")):
        assert f'href="/pages/hot-issues/{ROOF}">{number}</a>' in person.open(
            f"/pages/search?lang={language}&q={number}"
        )
        swapped = number[:7] + number[8] + number[7] + number[9:]
        html = person.open(f"/pages/search?lang={language}&q={swapped}", 422)
        assert says in html
        assert f'<a href="/pages/search?q={number}">{number}</a>' in html
    assert number in person.open(f"/pages/hot-issues/{ROOF}")
    assert number in person.open("/pages/hot-issues")


def test_the_pages_in_chinese_hold_no_english_sentence(intake: tuple[Intake, Site], projects: Projects) -> None:
    for site in (intake[1], projects.site):
        person = site.person("hub")
        for typed, status in (("", 200), ("99999999", 200), ("R26-00001-0", 422), ("W26-00001-1", 422)):
            html = person.browser.get(f"/pages/search?lang=zh&q={typed}")
            assert html.status_code in (200, status)
            assert english_in(html.text) == set()
