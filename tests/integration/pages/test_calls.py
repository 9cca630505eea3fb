"""The call list as clerks work it off, without a script."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.intake.domain.telling import Way
from services.intake.store.tables import caller_readings
from tests.integration.applications import application
from tests.integration.intake.conftest import Intake
from tests.integration.intake.following import asked, follow_ups, stages
from tests.integration.intake.settling import ANSWER, HOUSING, take
from tests.integration.intake.telling import filed, state_of, tell, tries, words
from tests.integration.pages.conftest import Person, Site
from tests.integration.pages.english import english_in

PAGE = "/pages/calls"


_SPEAKING: WeakKeyDictionary[FastAPI, Site] = WeakKeyDictionary()
"""Intake's applications by those that have no words to say."""


@pytest.fixture
def desk(intake: tuple[Intake, Site]) -> tuple[Intake, Site]:
    """With words to say, and numbers that are read one by one."""
    stand, site = intake
    if site.app not in _SPEAKING:
        wiring = replace(stand.wiring, telling=replace(stand.wiring.telling, words=words))
        _SPEAKING[site.app] = Site(application(wiring.routes(stand.workshop)))
    return stand, _SPEAKING[site.app]


def readings(stand: Intake) -> list[str]:
    """The purposes for which callers were read."""
    with stand.workshop.engine.connect() as connection:
        return list(connection.execute(select(caller_readings.c.purpose).order_by(caller_readings.c.at)).scalars())


def send(person: Person, form: str, html: str, id: str, **entered: Any) -> Any:
    """Sends a form of one item of the page as it was opened."""
    item = re.search(rf'name="id" value="{id}"><input type="hidden" name="version" value="(\d+)"', html)
    token = re.search(r'name="csrf" value="([^"]+)"', html)
    assert item, html
    assert token
    fields = {"csrf": token[1], "id": id, "version": item[1], **entered}
    return person.browser.post(f"{PAGE}/{form}", data=fields)


def test_a_clerk_sees_what_to_say_and_one_number_at_a_time(desk: tuple[Intake, Site]) -> None:
    stand, site = desk
    telling = tell(stand, filed(stand), Way.CALL)
    clerk = site.person("hub")
    html = clerk.open(PAGE)
    assert "【12345】已修好。" in html
    assert "13812345678" not in html
    assert readings(stand) == []
    shown = send(clerk, "number", html, telling)
    assert shown.status_code == 200
    assert "13812345678" in shown.text
    assert readings(stand) == ["telling"]
    assert send(clerk, "told", shown.text, telling, result="reached").status_code == 303
    assert state_of(stand, telling) == ("call", "delivered", None)


def test_a_number_that_is_not_for_the_clerk_stays_masked_and_the_asking_is_kept(desk: tuple[Intake, Site]) -> None:
    stand, site = desk
    ticket = filed(stand)
    telling = tell(stand, ticket, Way.CALL)
    stand.execute(f"UPDATE tickets SET restricted = true WHERE id = '{ticket}'")  # noqa: S608
    clerk = site.person("hub")
    html = clerk.open(PAGE)
    assert "••••" in html
    refused = send(clerk, "number", html, telling)
    assert refused.status_code == 403
    assert "您不能查看此来电人" in refused.text
    assert "13812345678" not in refused.text
    assert readings(stand) == ["telling"]


def test_an_erased_callers_number_is_not_shown(desk: tuple[Intake, Site]) -> None:
    stand, site = desk
    telling = tell(stand, filed(stand), Way.CALL)
    clerk = site.person("hub")
    html = clerk.open(PAGE)
    stand.execute("DELETE FROM vault_keys")
    assert "来电人信息已删除" in send(clerk, "number", html, telling).text


