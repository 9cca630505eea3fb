"""The matter that many callers share where no estate is registered (docs/domain.md §2.6, §3.2).

A matter begins around one ticket: what it and those like it have in common is a core, and those that belong to the core
must fulfil the rule of a hot issue. The core never changes; whatever is like it joins. So no chain of tickets, each
like the last, leads from one matter into another, and one caller alone begins none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.contracts.fingerprint import Weights, scaled, similarity
from services.projects.domain.detection import Fulfilment, first_hot
from services.projects.domain.likeness import Likeness, Trace, alike, apart_from, needed, shared_names
from services.projects.domain.rules import RuleBook

CORE_TERMS: Final = 64
SEED_CALLERS: Final = 3
"""As many as an early warning takes: what fewer have in common may be chance."""
MOST: Final = 0.8
"""Of the callers: so many must name a place, or use a word, for the matter to be of that place or group."""
HALF: Final = 0.5
"""Of a core without a place, what most callers say must make up this part; else it is a topic (buses, wages)."""


@dataclass(frozen=True, slots=True)
class Core:
    """What the tickets that began a matter have in common; without places it is of a group, whose words it holds."""

    places: frozenset[str]
    weights: Weights


class Begun(NamedTuple):
    """A new matter: its core, the tickets that fulfil the rule, the earliest first, and when they do."""

    core: Core
    traces: Sequence[Trace]
    fulfilment: Fulfilment


def beginning(trace: Trace, pool: Sequence[Trace], book: RuleBook, rule: Likeness) -> Begun | None:
    """The matter that this ticket, with those of the `pool`, makes a hot issue; the one of most callers, if of several.

    Does not depend on the pool's order. The cost is small because the pool is.
    """
    everyone = sorted((*pool, trace), key=_by_time)
    if not _hot(everyone, book):
        return None
    like = [one for one in everyone if one is trace or alike(trace, one, rule)]
    if _callers(like) < SEED_CALLERS:
        return None
    found: list[Begun] = []
    for centre in like:
        core = _seed([one for one in everyone if one is centre or alike(centre, one, rule)])
        if core and belongs(trace, core, rule):
            begun = _settle(core, everyone, book, rule)
            if begun and any(one is trace for one in begun.traces):
                found.append(begun)
    return max(found, key=lambda begun: (_callers(begun.traces), len(begun.traces)), default=None)


def belongs(trace: Trace, core: Core, rule: Likeness) -> float:
    """How similar a ticket is to the core; 0 if it does not belong to it, as when it opens with another place."""
    shared = set(shared_names(trace.places, core.places))
    if shared:
        found = apart_from(shared, trace.weights, core.weights, rule.key)
        least = needed(shared, trace.heading, core.places, rule.core_at_place, rule.core_at_heading, rule.wide)
        return found if found >= least else 0.0
    if trace.heading:
        return 0.0
    found = similarity(trace.weights, core.weights)
    return found if found >= (rule.core_unplaced if core.places else rule.core_anywhere) else 0.0


def same_matter(one: Core, other: Core, rule: Likeness) -> bool:
    """Whether what begins is known already: of the same place, or both of none, and of the same subject."""
    shared = set(shared_names(one.places, other.places))
    if shared:
        return apart_from(shared, one.weights, other.weights, rule.key) >= rule.core_at_place
    return not (one.places or other.places) and similarity(one.weights, other.weights) >= rule.core_anywhere


def core_of(traces: Sequence[Trace]) -> Core | None:
    """None if nothing holds them together: no place that most callers name, no words that most callers use."""
    most = MOST * _callers(traces)
    named: dict[str, set[str]] = {}
    used: dict[int, set[str]] = {}
    weights: dict[int, float] = {}
    for trace in traces:
        caller = trace.call.caller_ref or ""
        for name in trace.places:
            named.setdefault(name, set()).add(caller)
        for term, weight in trace.weights.items():
            used.setdefault(term, set()).add(caller)
            weights[term] = weights.get(term, 0.0) + weight
    by_name = {name: set().union(*(named[other] for other in named if name in other)) for name in named}
    places = frozenset(name for name, callers in by_name.items() if len(callers) >= most)
    common = sorted((term for term in weights if len(used[term]) > 1), key=lambda term: (-weights[term], term))
    core = scaled({term: weights[term] for term in common[:CORE_TERMS]})
    if not places:
        said_by_most = sum(weight**2 for term, weight in core.items() if len(used[term]) >= most)
        if said_by_most < HALF or any(trace.heading for trace in traces):
            return None
    return Core(places, core)


def _seed(star: Sequence[Trace]) -> Core | None:
    if _callers(star) < SEED_CALLERS:
        return None
    return core_of(star) or core_of([trace for trace in star if not trace.heading])


def _settle(core: Core, pool: Iterable[Trace], book: RuleBook, rule: Likeness) -> Begun | None:
    """Narrows the seed's core to what those who belong to it share. They must fulfil the rule before and after."""
    held = [trace for trace in pool if belongs(trace, core, rule)]
    settled = core_of(held) if _hot(held, book) else None
    if settled is None:
        return None
    held = [trace for trace in held if belongs(trace, settled, rule)]
    found = _hot(held, book)
    return Begun(settled, held, found) if found else None


def _hot(traces: Iterable[Trace], book: RuleBook) -> Fulfilment | None:
    return first_hot([trace.call for trace in traces], book, None)


def _callers(traces: Iterable[Trace]) -> int:
    return len({trace.call.caller_ref for trace in traces if trace.call.caller_ref})


def _by_time(trace: Trace) -> tuple[object, str]:
    return (trace.call.occurred_at, trace.call.ticket_id)
