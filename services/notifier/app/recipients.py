"""The departments that are notified of a fact."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.messaging.errors import Reject
from services.contracts.clock_events import ClockOwner
from services.contracts.departments import DepartmentKind, departments
from services.contracts.districts import sub_districts
from services.contracts.supervision_events import SupervisingParty
from services.contracts.ticket_events import Place, TicketEvent
from services.notifier.domain.confidence import may_hear
from services.notifier.domain.routing import Addressee, NoRoute, Routing
from services.notifier.domain.trigger import Fact

_THEN = "restart notifier, then `closedloop dlq replay notifier`"


@dataclass(frozen=True, slots=True)
class Recipients:
    """Turns the addressees of the routing table into departments."""

    routing: Routing

    def of(self, fact: Fact) -> list[str]:
        """Codes of departments and supervising parties, each once, sorted.

        Raises Reject with the remedy where our data has a gap.
        """
        try:
            addressees = self.routing.addressees(fact)
        except NoRoute as gap:
            raise Reject(f"{gap}; add one to routing.yaml, {_THEN}") from None
        codes = {code for addressee in addressees for code in units_of(addressee, fact)}
        codes |= {known_department(code, of=fact.aggregate_id) for code in self.routing.named(fact)}
        return sorted(code for code in codes if hears_of(code, fact))


def hears_of(unit: str, fact: Fact) -> bool:
    """Whether a unit, and whoever works there, may hear of a fact at all."""
    return not isinstance(fact, TicketEvent) or may_hear(unit, fact, hub())


def known_department(code: str, of: str) -> str:
    """`code` itself; raises Reject if there is no such department. `of` says whose unit it is."""
    if code not in departments():
        raise Reject(
            f"unit {code!r} of {of} is not in departments.yaml; add it there, run `closedloop topics apply`, {_THEN}"
        )
    return code


def units_of(addressee: Addressee, fact: Fact) -> list[str]:
    """Codes of the departments, or supervising parties, that an addressee is for this fact. Raises Reject."""
    match addressee:
        case Addressee.LEAD:
            codes = [fact.lead]
        case Addressee.HUB:
            codes = [hub()]
        case Addressee.OFFICE:
            return [office] if (office := _office(fact)) else []
        case Addressee.OWNER:
            owned_by_hub = getattr(fact, "owner", None) == ClockOwner.HUB
            return units_of(Addressee.HUB if owned_by_hub else Addressee.LEAD, fact)
        case Addressee.CO_HANDLERS:
            codes = list(getattr(fact, "co_handlers", ()))
        case Addressee.SUPERVISORS:
            return [party] if (party := getattr(fact, "party", None)) else [one.value for one in SupervisingParty]
        case Addressee.RETURNED_BY:
            codes = [getattr(fact, "returned_by", "")]
        case Addressee.OFFICES:
            codes = [one.office for one in sub_districts().values()]
        case Addressee.UNIT:
            codes = [getattr(fact, "unit", "")]
    return [known_department(code, of=fact.aggregate_id) for code in codes if code is not None]


def hub() -> str:
    """The code of the district's operation centre."""
    (code,) = (one.code for one in departments().values() if one.kind is DepartmentKind.HUB)
    return code


def _office(fact: Fact) -> str | None:
    place: Place | None = getattr(fact, "place", None)
    code = place.sub_district if place else None
    if code is None:
        return None
    if code not in sub_districts():
        raise Reject(f"sub-district {code} of {fact.aggregate_id} is not in districts.yaml; add it there, {_THEN}")
    return sub_districts()[code].office
