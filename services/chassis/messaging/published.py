"""How far a process has published, by its acknowledgements: nobody need ask the broker for the ends of its topics."""

from __future__ import annotations

from collections import Counter
from typing import Protocol


class Acknowledgement(Protocol):
    """Where the broker has put a record; `offset` is -1 where it does not say."""

    @property
    def topic(self) -> str: ...

    @property
    def partition(self) -> int: ...

    @property
    def offset(self) -> int: ...


class Published:
    """Thread-safe for one writer and many readers."""

    def __init__(self) -> None:
        self._ends: dict[tuple[str, int], int] = {}

    def record(self, acknowledged: Acknowledgement) -> None:
        place = acknowledged.topic, acknowledged.partition
        self._ends[place] = max(self._ends.get(place, 0), acknowledged.offset + 1)

    def end_of(self, topic: str) -> int | None:
        """The offset after this process's last record on a topic of one partition; None if it wrote none yet."""
        return self._ends.get((topic, 0))

    def by_topic(self) -> dict[str, int]:
        """The sum over partitions of the offsets that follow this process's last records."""
        ends = Counter[str]()
        for (topic, _), end in self._ends.copy().items():
            ends[topic] += end
        return dict(ends)
