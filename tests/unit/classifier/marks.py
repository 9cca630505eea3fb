"""Marks that outlive a process within a test."""

from __future__ import annotations

from collections.abc import Mapping

from services.classifier.stream.attempts import Mark


class KeptMarks:
    """Implements Marks in memory."""

    def __init__(self) -> None:
        self.kept: dict[int, Mark] = {}
        self.writes = 0

    async def read(self) -> Mapping[int, Mark]:
        return dict(self.kept)

    async def write(self, partition: int, mark: Mark) -> None:
        self.kept[partition] = mark
        self.writes += 1
