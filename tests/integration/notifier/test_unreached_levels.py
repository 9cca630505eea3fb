"""A level of a chain whose notices all failed is passed over at once, and shown as not reached."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select

from services.chassis.channels.message import Message, NotSent
from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from services.chassis.messaging.timers import TimerLoop
from services.notifier.app.mark_read import MarkRead, ReadBy
from services.notifier.domain.escalation import EscalationState
from services.notifier.domain.leaving import UNREACHED, Cause
from services.notifier.domain.officer import OfficerChannel
from services.notifier.files.officer_words import load_officer_words
from services.notifier.outbound.officer_channels import Outward
from services.notifier.sending_wiring import SendingWiring
from services.notifier.store.escalation_tables import escalation_steps, escalations
from services.notifier.store.escalations import SqlEscalations, escalation_gauge
from services.notifier.store.notice_reading import SqlReadNotices
from services.notifier.wiring import NotifierWiring
from tests.integration.notifier.directory import noticed, sits
from tests.integration.notifier.events import dispatched, take
from tests.integration.notifier.officers import EMAIL, Outside, run

ALL = (("housing", "duty"), ("housing", "leader"), ("urban-operation", "duty"))
WIRING = NotifierWiring.of(demo=True)


class Night:
    """Urgent tickets go from the duty officer to the leader and to the hub; `channels` are those that are there."""

    def __init__(self, workshop: Workshop, channels: Mapping[OfficerChannel, Any] = {}) -> None:
        self.clock = FixedClock(workshop.clock.now())
        self.workshop = Workshop(workshop.engine, self.clock, workshop.source)
        self.sending = SendingWiring.of(Outward(channels), load_officer_words().sentence)
        sits(self.workshop, *ALL)

    def send(self) -> None:
        desk, senders = self.sending.desk, self.sending.senders
        while any([desk.step(self.workshop), *(one.send_next(self.workshop) for one in senders)]):
            pass

    def passes(self) -> None:
        """All that is due is sent, and one round of what is passed over follows."""
        self.send()
        with self.workshop.open() as work:
            WIRING.officers.pass_over.next_batch(work, None)

    def steps(self) -> list[tuple[int, int]]:
        with self.workshop.open() as work:
            asked = select(escalation_steps.c.step, escalation_steps.c.officers).order_by(escalation_steps.c.step)
            return [(row.step, row.officers) for row in work.connection.execute(asked)]

    def state(self) -> str:
        with self.workshop.open() as work:
            return work.connection.execute(select(escalations.c.state)).scalar_one()


@pytest.fixture
def night(workshop: Workshop) -> Night:
    return Night(workshop)


def test_with_no_channel_every_level_is_passed_over_and_shown_as_not_reached(night: Night) -> None:
    take(night.workshop, dispatched(1))
    for _ in range(4):
        night.passes()
    assert [(row.step, row.status) for row in noticed(night.workshop)] == [(step, "failed") for step in range(3)]
    assert night.steps() == [(0, 0), (1, 0), (2, 0)]
    assert night.state() == EscalationState.EXHAUSTED
    with night.workshop.engine.begin() as connection:
        escalation_gauge(night.clock)(connection)
        assert REGISTRY.get_sample_value("closedloop_escalations_unreached") == 3
        night.clock.advance(timedelta(days=2))
        escalation_gauge(night.clock)(connection)
    assert REGISTRY.get_sample_value("closedloop_escalations_unreached") == 0


def test_one_round_passes_over_one_level_and_the_old_deadline_tells_nobody_again(night: Night) -> None:
    take(night.workshop, dispatched(1))
    night.passes()
    assert (night.steps(), night.state()) == ([(0, 0), (1, 1)], EscalationState.RUNNING)
    night.clock.advance(timedelta(hours=1, seconds=1))
    timers: Any = TimerLoop(night.workshop, WIRING.timers, [], None, None)  # type: ignore[arg-type]
    while timers.fire_next(night.clock.now()):
        pass
    assert night.steps() == [(0, 0), (1, 1)], "the leader's two hours are not over"


def test_a_level_that_was_sent_or_waits_keeps_its_time(workshop: Workshop) -> None:
    night = Night(workshop, {EMAIL: Outside()})
    take(night.workshop, dispatched(1))
    with night.workshop.open() as work:
        WIRING.officers.pass_over.next_batch(work, None)
    night.passes()
    assert night.steps() == [(0, 1)]


def test_one_of_several_who_is_reached_is_enough(night: Night) -> None:
    with night.workshop.open() as work:
        work.connection.exec_driver_sql("UPDATE officers SET post = 'duty' WHERE unit = 'housing'")
    take(night.workshop, dispatched(1))
    night.send()
    run(night.workshop, "UPDATE officer_notices SET status = 'sent', cause = NULL WHERE officer_id = "
        "(SELECT officer_id FROM officers WHERE name = 'housing leader')")  # fmt: skip
    night.passes()
    assert night.steps() == [(0, 2)]


def test_a_way_that_refuses_for_good_is_passed_over_too(workshop: Workshop) -> None:
    def refuse(_: Message) -> None:
        raise NotSent("answered 550", passes=False)

    night = Night(workshop, {EMAIL: Outside(says=refuse)})
    take(night.workshop, dispatched(1))
    night.passes()
    assert night.steps() == [(0, 0), (1, 1)]


@pytest.mark.parametrize("cause", sorted(Cause))
def test_what_may_have_arrived_keeps_its_time(cause: Cause, night: Night) -> None:
    take(night.workshop, dispatched(1))
    run(night.workshop, "UPDATE officer_notices SET status = 'failed', cause = :cause", cause=cause)
    with night.workshop.open() as work:
        WIRING.officers.pass_over.next_batch(work, None)
    assert (night.steps()[0] == (0, 0)) is (cause in UNREACHED)


def test_who_has_read_it_stops_it_all_the_same(night: Night) -> None:
    take(night.workshop, dispatched(1))
    (notice,) = noticed(night.workshop)
    with night.workshop.open() as work:
        MarkRead(SqlReadNotices(), SqlEscalations())(work, [notice.notice_id], ReadBy.API, None)
    night.passes()
    assert (night.steps(), night.state()) == ([(0, 1)], EscalationState.READ)


def test_nothing_is_kept_if_the_process_ends_before_the_end(night: Night) -> None:
    take(night.workshop, dispatched(1))
    night.send()
    with suppress(RuntimeError), night.workshop.open() as work:
        WIRING.officers.pass_over.next_batch(work, None)
        raise RuntimeError("killed")
    assert night.steps() == [(0, 1)]
    night.passes()
    assert night.steps() == [(0, 0), (1, 1)]


def test_the_process_runs_it() -> None:
    assert "unreached-levels" in WIRING.workers
