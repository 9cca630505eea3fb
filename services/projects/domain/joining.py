"""Which matter a ticket joins or begins, over a store of the last months' tickets and of the matters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from services.contracts.fingerprint import Weights
from services.projects.domain.likeness import Likeness, Trace
from services.projects.domain.matters import Begun, Core, beginning, belongs, same_matter
from services.projects.domain.rules import RuleBook

KEYS: Final = 24
"""By so many of its weightiest terms, and its places, a ticket is found again."""
POOL: Final = 48
"""Tickets that one is compared with, at most: those that share the most weight."""

Key = int | str


class Matter(NamedTuple):
    id: str
    core: Core


class Store(Protocol):
    """Tickets that are of no matter yet, and the matters. What is older than the longest window is forgotten."""

    def near(self, trace: Trace) -> Sequence[Trace]:
        """At most POOL tickets that share keys with it, those that share the most weight; not itself."""

    def about(self, core: Core) -> Sequence[Trace]:
        """Tickets that share keys with it."""

    def matters_near(self, places: Set[str], weights: Weights) -> Sequence[Matter]:
        """The matters that share keys with it, the oldest first."""

    def keep(self, trace: Trace) -> None:
        """The ticket is of no matter yet."""

    def begin(self, core: Core) -> Matter:
        """A new matter."""

    def settle(self, matter: Matter, traces: Sequence[Trace]) -> None:
        """They are of this matter, and of no other any more."""


class Joined(NamedTuple):
    """The tickets that are of the matter from now on; `begun` if it began with them."""

    matter: Matter
    traces: Sequence[Trace]
    begun: Begun | None


@dataclass(frozen=True, slots=True)
class Joiner:
    """Takes the tickets one by one, in the order of their event time as far as it is known."""

    store: Store
    book: RuleBook
    rule: Likeness

    def take(self, trace: Trace) -> Joined | None:
        """None: it is of no matter yet."""
        known = self.store.matters_near(trace.places, trace.weights)
        likeness, matter = max(
            ((belongs(trace, matter.core, self.rule), matter) for matter in known),
            key=lambda found: found[0],
            default=(0.0, None),
        )
        if matter and likeness:
            return self._settled(matter, [trace], None)
        begun = beginning(trace, self.store.near(trace), self.book, self.rule)
        if begun is None:
            self.store.keep(trace)
            return None
        for matter in self.store.matters_near(begun.core.places, begun.core.weights):
            if same_matter(begun.core, matter.core, self.rule):
                return self._settled(matter, begun.traces, None)
        earlier = [one for one in self.store.about(begun.core) if belongs(one, begun.core, self.rule)]
        everyone = {one.call.ticket_id: one for one in (*earlier, *begun.traces)}
        members = sorted(everyone.values(), key=lambda one: (one.call.occurred_at, one.call.ticket_id))
        return self._settled(self.store.begin(begun.core), members, begun)

    def _settled(self, matter: Matter, traces: Sequence[Trace], begun: Begun | None) -> Joined:
        self.store.settle(matter, traces)
        return Joined(matter, traces, begun)


def keys_of(places: Set[str], weights: Weights, most: int = KEYS) -> Iterator[Key]:
    """A place is found by each two neighbouring characters of its name, because names are told longer and shorter."""
    yield from sorted({name[at : at + 2] for name in places for at in range(len(name) - 1)})
    yield from sorted(weights, key=lambda term: (-weights[term], term))[:most]
