"""The store of joining in memory, for replays: bounded by the window and by what is kept of each key."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence, Set
from datetime import timedelta
from typing import Final

from services.contracts.fingerprint import Weights
from services.projects.domain.joining import POOL, Key, Matter, keys_of
from services.projects.domain.likeness import Trace
from services.projects.domain.matters import CORE_TERMS, Core

POSTINGS: Final = 128
"""Newest tickets that are kept of a key."""
BY_NAME: Final = 0.2
"""Weight of two characters of a name, where a term's is its own."""


class MemoryStore:
    """Implements Store. The tickets must come in the order of their event time."""

    def __init__(self, keep: timedelta) -> None:
        self._keep = keep
        self._traces: OrderedDict[str, Trace] = OrderedDict()
        self._postings: dict[Key, deque[str]] = {}
        self._matters: list[Matter] = []
        self._matters_by_key: dict[Key, list[int]] = {}

    def __len__(self) -> int:
        return len(self._traces)

    def near(self, trace: Trace) -> Sequence[Trace]:
        self._forget(trace)
        shared: dict[str, float] = {}
        for key in keys_of(trace.places, trace.weights):
            weight = trace.weights[key] if isinstance(key, int) else BY_NAME
            for ticket_id in self._postings.get(key, ()):
                shared[ticket_id] = shared.get(ticket_id, 0.0) + weight
        closest = sorted(shared, key=lambda ticket_id: (-shared[ticket_id], ticket_id))[:POOL]
        return [self._traces[ticket_id] for ticket_id in closest]

    def about(self, core: Core) -> Sequence[Trace]:
        found = {one for key in keys_of(core.places, core.weights) for one in self._postings.get(key, ())}
        return [self._traces[ticket_id] for ticket_id in sorted(found)]

    def matters_near(self, places: Set[str], weights: Weights) -> Sequence[Matter]:
        numbers = {
            number for key in keys_of(places, weights, CORE_TERMS) for number in self._matters_by_key.get(key, ())
        }
        return [self._matters[number] for number in sorted(numbers)]

    def keep(self, trace: Trace) -> None:
        ticket_id = trace.call.ticket_id
        self._traces[ticket_id] = trace
        for key in keys_of(trace.places, trace.weights):
            posting = self._postings.setdefault(key, deque())
            posting.append(ticket_id)
            if len(posting) > POSTINGS:
                posting.popleft()

    def begin(self, core: Core) -> Matter:
        matter = Matter(str(len(self._matters) + 1), core)
        for key in keys_of(core.places, core.weights, CORE_TERMS):
            self._matters_by_key.setdefault(key, []).append(len(self._matters))
        self._matters.append(matter)
        return matter

    def settle(self, matter: Matter, traces: Sequence[Trace]) -> None:
        for trace in traces:
            self._drop(trace.call.ticket_id)

    def _forget(self, newest: Trace) -> None:
        oldest = newest.call.occurred_at - self._keep
        while self._traces:
            ticket_id, trace = next(iter(self._traces.items()))
            if trace.call.occurred_at > oldest:
                return
            self._drop(ticket_id)

    def _drop(self, ticket_id: str) -> None:
        trace = self._traces.pop(ticket_id, None)
        if trace is None:
            return
        for key in keys_of(trace.places, trace.weights):
            posting = self._postings.get(key)
            if posting and ticket_id in posting:
                posting.remove(ticket_id)
                if not posting:
                    del self._postings[key]
