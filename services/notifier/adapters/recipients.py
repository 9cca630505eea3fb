"""Which departments the parties of a fact are."""

from __future__ import annotations

from functools import cache

from services.chassis.errors import Reject
from services.contracts.departments import DepartmentKind, departments
from services.contracts.districts import sub_districts
from services.contracts.ticket_events import ClockOwner
from services.notifier.adapters.routing_file import routing
from services.notifier.domain.routing import Fact, NoRoute, Party

_THEN = "restart notifier, then `closedloop dlq replay notifier`"


def departments_of(fact: Fact) -> list[str]:
    """The codes of those to be told, each once, sorted. Raises Reject with the remedy where our data has a gap."""
    try:
        parties = routing().parties(fact)
    except NoRoute as gap:
        raise Reject(f"{gap}; add one to routing.yaml, {_THEN}") from None
    return sorted({code for party in parties if (code := _department(party, fact))})


def known(department: str, of: str) -> str:
    """The code itself; raises Reject if there is no such department."""
    if department not in departments():
        raise Reject(
            f"lead {department!r} of {of} is not in departments.yaml; add it there, run `closedloop topics apply`,"
            f" {_THEN}"
        )
    return department


def _department(party: Party, fact: Fact) -> str | None:
    match party:
        case Party.LEAD:
            return known(fact.lead, of=fact.aggregate_id) if fact.lead else None
        case Party.HUB:
            return _hub()
        case Party.OFFICE:
            return _office(fact)
        case Party.OWNER:
            return _department(Party.HUB if getattr(fact, "owner", None) == ClockOwner.HUB else Party.LEAD, fact)
        case Party.CALLED_IN:
            return known(getattr(fact, "unit", ""), of=fact.aggregate_id)
        case Party.RETURNED_BY:
            return known(getattr(fact, "returned_by", ""), of=fact.aggregate_id)


@cache
def _hub() -> str:
    (hub,) = (one.code for one in departments().values() if one.kind is DepartmentKind.HUB)
    return hub


def _office(fact: Fact) -> str | None:
    code = fact.place.sub_district if fact.place else None
    if code is None:
        return None
    if code not in sub_districts():
        raise Reject(f"sub-district {code} of {fact.aggregate_id} is not in districts.yaml; add it there, {_THEN}")
    return sub_districts()[code].office
