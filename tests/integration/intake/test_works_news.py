"""Those concerned hear of works: planned, consulted, published, cut off, stopped; once, and true when it leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise, permutations
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.contracts.case_events import TypicalCaseChanged
from services.contracts.complaint_events import WorksComplaintChanged
from services.contracts.consultation_events import ConsultationAdvanced, ConsultationNoticed
from services.contracts.event import Envelope, Event
from services.contracts.impact_events import WorksImpactChanged
from services.contracts.need_events import NeedSettled
from services.contracts.works_events import WorksDefectChanged
from services.intake.domain.telling_plan import Cause
from services.intake.domain.works_news import Of
from services.intake.store.telling_tables import tellings
from services.intake.store.works_news import SqlWorksBook
from tests.integration.intake.conftest import NOW, Intake
from tests.integration.intake.following import HERE, Issue, advanced, take, take_one_by_one
from tests.integration.intake.settling import dispatched

OWN = {"received"}
"""What a caller hears of their own ticket."""


def phone(number: int) -> dict[str, Any]:
    return {"caller": {"phone": f"138{number:08}"}}


def rows(intake: Intake) -> Sequence[Any]:
    with intake.workshop.engine.connect() as connection:
        return connection.execute(select(tellings).order_by(tellings.c.planned_at, tellings.c.id)).all()


def occasions_of(intake: Intake, ticket_id: str | None = None) -> Counter[str]:
    """Occasions of works, of a ticket or of all; those that are withheld are left out."""
    return Counter(
        row.occasion
        for row in rows(intake)
        if row.way and row.occasion not in OWN and ticket_id in (None, row.ticket_id)
    )


def envelope(event: Event) -> Envelope:
    return Envelope(uuid4(), "/310109/projects", NOW, event)


def impact(issue: Issue, impact_id: str, version: int = 1, state: str = "announced", **more: Any) -> Envelope:
    known: dict[str, Any] = {
        "version": version,
        "project_id": issue.project_id,
        "impact_id": impact_id,
        "kind": "water_cut",
        "state": state,
        "lead": "housing",
        "place": HERE,
        "blocks": ("3",),
        "announced_at": NOW,
        "starts": NOW + timedelta(days=4),
        "ends": NOW + timedelta(days=4, hours=6),
        "actor": "li",
        "at": NOW,
    }
    return envelope(WorksImpactChanged(**(known | more)))


def complaint(issue: Issue, ticket_id: str, version: int = 1, *, gone: bool = False) -> Envelope:
    project_id = None if gone else issue.project_id
    facts = {"version": version, "ticket_id": ticket_id, "project_id": project_id, "type_code": "MJ16"}
    return envelope(WorksComplaintChanged(**facts, occurred_at=NOW, at=NOW))


def defect(issue: Issue, defect_id: str, ticket_id: str | None, version: int, state: str) -> Envelope:
    facts = {"version": version, "project_id": issue.project_id, "defect_id": defect_id, "item_id": str(uuid4())}
    more = {"severity": "major", "state": state, "ticket_id": ticket_id, "actor": "li", "at": NOW}
    return envelope(WorksDefectChanged(**facts, **more))


def vote(issue: Issue, consultation_id: str, *, closes: datetime) -> Envelope:
    item = {"item": "M16-A", "rule": "ordinary", "rule_version": 1, "wording": "车棚", "removed": "旧车棚"}
    known: dict[str, Any] = {
        "version": 2,
        "project_id": issue.project_id,
        "consultation_id": consultation_id,
        "ordinal": 1,
        "round": 1,
        "announced_at": closes - timedelta(days=20),
        "opens_at": closes - timedelta(days=10),
        "closes_at": closes,
        "evidence": "a" * 64,
        "electorate": {"hash": "b" * 64, "parts": 24, "heads": 24, "area": 150000},
        "items": ({**item, "text_hash": "c" * 64},),
        "actor": "li",
        "at": NOW,
    }
    return envelope(ConsultationNoticed(**known))


def annulled(issue: Issue, consultation_id: str) -> Envelope:
    facts = {"version": 3, "project_id": issue.project_id, "consultation_id": consultation_id}
    return envelope(ConsultationAdvanced(**facts, state="annulled", previous_state="noticed", actor="li", at=NOW))


def settled(need_id: str, outcome: str, *tickets: str) -> Envelope:
    facts = {"version": 1, "need_id": need_id, "place": HERE, "outcome": outcome, "year": 2027}
    return envelope(NeedSettled(**facts, plan_id=str(uuid4()), tickets=tickets))


def intake_book(intake: Intake, consultation_id: str) -> str:
    """The state of a vote as intake knows it; what it no longer is, is sent to nobody."""
    with intake.workshop.open() as work:
        known = SqlWorksBook().known(work, Of.VOTE, consultation_id)
    assert known
    return known.state


@pytest.fixture
def member(intake: Intake) -> str:
    """A ticket whose caller follows the issue that the works are to cure."""
    return dispatched(intake, **phone(1))


@pytest.fixture
def nuisance(intake: Intake) -> str:
    """A ticket whose caller has complained of the works, and of nothing else."""
    return dispatched(intake, **phone(2))


@pytest.fixture
def issue(intake: Intake, member: str) -> Issue:
    issue = Issue()
    take(intake, issue.becomes("confirmed"), issue.joined(member), issue.becomes("decided"))
    intake.clock.advance(timedelta(days=2))  # nobody gets more than three messages a day
    return issue


def test_the_way_of_a_project_is_reported_to_whom_it_concerns(intake: Intake, issue: Issue, member: str) -> None:
    before = occasions_of(intake)
    states = ("consulted", "listed", "approved", "scheme_public")
    steps = [advanced(issue, state, n) for n, state in enumerate(states, 2)]
    take_one_by_one(intake, [*steps, *steps])
    assert occasions_of(intake, member) - before == Counter(["residents consulted", "works listed", "scheme published"])


def test_a_complainant_hears_what_a_follower_hears_as_a_stage(
    intake: Intake, issue: Issue, member: str, nuisance: str
) -> None:
    take(intake, complaint(issue, nuisance))
    life = ("started", "building", "suspended", "building", "suspended", "cancelled")
    for n, (left, state) in enumerate(pairwise(("contracted", *life)), 2):
        take(intake, *[advanced(issue, state, n, left)] * 2)
        intake.clock.advance(timedelta(days=1))
    assert occasions_of(intake, nuisance) == Counter(
        {"works near start": 1, "works near stopped": 2, "works near resumed": 1, "works near cancelled": 1}
    )
    assert not any(code.startswith("works near") for code in occasions_of(intake, member))


def test_callers_are_notified_of_a_cancelled_project(intake: Intake, issue: Issue, member: str, nuisance: str) -> None:
    take(intake, complaint(issue, nuisance), complaint(issue, member))
    take(intake, advanced(issue, "cancelled", 2), issue.becomes("reopened"))
    assert occasions_of(intake, nuisance) == Counter(["works near cancelled"])
    assert "works near cancelled" not in occasions_of(intake, member)


def test_a_cut_is_announced_once_to_each_and_so_is_that_it_does_not_come(
    intake: Intake, issue: Issue, member: str, nuisance: str
) -> None:
    one = str(uuid4())
    announced, cancelled = impact(issue, one), impact(issue, one, 2, "cancelled")
    take(intake, complaint(issue, nuisance), complaint(issue, member), announced, announced)
    for ticket in (member, nuisance):
        assert occasions_of(intake, ticket)["cut announced"] == 1
    (row,) = [row for row in rows(intake) if row.occasion == "cut announced" and row.ticket_id == nuisance]
    assert (row.facts["cut"], row.facts["blocks"], row.hot_issue_id) == ("water_cut", ["3"], None)
    take(intake, cancelled, announced)
    assert occasions_of(intake, nuisance) == Counter(["cut announced", "cut cancelled"])


def test_a_cut_that_is_cancelled_or_over_is_not_announced_any_more(intake: Intake, issue: Issue, nuisance: str) -> None:
    one, other = str(uuid4()), str(uuid4())
    take(
        intake, complaint(issue, nuisance), impact(issue, one), impact(issue, other), impact(issue, one, 2, "cancelled")
    )

    def still_true() -> dict[str, Cause | None]:
        with intake.workshop.open() as work:
            return {
                row.occurrence.partition("|")[0]: intake.wiring.telling.still_true(work, row)
                for row in rows(intake)
                if row.occasion == "cut announced" and row.ticket_id == nuisance
            }

    assert still_true() == {one: Cause.SUPERSEDED, other: None}
    intake.clock.advance(timedelta(days=5))
    assert still_true() == {one: Cause.SUPERSEDED, other: Cause.SUPERSEDED}


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_whatever_order_the_topics_come_nobody_hears_twice(
    intake: Intake, issue: Issue, nuisance: str, order: tuple[int, ...]
) -> None:
    one = str(uuid4())
    came = [
        complaint(issue, nuisance),
        complaint(issue, nuisance, 2, gone=True),
        impact(issue, one),
        impact(issue, one, 2, "cancelled"),
    ]
    take_one_by_one(intake, [came[n] for n in order] + came)
    assert set(occasions_of(intake, nuisance).values()) <= {1}
    with intake.workshop.open() as work:
        assert intake.wiring.telling.works.book.complaints_about(work, {issue.project_id}) == set()


def test_whose_complaint_was_about_other_works_hears_nothing(intake: Intake, issue: Issue, nuisance: str) -> None:
    take(intake, complaint(issue, nuisance, 2, gone=True), complaint(issue, nuisance), impact(issue, str(uuid4())))
    assert occasions_of(intake, nuisance) == Counter()


def test_whose_complaint_showed_a_defect_hears_that_it_is_mended(intake: Intake, issue: Issue, nuisance: str) -> None:
    one = str(uuid4())
    life = [defect(issue, one, nuisance, n, state) for n, state in enumerate(("open", "cured", "closed"), 1)]
    take_one_by_one(intake, [*life, *life, defect(issue, str(uuid4()), None, 3, "closed")])
    assert occasions_of(intake) - Counter(["works decided", "problem found"]) == Counter(["defect mended"])
    (row,) = [row for row in rows(intake) if row.occasion == "defect mended"]
    assert row.ticket_id == nuisance


def test_what_is_not_sent_has_a_cause(intake: Intake, issue: Issue) -> None:
    silent = dispatched(intake)
    take(intake, complaint(issue, silent), impact(issue, str(uuid4())))
    (row,) = [row for row in rows(intake) if row.occasion == "cut announced" and row.ticket_id == silent]
    assert (row.way, row.state, row.cause) == (None, "withheld", Cause.ANONYMOUS)


def test_a_vote_is_announced_with_its_days_to_whom_it_concerns(
    intake: Intake, issue: Issue, member: str, nuisance: str
) -> None:
    take(intake, complaint(issue, nuisance))
    announced = vote(issue, str(uuid4()), closes=intake.clock.now() + timedelta(days=12))
    before = occasions_of(intake)
    take(intake, announced, announced)
    assert occasions_of(intake) - before == {"vote announced": 2}
    assert {row.ticket_id for row in rows(intake) if row.occasion == "vote announced"} == {member, nuisance}
    (facts, _) = (row.facts for row in rows(intake) if row.occasion == "vote announced")
    assert facts["end"] == announced.event.closes_at.isoformat()  # type: ignore[attr-defined]


@pytest.mark.parametrize("first", ["notice", "annulment"])
def test_an_annulled_vote_is_announced_to_nobody(intake: Intake, issue: Issue, first: str) -> None:
    consultation = str(uuid4())
    both = [vote(issue, consultation, closes=intake.clock.now() + timedelta(days=12)), annulled(issue, consultation)]
    take(intake, *(both if first == "notice" else reversed(both)))
    planned = [row for row in rows(intake) if row.occasion == "vote announced"]
    assert len(planned) == (1 if first == "notice" else 0)
    assert intake_book(intake, consultation) == "annulled"


@pytest.mark.parametrize("outcome", ["listed", "postponed", "refused"])
def test_who_asked_for_a_repair_hears_what_the_plan_says(
    intake: Intake, issue: Issue, nuisance: str, outcome: str
) -> None:
    decided = settled(str(uuid4()), outcome, nuisance)
    take(intake, decided, decided)
    assert occasions_of(intake, nuisance) == {f"need {outcome}": 1}


def closed(issue: Issue, case_id: str, standard_id: str | None, reason: str | None) -> Envelope:
    return envelope(
        TypicalCaseChanged(
            version=9,
            case_id=case_id,
            type_code="MJ01",
            state="closed",
            lead="housing",
            hot_issues=(issue.id,),
            estates=3,
            sub_districts=("310109016",),
            proposed_at=NOW,
            proposed_by="rule",
            standard_id=standard_id,
            reason=reason,
            actor="zhang.wei",
        )
    )


@pytest.mark.parametrize(
    ("standard", "reason", "hear"),
    [
        ("5b0d9a3e-1c2d-4e3f-8a4b-5c6d7e8f9a0b", None, 1),
        (None, "并入另一办法", 0),
        ("5b0d9a3e-1c2d-4e3f-8a4b-5c6d7e8f9a0b", "尚未印发", 0),
    ],
)
def test_whose_call_led_to_a_rule_hears_it_once_though_their_own_matter_is_over(
    intake: Intake, issue: Issue, member: str, standard: str | None, reason: str | None, hear: int
) -> None:
    intake.execute("UPDATE follow_ups SET stage = 'solved'")
    ended = closed(issue, str(uuid4()), standard, reason)
    take(intake, ended, ended)
    assert occasions_of(intake, member)["rule made"] == hear


def test_nobody_is_woken_by_a_cut(intake: Intake, issue: Issue, nuisance: str) -> None:
    night = datetime(2026, 7, 1, 15, tzinfo=NOW.tzinfo)  # 23:00
    intake.clock.advance(night - intake.clock.now())
    take(intake, complaint(issue, nuisance), impact(issue, str(uuid4())))
    (row,) = [row for row in rows(intake) if row.occasion == "cut announced" and row.ticket_id == nuisance]
    assert row.not_before - night == timedelta(hours=9)
