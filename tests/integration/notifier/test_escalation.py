"""What must be read and is not goes up, each step once; what is read goes no further."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import event as sql_event
from sqlalchemy import select

from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from services.chassis.messaging.timers import TimerLoop
from services.contracts.event import Envelope, deterministic_id
from services.contracts.ticket_events import TicketSigned
from services.notifier.app.mark_read import MarkRead, ReadBy
from services.notifier.domain.directory_findings import units
from services.notifier.domain.escalation import EscalationState
from services.notifier.domain.telling_rules import TellingRules
from services.notifier.store import officers
from services.notifier.store.escalation_tables import escalation_steps, escalations
from services.notifier.store.escalations import SqlEscalations, escalation_gauge, overtaken
from services.notifier.store.notice_reading import SqlReadNotices
from services.notifier.store.officers import gauge_findings
from services.notifier.wiring import NotifierWiring
from tests.integration.notifier.directory import noticed, sits
from tests.integration.notifier.events import dispatched, take, ticket_id

ALL = (("housing", "duty"), ("housing", "leader"), ("urban-operation", "duty"), ("urban-operation", "leader"))
HOUR, MOMENT = timedelta(hours=1), timedelta(milliseconds=1)
MARK = MarkRead(SqlReadNotices(), SqlEscalations())


class District:
    """Notifier with a clock that the test moves. Its urgent tickets go from duty to leader after an hour, to the hub's
    duty two hours later, and nowhere after four more."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.clock = FixedClock(workshop.clock.now())
        self.workshop = Workshop(workshop.engine, self.clock, workshop.source)
        self.timers: Any = TimerLoop(
            self.workshop,
            NotifierWiring.of(demo=True).timers,
            [],
            None,
            None,  # type: ignore[arg-type]
        )

    def later(self, by: timedelta) -> None:
        self.clock.advance(by)
        while self.timers.fire_next(self.clock.now()):
            pass

    def notified(self) -> list[tuple[int, str]]:
        return [(row.step, row.name) for row in noticed(self.workshop)]

    def read(self, step: int, by: ReadBy = ReadBy.API) -> None:
        (notice,) = {row.notice_id for row in noticed(self.workshop) if row.step == step}
        with self.workshop.open() as work:
            assert len(MARK(work, [notice], by, None)) == 1

    def chain(self) -> Any:
        with self.workshop.open() as work:
            return work.connection.execute(select(escalations)).one()

    def steps(self) -> list[tuple[int, int]]:
        with self.workshop.open() as work:
            asked = select(escalation_steps.c.step, escalation_steps.c.officers).order_by(escalation_steps.c.step)
            return [(row.step, row.officers) for row in work.connection.execute(asked)]


@pytest.fixture
def district(workshop: Workshop) -> District:
    return District(workshop)


def test_unread_it_goes_from_duty_to_leader_to_the_hub_each_once(district: District) -> None:
    sits(district.workshop, *ALL)
    take(district.workshop, dispatched(1))
    district.later(HOUR)
    assert district.notified() == [(0, "housing duty")], "the hour is not over"
    district.later(MOMENT)
    assert district.notified() == [(0, "housing duty"), (1, "housing leader")]
    district.later(2 * HOUR + MOMENT)
    district.later(MOMENT)
    assert district.notified()[2:] == [(2, "urban-operation duty")]
    assert district.chain().state == EscalationState.RUNNING
    district.later(4 * HOUR + MOMENT)
    assert (district.chain().state, district.chain().due_at) == (EscalationState.EXHAUSTED, None)
    assert len(district.notified()) == 3
    assert district.steps() == [(0, 1), (1, 1), (2, 1)]


@pytest.mark.parametrize("step", [0, 1, 2])
def test_read_at_one_step_stops_the_next(step: int, district: District) -> None:
    sits(district.workshop, *ALL)
    take(district.workshop, dispatched(1))
    for wait in (HOUR + MOMENT, 2 * HOUR + MOMENT)[:step]:
        district.later(wait)
    district.read(step)
    district.later(timedelta(days=2))
    assert [notice[0] for notice in district.notified()] == list(range(step + 1))
    assert district.chain().state == EscalationState.READ


def test_what_a_later_step_has_waiting_is_not_sent_once_the_first_is_read(district: District) -> None:
    sits(district.workshop, *ALL)
    take(district.workshop, dispatched(1))
    district.later(HOUR + MOMENT)
    district.read(0)
    first, second = noticed(district.workshop)
    assert (first.read_by, first.status) == ("api", "waiting")
    assert (second.status, second.cause) == ("withheld", "read earlier")
    with district.workshop.open() as work:
        assert set(overtaken(work, [first.notice_id, second.notice_id])) == {second.notice_id}


@pytest.mark.parametrize("gap", ["nobody", "no way"])
def test_a_level_without_anybody_or_without_a_way_goes_on_within_a_minute(gap: str, district: District) -> None:
    sits(district.workshop, ("urban-operation", "duty"))
    if gap == "no way":
        sits(district.workshop, ("housing", "duty"), ("housing", "leader"), ways=())
    take(district.workshop, dispatched(1))
    for _ in range(3):
        district.later(MOMENT)
    assert district.notified()[-1] == (2, "urban-operation duty")
    assert district.steps() == [(0, 0), (1, 0), (2, 1)], "whom no way reaches is a finding"


