"""Finds the event that kills the process, without a database: marks on the broker say what was being read.

In the usual case only the first event of each partition after a start is marked. If a mark stands at or beyond the
first event that is delivered, a process died before its offsets were committed. From then on each event is marked
before it is read, so that a further death points at one event.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Protocol

MAX_DEATHS: Final = 3
"""An event that has killed the process so often is not read again."""
CAREFUL: Final = 1_000
"""Events marked one by one after a death: more than are read between two commits."""
REACH: Final = 2 * CAREFUL
"""A mark farther on is from before the group was set back, not from a death."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Of a partition: reading the event at `offset` began `begun` times and never came to its end.

    `killers` are events before it that may be delivered again and must not be read again.
    """

    offset: int
    begun: int
    killers: frozenset[int] = frozenset()


class Marks(Protocol):
    """Where the marks of all partitions outlive the process."""

    async def read(self) -> Mapping[int, Mark]: ...
    async def write(self, partition: int, mark: Mark) -> None: ...


class Attempts:
    """Of one process, which reads one event at a time."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._left: dict[int, Mark] = {}
        self._careful_to: dict[int, int] = {}
        self._killers: dict[int, frozenset[int]] = {}

    @asynccontextmanager
    async def attempt(self, partition: int, offset: int) -> AsyncIterator[int]:
        """Encloses the reading of an event; gives how often it killed the process before, at most MAX_DEATHS.

        An exception in the block counts like a death: the process ends by it.
        """
        if partition not in self._careful_to:
            await self._look_back(partition, offset)
        killers, left = self._killers[partition], self._left.get(partition)
        if offset in killers or offset > self._careful_to[partition]:
            yield MAX_DEATHS if offset in killers else 0
            return
        deaths = left.begun if left and offset == left.offset else 0
        if deaths < MAX_DEATHS:
            await self._marks.write(partition, Mark(offset, deaths + 1, killers))
        else:
            self._killers[partition] = killers = killers | {offset}
        yield deaths
        await self._marks.write(partition, Mark(offset + 1, 0, killers))

    async def _look_back(self, partition: int, first: int) -> None:
        """What an earlier process left behind, if it did not commit beyond."""
        left = (await self._marks.read()).get(partition)
        if left and first <= left.offset <= first + REACH:
            self._left[partition] = left
            self._careful_to[partition] = left.offset + CAREFUL
            self._killers[partition] = frozenset(one for one in left.killers if one >= first)
        else:
            self._careful_to[partition] = first
            self._killers[partition] = frozenset()
