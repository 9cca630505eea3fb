"""Reading `data/routing.yaml`: an error names the row and the remedy."""

from __future__ import annotations

from pathlib import Path

from services.contracts.data_files import InvalidData, read_section, row_of
from services.contracts.departments import departments
from services.contracts.impact_events import IMPACT_KINDS, WorksImpactChanged
from services.notifier.domain.routing import FACTS, Route, Routing

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
    event = FACTS.get(route.event)
    if event is None:
        raise InvalidData(file, row, f"event {route.event!r} is none of {', '.join(FACTS)}; correct it")
    if route.after is not None and "previous_state" not in event.model_fields:
        raise InvalidData(file, row, f"after: {route.event} does not say which state it left; remove it")
    if route.unsolved and "caller_solved" not in event.model_fields:
        raise InvalidData(file, row, f"unsolved: {route.event} is no fact of a ticket; remove it")
    if (route.kinds or route.breached) and event is not WorksImpactChanged:
        raise InvalidData(file, row, f"kinds, breached: {route.event} is no disturbance by works; remove them")
    if route.overdue and "overdue" not in event.model_fields:
        raise InvalidData(file, row, f"overdue: {route.event} has no clock of its own; remove it")
    if route.steps and "step" not in event.model_fields:
        raise InvalidData(file, row, f"steps: {route.event} does not say which step it is; remove them")
    if unknown := sorted(set(route.kinds or ()) - set(IMPACT_KINDS)):
        raise InvalidData(file, row, f"kinds: {', '.join(unknown)} is none of {', '.join(IMPACT_KINDS)}; correct it")
    if unknown := sorted(set(route.named) - departments().keys()):
        raise InvalidData(file, row, f"named: {', '.join(unknown)} is not in departments.yaml; correct it")
    return route
