"""Several tickets of an inbox at once: signed, or given one answer."""

from __future__ import annotations

from typing import Any

from services.contracts.ticket_events import Place
from tests.integration.intake.conftest import Intake
from tests.integration.pages.conftest import Person, Site

Stand = tuple[Intake, Site]
LEAD = "department:housing"


def filed(stand: Intake, number: int, **reading: Any) -> list[str]:
    tickets = [stand.file() for _ in range(number)]
    for ticket in tickets:
        stand.classify(ticket, **reading)
    return tickets


def tick(stand: Intake, tickets: list[str]) -> list[str]:
    return [f"{ticket} {stand.show(ticket)['version']}" for ticket in tickets]


def send(person: Person, path: str, boxes: list[str], **entered: str) -> Any:
    person.open("/pages/inbox")
    fields = {"csrf": person.browser.cookies["closedloop_form"], "ticket": boxes, **entered}
    return person.browser.post(f"/pages/inbox/{path}", data=fields)


def test_what_is_ticked_is_signed(intake: Stand) -> None:
    stand, site = intake
    first, second, third = filed(stand, 3)
    person = site.person(LEAD, subject="li")
    html = person.open("/pages/inbox")
    boxes = tick(stand, [first, second])
    assert all(f'value="{box}"' in html for box in boxes)
    answer = send(person, "signature", boxes)
    assert answer.status_code == 303
    assert "已提交：签收，2件" in person.open(answer.headers["location"])
    assert [stand.show(one)["state"] for one in (first, second, third)] == ["signed", "signed", "dispatched"]
    assert stand.show(first)["history"][-1]["actor"] == "li"


def test_one_answer_settles_all_and_whoever_was_faster_is_left_alone(intake: Stand) -> None:
    stand, site = intake
    tickets = filed(stand, 3)
    boxes, person = tick(stand, tickets), site.person(LEAD)
    assert send(person, "signature", boxes[:1]).status_code == 303
    answered = {"public_answer": "全区停水，今晚恢复。", "unit_solved": "yes"}
    answer = send(person, "settlement", boxes, **answered)
    assert answer.status_code == 409
    assert "办结：2件已办，1件未办" in answer.text
    assert "已有人先一步办理" in answer.text
    assert f"/pages/tickets/{tickets[0]}" in answer.text
    assert [stand.show(one)["state"] for one in tickets] == ["signed", "settled", "settled"]
    assert {stand.show(one)["settlement"]["public_answer"] for one in tickets[1:]} == {"全区停水，今晚恢复。"}


def test_an_answer_that_does_not_fit_changes_no_ticket_and_is_kept(intake: Stand) -> None:
    stand, site = intake
    tickets = filed(stand, 2)
    boxes, person = tick(stand, tickets), site.person(LEAD)
    answer = send(person, "settlement", boxes, public_answer="我的答复")
    assert answer.status_code == 422
    assert "请选择是或否" in answer.text
    assert "我的答复" in answer.text
    assert answer.text.count(" checked") == 2
    assert {stand.show(one)["state"] for one in tickets} == {"dispatched"}
    assert "请先勾选" in send(person, "settlement", [], public_answer="x", unit_solved="yes").text
    assert "请先勾选" in send(person, "signature", ["none 3"]).text


def test_nobody_signs_for_others(intake: Stand) -> None:
    stand, site = intake
    (ours,) = filed(stand, 1)
    (theirs,) = filed(stand, 1, type_code="SC01", place=Place(sub_district="310109010"))
    boxes = tick(stand, [ours, theirs])
    answer = send(site.person(LEAD), "signature", boxes)
    assert answer.status_code == 409
    assert "没有这条记录" in answer.text
    assert [stand.show(one)["state"] for one in (ours, theirs)] == ["signed", "dispatched"]
    supervisor = site.person("supervisor")
    assert 'type="checkbox"' not in supervisor.open("/pages/inbox")
    assert send(supervisor, "signature", tick(stand, [theirs])).status_code == 403
    assert stand.show(theirs)["state"] == "dispatched"
