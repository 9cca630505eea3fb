"""What there is to see at one moment: from the services, with the rights of the hub, and from the play itself."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from demo.interfaces import Interfaces
from demo.news import Item
from demo.play import Play

HOPS = (
    ("calls received", "202"),
    ("texts to classify", "ticket-texts"),
    ("classifications", "classifications"),
    ("ticket events", "tickets"),
    ("department messages", "departments"),
    ("hot issue events", "hot-issues"),
    ("project events", "projects"),
)
"""The hops of a ticket, and where their events are counted: in answers with 202, or on a topic."""

RATE_OVER_S = 5.0


@dataclass(frozen=True, slots=True)
class Hop:
    """`events` so far, and the rate of the last few seconds (real time)."""

    name: str
    events: int
    per_second: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`received` counts messages and `waiting` open tickets, by department."""

    now: datetime
    sent: int
    news: Sequence[Item]
    hops: list[Hop]
    hot_issues: list[dict[str, Any]]
    projects: list[dict[str, Any]]
    received: Mapping[str, int]
    waiting: Mapping[str, int]


class Observer:
    """Watches a play."""

    def __init__(self, interfaces: Interfaces, play: Play) -> None:
        self._interfaces = interfaces
        self._hub = interfaces.as_role("hub")
        self._play = play
        self._samples: deque[tuple[float, dict[str, int]]] = deque()
        self.news = play.news

    def snapshot(self, now: datetime) -> Snapshot:
        counts = Counter({"202": self._play.residents.sent})
        for topic, records in self._play.published.items():
            counts["departments" if topic in self._play.mailbox.topics else topic] += records
        hot_issues, projects = self._interfaces.all_at_once(self._listed, ("/hot-issues", "/projects"))
        return Snapshot(
            now=now,
            sent=self._play.residents.sent,
            news=list(self._play.news.items),
            hops=self._hops(counts),
            hot_issues=hot_issues,
            projects=projects,
            received=self._play.departments.received,
            waiting=self._play.departments.waiting(),
        )

    def _listed(self, path: str) -> list[dict[str, Any]]:
        return list(self._hub.pages("projects", path))

    def _hops(self, counts: dict[str, int]) -> list[Hop]:
        at = time.monotonic()
        self._samples.append((at, counts))
        while len(self._samples) > 2 and self._samples[1][0] < at - RATE_OVER_S:
            self._samples.popleft()
        since, before = self._samples[0]
        passed = max(at - since, 0.001)
        return [Hop(name, counts[key], (counts[key] - before[key]) / passed) for name, key in HOPS]
