"""Tickets of no registered estate: many callers of one matter are one hot issue, and each place is its own matter."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from services.chassis.work import Workshop
from services.contracts.event import Event
from services.contracts.hot_issue_events import HotIssueConfirmed, HotIssueMemberJoined, HotIssueMemberLeft
from services.projects.adapters.tables import trace_keys, traces
from services.projects.domain.hot_issue import Reason
from tests.integration.projects.events import START, considered_again, dispatched, rejected, take, ticket_id
from tests.integration.projects.issues import issues, members, told
from tests.integration.projects.loop_of import District
from tests.integration.projects.matters import ELSEWHERE, OTHERS, PUMP, background
from tests.integration.projects.matters import told as tickets


def calls(texts: Sequence[str], *, first: int = 1, callers: int = 99) -> list[Event]:
    """One a day, by so many callers in turn."""
    return [
        event for n, text in enumerate(texts) for event in tickets(first + n, text, by=first + n % callers, day=1 + n)
    ]


def test_the_fifth_caller_of_a_matter_opens_its_issue_with_all_five(workshop: Workshop) -> None:
    take(workshop, *background(), *calls(PUMP[:4]))
    assert issues(workshop) == []
    take(workshop, *calls(PUMP[:5])[-2:])
    (issue,) = issues(workshop)
    assert issue.confirmed_at == START + timedelta(days=5)
    assert set(members(workshop, issue.id)) == {ticket_id(n) for n in range(1, 6)}
    assert "临溪桥小学" in issue.estate_name
    confirmed, *joined = told(workshop)
    assert isinstance(confirmed, HotIssueConfirmed)
    assert [type(event) for event in joined] == [HotIssueMemberJoined] * 5


def test_a_later_call_of_the_matter_joins(workshop: Workshop) -> None:
    take(workshop, *background(), *calls(PUMP))
    (issue,) = issues(workshop)
    assert len(members(workshop, issue.id)) == 6


def test_one_caller_who_tells_it_again_and_again_opens_nothing(workshop: Workshop) -> None:
    take(workshop, *background(), *calls(PUMP, callers=1))
    assert issues(workshop) == []


def test_nearly_the_same_texts_about_two_places_are_two_matters(workshop: Workshop) -> None:
    take(workshop, *background(), *calls(PUMP[:3]), *calls(ELSEWHERE[:3], first=50))
    assert issues(workshop) == []
    take(workshop, *calls(PUMP)[6:], *calls(ELSEWHERE, first=50)[6:])
    here, there = issues(workshop)
    assert {len(members(workshop, here.id)), len(members(workshop, there.id))} == {6}
    assert not set(members(workshop, here.id)) & set(members(workshop, there.id))


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_facts_and_readings_and_their_repetition_change_nothing(workshop: Workshop, seed: int) -> None:
    take(workshop, *background())
    events = calls(PUMP[:5]) * 2
    Random(seed).shuffle(events)
    for event in events:
        take(workshop, event)
    (issue,) = issues(workshop)
    assert issue.confirmed_at == START + timedelta(days=5)
    assert set(members(workshop, issue.id)) == {ticket_id(n) for n in range(1, 6)}


def test_a_ticket_whose_estate_becomes_known_leaves_the_matter(workshop: Workshop) -> None:
    take(workshop, *background(), *calls(PUMP))
    (issue,) = issues(workshop)
    take(workshop, dispatched(6, "XQ14", "quyang-1", by=6, day=6))
    assert ticket_id(6) not in members(workshop, issue.id)
    take(workshop, dispatched(5, "XQ14", "quyang-1", by=5, day=5))
    assert [one.state for one in issues(workshop, warnings=True)] == ["suspected"]


def test_a_ticket_that_was_rejected_leaves_the_matter_and_comes_back_with_what_it_says(workshop: Workshop) -> None:
    take(workshop, *background(), *calls(PUMP))
    (issue,) = issues(workshop)
    take(workshop, rejected(6, "XQ14", None, by=6, day=6))
    assert ticket_id(6) not in members(workshop, issue.id)
    take(workshop, considered_again(6, "XQ14", None, by=6, day=6))
    assert ticket_id(6) in members(workshop, issue.id)


def test_callers_four_and_five_at_two_workers_open_one_issue(workshop: Workshop) -> None:
    take(workshop, *background(), *calls(PUMP[:3]))
    fourth, fifth = calls(PUMP[:5])[6:8], calls(PUMP[:5])[8:]
    at_once = threading.Barrier(2)

    def work(events: list[Event]) -> None:
        at_once.wait()
        take(workshop, *events)

    workers = [threading.Thread(target=work, args=(events,)) for events in (fourth, fifth)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    (issue,) = issues(workshop)
    assert len(members(workshop, issue.id)) == 5


def test_what_is_of_no_matter_is_forgotten_after_the_longest_window(workshop: Workshop) -> None:
    take(workshop, *background())
    later = [event for n in range(30) for event in tickets(n + 1, OTHERS[n], by=900, day=400 + n)]
    take(workshop, *later)
    with workshop.engine.connect() as connection:
        kept = connection.execute(select(func.count()).select_from(traces)).scalar_one()
        oldest = connection.execute(select(func.min(trace_keys.c.occurred_at))).scalar_one()
    assert kept == 30
    assert oldest > START + timedelta(days=300)


def test_a_ticket_taken_out_by_hand_stays_out(workshop: Workshop, tmp_path: Path) -> None:
    take(workshop, *background(), *calls(PUMP))
    (issue,) = issues(workshop)
    hub = District(workshop, tmp_path).hub
    body = {"version": issue.version, "ticket_id": ticket_id(2), "belongs": False, "reason": "another site"}
    answer = hub.post(f"/hot-issues/{issue.id}/membership", json=body)
    assert answer.status_code == 200, answer.text
    assert ticket_id(2) not in members(workshop, issue.id)
    left = [event for event in told(workshop) if isinstance(event, HotIssueMemberLeft)]
    assert [(event.ticket_id, event.detail) for event in left] == [(ticket_id(2), "another site")]
    take(workshop, *calls(PUMP))
    take(workshop, *tickets(7, PUMP[0], by=7, day=8))
    assert ticket_id(2) not in members(workshop, issue.id)
    assert ticket_id(7) in members(workshop, issue.id)


def test_a_ticket_that_was_missed_is_joined_by_hand(workshop: Workshop, tmp_path: Path) -> None:
    take(workshop, *background(), *calls(PUMP[:5]), *tickets(30, "夜里吵得睡不着，请来看看", by=30, day=7))
    (issue,) = issues(workshop)
    hub = District(workshop, tmp_path).hub
    body = {"version": issue.version, "ticket_id": ticket_id(30), "belongs": True, "reason": "he called from there"}
    assert hub.post(f"/hot-issues/{issue.id}/membership", json=body).status_code == 200
    assert members(workshop, issue.id)[ticket_id(30)] == Reason.BY_HAND
    (again,) = issues(workshop)
    assert (again.calls, again.callers) == (6, 6)
    assert hub.post(f"/hot-issues/{issue.id}/membership", json=body).status_code == 409


@pytest.mark.parametrize("role", ["supervisor", "subdistrict:310109016", "department:greening"])
def test_who_does_not_lead_moves_no_ticket(workshop: Workshop, tmp_path: Path, role: str) -> None:
    take(workshop, *background(), *calls(PUMP[:5]))
    (issue,) = issues(workshop)
    body = {"version": issue.version, "ticket_id": ticket_id(2), "belongs": False, "reason": "no"}
    answer = District(workshop, tmp_path).as_(role).post(f"/hot-issues/{issue.id}/membership", json=body)
    assert answer.status_code == 403
    assert ticket_id(2) in members(workshop, issue.id)
