"""Who is told of what: the routes of `data/routing.yaml` (domain.md §10.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from services.contracts.data_files import DataRow
from services.contracts.ticket_events import Place


class Party(StrEnum):
    """Whom a fact concerns; which department that is depends on the fact."""

    LEAD = "lead"
    HUB = "hub"
    OFFICE = "office"
    OWNER = "owner"
    CALLED_IN = "called in"
    RETURNED_BY = "returned by"


class Fact(Protocol):
    """What the events of tickets, of hot issues and of repair projects have in common."""

    @property
    def type(self) -> str: ...
    @property
    def aggregate_id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def lead(self) -> str | None: ...
    @property
    def place(self) -> Place | None: ...


class Route(DataRow):
    """One row of the table. `after` is the state that the fact left."""

    event: str
    states: tuple[str, ...] | None = None
    after: str | None = None
    to: tuple[Party, ...]

    def fits(self, fact: Fact) -> bool:
        return (
            self.event == fact.type
            and (self.states is None or fact.state in self.states)
            and (self.after is None or self.after == getattr(fact, "previous_state", None))
        )


class NoRoute(LookupError):
    """The table does not say who is told of such a fact, or whether anybody is."""


@dataclass(frozen=True, slots=True)
class Routing:
    routes: Sequence[Route]

    def parties(self, fact: Fact) -> frozenset[Party]:
        """Who is told; raises NoRoute for a fact that the table has forgotten."""
        fitting = [route for route in self.routes if route.fits(fact)]
        if not fitting:
            raise NoRoute(f"no route fits {fact.type} in the state {fact.state!r}")
        return frozenset(party for route in fitting for party in route.to)

    def told(self, event_type: str) -> bool:
        """Whether anybody is ever told of such an event."""
        return any(route.event == event_type and route.to for route in self.routes)
