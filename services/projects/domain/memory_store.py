"""The store of joining in memory, for replays: bounded by the window and by what is kept of each key."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from services.projects.domain.joining import POSTINGS, Key, Matter, WeightedKeys
from services.projects.domain.likeness import Trace
from services.projects.domain.matters import Core


class MemoryStore:
    """Implements JoiningStore. The tickets must come in the order of their event time."""

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._kept: OrderedDict[str, tuple[Trace, WeightedKeys]] = OrderedDict()
        self._postings: dict[Key, deque[str]] = {}
        self._matters: list[Matter] = []
        self._matters_by_key: dict[Key, list[int]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def sharing(self, keys: WeightedKeys, at: datetime, most: int) -> Sequence[Trace]:
        self._forget(at - self._window)
        shared: dict[str, float] = {}
        for key, weight in keys.items():
            for ticket_id in self._postings.get(key, ()):
                shared[ticket_id] = shared.get(ticket_id, 0.0) + weight
        closest = sorted(shared, key=lambda ticket_id: (-shared[ticket_id], ticket_id))[:most]
        return [self._kept[ticket_id][0] for ticket_id in closest]

    def matters_sharing(self, keys: Collection[Key]) -> Sequence[Matter]:
        numbers = {number for key in keys for number in self._matters_by_key.get(key, ())}
        return [self._matters[number] for number in sorted(numbers)]

    def keep(self, trace: Trace, keys: WeightedKeys) -> None:
        ticket_id = trace.call.ticket_id
        self._kept[ticket_id] = (trace, keys)
        for key in keys:
            posting = self._postings.setdefault(key, deque())
            posting.append(ticket_id)
            if len(posting) > POSTINGS:
                posting.popleft()

    def begin(self, core: Core, keys: Collection[Key]) -> Matter:
        matter = Matter(str(len(self._matters) + 1), core)
        for key in keys:
            self._matters_by_key.setdefault(key, []).append(len(self._matters))
        self._matters.append(matter)
        return matter

    def settle(self, matter: Matter, traces: Sequence[Trace]) -> Sequence[Trace]:
        for trace in traces:
            self._drop(trace.call.ticket_id)
        return traces

    def _forget(self, until: datetime) -> None:
        while self._kept:
            ticket_id, (trace, _) = next(iter(self._kept.items()))
            if trace.call.occurred_at > until:
                return
            self._drop(ticket_id)

    def _drop(self, ticket_id: str) -> None:
        if ticket_id not in self._kept:
            return
        _, keys = self._kept.pop(ticket_id)
        for key in keys:
            posting = self._postings.get(key)
            if posting and ticket_id in posting:
                posting.remove(ticket_id)
                if not posting:
                    del self._postings[key]
