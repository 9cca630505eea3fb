"""Many estates that complain of the same thing."""

from __future__ import annotations

from services.contracts.ticket_events import Place, TicketDispatched
from tests.integration.projects.events import dispatched

SUB_DISTRICTS = ("310109009", "310109010", "310109011", "310109014")


def storm(*, first: int = 1000, estates: int = 14, day: float = 5, each: int = 6) -> list[TicketDispatched]:
    """On one day `each` callers of every estate call about a leaking roof."""
    numbers = range(estates * each)
    return [somewhere(first + n, n % estates, by=first + n, day=day + n / 400) for n in numbers]


def somewhere(ticket: int, estate: int, *, by: int, day: float, type_code: str = "MJ01") -> TicketDispatched:
    call = dispatched(ticket, type_code, None, by=by, day=day)
    place = Place(sub_district=SUB_DISTRICTS[estate % 4], estate=f"estate-{estate}", estate_name=f"{estate}号小区")
    return call.model_copy(update={"place": place})
