"""The facts of hot issues and projects: each recipient gets each exactly once, never of an older one after a newer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from sqlalchemy import select, text

from services.chassis.database.work import Workshop
from services.chassis.messaging.errors import Reject
from services.contracts.department_events import HotIssueNotice, ProjectNotice, StandardNotice
from services.contracts.event import Envelope
from services.contracts.hot_issue_events import (
    HotIssueConfirmed,
    HotIssueDecided,
    HotIssueDecisionOverdue,
    HotIssueMemberJoined,
)
from services.contracts.supervisor_events import SupervisorNotice
from services.contracts.works_notices import ImpactNotice
from services.notifier.domain.delivery import DeliveryChannel, delivery_id
from services.notifier.store.tables import deliveries, known_matters
from tests.harness.examples import ONE_DATABASE
from tests.harness.waiting import eventually
from tests.integration.notifier.events import (
    clause,
    found_bad,
    hot_issue,
    impact,
    late_rollout,
    project,
    sent,
    take,
    ticket_id,
    waiting_for_locks,
)

FACTS = [
    hot_issue(HotIssueConfirmed, 1),
    hot_issue(HotIssueMemberJoined, 2),
    hot_issue(HotIssueDecisionOverdue, 3),
    hot_issue(HotIssueDecided, 4, lead="quyanglu"),
]
STEPS = [
    project("listed", 2),
    project("approved", 3),
    project("suspended", 4),
    project("approved", 5, after="suspended"),
]
SENT = ("closedloop_deliveries_total", {"channel": "topic", "outcome": "sent"})


@st.composite
def readings(draw: st.DrawFn) -> list[list[Envelope]]:
    """Both topics in their order, interleaved, some facts read again later, in batches."""
    facts, steps = list(FACTS), list(STEPS)
    order = draw(st.permutations([True] * len(facts) + [False] * len(steps)))
    read = [(facts if of_issue else steps).pop(0) for of_issue in order]
    for _ in range(draw(st.integers(0, 4))):
        again = draw(st.integers(0, len(read) - 1))
        read.insert(draw(st.integers(again + 1, len(read))), read[again])
    cuts = sorted(draw(st.sets(st.integers(1, len(read) - 1), max_size=3)))
    return [read[a:b] for a, b in zip([0, *cuts], [*cuts, len(read)], strict=True)]


def _forget(workshop: Workshop) -> None:
    with workshop.open() as work:
        work.connection.execute(text("TRUNCATE known_matters, deliveries, webhook_sendings, outbox"))


def _versions(workshop: Workshop, message: type) -> dict[str, list[int]]:
    seen: dict[str, list[int]] = {}
    for topic, event in sent(workshop):
        if isinstance(event, message):
            seen.setdefault(topic, []).append(event.version)
    return seen


@ONE_DATABASE
@given(batches=readings())
def test_each_recipient_gets_each_fact_exactly_once_in_its_order(
    workshop: Workshop, batches: Sequence[list[Envelope]]
) -> None:
    _forget(workshop)
    for batch in batches:
        take(workshop, *batch)
    assert _versions(workshop, HotIssueNotice) == {
        "departments.housing": [1, 3],
        "departments.quyanglu": [1, 4],
        "departments.urban-operation": [1, 3, 4],
    }
    versions_of_project = _versions(workshop, ProjectNotice)
    assert set(versions_of_project) == {"departments.housing", "departments.quyanglu", "departments.urban-operation"}
    assert all(versions == [2, 4, 5] for versions in versions_of_project.values())


@ONE_DATABASE
@given(order=st.permutations([*FACTS, *STEPS, *FACTS]))
def test_in_whatever_order_nobody_is_notified_twice_or_of_the_past_and_all_of_the_newest(
    workshop: Workshop, order: Sequence[Envelope]
) -> None:
    _forget(workshop)
    for envelope in order:
        take(workshop, envelope)
    for message, newest in ((HotIssueNotice, 4), (ProjectNotice, 5)):
        for versions in _versions(workshop, message).values():
            assert versions == sorted(set(versions))
        assert _versions(workshop, message)["departments.quyanglu"][-1] == newest


def test_a_disturbance_by_works_is_published_to_whom_it_concerns(workshop: Workshop) -> None:
    take(workshop, impact("water_cut"), impact("water_cut"))
    messages = {topic: event for topic, event in sent(workshop) if isinstance(event, ImpactNotice)}
    assert {topic.removeprefix("departments.") for topic in messages} == {
        *("fire", "housing", "quyanglu", "urban-operation"),
    }
    message = messages["departments.fire"]
    assert (message.kind, message.state, message.blocks, message.place.estate) == (
        "water_cut",
        "announced",
        ("3",),
        "quyang-1",
    )


def test_sub_districts_and_checks_of_one_standard_are_published_though_their_versions_are_the_same(
    workshop: Workshop,
) -> None:
    take(workshop, late_rollout("310109010"), late_rollout("310109011"), found_bad(21), found_bad(22))
    notices = [(topic, event) for topic, event in sent(workshop) if isinstance(event, StandardNotice)]
    hub = [event.place for topic, event in notices if topic == "departments.urban-operation"]
    assert [place and place.sub_district for place in hub] == ["310109010", "310109011"]
    office = [event.check_id for topic, event in notices if topic == "departments.quyanglu" and event.check_id]
    assert office == [str(UUID(int=21)), str(UUID(int=22))]


def test_the_message_says_what_the_department_has_to_know(workshop: Workshop) -> None:
    decided, listed = hot_issue(HotIssueDecided, 4), project("listed")
    take(workshop, decided, listed)
    messages = {topic: event for topic, event in sent(workshop) if isinstance(event, HotIssueNotice)}
    assert set(messages) == {"departments.housing", "departments.quyanglu", "departments.urban-operation"}
    message = messages["departments.quyanglu"]
    expected = delivery_id(decided.id, "department:quyanglu", DeliveryChannel.TOPIC, HotIssueNotice.type)
    assert (message.department, message.stage, message.delivery_id) == ("quyanglu", "hot_issue.decided.v1", expected)
    shared = {"hot_issue_id", "version", "type_code", "place", "lead", "callers", "decide_by", "decision"}
    assert message.model_dump(include=shared) == decided.event.model_dump(include=shared)
    step = next(event for _, event in sent(workshop) if isinstance(event, ProjectNotice))
    shared = {"project_id", "version", "state", "place", "lead", "hot_issues"}
    assert step.model_dump(include=shared) == listed.event.model_dump(include=shared)


def test_the_log_says_of_what_each_was_notified_and_the_metric_counts_it(workshop: Workshop) -> None:
    before = REGISTRY.get_sample_value(*SENT) or 0
    take(workshop, hot_issue(HotIssueDecisionOverdue, 3), project("listed"))
    assert (REGISTRY.get_sample_value(*SENT) or 0) == before + 5
    with workshop.open() as work:
        rows = work.connection.execute(select(deliveries).order_by(deliveries.c.caused_at)).all()
    assert {(row.hot_issue_id, row.project_id, row.ticket_id) for row in rows} == {
        (hot_issue(HotIssueDecided).event.aggregate_id, None, None),
        (None, project("listed").event.aggregate_id, None),
    }
    assert {(row.status, row.message, row.version) for row in rows} == {
        ("published", "department.hot_issue_told.v1", 3),
        ("published", "department.project_told.v1", 2),
    }


def test_the_delivery_row_decides_even_if_the_matter_is_forgotten(workshop: Workshop) -> None:
    take(workshop, *FACTS)
    with workshop.open() as work:
        work.connection.execute(text("TRUNCATE known_matters"))
    before = sent(workshop)
    take(workshop, *FACTS)
    assert sent(workshop) == before


def test_matters_are_locked_in_one_order_whatever_the_order_of_their_facts(workshop: Workshop) -> None:
    facts = [hot_issue(HotIssueConfirmed, number=number) for number in (3, 2, 1)]
    take(workshop, *facts)
    later = [hot_issue(HotIssueDecided, 2, number=number) for number in (3, 2, 1)]
    second = threading.Thread(target=take, args=(workshop, *later))
    row = select(known_matters.c.matter_id).limit(1)
    with workshop.engine.begin() as holder, workshop.engine.begin() as asker:
        holder.execute(row.order_by(known_matters.c.matter_id).with_for_update())
        second.start()
        eventually(lambda: waiting_for_locks(workshop) == 1, within=10, what="the wait for the first row")
        free = row.order_by(known_matters.c.matter_id.desc()).with_for_update(skip_locked=True)
        assert asker.execute(free).scalar_one() == ticket_id(3)
    second.join(60)
    assert not second.is_alive()


def test_a_fact_that_cannot_be_routed_leaves_nothing_behind_and_is_not_counted(workshop: Workshop) -> None:
    before = REGISTRY.get_sample_value(*SENT)
    with pytest.raises(Reject, match="demolished"):
        take(workshop, hot_issue(HotIssueConfirmed), project("demolished"))
    with workshop.open() as work:
        assert work.connection.execute(select(known_matters)).all() == []
        assert work.connection.execute(select(deliveries)).all() == []
    assert sent(workshop) == []
    assert REGISTRY.get_sample_value(*SENT) == before


def test_a_clause_is_published_to_its_unit_and_the_party_that_supervises_each_on_its_own_topic(
    workshop: Workshop,
) -> None:
    take(workshop, clause("hand_over", "handed_over", 2), clause("reply", "replied", 3), clause("rate", "redo", 4))
    notices = [(topic, message.step, message.version) for topic, message in sent(workshop)]  # type: ignore[attr-defined]
    assert notices == [
        ("departments.housing", "hand_over", 2),
        ("supervisors.congress", "reply", 3),
        ("departments.housing", "rate", 4),
    ]
    heard = sent(workshop)[1][1]
    assert isinstance(heard, SupervisorNotice)
    assert (heard.party, heard.clause) == ("congress", "年内完成屋面翻修")
    with workshop.engine.connect() as connection:
        log = connection.execute(select(deliveries.c.recipient, deliveries.c.matter_id).order_by(deliveries.c.version))
        assert [row.recipient for row in log] == ["department:housing", "supervisor:congress", "department:housing"]
