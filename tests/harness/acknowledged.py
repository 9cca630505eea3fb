"""What a broker acknowledges, for producers that tests play."""

from __future__ import annotations

from typing import NamedTuple


class Acknowledged(NamedTuple):
    topic: str
    offset: int
    partition: int = 0
