"""Reading the routes of `data/routing.yaml`: an error names the row and the remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from services.contracts.clock_events import CLOCKS
from services.contracts.data_files import InvalidData, read_section, row_of
from services.contracts.departments import departments
from services.contracts.districts import sub_districts
from services.contracts.event import Event
from services.contracts.hot_issue_events import ISSUE_LEVELS
from services.contracts.impact_events import IMPACT_KINDS
from services.contracts.taxonomy import OTHER, taxonomy
from services.notifier.domain.routing import FACTS, Route, Routing
from services.notifier.domain.trigger import FIELD_OF, Trigger

FILE = Path(__file__).parents[1] / "data" / "routing.yaml"


def load_routing(file: Path = FILE) -> Routing:
    """Raises InvalidData for a row that could never fit and for an event that no row names."""
    rows = enumerate(read_section(file, "routes") or (), start=1)
    routes = [_route(file, f"routes row {number}", values) for number, values in rows]
    if forgotten := sorted(FACTS.keys() - {route.event for route in routes}):
        raise InvalidData(file, "routes", f"no row names {forgotten}; add one, with `to: []` if nobody needs to know")
    return Routing(routes)


def _route(file: Path, row: str, values: object) -> Route:
    route = row_of(file, row, Route, values)
    check_trigger(file, row, route, FACTS)
    known_units(file, row, "named", route.named)
    return route


def check_trigger(file: Path, row: str, trigger: Trigger, events: Mapping[str, type[Event]]) -> type[Event]:
    """The event that a row is for. Raises InvalidData for a filter that could never fit."""
    event = events.get(trigger.event)
    if event is None:
        raise InvalidData(file, row, f"event {trigger.event!r} is none of {', '.join(events)}; correct it")
    if idle := [name for name in trigger.filters if FIELD_OF[name] not in event.model_fields]:
        raise InvalidData(file, row, f"{idle[0]}: {trigger.event} does not say that; remove it")
    for name, known in _CODES.items():
        if unknown := sorted(set(getattr(trigger, name) or ()) - set(known())):
            raise InvalidData(file, row, f"{name}: {', '.join(unknown)} is none of {', '.join(known())}; correct it")
    return event


def known_units(file: Path, row: str, field: str, units: Iterable[str]) -> None:
    """Raises InvalidData for a code that no department has."""
    if unknown := sorted(set(units) - departments().keys()):
        raise InvalidData(file, row, f"{field}: {', '.join(unknown)} is not in departments.yaml; correct it")


_CODES: Mapping[str, Callable[[], Iterable[str]]] = {
    "kinds": lambda: IMPACT_KINDS,
    "types": lambda: (*taxonomy().types, OTHER),
    "sub_districts": sub_districts,
    "levels": lambda: ISSUE_LEVELS,
    "clocks": lambda: CLOCKS,
}
"""The codes that a filter may name, where they are in a table of ours."""
