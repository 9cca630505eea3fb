"""Which matter a ticket joins or begins, over a store of the last months' tickets and of the matters."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from services.contracts.fingerprint import Weights
from services.projects.domain.likeness import Likeness, Trace
from services.projects.domain.matters import CORE_TERMS, Begun, Core, beginning, belongs, same_matter
from services.projects.domain.rules import RuleBook

KEYS: Final = 24
"""A ticket is found again by so many of its weightiest terms, and by its places."""
BY_NAME: Final = 0.2
"""Weight of two characters of a name, where a term has its own."""
POSTINGS: Final = 128
"""Tickets that one key finds, at most; the newest."""
POOL: Final = 48
"""Tickets that one is compared with, at most: those that share the most weight."""

Key = int | str
WeightedKeys = Mapping[Key, float]


class Matter(NamedTuple):
    id: str
    core: Core


class JoiningStore(Protocol):
    """Tickets that are of no matter yet, and the matters.

    Tickets older than the longest window are forgotten. What a ticket is found by is decided by the joiner alone.
    """

    def sharing(self, keys: WeightedKeys, at: datetime, most: int) -> Sequence[Trace]:
        """At most `most` tickets of no matter, those that share the most weight of these keys, in any order.

        Of each key the newest POSTINGS tickets are looked at, none further from `at` than the longest window.
        """

    def matters_sharing(self, keys: Collection[Key]) -> Sequence[Matter]:
        """The matters that share one of these keys, the oldest first."""

    def keep(self, trace: Trace, keys: WeightedKeys) -> None:
        """Keeps a ticket that is of no matter yet."""

    def begin(self, core: Core, keys: Collection[Key]) -> Matter:
        """Stores a new matter."""

    def settle(self, matter: Matter, traces: Sequence[Trace]) -> Sequence[Trace]:
        """From now on the tickets are of this matter and of no other; returns them.

        A ticket that a person said is not of this matter is left out.
        """


class JoinedMatter(NamedTuple):
    """The tickets that are of the matter from now on; `begun` if it began with them."""

    matter: Matter
    traces: Sequence[Trace]
    begun: Begun | None


@dataclass(frozen=True, slots=True)
class Joiner:
    """Takes the tickets one by one, in the order of their event time as far as it is known."""

    store: JoiningStore
    book: RuleBook
    rule: Likeness

    def take(self, trace: Trace) -> JoinedMatter | None:
        """None: it is of no matter yet."""
        known = self._matters_near(trace.places, trace.weights)
        likeness, matter = max(
            ((belongs(trace, matter.core, self.rule), matter) for matter in known),
            key=lambda found: found[0],
            default=(0.0, None),
        )
        if matter and likeness:
            return self._settled(matter, [trace], None)
        keys, at = weighted_keys(trace.places, trace.weights), trace.call.occurred_at
        begun = beginning(trace, self.store.sharing(keys, at, POOL), self.book, self.rule)
        if begun is None:
            self.store.keep(trace, keys)
            return None
        core = begun.core
        for matter in self._matters_near(core.places, core.weights):
            if same_matter(core, matter.core, self.rule):
                return self._settled(matter, begun.traces, None)
        about = self.store.sharing(weighted_keys(core.places, core.weights), at, POSTINGS)
        earlier = [one for one in about if belongs(one, core, self.rule)]
        everyone = {one.call.ticket_id: one for one in (*earlier, *begun.traces)}
        members = sorted(everyone.values(), key=lambda one: (one.call.occurred_at, one.call.ticket_id))
        return self._settled(self.store.begin(core, core_keys(core)), members, begun)

    def _matters_near(self, places: Set[str], weights: Weights) -> Sequence[Matter]:
        return self.store.matters_sharing(list(_keys(places, weights, CORE_TERMS)))

    def _settled(self, matter: Matter, traces: Sequence[Trace], begun: Begun | None) -> JoinedMatter:
        return JoinedMatter(matter, self.store.settle(matter, traces), begun)


def weighted_keys(places: Set[str], weights: Weights) -> WeightedKeys:
    return {key: weights[key] if isinstance(key, int) else BY_NAME for key in _keys(places, weights, KEYS)}


def core_keys(core: Core) -> list[Key]:
    return list(_keys(core.places, core.weights, CORE_TERMS))


def _keys(places: Set[str], weights: Weights, most: int) -> Iterator[Key]:
    """A place is found by each two neighbouring characters of its name, because names come longer and shorter."""
    yield from sorted({name[at : at + 2] for name in places for at in range(len(name) - 1)})
    yield from sorted(weights, key=lambda term: (-weights[term], term))[:most]
