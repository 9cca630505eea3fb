"""Tickets of no registered estate: many callers of one matter are one hot issue, and each place is its own matter."""

from __future__ import annotations

import threading
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from services.chassis.database.work import Workshop
from services.contracts.event import Event
from services.contracts.hot_issue_events import HotIssueConfirmed, HotIssueMemberJoined, HotIssueMemberLeft
from services.projects.domain.hot_issue import Reason
from services.projects.store.matter_tables import trace_keys, traces
from tests.integration.projects.events import START, considered_again, dispatched, rejected, take, ticket_id
from tests.integration.projects.issues import issues, members, published
from tests.integration.projects.loop_of import District
from tests.integration.projects.matters import ELSEWHERE, OTHERS, PUMP, background, calls, tickets


def test_the_fifth_caller_of_a_matter_opens_its_issue_with_all_five(workshop: Workshop) -> None:
    take(workshop, *background(), *calls(PUMP[:4]))
    assert issues(workshop) == []
    take(workshop, *calls(PUMP[:5])[-2:])
    (issue,) = issues(workshop)
    assert issue.confirmed_at == START + timedelta(days=5)
    assert set(members(workshop, issue.id)) == {ticket_id(n) for n in range(1, 6)}
    assert "临溪桥小学" in issue.estate_name
    confirmed, *joined = published(workshop)
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


def test_a_ticket_taken_out_by_hand_stays_out(workshop: Workshop) -> None:
    take(workshop, *background(), *calls(PUMP))
    (issue,) = issues(workshop)
    hub = District(workshop).hub
    body = {"version": issue.version, "ticket_id": ticket_id(2), "belongs": False, "reason": "another site"}
    answer = hub.post(f"/hot-issues/{issue.id}/membership", json=body)
    assert answer.status_code == 200, answer.text
    assert ticket_id(2) not in members(workshop, issue.id)
    left = [event for event in published(workshop) if isinstance(event, HotIssueMemberLeft)]
    assert [(event.ticket_id, event.detail) for event in left] == [(ticket_id(2), "another site")]
    take(workshop, *calls(PUMP))
    take(workshop, *tickets(7, PUMP[0], by=7, day=8))
    assert ticket_id(2) not in members(workshop, issue.id)
    assert ticket_id(7) in members(workshop, issue.id)


def test_a_ticket_that_was_missed_is_joined_by_hand(workshop: Workshop) -> None:
    take(workshop, *background(), *calls(PUMP[:5]), *tickets(30, "夜里吵得睡不着，请来看看", by=30, day=7))
    (issue,) = issues(workshop)
    hub = District(workshop).hub
    body = {"version": issue.version, "ticket_id": ticket_id(30), "belongs": True, "reason": "he called from there"}
    assert hub.post(f"/hot-issues/{issue.id}/membership", json=body).status_code == 200
    assert members(workshop, issue.id)[ticket_id(30)] == Reason.BY_HAND
    (again,) = issues(workshop)
    assert (again.calls, again.callers) == (6, 6)
    assert hub.post(f"/hot-issues/{issue.id}/membership", json=body).status_code == 409


@pytest.mark.parametrize(
    ("role", "status"), [("supervisor", 403), ("subdistrict:310109016", 403), ("department:greening", 404)]
)
def test_who_does_not_lead_moves_no_ticket(workshop: Workshop, role: str, status: int) -> None:
    take(workshop, *background(), *calls(PUMP[:5]))
    (issue,) = issues(workshop)
    body = {"version": issue.version, "ticket_id": ticket_id(2), "belongs": False, "reason": "no"}
    answer = District(workshop).as_(role).post(f"/hot-issues/{issue.id}/membership", json=body)
    assert answer.status_code == status
    assert ticket_id(2) in members(workshop, issue.id)


def test_a_department_takes_tickets_out_and_the_hub_brings_them_in(workshop: Workshop) -> None:
    take(workshop, *background(), *calls(PUMP[:5]), *tickets(30, "夜里吵得睡不着，请来看看", by=30, day=7))
    (issue,) = issues(workshop)
    lead, path = District(workshop).as_(f"department:{issue.lead}"), f"/hot-issues/{issue.id}/membership"
    body = {"version": issue.version, "reason": "as seen on site"}
    hidden, unknown = (lead.post(path, json=body | {"ticket_id": ticket_id(n), "belongs": True}) for n in (30, 4711))
    assert (hidden.status_code, hidden.json()) == (403, unknown.json())
    assert hidden.json()["errors"][0]["field"] == "body.ticket_id"
    hidden, unknown = (lead.post(path, json=body | {"ticket_id": ticket_id(n), "belongs": False}) for n in (30, 4711))
    assert (hidden.status_code, hidden.json()) == (422, unknown.json())
    answer = lead.post(path, json=body | {"ticket_id": ticket_id(2), "belongs": False})
    assert answer.status_code == 200, answer.text
    assert ticket_id(2) not in members(workshop, issue.id)