def test_of_two_clerks_the_second_is_refused_in_place(desk: tuple[Intake, Site]) -> None:
    stand, site = desk
    telling = tell(stand, filed(stand), Way.CALL)
    one, other = site.person("hub", subject="wang"), site.person("hub", subject="li")
    seen, too = one.open(PAGE), other.open(PAGE)
    assert send(one, "told", seen, telling, result="reached").status_code == 303
    refused = send(other, "told", too, telling, result="not reached")
    assert refused.status_code == 409
    assert "已由他人处理" in refused.text
    assert tries(stand, telling) == [("call", "reached", None)]


def test_two_clerks_work_off_the_list_and_every_call_counts_once(desk: tuple[Intake, Site]) -> None:
    stand, site = desk
    tellings = [tell(stand, filed(stand, number), Way.CALL) for number in range(1, 9)]
    clerks = [site.person("hub", subject=subject) for subject in ("wang", "li")]
    seen = [clerk.open(PAGE) for clerk in clerks]
    answers = [
        send(clerk, "told", html, one, result="reached").status_code
        for one in tellings
        for clerk, html in zip(clerks, seen, strict=True)
    ]
    assert (answers.count(303), answers.count(409)) == (8, 8)
    assert {state_of(stand, one)[1] for one in tellings} == {"delivered"}
    assert all(len(tries(stand, one)) == 1 for one in tellings)
    assert "待拨打0件" in clerks[0].open(PAGE)


def test_a_visit_is_entered_in_place_and_version_checked(desk: tuple[Intake, Site]) -> None:
    stand, site = desk
    ticket = filed(stand)
    stand.classify(ticket)
    assert take(stand, ticket, "settlement", HOUSING, subject="plumber", **ANSWER).status_code == 200
    one, other = site.person("hub", subject="wang"), site.person("hub", subject="li")
    assert "已修好。" in one.open(f"{PAGE}?occasion=&of="), "a form sends its blank choices too"
    seen, too = one.open(f"{PAGE}?occasion=visit"), other.open(f"{PAGE}?occasion=visit")
    assert "已修好。" in seen
    assert send(one, "missed", seen, ticket).status_code == 303
    stand.clock.advance(timedelta(hours=3))
    stale = send(other, "visited", too, ticket, caller_solved="yes", note="说好了", occasion="visit")
    assert stale.status_code == 409
    assert "说好了" in stale.text, "what was entered is not lost"
    again = other.open(f"{PAGE}?occasion=visit")
    entered = {"caller_solved": "yes", "satisfaction": "satisfied", "occasion": "visit"}
    done = send(other, "visited", again, ticket, **entered)
    assert done.status_code == 303
    assert done.headers["location"] == "/pages/calls?occasion=visit&done=yes"
    shown = stand.show(ticket)
    assert (shown["state"], shown["satisfaction"], shown["unreached"]) == ("archived", "satisfied", 1)


def test_an_answer_after_the_works_is_entered_in_place(desk: tuple[Intake, Site]) -> None:
    stand, site = desk
    asked(stand, 1)
    follow_up = follow_ups(stand)[0]["follow_up_id"]
    clerk = site.person("hub")
    html = clerk.open(PAGE)
    refused = send(clerk, "answered", html, follow_up)
    assert refused.status_code == 422
    assert "来电人认为已解决？：请选择是或否。" in refused.text
    assert send(clerk, "answered", html, follow_up, solved="no", note="还在漏").status_code == 303
    assert stages(stand) == ["not solved"]
    assert send(clerk, "answered", html, follow_up, solved="yes").status_code == 409


def test_a_first_contact_is_entered_in_place(desk: tuple[Intake, Site]) -> None:
    stand, site = desk
    ticket = filed(stand)
    stand.classify(ticket)
    clerk = site.person("hub")
    html = clerk.open(f"{PAGE}?occasion=contact")
    assert send(clerk, "contacted", html, ticket, note="已约定周三上门", occasion="contact").status_code == 303
    assert stand.show(ticket)["state"] == "contacted"


