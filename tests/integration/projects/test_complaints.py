"""Complaints about works: attached to their project, apart from what it cures, answered, mended under warranty."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from services.contracts.complaint_events import WorksComplaintChanged
from services.contracts.event import Event
from services.contracts.ticket_events import RequestKind, TicketReclassified, TicketRedoOrdered, TicketSettled
from services.contracts.works_events import WorksDefectChanged
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.harness.works import do, works
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import START, corrected, dispatched, take, ticket_id
from tests.integration.projects.issues import published
from tests.integration.projects.loop_of import District

ROOF = hot_issue_id(Cell("quyang-1", "MJ01"), 0)
DAY = timedelta(days=1)


def day_of(moment: datetime) -> float:
    return (moment - START) / DAY


def complaint(district: District, number: int, type_code: str = "MJ16", **more: Any) -> Event:
    """A ticket of today."""
    return dispatched(number, type_code, "quyang-1", by=number, day=day_of(district.workshop.clock.now()), **more)


def settled(fact: Event, version: int = 5) -> TicketSettled:
    said = {"settled_at": NOW + 9 * DAY, "unit_solved": True, "state": "settled", "version": version}
    return TicketSettled.model_validate(fact.model_dump() | said)


def listed(district: District, project: str, role: str = "department:housing") -> dict[str, Any]:
    answer = district.as_(role).get(f"/projects/{project}/complaints")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def changes(district: District) -> list[tuple[str, str | None, int]]:
    events = [one for one in published(district.workshop, "projects") if isinstance(one, WorksComplaintChanged)]
    return [(one.ticket_id, one.project_id, one.version) for one in events]


def pass_time(district: District, span: timedelta) -> None:
    district.until(district.workshop.clock.now() + span)


def test_nuisance_attaches_itself_to_the_works_of_its_estate(district: District, project: str) -> None:
    take(district.workshop, complaint(district, 101))  # before the works
    pass_time(district, DAY)
    district.advance(project, "building")
    pass_time(district, DAY)
    take(district.workshop, complaint(district, 102), complaint(district, 103, "MJ01"))
    take(district.workshop, dispatched(104, "MJ16", "quyang-2", day=day_of(NOW + 2 * DAY)))
    found = listed(district, project)
    assert [one["ticket_id"] for one in found["complaints"]] == [ticket_id(102)]
    assert found["counts"] == {"green": 1, "yellow": 0, "red": 0}
    assert changes(district) == [(ticket_id(102), project, 1)]


def test_a_ticket_that_was_there_first_is_attached_when_the_works_start(district: District, project: str) -> None:
    district.advance(project, "contracted")
    pass_time(district, DAY)
    late = complaint(district, 101)
    district.advance(project, "started")
    take(district.workshop, complaint(district, 102, "MJ01"), late)
    assert [one["ticket_id"] for one in listed(district, project)["complaints"]] == [ticket_id(101)]
    now = district.workshop.clock.now()
    take(district.workshop, corrected(TicketReclassified, 102, "MJ16", "quyang-1", by=102, day=day_of(now)))
    take(district.workshop, late)
    assert len(listed(district, project)["complaints"]) == 2
    away = corrected(TicketReclassified, 101, "MJ16", "quyang-2", by=101, day=day_of(now), version=4)
    take(district.workshop, away)
    assert [one["ticket_id"] for one in listed(district, project)["complaints"]] == [ticket_id(102)]
    assert changes(district)[-1] == (ticket_id(101), None, 2)


def test_a_start_that_becomes_known_after_the_ticket_looks_for_it(district: District, project: str) -> None:
    district.advance(project, "contracted")
    early = dispatched(101, "MJ16", "quyang-1", by=101, day=day_of(NOW + 2 * DAY))
    take(district.workshop, early)  # of tomorrow, as it were
    assert listed(district, project)["complaints"] == []
    pass_time(district, DAY)
    district.advance(project, "started")
    pass_time(district, 2 * DAY)
    assert [one["ticket_id"] for one in listed(district, project)["complaints"]] == [ticket_id(101)]


def test_each_colour_has_its_clock_and_an_answer_stops_it(district: District, project: str) -> None:
    district.advance(project, "building")
    first, second = complaint(district, 101), complaint(district, 102)
    take(district.workshop, settled(second), first, second)
    pass_time(district, 6 * DAY)
    assert listed(district, project)["counts"] == {"green": 1, "yellow": 1, "red": 0}
    pass_time(district, 4 * DAY)
    assert listed(district, project)["counts"] == {"green": 1, "yellow": 0, "red": 1}
    take(district.workshop, settled(first))
    assert listed(district, project)["counts"] == {"green": 2, "yellow": 0, "red": 0}


def test_an_answer_that_has_to_be_given_again_is_none_whatever_comes_late(district: District, project: str) -> None:
    district.advance(project, "building")
    first = complaint(district, 101)
    again = TicketRedoOrdered.model_validate(first.model_dump() | {"version": 7})
    take(district.workshop, first, again)
    take(district.workshop, settled(first, 5))
    pass_time(district, 20 * DAY)
    assert listed(district, project)["counts"]["red"] == 1
    take(district.workshop, settled(first, 9))
    assert listed(district, project)["counts"]["red"] == 0


def test_complaints_of_quality_after_the_acceptance_are_overdue_and_those_of_noise_are_none_of_the_works(
    district: District, project: str
) -> None:
    """That neither counts in their effect: test_observing.py."""
    district.advance(project, "accepted")
    pass_time(district, DAY)
    take(district.workshop, *(complaint(district, 200 + n, "MJ16") for n in range(3)))
    take(district.workshop, *(complaint(district, 300 + n, "MJ17") for n in range(3)))
    pass_time(district, 60 * DAY)
    assert listed(district, project)["counts"]["red"] == 3


def test_a_complaint_under_warranty_opens_a_defect_of_the_only_item(district: District, project: str) -> None:
    district.advance(project, "warranty")
    pass_time(district, 30 * DAY)
    take(district.workshop, complaint(district, 101, "MJ17"))
    pass_time(district, DAY)
    (defect,) = works(district.hub, project)["defects"]
    assert (defect["ticket_id"], defect["state"], defect["severity"]) == (ticket_id(101), "open", "major")
    assert listed(district, project)["complaints"][0]["defect_id"] == defect["defect_id"]
    step = f"defects/{defect['defect_id']}/steps"
    do(district.hub, project, step, state="open", to="cured", party="construction", note="已返修")
    by_itself = {"state": "cured", "to": "closed", "party": "construction", "note": "好了"}
    assert district.hub.post(f"/projects/{project}/{step}", json=by_itself).status_code == 422
    do(district.hub, project, step, state="cured", to="closed", party="residents", note="不漏了")
    events = [one for one in published(district.workshop, "projects") if isinstance(one, WorksDefectChanged)]
    assert [(one.state, one.ticket_id) for one in events] == [
        (state, ticket_id(101)) for state in ("open", "cured", "closed")
    ]


def test_of_several_items_a_person_says_which(district: District, project: str) -> None:
    district.advance(project, "contracted")
    roofs = [{"menu_item": "M01-A", "block": block, "contracted": "10", "unit_cost_fen": 1} for block in ("3", "5")]
    do(district.hub, project, "items", items=roofs)
    district.advance(project, "warranty")
    pass_time(district, 30 * DAY)
    take(district.workshop, complaint(district, 101, "MJ17"))
    pass_time(district, DAY)
    assert works(district.hub, project)["defects"] == []
    assert listed(district, project)["complaints"][0]["defect_id"] is None
    item = works(district.hub, project)["items"][1]["item_id"]
    others = {"id": str(uuid4()), "item_id": item, "severity": "minor", "note": "起鼓", "ticket_id": ticket_id(1)}
    refused = district.hub.post(f"/projects/{project}/defects", json=others)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body.ticket_id")
    body = {"id": str(uuid4()), "item_id": item, "severity": "minor", "note": "起鼓", "ticket_id": ticket_id(101)}
    opened = do(district.hub, project, "defects", **body)
    assert listed(district, project)["complaints"][0]["defect_id"] == opened["defect_id"]


def test_a_defect_that_nobody_cures_is_overdue(district: District, project: str) -> None:
    district.advance(project, "building")
    item = works(district.hub, project)["items"][0]["item_id"]
    bodies = [{"id": str(uuid4()), "item_id": item, "severity": "critical", "note": "漏"} for _ in range(2)]
    late, cured = (do(district.hub, project, "defects", **body)["defect_id"] for body in bodies)
    do(district.hub, project, f"defects/{cured}/steps", state="open", to="cured", party="construction", note="补")
    pass_time(district, 10 * DAY)
    overdue = {one["defect_id"]: one["overdue"] for one in works(district.hub, project)["defects"]}
    assert overdue == {late: True, cured: False}
    do(district.hub, project, f"defects/{cured}/steps", state="cured", to="open", party="residents", note="还漏")
    clock = next(one for one in works(district.hub, project)["defects"] if one["defect_id"] == cured)
    assert datetime.fromisoformat(clock["cure_by"]) > district.workshop.clock.now()


def test_a_warranty_that_ends_soon_is_on_the_list(district: District, project: str) -> None:
    district.advance(project, "warranty")
    assert district.as_("department:housing").get("/warranty-visits").json() == {"visits": []}
    (given,) = works(district.hub, project)["warranties"]
    district.until(datetime.fromisoformat(f"{given['ends']}T00:00:00+08:00") - 59 * DAY)
    (visit,) = district.as_("department:housing").get("/warranty-visits").json()["visits"]
    assert (visit["project_id"], visit["block"], visit["ends"], visit["items"]) == (project, "3", given["ends"], 1)
    assert district.as_("department:greening").get("/warranty-visits").json() == {"visits": []}


def test_a_start_and_a_complaint_at_the_same_moment_find_each_other(district: District, project: str) -> None:
    """The looking for complaints waits for the ticket's transaction, and sees what that did not commit yet."""
    district.advance(project, "started")
    now = district.workshop.clock.now()
    attach = threading.Thread(target=pass_time, args=(district, DAY))
    with district.workshop.open() as work:
        work.connection.execute(text("INSERT INTO cells VALUES ('quyang-1', 'MJ16') ON CONFLICT DO NOTHING"))
        work.connection.execute(text("SELECT FROM cells WHERE type_code = 'MJ16' FOR UPDATE"))
        attach.start()
        while (
            not district.workshop.engine.connect()
            .execute(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
            .scalar_one()
        ):
            pass
        work.connection.execute(
            text(
                "INSERT INTO ticket_sightings (ticket_id, ticket_version, occurred_at, decided_type, decided_estate)"
                " VALUES (:id, 2, :at, 'MJ16', 'quyang-1')"
            ),
            {"id": ticket_id(101), "at": now},
        )
    attach.join(60)
    assert changes(district) == [(ticket_id(101), project, 1)]


def test_a_wrong_acceptance_that_is_taken_back_takes_complaints_again(district: District, project: str) -> None:
    district.advance(project, "accepted")
    pass_time(district, DAY)
    take(district.workshop, complaint(district, 101))
    assert listed(district, project)["complaints"] == []
    wrong = {"version": district.project(project)["version"], "reason": "还没有验收"}
    assert district.hub.post(f"/projects/{project}/reversals", json=wrong).status_code == 200
    pass_time(district, DAY)
    assert [one["ticket_id"] for one in listed(district, project)["complaints"]] == [ticket_id(101)]


def test_a_complaint_that_is_for_few_is_listed_for_the_hub_alone(district: District, project: str) -> None:
    district.advance(project, "building")
    secret = complaint(district, 101)
    take(district.workshop, type(secret).model_validate(secret.model_dump() | {"restricted": True}))
    assert len(listed(district, project, "hub")["complaints"]) == 1
    assert listed(district, project)["complaints"] == []
    assert listed(district, project)["counts"]["green"] == 0


def test_who_has_nothing_to_do_with_the_project_sees_no_complaint(district: District, project: str) -> None:
    assert district.as_("department:greening").get(f"/projects/{project}/complaints").status_code == 404


def test_a_ticket_of_quality_that_opened_no_defect_is_shown_with_why(district: District, project: str) -> None:
    take(district.workshop, complaint(district, 100, "MJ17"))  # before the works: nothing to do with them
    pass_time(district, DAY)
    district.advance(project, "building")
    pass_time(district, DAY)
    take(district.workshop, complaint(district, 101, "MJ17"))
    take(district.workshop, complaint(district, 102, "MJ17", kind=RequestKind.ENQUIRY))
    take(district.workshop, complaint(district, 103, "MJ16", kind=RequestKind.ENQUIRY))
    found = listed(district, project)
    assert [(one["ticket_id"], one["why_no_defect"]) for one in found["complaints"]] == [
        (ticket_id(101), "not_covered")
    ]
    assert [(one["ticket_id"], one["why_no_defect"]) for one in found["apart"]] == [(ticket_id(102), "enquiry")]
    district.advance(project, "warranty")
    (given,) = works(district.hub, project)["warranties"]
    district.until(datetime.fromisoformat(f"{given['ends']}T00:00:00+08:00") + 2 * DAY)
    take(district.workshop, complaint(district, 104, "MJ17"))
    found = listed(district, project)
    assert [(one["ticket_id"], one["why_no_defect"]) for one in found["apart"]] == [
        (ticket_id(104), "after_warranty"),
        (ticket_id(102), "enquiry"),
    ]
