"""A complaint is about the works of its estate, whichever of ticket, reading and project was known first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.messaging.timers import Timer
from services.chassis.working_days import Calendar
from services.contracts.complaint_events import WorksComplaintChanged
from services.contracts.event import Event
from services.contracts.ticket_events import RequestKind, TicketReclassified, TicketRedoOrdered, TicketSettled
from services.projects.app.works.attach_complaints import AttachComplaints, newest_answers
from services.projects.app.works.complaint_ports import Answer
from services.projects.domain.sighting import Sighting
from services.projects.domain.works.complaints import (
    Colour,
    Complaint,
    ComplaintRule,
    Edge,
    Span,
    WhyNoDefect,
    about,
    colour,
    why_apart,
    why_no_defect,
)
from services.projects.domain.works.warranty import Warranty
from services.projects.files.works_rules import works_rules
from tests.integration.projects.events import classified, corrected, dispatched, ticket_id

DAY = timedelta(days=1)
OPENED = datetime(2026, 6, 1, tzinfo=UTC)
STARTED, ACCEPTED = OPENED + 5 * DAY, OPENED + 40 * DAY
PROJECT = "9e2c1a7b-3d4e-4f5a-8b6c-7d8e9f0a1b2c"
SPAN = Span(PROJECT, OPENED, STARTED)
OVER = replace(SPAN, ended_at=ACCEPTED, warranted_until=date(2028, 7, 11))
MJ16, MJ17, MJ18 = (works_rules().complaint_rules[one] for one in ("MJ16", "MJ17", "MJ18"))


@pytest.mark.parametrize(
    ("span", "rule", "day", "held"),
    [
        (SPAN, MJ16, 4.9, False),  # before the works
        (SPAN, MJ16, 5, True),
        (SPAN, MJ18, 0, True),  # of a scheme people complain before
        (SPAN, MJ18, -0.1, False),
        (OVER, MJ16, 40, True),
        (OVER, MJ16, 40.1, False),
        (OVER, MJ17, 700, True),
        (OVER, MJ17, 772, False),  # the 12th of July 2028
        (replace(OVER, warranted_until=None), MJ17, 41, False),
        (replace(OVER, cancelled=True), MJ17, 41, False),
        (Span("p-2", OPENED), MJ16, 10, False),  # not started
    ],
)
def test_when_a_complaint_is_about_a_project(span: Span, rule: ComplaintRule, day: float, held: bool) -> None:
    assert span.holds(OPENED + day * DAY, rule) is held


def test_of_two_projects_the_one_that_began_last_is_meant() -> None:
    later = Span("p-0", OPENED, STARTED + DAY)
    sighting = Sighting(ticket_id(1)).record_fact(dispatched(1, "MJ16", "quyang-1", day=10))
    for spans in ([SPAN, later], [later, SPAN]):
        assert about(sighting, spans, works_rules().complaint_rules) == "p-0"


def test_an_enquiry_about_works_is_no_complaint() -> None:
    asked = Sighting(ticket_id(1)).record_fact(dispatched(1, "MJ16", "quyang-1", kind=RequestKind.ENQUIRY))
    assert about(asked, [SPAN], works_rules().complaint_rules) is None


@pytest.mark.parametrize(
    ("days", "answered", "expected"),
    [(2, False, Colour.GREEN), (6, False, Colour.YELLOW), (9, False, Colour.RED), (30, True, Colour.GREEN)],
)
def test_the_colour_follows_working_days_until_it_is_answered(days: int, answered: bool, expected: Colour) -> None:
    wednesday = datetime(2026, 7, 1, 4, tzinfo=UTC)
    calendar = Calendar()
    rule = ComplaintRule("MJ16", Edge.STARTED, Edge.ENDED, 3, 5)
    due = lambda at, count: calendar.after_working_days(at, count).due  # noqa: E731
    assert colour(wednesday, answered, wednesday + days * DAY, rule, due) is expected


@dataclass
class Book:
    """The port ComplaintBook in memory; also the clock, the topics and the locks."""

    sightings: dict[str, Sighting] = field(default_factory=dict)
    projects: dict[str, Span] = field(default_factory=dict)
    complaints: dict[str, Complaint] = field(default_factory=dict)
    published: list[WorksComplaintChanged] = field(default_factory=list)
    locked: bool = False

    @property
    def clock(self) -> Book:
        return self

    def now(self) -> datetime:
        return ACCEPTED

    def publish(self, _topic: str, event: Any) -> None:
        self.published.append(event)

    def lock(self, _work: Any, _cells: Any) -> None:
        self.locked = True

    def spans(self, _work: Any, estates: Collection[str]) -> Mapping[str, Sequence[Span]]:
        return {one: list(self.projects.values()) for one in estates if one == "quyang-1"}

    def estates_of(self, _work: Any, _projects: Collection[str]) -> set[str]:
        return {"quyang-1"}

    def kept(self, _work: Any, ticket_ids: Collection[str]) -> Mapping[str, Complaint]:
        return {one: self.complaints[one] for one in ticket_ids if one in self.complaints}

    def in_estates(self, _work: Any, _estates: Collection[str], types: Collection[str]) -> Sequence[Sighting]:
        assert self.locked
        return [one for one in self.sightings.values() if one.counted and one.counted.cell.type_code in types]

    def save(self, _work: Any, complaints: Sequence[Complaint]) -> None:
        for one in complaints:
            known = self.complaints.get(one.ticket_id)
            assert one.version == (known.version if known else 0) + 1
            self.complaints[one.ticket_id] = one

    def keep_answers(self, _work: Any, answers: Sequence[Answer]) -> None: ...


FACTS: list[Any] = [
    dispatched(1, "MJ16", "quyang-1", day=10),
    corrected(TicketReclassified, 1, "MJ16", "jiaxing-1", day=10, version=3),  # of another estate after all
    corrected(TicketReclassified, 1, "MJ18", "quyang-1", day=10, version=4),
    dispatched(2, "MJ01", "quyang-1", day=20),
    corrected(TicketReclassified, 2, "MJ16", "quyang-1", day=20, version=3),
    dispatched(3, "MJ16", "quyang-1", day=50),  # after the acceptance
    classified(4, "MJ16", "quyang-1"),
    dispatched(4, "MJ16", "quyang-1", day=6),
    Span(PROJECT, OPENED),
    SPAN,
    OVER,
]


@given(st.permutations(FACTS), st.integers(0, 3))
def test_in_whatever_order_they_come_the_same_is_attached(order: list[Any], again: int) -> None:
    book = Book()
    attach = AttachComplaints(book, book, works_rules())  # type: ignore[arg-type]
    spans = [one for one in order if isinstance(one, Span)]
    in_order = iter([Span(PROJECT, OPENED), SPAN, OVER])  # a project takes its steps in their order
    for one in [*order, *order[:again]]:
        if isinstance(one, Span):
            book.projects[PROJECT] = next(in_order, OVER)
            attach.on_works_moved([Timer(None, "", f"{PROJECT}|1", ACCEPTED)], book)  # type: ignore[arg-type]
            continue
        was = book.sightings.get(one.ticket_id, Sighting(one.ticket_id))
        fact = one.type != "ticket.classified.v1"
        book.sightings[one.ticket_id] = was.record_fact(one) if fact else was.record_reading(one)
        attach.counted(book, [(was, book.sightings[one.ticket_id])])  # type: ignore[arg-type]
    assert len(spans) == 3
    held = {one.ticket_id: one.type_code for one in book.complaints.values() if one.project_id}
    assert held == {ticket_id(1): "MJ18", ticket_id(2): "MJ16", ticket_id(4): "MJ16"}
    latest = {event.ticket_id: event.project_id for event in book.published}
    assert latest == {one.ticket_id: one.project_id for one in book.complaints.values()}


def settled(ticket: int, type_code: str, version: int) -> TicketSettled:
    facts = dispatched(ticket, type_code, "quyang-1", version=version).model_dump()
    return TicketSettled.model_validate(facts | {"settled_at": STARTED, "unit_solved": True, "state": "settled"})


def again(ticket: int, version: int) -> TicketRedoOrdered:
    return TicketRedoOrdered.model_validate(dispatched(ticket, "MJ16", "quyang-1", version=version).model_dump())


@given(st.permutations([settled(1, "MJ16", 5), again(1, 7), settled(2, "MJ16", 5), settled(3, "MJ01", 5)]))
def test_the_newest_answer_of_each_complaint_counts(events: list[Event]) -> None:
    assert newest_answers(events, {"MJ16"}) == [Answer(ticket_id(1), 7, None), Answer(ticket_id(2), 5, STARTED)]


@pytest.mark.parametrize(
    ("span", "day", "evidence", "of_another", "why"),
    [
        (SPAN, 4.9, True, False, None),  # before the works
        (SPAN, 6, False, False, WhyNoDefect.ENQUIRY),
        (SPAN, 6, True, True, WhyNoDefect.OF_ANOTHER_PROJECT),
        (OVER, 772, True, False, WhyNoDefect.AFTER_WARRANTY),
        (replace(OVER, warranted_until=None), 50, True, False, WhyNoDefect.AFTER_WORKS),
        (replace(OVER, cancelled=True), 50, True, False, WhyNoDefect.AFTER_WORKS),
    ],
)
def test_why_a_ticket_of_the_estate_is_not_about_the_works(
    span: Span, day: float, evidence: bool, of_another: bool, why: WhyNoDefect | None
) -> None:
    assert why_apart(evidence, of_another, OPENED + day * DAY, span, MJ17) is why


def test_a_complaint_opens_a_defect_where_one_item_alone_is_covered() -> None:
    def until(item: str, ends: date) -> Warranty:
        return Warranty(item, "3", "E01", ACCEPTED.date(), ends, "waterproofing")

    roof, lamp = until("roof", date(2031, 7, 11)), until("lamp", date(2028, 7, 11))
    assert why_no_defect(ACCEPTED, [roof, lamp]) is WhyNoDefect.SEVERAL_ITEMS
    assert why_no_defect(ACCEPTED + 1000 * DAY, [roof, lamp]) is None
    assert why_no_defect(STARTED, [roof, lamp]) is WhyNoDefect.NOT_COVERED
