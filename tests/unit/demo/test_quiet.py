"""demo/quiet.py: the clock waits until nothing can follow any more."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
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

    Looked at, it moves between any two answers: so every answer is of another moment, as with real processes.
    """

    def __init__(self, hops: int, events: int, move: Callable[[], int]) -> None:
        self.unread, self.outbox, self.published = [0] * hops, [0] * hops, [0] * hops
        self.settled = [0] * hops
        self.outbox[0] = events
        self._move = move

    def look(self, services: Collection[str]) -> dict[str, dict[str, Any]]:
        return {service: self._ask(int(service)) for service in services}

    def _ask(self, hop: int) -> dict[str, Any]:
        self._step()
        return progress(
            outbox=self.outbox[hop],
            settled={"c": {str(hop - 1): self.settled[hop]} if hop else {}},
            published={str(hop): self.published[hop]} if self.published[hop] else {},
        )

    def _step(self) -> None:
        hop, action = self._move() % len(self.unread), self._move() % 2
        if action == 0 and self.outbox[hop]:
            self.outbox[hop] -= 1
            self.published[hop] += 1
            if hop + 1 < len(self.unread):
                self.unread[hop + 1] += 1
        elif action == 1 and self.unread[hop]:
            self.unread[hop] -= 1
            self.outbox[hop] += 1
            self.settled[hop] += 1

    @property
    def work_left(self) -> int:
        return sum(self.unread) + sum(self.outbox)


def progress(**known: Any) -> dict[str, Any]:
    return {"outbox": 0, "timers_due": 0, "read_until": {}, "settled": {}, "published": {}} | known


def quiet_of(look: Callable[[], Mapping[str, Any]], **limits: float) -> Quiet:
    """Of the services that `look` shows, all at each look. Nobody else publishes."""
    return Quiet(("any",), lambda _: look(), dict, **limits)


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 5), st.integers(0, 6), st.randoms(use_true_random=False))
def test_quiet_means_that_no_work_is_left(hops: int, events: int, chance: Any) -> None:
    chain = Chain(hops, events, lambda: chance.randrange(60))
    Quiet([str(hop) for hop in range(hops)], chain.look, dict).wait()
    assert chain.work_left == 0


def test_a_deadline_that_is_due_is_waited_for() -> None:
    due = iter([1, 1, 1, 0])
    quiet_of(lambda: {"projects": progress(timers_due=next(due))}).wait()
    assert list(due) == []


def test_what_others_published_is_waited_for() -> None:
    settled = iter([4, 4, 5])

    def look(_: Collection[str]) -> dict[str, Any]:
        return {"intake": progress(settled={"intake-replies": {"replies": next(settled)}})}

    Quiet(("intake",), look, lambda: {"replies": 5}).wait()
    assert list(settled) == []


def test_only_who_is_not_done_is_asked_again_until_more_is_published() -> None:
    asked: list[list[str]] = []

    def look(services: Collection[str]) -> dict[str, Any]:
        asked.append(sorted(services))
        shown = {"intake": progress(outbox=len(asked) < 3, published={"tickets": 6 if len(asked) > 2 else 5})}
        settled = {"projects": {"tickets": 6 if len(asked) > 3 else 5}}
        return {one: (shown | {"projects": progress(settled=settled)})[one] for one in services}

    Quiet(("intake", "projects"), look, dict).wait()
    assert asked == [["intake", "projects"], ["intake"], ["intake"], ["projects"]]


def test_what_stands_still_unfinished_is_named() -> None:
    with pytest.raises(NeverQuiet, match="intake has 3 events to publish and 1 deadlines due"):
        quiet_of(lambda: {"intake": progress(outbox=3, timers_due=1)}, still_s=0.01).wait()


def test_a_consumer_that_does_not_read_to_the_end_is_named() -> None:
    def look() -> dict[str, Any]:
        reader = progress(read_until={"projects": time.time()}, settled={"projects": {"tickets": 4}})
        return {"intake": progress(published={"tickets": 5}), "projects": reader}

    with pytest.raises(NeverQuiet, match=r"projects still reads \(projects\)"):
        quiet_of(look, still_s=0.01).wait()


def test_what_moves_slowly_is_waited_for() -> None:
    now = iter(range(0, 10_000, 50))
    left = iter([3, 3, 2, 2, 1, 1] + [0] * 10)
    quiet = quiet_of(lambda: {"intake": progress(outbox=next(left))}, still_s=120)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module.time, "monotonic", lambda: next(now))
        quiet.wait()
    assert next(left) == 0


def test_what_goes_on_and_on_is_given_up() -> None:
    numbers = count(1)
    with pytest.raises(NeverQuiet, match="events to publish"):
        quiet_of(lambda: {"intake": progress(outbox=next(numbers))}, limit_s=0.01).wait()


def test_deadlines_are_waited_for_and_nothing_else() -> None:
    due = iter([2, 1, 0])

    def look() -> dict[str, Any]:
        return {"intake": progress(outbox=5, timers_due=next(due), settled={"c": {"t": 0}}, published={"t": 9})}

    quiet_of(look).deadlines()
    assert list(due) == []
