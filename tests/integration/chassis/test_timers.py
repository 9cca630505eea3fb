from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest

from services.chassis.database.work import Work, Workshop
from services.chassis.messaging import timers
from services.chassis.messaging.errors import Retry
from services.chassis.messaging.timers import Timer, TimerLoop, each, start_all
from services.chassis.web.health import Health
from tests.integration.chassis.conftest import Query
from tests.integration.chassis.events import NOW

FIRED = "SELECT subject FROM timers WHERE fired_at IS NOT NULL ORDER BY due_at"


@pytest.fixture
def loop(workshop: Workshop) -> TimerLoop:
    """Deadlines 0 to 9 are due, in this order; what is called `faulty` cannot be fired, nor `unreachable` now."""
    subjects = [f"{number}" for number in range(8)]
    subjects[0], subjects[3] = "faulty", "faulty too"
    with workshop.open() as work:
        start_all(work, "note", [(one, NOW - timedelta(days=9 - at)) for at, one in enumerate(subjects)])

    def handle(timer: Timer, work: Work) -> None:
        if timer.subject.startswith("faulty"):
            raise ValueError(timer.subject)
        if timer.subject == "unreachable":
            raise Retry("the register is down")

    return TimerLoop(workshop, {"note": each(handle)}, (), Health(), threading.Event())


def test_faulty_deadlines_alone_keep_waiting_and_stop_the_loop_at_the_end(loop: TimerLoop, query: Query) -> None:
    with pytest.raises(ValueError, match=r"^faulty$"):
        loop.fire_next(NOW)
    assert query(FIRED) == [(one,) for one in ("1", "2", "4", "5", "6", "7")]
    with pytest.raises(ValueError, match=r"^faulty$"):
        loop.fire_next(NOW)


def test_a_dependency_that_is_down_keeps_all_waiting(loop: TimerLoop, workshop: Workshop, query: Query) -> None:
    with workshop.open() as work:
        start_all(work, "note", [("unreachable", NOW - timedelta(days=30))])
    with pytest.raises(Retry):
        loop.fire_next(NOW)
    assert query(FIRED) == []


def test_what_fails_together_may_work_one_by_one(workshop: Workshop, query: Query) -> None:
    def together(due: Sequence[Timer], work: Work) -> None:
        if len(due) > 1:
            raise ValueError("they lock in different orders")

    with workshop.open() as work:
        start_all(work, "note", [(f"{number}", NOW - timedelta(days=9 - number)) for number in range(3)])
    loop = TimerLoop(workshop, {"note": together}, (), Health(), threading.Event())
    assert loop.fire_next(NOW) == 3
    assert loop.fire_next(NOW) == 0
    assert query(FIRED) == [("0",), ("1",), ("2",)]


def test_no_more_than_a_batch_share_a_transaction(
    workshop: Workshop, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "BATCH", 2)
    with workshop.open() as work:
        start_all(work, "note", [(f"{number}", NOW - timedelta(days=9 - number)) for number in range(3)])
    loop = TimerLoop(workshop, {"note": lambda due, work: None}, (), Health(), threading.Event())
    assert [loop.fire_next(NOW) for _ in range(3)] == [2, 1, 0]
