"""Which departments are notified of which facts: the routes of `data/routing.yaml` (docs/domain.md §10.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.contracts.event import Event
from services.contracts.impact_events import WorksImpactChanged
from services.contracts.project_events import TypicalCaseProposed
from services.contracts.registry import (
    CASE_EVENTS,
    HOT_ISSUE_EVENTS,
    PROJECT_EVENTS,
    STANDARD_EVENTS,
    TICKET_EVENTS,
)
from services.contracts.standard_events import RolloutChanged, StandardCheckChanged
from services.contracts.supervision_events import SupervisionOpinionChanged
from services.contracts.ticket_events import DepartmentCode, TicketDispatched
from services.contracts.works_events import WorksDefectChanged
from services.notifier.domain.trigger import Fact, Trigger

SITE_EVENTS: tuple[type[Event], ...] = (WorksImpactChanged, WorksDefectChanged)
"""What happens on site of which departments hear; whoever works there reads the rest."""
TYPE_EVENTS: tuple[type[Event], ...] = (
    TypicalCaseProposed,
    *CASE_EVENTS,
    *STANDARD_EVENTS,
    RolloutChanged,
    StandardCheckChanged,
)
"""From one problem to one type of problem: cases, standards and what sub-districts make of them."""
_ROUTED: tuple[type[Event], ...] = (
    *(*TICKET_EVENTS, *HOT_ISSUE_EVENTS, *PROJECT_EVENTS, *SITE_EVENTS, *TYPE_EVENTS),
    SupervisionOpinionChanged,
)
FACTS: Mapping[str, type[Event]] = {event.type: event for event in _ROUTED if event is not TicketDispatched}
"""The events that the table must name, by type. A dispatch is not routed: it goes to its units, with the text."""


class Addressee(StrEnum):
    """Whom a fact concerns; which department that is depends on the fact."""

    LEAD = "lead"
    HUB = "hub"
    OFFICE = "office"
    OWNER = "owner"
    CO_HANDLERS = "co-handlers"
    RETURNED_BY = "returned by"
    UNIT = "unit"
    OFFICES = "offices"
    SUPERVISORS = "supervisors"


class Route(Trigger):
    """One row of the table. `named`: departments by their codes."""

    named: tuple[DepartmentCode, ...] = ()
    to: tuple[Addressee, ...]


class NoRoute(LookupError):
    """The table has no row for such a fact."""


@dataclass(frozen=True, slots=True)
class Routing:
    routes: Sequence[Route]

    def addressees(self, fact: Fact) -> frozenset[Addressee]:
        """Raises NoRoute if no row fits the fact; a row with an empty `to` means: nobody."""
        fitting = [route for route in self.routes if route.fits(fact)]
        if not fitting:
            raise NoRoute(f"no route fits {fact.type} in the state {fact.state!r}")
        return frozenset(addressee for route in fitting for addressee in route.to)

    def named(self, fact: Fact) -> frozenset[DepartmentCode]:
        """The departments that the fitting rows name by their codes."""
        return frozenset(code for route in self.routes if route.fits(fact) for code in route.named)

    def reaches_anybody(self, event_type: str) -> bool:
        """Whether such an event is ever sent to a department."""
        return any(route.event == event_type and (route.to or route.named) for route in self.routes)
