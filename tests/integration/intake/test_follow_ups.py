"""Every caller of a hot issue is followed to the end: notified of each stage once, asked, and heard."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.messaging.errors import Reject
from services.contracts.event import Envelope
from services.contracts.project_events import ProjectAdvanced, ProjectOpened
from services.contracts.text_events import TicketTextRecorded
from services.contracts.ticket_events import TicketDispatched, TicketReceived
from tests.integration.intake.conftest import NOW, Intake, problem
from tests.integration.intake.following import (
    ASK,
    HERE,
    Issue,
    advanced,
    asked,
    calls,
    follow_ups,
    messages,
    stages,
    take,
    take_one_by_one,
)


def answer(intake: Intake, follow_up: dict[str, Any], *, solved: bool, **body: Any) -> Any:
    body = {"version": follow_up["version"], "solved": solved} | body
    return intake.client("hub", subject="desk").post(f"/follow-ups/{follow_up['follow_up_id']}/answer", json=body)


def test_callers_are_notified_of_each_stage_once_and_asked_90_days_after_the_acceptance(intake: Intake) -> None:
    issue, (first, second, again, nobody) = Issue(), calls(intake, 1, 2, 1, 0)
    take(intake, issue.becomes("confirmed"))
    take(intake, *(issue.joined(one) for one in (first, second, again, nobody)))
    assert [one["ticket_id"] for one in follow_ups(intake, hot_issue=issue.id)] == [
        one["ticket_id"] for one in follow_ups(intake)
    ]
    assert sorted(one["ticket_id"] for one in follow_ups(intake)) == sorted([first, second])
    assert (stages(intake), messages(intake)) == (["noted", "noted"], [])

    for state, stage in (("decided", "planned"), ("in cure", "in works"), ("observing", "works accepted")):
        sent_before = len(messages(intake))
        take(intake, issue.becomes(state, intake.clock.now()))
        assert stages(intake) == [stage, stage]
        assert sorted(messages(intake)[sent_before:]) == sorted([(first, stage), (second, stage)])
        intake.clock.advance(timedelta(days=30))
    intake.clock.advance(timedelta(days=60))
    assert intake.fire_timers() == 0
    intake.clock.advance(timedelta(seconds=1))
    assert [intake.fire_timers(), intake.fire_timers()] == [2, 0]
    assert stages(intake) == ["asked", "asked"]
    assert sorted(messages(intake)[-2:]) == sorted([(first, "asked"), (second, "asked")])
    take(intake, issue.becomes("verified"))
    assert stages(intake) == ["asked", "asked"]


def test_whoever_joins_later_enters_where_the_issue_is(intake: Intake) -> None:
    issue, (early, late) = Issue(), calls(intake, 1, 2)
    take(intake, issue.becomes("confirmed"), issue.joined(early), issue.becomes("decided"), issue.becomes("in cure"))
    take(intake, issue.joined(late))
    assert stages(intake) == ["in works", "in works"]
    assert messages(intake) == [(early, "planned"), (early, "in works"), (late, "in works")]


def test_solved_ends_it_and_cannot_be_said_twice(intake: Intake) -> None:
    asked(intake, 1)
    (one,) = follow_ups(intake)
    said = answer(intake, one, solved=True, note="王小明说好了，电话13812345678")
    assert said.status_code == 200, said.text
    shown = said.json()
    assert (shown["stage"], shown["continued_by"]) == ("solved", None)
    (kept,) = shown["answers"]
    assert (kept["actor"], kept["solved"], kept["note"]) == ("desk", True, "王某说好了，电话138****5678")
    assert [one["stage"] for one in shown["messages"]] == ["planned", "in works", "works accepted", "asked"]
    before = intake.rows()
    stale = problem(answer(intake, one, solved=False), 409, remedy="look at it again")
    assert (stale["current_version"], stale["current_state"]) == (shown["version"], "solved")
    problem(answer(intake, shown, solved=False), 409, remedy="a follow-up that is solved cannot become")
    assert intake.rows() == before


def test_not_solved_opens_a_ticket_that_goes_on_and_is_dispatched_like_any_other(intake: Intake) -> None:
    issue, (ticket_id,) = asked(intake, 1)
    (one,) = follow_ups(intake)
    published_before = len(intake.published())
    said = answer(intake, one, solved=False, note="王小明：还在漏")
    assert said.status_code == 200, said.text
    new = said.json()["continued_by"]
    assert (said.json()["stage"], said.json()["ticket_id"]) == ("not solved", ticket_id)

    received, text = intake.published()[published_before:]
    original = intake.published()[0]
    assert isinstance(received, TicketReceived)
    assert isinstance(original, TicketReceived)
    assert (received.ticket_id, received.continues, received.caller_ref) == (new, ticket_id, original.caller_ref)
    assert received.occurred_at == intake.clock.now()
    assert isinstance(text, TicketTextRecorded)
    assert text.text == "楼顶漏雨\n【接续】2026年7月1日来电的诉求，回访时仍未解决。王某：还在漏"
    with intake.workshop.open() as work:
        kept = intake.vault.reveal(work, new)
    assert kept is not None
    assert (kept.name, kept.phone, kept.text) == ("王小明", "13812340001", "王小明：还在漏")

    intake.classify(new)
    shown = intake.show(new)
    assert (shown["state"], shown["lead"], shown["continues"]) == ("dispatched", "housing", ticket_id)
    dispatched = intake.published()[-1]
    assert isinstance(dispatched, TicketDispatched)
    assert dispatched.continues == ticket_id
    take(intake, issue.joined(new), issue.becomes("not shown"))
    assert stages(intake) == ["not solved"]


def test_of_a_ticket_that_goes_on_from_one_that_went_on_the_matter_stands_once(intake: Intake) -> None:
    issue, _ = asked(intake, 1)
    (one,) = follow_ups(intake)
    second = answer(intake, one, solved=False).json()["continued_by"]
    take_one_by_one(intake, [issue.becomes(state) for state in ("reopened", "decided", "in cure")])
    take(intake, issue.becomes("observing", intake.clock.now()))
    intake.clock.advance(ASK)
    assert intake.fire_timers() == 1
    (one,) = follow_ups(intake)
    assert (one["ticket_id"], one["round"], one["stage"]) == (second, 1, "asked")
    third = answer(intake, one, solved=False).json()["continued_by"]
    assert intake.show(third)["continues"] == second
    assert intake.show(third)["text"] == "楼顶漏雨\n【接续】2026年9月29日来电的诉求，回访时仍未解决。"
    once_through = ["planned", "in works", "works accepted", "asked"]
    assert [stage for _, stage in messages(intake)] == [*once_through, "reopened", *once_through]


def test_a_caller_who_was_erased_can_still_say_that_it_is_not_solved(intake: Intake) -> None:
    asked(intake, 1)
    intake.execute("DELETE FROM vault_keys")
    (one,) = follow_ups(intake)
    said = answer(intake, one, solved=False)
    assert said.status_code == 200, said.text
    with intake.workshop.open() as work:
        assert intake.vault.reveal(work, said.json()["continued_by"]) is None


@pytest.mark.parametrize("state", ["explained", "merged", "withdrawn"])
def test_an_issue_that_ends_without_a_cure_ends_its_follow_ups(intake: Intake, state: str) -> None:
    issue, (ticket_id,) = Issue(), calls(intake, 1)
    take(intake, issue.becomes("confirmed"), issue.joined(ticket_id))
    take(intake, issue.becomes(state, decision="explain", project_id=None))
    assert stages(intake) == ["ended"]
    assert messages(intake) == [(ticket_id, "ended")] * (state == "explained")
    if state == "withdrawn":
        take(intake, issue.becomes("confirmed"))
        assert stages(intake) == ["noted"]


@pytest.mark.parametrize("decision", ["service", "rule"])
def test_whom_no_works_help_is_not_notified_of_works_and_is_asked_all_the_same(intake: Intake, decision: str) -> None:
    issue, (ticket_id,) = Issue(), calls(intake, 1)
    without = {"decision": decision, "project_id": None}
    take(intake, issue.becomes("confirmed"), issue.joined(ticket_id))
    take_one_by_one(intake, [issue.becomes(state, **without) for state in ("decided", "in cure")])
    take(intake, issue.becomes("observing", NOW, **without))
    intake.clock.advance(ASK)
    assert intake.fire_timers() == 1
    assert [stage for _, stage in messages(intake)] == ["planned", "under way", "carried out", "asked"]
    listed = intake.client("hub").get("/follow-ups/messages").json()["items"]
    assert {one["decision"] for one in listed} == {decision}


def test_callers_hear_when_works_stop_go_on_and_are_cancelled(intake: Intake) -> None:
    issue, (ticket_id, late) = Issue(), calls(intake, 1, 2)
    take(intake, issue.becomes("confirmed"), issue.joined(ticket_id), issue.becomes("decided"))
    steps = ["suspended", "listed", "suspended", "suspended", "cancelled"]
    for version, state in enumerate(steps, start=2):
        take(intake, advanced(issue, state, version))
    take(intake, advanced(issue, "suspended", 2))  # read again
    sent_stages = ["planned", "works suspended", "planned", "works suspended"]
    assert [stage for _, stage in messages(intake)] == sent_stages
    cause = {"code": "project_cancelled", "values": {}}
    take(intake, issue.becomes("reopened", cause=cause), issue.joined(late), issue.becomes("assigned"))
    assert [stage for _, stage in messages(intake)] == [*sent_stages, "works cancelled"]
    assert stages(intake) == ["noted", "works cancelled"]


def test_an_issue_that_is_reopened_before_the_day_asks_90_days_after_the_next_acceptance(intake: Intake) -> None:
    issue, (ticket_id,) = Issue(), calls(intake, 1)
    take(intake, issue.becomes("confirmed"), issue.joined(ticket_id), issue.becomes("observing", NOW))
    take(intake, issue.becomes("reopened"))
    assert stages(intake) == ["reopened"]
    intake.clock.advance(timedelta(days=30))
    take(intake, issue.becomes("observing", intake.clock.now()))
    intake.clock.advance(timedelta(days=60))
    assert intake.fire_timers() == 1  # the first acceptance's: fires, and changes nothing
    assert stages(intake) == ["works accepted"]
    intake.clock.advance(timedelta(days=30, seconds=1))
    assert intake.fire_timers() == 1
    assert stages(intake) == ["asked"]


def test_nobody_follows_a_ticket_of_the_past(intake: Intake) -> None:
    issue, (ticket_id,) = Issue(), calls(intake, 1)
    intake.execute("UPDATE tickets SET history = true")
    take(intake, issue.becomes("confirmed"), issue.joined(ticket_id))
    assert follow_ups(intake) == []


def test_a_member_that_is_no_ticket_of_ours_is_rejected(intake: Intake) -> None:
    issue = Issue()
    with pytest.raises(Reject, match=r"ticket_id .* is no ticket of this district"):
        take(intake, issue.becomes("confirmed"), issue.joined(str(uuid4())))
    confirmed = issue.becomes("confirmed")
    dreaming = replace(confirmed, event=confirmed.event.model_copy(update={"state": "dreaming"}))
    with pytest.raises(Reject, match="'dreaming' of a hot issue is not known; update intake"):
        take(intake, dreaming)
    assert intake.rows()["hot_issues"] == 0


def facts(project: str, version: int, **more: Any) -> dict[str, Any]:
    return {
        "version": version,
        "project_id": project,
        "state": "listed",
        "hot_issues": (),
        "place": HERE,
        "lead": "housing",
        **more,
    }


def test_callers_get_the_newest_date_for_which_the_works_are_planned(intake: Intake) -> None:
    issue, (ticket_id,) = Issue(), calls(intake, 1)
    opened = ProjectOpened(**facts(issue.project_id, 1))
    dates = {"planned_start": date(2027, 3, 1), "planned_end": date(2027, 9, 1)}
    moved = ProjectAdvanced(**facts(issue.project_id, 4, previous_state="need", **dates))
    known = [Envelope(uuid4(), "/310109/projects", NOW, event) for event in (moved, opened)]
    take(intake, *known, issue.becomes("confirmed"), issue.joined(ticket_id), issue.becomes("decided"))
    (one,) = intake.client("supervisor").get("/follow-ups/messages").json()["items"]
    assert (one["planned_start"], one["planned_end"]) == ("2027-03-01", "2027-09-01")
    assert (one["type_code"], one["place"]) == ("MJ01", HERE.model_dump(exclude={"building"}))
    assert follow_ups(intake)[0]["planned_start"] == "2027-03-01"


@pytest.mark.parametrize("seed", range(12))
def test_redelivered_and_shuffled_every_caller_comes_to_the_same_end(intake: Intake, seed: int) -> None:
    """Redelivery is of single events and of whole runs; topics and issues come in any order among each other."""
    dice = random.Random(seed)
    issues = [Issue(), Issue()]
    runs: list[list[Envelope]] = []
    for issue, numbers in zip(issues, ((1, 2, 0), (1, 3, 3)), strict=True):
        tickets = calls(intake, *numbers)
        run = [issue.becomes("confirmed"), issue.joined(tickets[0]), issue.joined(tickets[1])]
        run += [issue.becomes(state) for state in ("decided", "in cure")]
        runs.append([*run, issue.joined(tickets[2]), issue.becomes("observing")])
    projects = [ProjectAdvanced(**facts(issue.project_id, 2, previous_state="need")) for issue in issues]
    runs.append([Envelope(uuid4(), "/310109/projects", NOW, one) for one in projects])
    if seed % 2:  # within an issue too, as replayed dead letters come
        for run in runs:
            dice.shuffle(run)
    pending = [[*run, *dice.sample(run, dice.randrange(len(run)))] for run in runs]
    while any(pending):
        source = dice.choice([one for one in pending if one])
        take(intake, *[source.pop(0) for _ in range(min(len(source), dice.randint(1, 3)))])

    assert len(follow_ups(intake)) == 4
    assert stages(intake) == ["works accepted"] * 4
    assert len(set(messages(intake))) == len(messages(intake))
    intake.clock.advance(ASK)
    assert intake.fire_timers() == 4
    assert stages(intake) == ["asked"] * 4
    take_one_by_one(intake, runs[0])
    assert stages(intake) == ["asked"] * 4
    for one in follow_ups(intake):
        assert answer(intake, one, solved=False).status_code == 200
    new = [one["continued_by"] for one in follow_ups(intake)]
    for ticket_id in new:
        intake.classify(ticket_id, times=2)
    assert {intake.show(one)["state"] for one in new} == {"dispatched"}
    assert len(set(new)) == 4


def test_pages_of_follow_ups_and_of_the_call_list_are_complete(intake: Intake) -> None:
    issue, tickets = Issue(), calls(intake, *range(1, 8))
    take(intake, issue.becomes("confirmed"))
    for one in tickets:
        take(intake, issue.joined(one))
        intake.clock.advance(timedelta(seconds=1))
    take(intake, issue.becomes("decided"))
    client, seen, cursor = intake.client("hub"), [], None
    while cursor or not seen:
        wanted = {"limit": 3, "stage": "planned"} | ({"cursor": cursor} if cursor else {})
        page = client.get("/follow-ups", params=wanted)
        seen += [one["ticket_id"] for one in page.json()["items"]]
        cursor = page.json()["next"]
    assert seen == tickets[::-1]
    receivers, after = [], 0
    while after is not None:
        page = client.get("/follow-ups/messages", params={"limit": 3, "after": after})
        receivers += [one["ticket_id"] for one in page.json()["items"]]
        after = page.json()["next"]
    assert sorted(receivers) == sorted(tickets)
    assert client.get("/follow-ups", params={"stage": "asked"}).json() == {"items": [], "next": None}
