"""When a row of the routing table fits a fact: the event that it names, and filters that must all hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from services.contracts.data_files import DataRow
from services.contracts.taxonomy import Area
from services.contracts.ticket_events import SubDistrictCode, TypeCode, Urgency


class Fact(Protocol):
    """What the routed events have in common. Some have a `place`, too."""

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


class Trigger(DataRow):
    """The event, and what narrows it. `after` is the state that the fact left; `unsolved` limits it to tickets not
    solved, `kinds` to such disturbances, `breached` to those that broke a rule, `overdue` to what was not done in time.
    `steps`: such steps of a clause of supervision. `types`, `areas`: of problems; `sub_districts`: of the place;
    `levels`: by which rule a hot issue was found; `clocks`: of a ticket; `urgencies`: of a ticket; `grave`:
    critical, or an emergency.
    """

    event: str
    states: tuple[str, ...] | None = None
    after: str | None = None
    unsolved: bool = False
    kinds: tuple[str, ...] | None = None
    breached: bool = False
    overdue: bool = False
    steps: tuple[str, ...] | None = None
    types: tuple[TypeCode, ...] | None = None
    areas: tuple[Area, ...] | None = None
    sub_districts: tuple[SubDistrictCode, ...] | None = None
    levels: tuple[str, ...] | None = None
    clocks: tuple[str, ...] | None = None
    urgencies: tuple[Urgency, ...] | None = None
    grave: bool = False

    @property
    def filters(self) -> Sequence[str]:
        """The names of those that are set."""
        return [name for name in FILTERS if getattr(self, name) not in (None, False)]

    def misfits(self, fact: Fact) -> Sequence[str]:
        """The names of what does not fit: `event` alone, or filters; none if the row fits."""
        if self.event != fact.type:
            return ["event"]
        return [name for name in self.filters if not FILTERS[name](getattr(self, name), fact)]

    def fits(self, fact: Fact) -> bool:
        return not self.misfits(fact)


def _is_unsolved(fact: Fact) -> bool:
    """By the caller's word; by the unit's, if the caller was not reached."""
    said = getattr(fact, "caller_solved", None)
    return (getattr(fact, "unit_solved", None) if said is None else said) is False


def _is_grave(fact: Fact) -> bool:
    """An emergency is marked before anybody has set how urgent it is."""
    return getattr(fact, "urgency", None) is Urgency.CRITICAL or bool(getattr(fact, "emergency", None))


def _sub_district(fact: Fact) -> str | None:
    place = getattr(fact, "place", None)
    return place.sub_district if place else None


def _one_of(field: str) -> Callable[[Any, Fact], bool]:
    return lambda wanted, fact: getattr(fact, field, None) in wanted


FILTERS: Final[Mapping[str, Callable[[Any, Fact], bool]]] = {
    "states": _one_of("state"),
    "after": lambda wanted, fact: getattr(fact, "previous_state", None) == wanted,
    "unsolved": lambda _, fact: _is_unsolved(fact),
    "kinds": _one_of("kind"),
    "breached": lambda _, fact: bool(getattr(fact, "breaches", ())),
    "overdue": lambda _, fact: bool(getattr(fact, "overdue", None)),
    "steps": _one_of("step"),
    "types": _one_of("type_code"),
    "areas": lambda wanted, fact: (getattr(fact, "type_code", None) or "")[:2] in wanted,
    "sub_districts": lambda wanted, fact: _sub_district(fact) in wanted,
    "levels": _one_of("level"),
    "clocks": _one_of("clock"),
    "urgencies": _one_of("urgency"),
    "grave": lambda _, fact: _is_grave(fact),
}
"""How each filter is held against a fact."""

FIELD_OF: Final[Mapping[str, str]] = {
    "states": "state",
    "after": "previous_state",
    "unsolved": "caller_solved",
    "kinds": "impact_id",
    "breached": "breaches",
    "overdue": "overdue",
    "steps": "step",
    "types": "type_code",
    "areas": "type_code",
    "sub_districts": "place",
    "levels": "level",
    "clocks": "clock",
    "urgencies": "urgency",
    "grave": "emergency",
}
"""The field that an event must have for a filter to mean anything; kinds are those of disturbances by works."""
