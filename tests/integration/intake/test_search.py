"""The search: by numbers as people write them, by an estate's name, and for what the reader may see alone."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from services.contracts.classification_events import Sensitive
from services.contracts.numbers import perhaps_meant
from services.contracts.ticket_events import Place
from services.intake.domain.scope import TicketScope
from services.intake.store.tables import tickets
from services.intake.store.ticket_scope import seen_by
from tests.integration.intake.conftest import Intake, fresh_key, problem
from tests.integration.intake.following import HERE, Issue, advanced, take

FULL_WIDTH = {ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}
ISSUE_NUMBER, PROJECT_NUMBER = "R26-00042-0", "W26-00042-7"


def search(intake: Intake, typed: str, *roles: str, subject: str = "operator") -> dict[str, Any]:
    answer = intake.client(*(roles or ("hub",)), subject=subject).get("/search", params={"q": typed})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def found(intake: Intake, typed: str, *roles: str, subject: str = "operator") -> list[str]:
    return [one["ticket_id"] for one in search(intake, typed, *roles, subject=subject)["tickets"]]


@pytest.fixture
def ticket(intake: Intake) -> str:
    """Beside another one of the same second."""
    intake.file(text="路灯不亮")
    ticket_id = intake.file()
    intake.classify(ticket_id, place=HERE)
    return ticket_id


@pytest.fixture
def issue(intake: Intake) -> Issue:
    """Decided, with a project; both have their numbers."""
    issue = Issue()
    decided = issue.becomes("decided", number=ISSUE_NUMBER)
    project = advanced(issue, "consulted", 2)
    numbered = project.event.model_copy(update={"number": PROJECT_NUMBER})
    take(intake, decided, type(project)(project.id, project.source, project.time, numbered))
    return issue


def test_a_ticket_is_found_by_its_number_however_it_is_typed(intake: Intake, ticket: str) -> None:
    number = intake.show(ticket)["number"]
    spaced = " ".join(number[at : at + 4] for at in range(0, 18, 4))
    dashed = f"{number[:6]}-{number[6:12]}—{number[12:]}"
    for typed in (number, f" {number}\t", spaced, dashed, number.translate(FULL_WIDTH)):
        assert found(intake, typed) == [ticket], typed


def test_a_ticket_is_found_by_the_end_of_its_number_and_with_others_by_its_beginning(
    intake: Intake, ticket: str
) -> None:
    number = intake.show(ticket)["number"]
    assert found(intake, number[-4:]) == [ticket]
    assert found(intake, number[-9:]) == [ticket]
    assert len(found(intake, number[:4])) == len(found(intake, number[:12])) == 2
    assert found(intake, number[-3:]) == []
    assert found(intake, "9" + number[1:]) == []


def test_a_ticket_is_found_by_the_number_that_the_city_gave_it(intake: Intake) -> None:
    body = {"number": "SH-2607-77", "text": "楼顶漏雨", "channel": "phone", "deadline": "2026-07-09T00:00:00+08:00"}
    answer = intake.client("city").post("/city/tickets", json=body)
    assert answer.status_code == 202, answer.text
    for typed in ("SH-2607-77", " SH-2607-77 ", "ＳＨ-2607-77"):
        assert found(intake, typed) == [answer.json()["ticket_id"]], typed


def test_tickets_are_found_by_a_part_of_their_estates_name_the_newest_first(intake: Intake, ticket: str) -> None:
    later = intake.file()
    intake.classify(later, place=HERE)
    elsewhere = intake.file()
    intake.classify(elsewhere, place=Place(sub_district="310109010", estate="quyang-1", estate_name="曲阳一村"))
    assert set(found(intake, "涼城")) == {ticket, later}
    assert found(intake, "曲阳一村") == [elsewhere]
    assert found(intake, "%") == found(intake, "不存在的村") == []


def test_an_issue_and_a_project_are_found_by_number_and_by_estate(intake: Intake, issue: Issue) -> None:
    (one,) = search(intake, "ｒ26 00042 0")["hot_issues"]
    assert (one["hot_issue_id"], one["number"], one["place"]["estate"]) == (issue.id, ISSUE_NUMBER, "liangcheng-2")
    (one,) = search(intake, "w26000427")["projects"]
    assert (one["project_id"], one["number"]) == (issue.project_id, PROJECT_NUMBER)
    both = search(intake, "凉城二村")
    assert [len(both[kind]) for kind in ("hot_issues", "projects")] == [1, 1]
    assert not any(search(intake, PROJECT_NUMBER)[kind] for kind in ("tickets", "hot_issues"))


def test_a_number_that_cannot_be_right_is_refused_and_changed_places_are_undone(intake: Intake, issue: Issue) -> None:
    wrong = problem(intake.client("hub").get("/search", params={"q": "R26-00024-0"}), 422, field="q")
    assert wrong["type"].endswith("wrong-check-character")
    assert wrong["meant"] == [ISSUE_NUMBER]
    assert perhaps_meant("R26-00024-0").count(ISSUE_NUMBER) == 1
    another = problem(intake.client("hub").get("/search", params={"q": "R26-00043-0"}), 422)
    assert another["meant"] == []


def test_what_is_meant_is_shown_to_those_who_may_see_it_alone(intake: Intake, issue: Issue) -> None:
    for role, meant in (("department:housing", [ISSUE_NUMBER]), ("department:market", [])):
        assert intake.client(role).get("/search", params={"q": "R26-00024-0"}).json()["meant"] == meant


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("supervisor", 1),
        ("department:housing", 1),
        ("department:market", 0),
        ("subdistrict:310109016", 1),
        ("subdistrict:310109010", 0),
    ],
)
def test_an_issue_and_its_project_are_found_by_those_who_see_them_in_projects(
    intake: Intake, issue: Issue, role: str, seen: int
) -> None:
    assert len(search(intake, ISSUE_NUMBER, role)["hot_issues"]) == seen
    assert len(search(intake, PROJECT_NUMBER, role)["projects"]) == seen


def test_a_restricted_ticket_is_found_by_its_lead_and_the_hub_alone(intake: Intake) -> None:
    ticket_id = intake.file()
    intake.classify(ticket_id, place=HERE, sensitive=Sensitive.MINOR)
    number = intake.show(ticket_id)["number"]
    for typed in (number, number[:8], number[-6:], "凉城二村"):
        for role in ("hub", "department:housing"):
            assert found(intake, typed, role) == [ticket_id], (typed, role)
        for role in ("supervisor", "admin", "subdistrict:310109016", "department:liangcheng", "department:market"):
            assert found(intake, typed, role) == [], (typed, role)


def test_a_report_of_a_department_is_not_found_by_it(intake: Intake) -> None:
    answer = intake.client("hub").post(
        "/tickets", json={"text": "举报：收受好处", "about_unit": "liangcheng"}, headers=fresh_key()
    )
    intake.classify(answer.json()["ticket_id"], place=HERE, type_code="MJ04")
    number = answer.json()["number"]
    for role in ("department:liangcheng", "subdistrict:310109016"):
        assert found(intake, number, role) == found(intake, "凉城二村", role) == []
    assert found(intake, number, "supervisor") == [answer.json()["ticket_id"]]


@pytest.mark.parametrize("role", ["identity-reader", "city"])
def test_nobody_else_searches(intake: Intake, role: str) -> None:
    assert intake.client(role).get("/search", params={"q": "0001"}).status_code == 403


def test_more_than_a_page_is_reported(intake: Intake) -> None:
    rows = [{"source_id": str(n), "text": f"楼顶漏雨{n}", "channel": "file"} for n in range(60)]
    batch = {"source": "old", "mode": "live", "tickets": rows}
    assert intake.client("hub").post("/tickets/batch", json=batch).status_code == 200
    listed = search(intake, "260701")
    assert (len(listed["tickets"]), listed["more"]) == (50, True)


# --- the rule as SQL ------------------------------------------------------------------------------------------------

LEADS, ABOUT = (None, "housing", "market"), (None, "housing", "liangcheng")
HELPERS, ASSIGNEES = ("{}", "{liangcheng,fire}"), (None, "li")
READERS = [
    TicketScope(frozenset(own), frozenset(there), whole, subject)
    for own, there, whole, subject in product(
        ((), ("housing",), ("fire", "market"), ("liangcheng",)), ((), ("310109016",)), (False, True), ("", "li", "wu")
    )
]


def test_the_search_finds_exactly_what_the_rule_says(intake: Intake) -> None:
    kinds = product(LEADS, ABOUT, HELPERS, ASSIGNEES, ("310109016", "310109010"), (False, True))
    for lead, about, helpers, assignee, where, hidden in kinds:
        ticket_id = intake.file()
        values = {"lead": lead, "about_unit": about, "co_handlers": helpers, "assignee": assignee}
        columns = ", ".join(f"{name} = '{value}'" if value else f"{name} = NULL" for name, value in values.items())
        intake.execute(
            f"UPDATE tickets SET {columns}, sub_district = '{where}', restricted = {hidden} WHERE id = '{ticket_id}'"  # noqa: S608
        )
    with intake.workshop.engine.connect() as connection:
        rows = connection.execute(select(tickets)).all()
        for reader in READERS:
            within = set(connection.execute(select(tickets.c.id).where(seen_by(reader))).scalars())
            assert within == {row.id for row in rows if reader.holds(row)}, reader
