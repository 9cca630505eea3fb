"""What there is to see at one moment: asked of the services as anybody may, and of the play itself."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from demo.interfaces import Interfaces
from demo.play import Play

HOPS = (
    ("calls received", "202"),
    ("texts told", "ticket-texts"),
    ("texts read", "classifications"),
    ("facts told", "tickets"),
    ("departments told", "departments"),
    ("steps of hot issues", "hot-issues"),
    ("steps of projects", "projects"),
)
"""The hops of a ticket, and where their events are counted: answers with 202, or a topic."""

RATE_OVER_S = 5.0


@dataclass(frozen=True, slots=True)
class Hop:
    """Events on the way so far, and how many came a second of late (real time)."""

    name: str
    events: int
    per_second: float


@dataclass(frozen=True, slots=True)
class Scene:
    now: datetime
    part: float
    sent: int
    hops: list[Hop]
    hot_issues: list[dict[str, Any]]
    projects: list[dict[str, Any]]
    told: Mapping[str, int]
    waiting: Mapping[str, int]


class Observer:
    """Looks on with the eyes of the hub."""

    def __init__(self, interfaces: Interfaces, play: Play) -> None:
        self._eyes = interfaces.as_role("hub")
        self._play = play
        self._samples: deque[tuple[float, dict[str, int]]] = deque()

    def scene(self, now: datetime, part: float) -> Scene:
        counts = {"202": self._play.residents.sent, **self._play.mailbox.counts}
        return Scene(
            now=now,
            part=part,
            sent=self._play.residents.sent,
            hops=self._hops(counts),
            hot_issues=list(self._eyes.pages("projects", "/hot-issues")),
            projects=list(self._eyes.pages("projects", "/projects")),
            told=self._play.departments.told,
            waiting=self._play.departments.waiting(),
        )

    def _hops(self, counts: dict[str, int]) -> list[Hop]:
        at = time.monotonic()
        self._samples.append((at, counts))
        while len(self._samples) > 2 and self._samples[1][0] < at - RATE_OVER_S:
            self._samples.popleft()
        since, before = self._samples[0]
        passed = max(at - since, 0.001)
        return [Hop(name, counts[key], (counts[key] - before[key]) / passed) for name, key in HOPS]
