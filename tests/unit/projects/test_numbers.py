"""The numbers of tickets, issues and projects as projects learns them from events, new and old."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.event import Envelope, Event
from services.contracts.hot_issue_events import HotIssueConfirmed
from services.contracts.numbers import ShortKind, number_of_old, read_short_number
from services.contracts.project_events import ProjectOpened
from services.contracts.ticket_events import Channel, Place, TicketReceived
from services.projects.domain.sighting import Sighting
from services.projects.jobs.rebuild.own_events import OwnEvents

NOW = datetime(2026, 7, 1, tzinfo=UTC)
ID = "7d2f0a3e-58b1-4f6e-9c1d-0b7a4f3e2d10"
ESTATE = Place(sub_district="310109010", estate="quyang-1")


def fact(version: int, number: str | None) -> TicketReceived:
    known: dict[str, Any] = {"state": "received", "channel": Channel.PHONE, "occurred_at": NOW, "received_at": NOW}
    return TicketReceived(version=version, ticket_id=ID, number=number, **known)


def confirmed(version: int, number: str | None) -> HotIssueConfirmed:
    moments = dict.fromkeys(("first_at", "last_at", "confirmed_at", "decide_by"), NOW)
    known: dict[str, Any] = {"state": "confirmed", "type_code": "MJ01", "place": ESTATE, "lead": "housing"}
    return HotIssueConfirmed(version=version, hot_issue_id=ID, number=number, callers=5, calls=5, **known, **moments)


def opened(number: str | None) -> ProjectOpened:
    return ProjectOpened(
        version=1, project_id=ID, number=number, state="need", hot_issues=(ID,), place=ESTATE, lead="housing"
    )


def folded(*events: Event) -> OwnEvents:
    own = OwnEvents()
    own.fold(Envelope(uuid4(), "projects", NOW, event) for event in events)
    return own


@given(st.permutations([fact(1, None), fact(2, "260701080000000042"), fact(3, None)]))
def test_a_sighting_knows_the_number_whatever_the_order_of_the_facts(facts: list[TicketReceived]) -> None:
    sighting = Sighting(ID)
    for one in facts:
        sighting = sighting.record_fact(one)
    assert (sighting.number, sighting.ticket_version) == ("260701080000000042", 3)


def test_a_rebuild_gives_the_numbers_that_the_events_carry() -> None:
    own = folded(confirmed(1, "R26-00042-0"), opened("W26-00042-7"))
    assert own.issues[ID].row["number"] == "R26-00042-0"
    assert own.projects[ID].row["number"] == "W26-00042-7"


def test_what_is_older_than_numbers_gets_one_made_of_its_id_each_time_the_same() -> None:
    own = folded(confirmed(1, None), opened(None))
    issue, project = own.issues[ID].row["number"], own.projects[ID].row["number"]
    assert issue == number_of_old(ShortKind.HOT_ISSUE, ID) == f"R00-{int(UUID(ID)) % 10**9:09d}-{issue[-1]}"
    assert read_short_number(issue) == (ShortKind.HOT_ISSUE, issue)
    assert read_short_number(project) == (ShortKind.PROJECT, project)