def test_a_chain_keeps_the_rule_by_which_it_began(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    sits(district.workshop, *ALL)
    take(district.workshop, dispatched(1))
    monkeypatch.setattr(TellingRules, "in_force", lambda *_: None)
    district.later(HOUR + MOMENT)
    assert district.notified() == [(0, "housing duty"), (1, "housing leader")]
    assert district.chain().rule_version == 1


def test_a_notice_is_read_by_its_own_unit_once(district: District) -> None:
    sits(district.workshop, *ALL)
    take(district.workshop, dispatched(1))
    (notice,) = noticed(district.workshop)
    with district.workshop.open() as work:
        assert not MARK(work, [notice.notice_id], ReadBy.REPLY, ["fire"])
        assert MARK(work, [notice.notice_id], ReadBy.REPLY, ["housing"]) == {notice.notice_id}
    district.later(HOUR)
    district.read(0)
    (again,) = noticed(district.workshop)
    assert (again.read_by, again.read_at) == ("reply", district.clock.now() - HOUR)


class Killed(Exception):
    """The process ended at this statement."""


def kills(workshop: Workshop, act: Callable[[], None]) -> Iterator[None]:
    """Runs `act` so often that it is killed at each of its statements once, and a last time to its end."""
    left = 0

    def die(*_: Any) -> None:
        nonlocal left
        if left == 0:
            raise Killed
        left -= 1

    for survived in range(200):
        left, killed = survived, False
        sql_event.listen(workshop.engine, "before_cursor_execute", die)
        try:
            act()
        except Killed:
            killed = True
        finally:
            sql_event.remove(workshop.engine, "before_cursor_execute", die)
        if not killed:
            return
        yield
    raise AssertionError("it never came to its end")


def test_killed_at_every_statement_each_step_is_notified_once(district: District) -> None:
    sits(district.workshop, *ALL)
    killed = 0
    for _ in kills(district.workshop, lambda: take(district.workshop, dispatched(1))):
        killed += 1
        assert noticed(district.workshop) == []
    take(district.workshop, dispatched(1))
    for wait in (HOUR, 2 * HOUR, 4 * HOUR):
        district.clock.advance(wait + MOMENT)
        for _ in kills(district.workshop, lambda: district.later(timedelta())):
            killed += 1
        district.later(timedelta())
    assert killed >= 20
    assert district.notified() == [(0, "housing duty"), (1, "housing leader"), (2, "urban-operation duty")]
    assert district.chain().state == EscalationState.EXHAUSTED
    assert district.steps() == [(0, 1), (1, 1), (2, 1)]


def test_many_chains_take_as_many_statements_as_one(district: District) -> None:
    sits(district.workshop, *ALL)
    take(district.workshop, *(dispatched(number) for number in range(1, 101)))
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    sql_event.listen(district.workshop.engine, "before_cursor_execute", note)
    district.later(HOUR + MOMENT)
    sql_event.remove(district.workshop.engine, "before_cursor_execute", note)
    assert sum(step == 1 for step, _ in district.notified()) == 100
    assert len(statements) <= 16


def moved(envelope: Envelope, by: timedelta) -> Envelope:
    return replace(envelope, time=envelope.time + by)


def officer_gone(workshop: Workshop, officer_id: UUID) -> None:
    with workshop.open() as work:
        assert officers.remove(work, officer_id, None, "test")


def test_who_left_meanwhile_is_not_notified_and_the_step_goes_on(district: District) -> None:
    ids = sits(district.workshop, *ALL)
    take(district.workshop, moved(dispatched(1), HOUR))
    officer_gone(district.workshop, ids["housing leader"])
    district.later(HOUR + MOMENT)
    district.later(MOMENT)
    assert district.notified() == [(0, "housing duty"), (2, "urban-operation duty")]
    assert district.steps() == [(0, 1), (1, 0), (2, 1)]


def test_chains_and_whom_nobody_reaches_are_shown_as_figures(district: District) -> None:
    def figure(name: str, **labels: str) -> float | None:
        return REGISTRY.get_sample_value(f"closedloop_{name}", labels)

    sits(district.workshop, ("housing", "duty"), ways=())
    take(district.workshop, dispatched(1), dispatched(2, lead="fire"))
    with district.workshop.engine.begin() as connection:
        for gauge in (escalation_gauge(district.clock), gauge_findings):
            gauge(connection)
    assert (figure("escalations_running"), figure("escalations_unreached")) == (2, 2)
    assert figure("officer_findings", kind="no_way") == 1
    assert figure("officer_findings", kind="no_duty_officer") == len(units()) - 1


def test_who_acts_need_not_say_that_they_have_read(district: District) -> None:
    sits(district.workshop, *ALL)
    take(district.workshop, dispatched(1))
    district.later(HOUR + MOMENT)
    take(district.workshop, signed(1, version=3))
    assert district.chain().state == EscalationState.DONE
    with district.workshop.open() as work:
        assert len(overtaken(work, [row.notice_id for row in noticed(district.workshop)])) == 1
    district.later(timedelta(days=1))
    assert len(district.notified()) == 2


def test_an_act_in_the_same_batch_lets_no_chain_begin_and_an_older_one_ends_none(district: District) -> None:
    sits(district.workshop, *ALL)
    take(district.workshop, dispatched(1), signed(1, version=3), dispatched(2, version=4), dispatched(1, version=5))
    with district.workshop.open() as work:
        rows = work.connection.execute(select(escalations).order_by(escalations.c.subject_id)).all()
    assert [(row.subject_id, row.state) for row in rows] == [(ticket_id(1), "running"), (ticket_id(2), "running")]
    assert rows[0].event_id == dispatched(1, version=5).id


def signed(ticket: int, version: int) -> Envelope:
    given = dispatched(ticket, version=version)
    event = TicketSigned.model_validate(given.event.model_dump() | {"state": "signed"})
    return replace(given, id=deterministic_id("test", event.ticket_id, event.type, version), event=event)
