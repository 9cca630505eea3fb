"""services/classifier/stream/attempts.py: the event that kills the process is found, and no other is taken for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.stream.attempts import CAREFUL, MAX_DEATHS, Attempts, Mark
from tests.unit.classifier.marks import KeptMarks

Place = tuple[int, int]  # partition, offset


class Killed(BaseException):
    """The process dies here."""


@dataclass
class Lives:
    """Processes that follow one another. Each reads the events of two partitions from their last commit on."""

    events: int
    killers: frozenset[Place] = frozenset()
    marks: KeptMarks = field(default_factory=KeptMarks)
    committed: dict[int, int] = field(default_factory=lambda: {0: 0, 1: 0})
    rejected: list[Place] = field(default_factory=list)
    deaths: int = 0

    async def live(self, random: Random, commits: float) -> bool:
        """Whether it came to the end. After an event it commits with this probability."""
        attempts, left = Attempts(self.marks), dict(self.committed)
        try:
            while waiting := [partition for partition, offset in left.items() if offset < self.events]:
                partition = random.choice(waiting)
                place = partition, left[partition]
                async with attempts.attempt(*place) as deaths:
                    if deaths >= MAX_DEATHS:
                        self.rejected.append(place)
                    elif place in self.killers:
                        raise Killed
                left[partition] += 1
                if random.random() < commits:
                    self.committed = dict(left)
        except Killed:
            self.deaths += 1
            return False
        self.committed = left
        return True

    def until_settled(self, random: Random, commits: float) -> None:
        async def run() -> None:
            for _ in range(60):
                if await self.live(random, commits):
                    return
            raise AssertionError(f"no life came to the end; rejected so far: {self.rejected}")

        asyncio.run(run())


@settings(max_examples=80, deadline=None)
@given(
    st.frozensets(st.tuples(st.integers(0, 1), st.integers(0, 29)), max_size=3),
    st.randoms(use_true_random=False),
    st.sampled_from([0.0, 0.1, 0.5]),
)
def test_each_killer_is_rejected_and_nothing_else(killers: frozenset[Place], random: Random, commits: float) -> None:
    lives = Lives(30, killers)
    lives.until_settled(random, commits)
    assert set(lives.rejected) == killers
    assert lives.deaths >= len(killers) * MAX_DEATHS


def test_the_first_event_costs_exactly_so_many_lives() -> None:
    lives = Lives(5, frozenset({(0, 0)}))
    lives.until_settled(Random(1), commits=0.0)
    assert (lives.deaths, lives.rejected) == (MAX_DEATHS, [(0, 0)])


def test_a_quiet_life_marks_the_first_event_of_each_partition_alone() -> None:
    lives = Lives(500)
    lives.until_settled(Random(1), commits=0.1)
    assert lives.marks.writes == 2 * 2


def test_a_group_that_was_set_back_reads_at_full_speed() -> None:
    lives = Lives(500)
    lives.marks.kept = {0: Mark(50_000, 0), 1: Mark(60_000, 1)}
    lives.until_settled(Random(1), commits=0.1)
    assert lives.marks.writes == 2 * 2


def test_a_killer_farther_on_than_events_are_marked_is_found_too() -> None:
    killer = (0, 2 * CAREFUL + 17)
    lives = Lives(3 * CAREFUL, frozenset({killer}))
    lives.until_settled(Random(1), commits=0.002)
    assert lives.rejected == [killer]


@given(st.integers(1, 6))
def test_an_end_between_two_events_is_held_against_none(ends: int) -> None:
    async def run() -> list[int]:
        marks, seen = KeptMarks(), []
        for _ in range(ends):
            attempts = Attempts(marks)
            for offset in range(4):
                async with attempts.attempt(0, offset) as deaths:
                    seen.append(deaths)
        return seen

    assert set(asyncio.run(run())) == {0}
