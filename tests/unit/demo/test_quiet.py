"""demo/quiet.py: the clock waits until nothing can follow any more."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo import quiet as module
from demo.quiet import NeverQuiet, Quiet


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0)


class Chain:
    """Services in a row. Each reads what the one before published and publishes as much; all move by chance.

    Looked at, it moves first: so every look sees another moment, as with real processes.
    """

    def __init__(self, hops: int, events: int, move: Callable[[], int], clock: Callable[[], float] | None) -> None:
        self.unread, self.outbox, self.published = [0] * hops, [0] * hops, [0] * hops
        self.settled = [0] * hops
        self.read_until = [0.0] * hops
        self.outbox[0] = events
        self._move, self._clock = move, clock

    def services(self) -> dict[str, Callable[[], dict[str, Any]]]:
        return {f"hop-{hop}": partial(self._ask, hop) for hop in range(len(self.unread))}

    def _ask(self, hop: int) -> dict[str, Any]:
        self._step()
        topic = str(hop - 1)
        read = {"read_until": {"c": self.read_until[hop]}, "settled": {"c": {topic: self.settled[hop]} if hop else {}}}
        return {"outbox": self.outbox[hop], "timers_due": 0, **read}

    def count(self) -> dict[str, int]:
        self._step()
        return {str(hop): published for hop, published in enumerate(self.published)}

    def _step(self) -> None:
        hop, action = self._move() % len(self.unread), self._move() % 3
        if action == 0 and self.outbox[hop]:
            self.outbox[hop] -= 1
            self.published[hop] += 1
            if hop + 1 < len(self.unread):
                self.unread[hop + 1] += 1
        elif action == 1 and self.unread[hop]:
            self.unread[hop] -= 1
            self.outbox[hop] += 1
            self.settled[hop] += 1
        elif self._clock and not self.unread[hop]:
            self.read_until[hop] = self._clock()

    @property
    def work_left(self) -> int:
        return sum(self.unread) + sum(self.outbox)


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 5), st.integers(0, 6), st.randoms(use_true_random=False), st.booleans())
def test_quiet_means_that_no_work_is_left(hops: int, events: int, chance: Any, looks_at_time: bool) -> None:
    ticks = count(1.0)
    chain = Chain(hops, events, lambda: chance.randrange(60), (lambda: next(ticks)) if looks_at_time else None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module.time, "time", lambda: next(ticks))
        Quiet(chain.services(), chain.count).wait()
    assert chain.work_left == 0


def test_a_deadline_that_is_due_is_waited_for() -> None:
    due = iter([1, 1, 1] + [0] * 100)
    looks: list[int] = []

    def ask() -> dict[str, Any]:
        looks.append(next(due))
        return {"outbox": 0, "timers_due": looks[-1], "read_until": {}, "settled": {}}

    Quiet({"projects": ask}, dict).wait()
    assert looks == [1, 1, 1, 0]


def test_what_stands_still_unfinished_is_named() -> None:
    progress = {"outbox": 3, "timers_due": 1, "read_until": {}, "settled": {}}
    with pytest.raises(NeverQuiet, match="intake has 3 events to publish and 1 deadlines due"):
        Quiet({"intake": lambda: progress}, dict, still_s=0.01).wait()


def test_a_consumer_that_does_not_read_to_the_end_is_named() -> None:
    progress = {"outbox": 0, "timers_due": 0, "read_until": {"projects": 1.0}} | {
        "settled": {"projects": {"tickets": 4}}
    }
    with pytest.raises(NeverQuiet, match=r"projects still reads \(projects\)"):
        Quiet({"projects": lambda: progress}, lambda: {"tickets": 5}, still_s=0.01).wait()


def test_what_moves_slowly_is_waited_for() -> None:
    now = iter(range(0, 10_000, 50))
    left = iter([3, 3, 2, 2, 1, 1] + [0] * 10)
    quiet = Quiet(
        {"intake": lambda: {"outbox": next(left), "timers_due": 0, "read_until": {}, "settled": {}}}, dict, still_s=120
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module.time, "monotonic", lambda: next(now))
        quiet.wait()
    assert next(left) == 0


def test_what_goes_on_and_on_is_given_up() -> None:
    numbers = count(1)

    def ask() -> dict[str, Any]:
        return {"outbox": next(numbers), "timers_due": 0, "read_until": {}, "settled": {}}

    with pytest.raises(NeverQuiet, match="events to publish"):
        Quiet({"intake": ask}, dict, limit_s=0.01).wait()


def test_deadlines_are_waited_for_and_nothing_else() -> None:
    due = iter([2, 1, 0])

    def progress() -> dict[str, Any]:
        return {"outbox": 5, "timers_due": next(due), "read_until": {"c": 0.0}, "settled": {"c": {"t": 0}}}

    Quiet({"intake": progress}, lambda: {"t": 9}).deadlines()
    assert list(due) == []
