"""Which message a notice goes with: every notice has one, windows of a series grow and do not overlap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.bundling import GatheringWindow, Key, Waiting, bundle
from services.notifier.domain.officer_notice import Pressure
from services.notifier.files.sending_rules import sending_rules

RULES = sending_rules().bundling
START = datetime(2026, 7, 1, tzinfo=UTC)
OFFICER = UUID(int=1)


def waiting(number: int, pressure: Pressure = Pressure.NORMAL, channels: str | None = None) -> Waiting:
    return Waiting(UUID(int=number), OFFICER, "issue", pressure, channels)


def closed(window: GatheringWindow) -> GatheringWindow:
    return GatheringWindow(
        window.key, window.start, window.closes_at, window.number, window.urgent, window.channels, False
    )


@given(st.lists(st.integers(-120, 6000), max_size=12))
def test_windows_of_a_key_follow_each_other_and_grow_even_if_the_clock_goes_back(minutes: Sequence[int]) -> None:
    newest: dict[Key, GatheringWindow] = {}
    made: list[GatheringWindow] = []
    now = START
    for number, passed in enumerate(minutes):
        now += timedelta(minutes=passed)
        new, placed = bundle([waiting(number)], newest, now, RULES)
        made += new
        (window,) = placed.values()
        newest = {window.key: closed(window) if now >= window.closes_at else window}
    for before, after in pairwise(made):
        assert after.start >= before.closes_at > before.start
        goes_on = after.start < before.closes_at + timedelta(hours=RULES.anew_after_h)
        assert after.number == (before.number + 1 if goes_on else 0)
    assert all(one.closes_at - one.start == RULES.window(one.number) for one in made)
    assert len({one.message_id for one in made}) == len(made)


def test_five_hundred_notices_of_one_key_are_one_message() -> None:
    made, placed = bundle([waiting(number) for number in range(500)], {}, START, RULES)
    assert len(made) == 1
    assert set(placed.values()) == set(made)


def test_urgent_notices_and_those_of_other_ways_go_apart() -> None:
    notices = [waiting(1), waiting(2, channels="email"), waiting(3, Pressure.URGENT), waiting(4, Pressure.URGENT)]
    made, placed = bundle(notices, {}, START, RULES)
    assert len(made) == len(set(placed.values())) == 4
    assert [one.closes_at == START for one in made] == [False, False, True, True]
