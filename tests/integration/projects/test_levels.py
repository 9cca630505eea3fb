"""Early warnings, citywide events, what counts, and the proposal of a typical case."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.chassis.database.work import Workshop
from services.contracts.event import Event
from services.contracts.hot_issue_events import HotIssueLapsed, HotIssueSuspected
from services.contracts.project_events import TypicalCaseProposed
from services.contracts.ticket_events import RequestKind, TicketMerged, TicketUnmerged
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from services.projects.store.tables import type_days
from tests.integration.projects import events as events_of_tickets
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import (
    START,
    classified,
    considered_again,
    corrected,
    dispatched,
    read_again,
    rejected,
    take,
    take_batches,
)
from tests.integration.projects.issues import empty, issues, published
from tests.integration.projects.loop_of import District
from tests.integration.projects.storms import somewhere, storm

ISSUE = hot_issue_id(Cell("quyang-1", "MJ01"), 0)


def test_three_callers_within_days_are_an_early_warning_sent_to_the_office(workshop: Workshop) -> None:
    take(workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=n) for n in range(1, 4)))
    (issue,) = issues(workshop, warnings=True)
    assert (issue.state, issue.callers, issue.calls, issue.window_days) == ("suspected", 3, 3, 7)
    (warning,) = published(workshop, warnings=True)
    assert isinstance(warning, HotIssueSuspected)
    assert (warning.confirmed_at, warning.level) == (START + timedelta(days=3), "early warning")


def test_one_caller_with_forty_calls_is_nothing(workshop: Workshop) -> None:
    take(workshop, *(dispatched(n, "MJ01", "quyang-1", by=7, day=n / 4) for n in range(40)))
    assert issues(workshop, warnings=True) == []


def test_a_warning_stands_while_calls_come_and_lapses_when_they_cease(workshop: Workshop) -> None:
    district = District(workshop)
    take(workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20 + n) for n in range(3)))
    take(workshop, dispatched(9, "MJ01", "quyang-1", by=2, day=40))
    district.until(NOW + timedelta(days=30))
    assert [one.state for one in issues(workshop, warnings=True)] == ["suspected"]
    district.until(NOW + timedelta(days=45))
    assert [one.state for one in issues(workshop, warnings=True)] == ["lapsed"]
    assert isinstance(published(workshop, warnings=True)[-1], HotIssueLapsed)
    take(workshop, *(dispatched(20 + n, "MJ01", "quyang-1", by=n, day=80 + n) for n in range(3)))
    assert [one.state for one in issues(workshop, warnings=True)] == ["suspected"]


def test_a_storm_over_the_whole_district_raises_nothing(workshop: Workshop) -> None:
    take_batches(workshop, [[one] for one in storm(each=2)])
    take(workshop, *storm(first=2000, day=6))
    assert [one for one in issues(workshop, warnings=True) if one.state not in ("withdrawn", "lapsed")] == []
    with workshop.engine.connect() as connection:
        days = connection.execute(select(type_days.c.day.distinct()).where(type_days.c.citywide)).scalars().all()
    assert len(days) == 2


def test_what_a_storm_hides_is_found_when_it_was_none(workshop: Workshop) -> None:
    take(workshop, *storm(estates=12, each=5))
    assert [one for one in issues(workshop) if one.state == "confirmed"] == []
    take(workshop, corrected(events_of_tickets.TicketReclassified, 1000, "OT", None, by=1000, day=5))
    wrong = [
        corrected(events_of_tickets.TicketReclassified, 1000 + n * 12, "OT", None, by=1, day=5) for n in range(1, 5)
    ]
    take(workshop, *wrong)
    assert sum(one.state == "confirmed" for one in issues(workshop)) == 11


def test_an_issue_that_was_there_before_the_storm_stays_and_takes_no_member_of_it(workshop: Workshop) -> None:
    take(workshop, *(somewhere(n, 3, by=n, day=n) for n in range(5)))
    before = [(one.state, one.calls) for one in issues(workshop)]
    take(workshop, *storm(day=20))
    assert [(one.state, one.calls) for one in issues(workshop) if one.state not in ("withdrawn", "lapsed")] == before


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(seed=st.integers(0, 10_000), estates=st.integers(10, 13), cut=st.integers(1, 40))
def test_a_storm_gives_the_same_in_any_order_and_batches(workshop: Workshop, seed: int, estates: int, cut: int) -> None:
    dice = random.Random(seed)
    events: list[Event] = [*storm(estates=estates, each=5), *(somewhere(n, 3, by=n, day=3 + n) for n in range(6))]
    events += [
        corrected(events_of_tickets.TicketReclassified, 1000 + dice.randrange(estates * 5), "OT", None, by=1, day=5)
        for _ in range(dice.randrange(8))
    ]
    empty(workshop)
    take_batches(workshop, [[event] for event in events])
    tidy = _standing(workshop)
    empty(workshop)
    shuffled = dice.sample(events, len(events))
    take_batches(workshop, [shuffled[start : start + cut] for start in range(0, len(shuffled), cut)])
    assert _standing(workshop) == tidy


def _standing(workshop: Workshop) -> list[tuple[Any, ...]]:
    return [
        (one.estate, one.state, one.level, one.confirmed_at, one.callers, one.calls)
        for one in issues(workshop, warnings=True)
        if one.state not in ("withdrawn", "lapsed")
    ]


def five(kind: RequestKind | None) -> Sequence[Event]:
    return [dispatched(n, "MJ01", "quyang-1", by=n, day=n, kind=kind) for n in range(5)]


@pytest.mark.parametrize("kind", list(RequestKind))
def test_only_help_complaint_and_report_are_evidence(workshop: Workshop, kind: RequestKind) -> None:
    take(workshop, *five(kind))
    assert len(issues(workshop)) == (kind in (RequestKind.HELP, RequestKind.COMPLAINT, RequestKind.REPORT))


def test_a_merged_ticket_counts_where_the_other_does_until_the_link_is_undone(workshop: Workshop) -> None:
    take(workshop, *five(None)[:4], dispatched(9, "SC01", "jiaxing-1", by=9, day=4))
    take(workshop, corrected(TicketMerged, 9, "MJ01", "quyang-1", by=9, day=4))
    assert [one.id for one in issues(workshop)] == [ISSUE]
    take(workshop, corrected(TicketUnmerged, 9, "SC01", "jiaxing-1", by=9, day=4, version=4))
    assert [one.state for one in issues(workshop, warnings=True)] == ["suspected"]


def test_a_rejected_ticket_is_no_evidence_until_it_is_considered_again(workshop: Workshop) -> None:
    take(workshop, *five(None))
    take(workshop, rejected(1, "MJ01", "quyang-1", by=1, day=0))
    assert [one.state for one in issues(workshop, warnings=True)] == ["suspected"]
    take(workshop, considered_again(1, "MJ01", "quyang-1", by=1, day=0))
    assert [one.id for one in issues(workshop)] == [ISSUE]


def test_another_reading_moves_what_a_machine_dispatched_and_nothing_that_a_person_said(workshop: Workshop) -> None:
    take(workshop, *five(None)[:4], classified(9, "SC01", "jiaxing-1"), dispatched(9, "SC01", "jiaxing-1", by=9, day=4))
    take(workshop, read_again(9, "MJ01", "quyang-1"))
    assert [one.state for one in issues(workshop)] == ["confirmed"]
    take(workshop, corrected(events_of_tickets.TicketReclassified, 9, "SC01", "jiaxing-1", by=9, day=4))
    assert issues(workshop) == []
    take(workshop, read_again(9, "MJ01", "quyang-1", model="yet another"))
    assert issues(workshop) == []


def test_one_type_hot_in_three_estates_of_two_sub_districts_proposes_a_typical_case(workshop: Workshop) -> None:
    for estate in range(3):
        assert published(workshop, "projects") == []
        take(workshop, *(somewhere(10 * estate + n, estate, by=n, day=10 * estate + n) for n in range(5)))
    (case,) = published(workshop, "projects")
    assert isinstance(case, TypicalCaseProposed)
    assert (case.type_code, case.estates, case.state, case.version) == ("MJ01", 3, "proposed", 1)
    assert case.proposed_at == START + timedelta(days=24)
    take(workshop, corrected(events_of_tickets.TicketReclassified, 20, "XQ04", "quyang-1", by=0, day=20))
    assert [event.state for event in published(workshop, "projects")] == ["proposed", "withdrawn"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("day", [-9_000, 36_500, -92.4, 120])
def test_years_back_and_years_ahead_it_is_the_same(workshop: Workshop, day: float) -> None:
    take(workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=day + n) for n in range(5)))
    (issue,) = issues(workshop)
    assert (issue.state, issue.confirmed_at) == ("confirmed", START + timedelta(days=day + 4))


def test_the_hub_names_who_leads_and_the_clock_runs_on(workshop: Workshop) -> None:
    take(workshop, *five(None))
    district = District(workshop)
    before = district.issue(ISSUE)
    body = {"version": before["version"], "lead": "quyanglu", "note": "the office knows the owners"}
    assigned = district.hub.post(f"/hot-issues/{ISSUE}/assignment", json=body).json()
    assert (assigned["state"], assigned["lead"], assigned["decide_by"]) == (
        "assigned",
        "quyanglu",
        before["decide_by"],
    )
    assert district.hub.post(f"/hot-issues/{ISSUE}/assignment", json=body).status_code == 409
    wrong = {"version": assigned["version"], "lead": "nobody"}
    assert district.hub.post(f"/hot-issues/{ISSUE}/assignment", json=wrong).status_code == 422
    assert district.decide(ISSUE, kind="explain")["state"] == "explained"