def test_the_page_works_by_keyboard_and_says_nothing_in_english(desk: tuple[Intake, Site]) -> None:
    stand, site = desk
    tell(stand, filed(stand), Way.CALL)
    asked(stand, 1)
    html = site.person("hub").open(f"{PAGE}?lang=zh")
    assert english_in(html) == set()
    assert "<script" not in html
    assert "onclick" not in html
    labelled = set(re.findall(r'<label for="([^"]+)"', html))
    fields = set(re.findall(r'<(?:textarea|select|input(?! type="(?:hidden|radio)"))[^>]* id="([^"]+)"', html))
    assert fields <= labelled
    assert "To be told" in site.person("hub").open(f"{PAGE}?lang=en")


def test_a_handler_works_off_the_first_contacts_of_their_unit_alone(desk: tuple[Intake, Site]) -> None:
    stand, site = desk
    mine = filed(stand)
    stand.classify(mine)
    tell(stand, filed(stand), Way.CALL)
    handler, foreign = site.person(HOUSING, subject="li"), site.person("department:fire")
    html = handler.open(PAGE)
    assert mine in html
    assert "联系时限" in html
    assert "待拨打1件" in html
    assert 'href="/pages/calls"' in handler.open("/pages/inbox")
    assert "待拨打0件" in foreign.open(PAGE)
    assert "13812345678" in send(handler, "number", html, mine).text
    assert readings(stand) == ["first contact"]
    assert send(handler, "not-contacted", html, mine, result="not reached").status_code == 303
    assert "待拨打0件" in handler.open(PAGE)
    stand.clock.advance(timedelta(hours=2))
    again = handler.open(PAGE)
    assert "已尝试1次" in again
    assert send(handler, "contacted", again, mine, note="已约定周三上门").status_code == 303
    assert stand.show(mine)["state"] == "contacted"


def test_what_was_written_about_a_call_that_somebody_else_has_made_is_shown(desk: tuple[Intake, Site]) -> None:
    stand, site = desk
    ticket = filed(stand)
    stand.classify(ticket)
    one, other = site.person(HOUSING, subject="li"), site.person(HOUSING, subject="wu")
    seen, too = one.open(PAGE), other.open(PAGE)
    assert send(one, "contacted", seen, ticket, note="已约定周三上门").status_code == 303
    stale = send(other, "contacted", too, ticket, note="居民要求周四上门")
    assert stale.status_code == 409
    assert "居民要求周四上门" in stale.text


def test_a_handler_enters_nothing_into_calls_of_others(desk: tuple[Intake, Site]) -> None:
    stand, site = desk
    ticket = filed(stand)
    stand.classify(ticket)
    foreign = site.person("department:fire")
    foreign.open(PAGE)
    sent = {"csrf": foreign.browser.cookies["closedloop_form"], "id": ticket, "version": stand.show(ticket)["version"]}
    for form, entered in (("number", {}), ("contacted", {"note": "x"}), ("not-contacted", {"result": "not reached"})):
        assert foreign.browser.post(f"{PAGE}/{form}", data={**sent, **entered}).status_code == 404
    for form in ("told", "answered", "not-answered", "visited", "missed", "given-up"):
        assert foreign.browser.post(f"{PAGE}/{form}", data=sent).status_code == 403
    assert readings(stand) == []


def test_a_question_in_vain_is_entered_in_place(desk: tuple[Intake, Site]) -> None:
    stand, site = desk
    asked(stand, 1)
    follow_up = follow_ups(stand)[0]["follow_up_id"]
    clerk = site.person("hub")
    html = clerk.open(PAGE)
    assert "24小时后再次列出，共拨3次" in html
    assert send(clerk, "not-answered", html, follow_up, result="not reached").status_code == 303
    assert "待拨打0件" in clerk.open(PAGE)
    stand.clock.advance(timedelta(hours=24))
    again = clerk.open(PAGE)
    assert "已尝试1次" in again
    assert send(clerk, "not-answered", again, follow_up, result="wrong number").status_code == 303
    assert stages(stand) == ["not reached"]


def test_the_list_is_for_those_who_call(desk: tuple[Intake, Site]) -> None:
    _, site = desk
    for role in ("supervisor", "subdistrict:310109016"):
        site.person(role).open(PAGE, 403)
