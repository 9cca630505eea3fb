"""What somebody may do with hot issues and repair projects (ADR 27)."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Protocol

from services.chassis.commands import Forbidden, Unknown
from services.contracts.ticket_events import Place
from services.projects.app.share import DistrictShare
from services.projects.domain.rules import HUB


class Led(Protocol):
    """What lies somewhere, and whose lead one department has."""

    lead: str
    place: Place


@dataclass(frozen=True, slots=True)
class Authority:
    """The hub acts everywhere, a department where it leads. What is outside of the share does not exist for them."""

    share: DistrictShare
    is_hub: bool = False

    def may_act_on(self, one: Led) -> bool:
        return self.is_hub or one.lead in self.share.departments

    def act_on(self, one: Led) -> None:
        """Raises Unknown for what they may not see, Forbidden for what others lead."""
        if self.may_act_on(one):
            return
        if not self.share.holds(one.lead, one.place.sub_district):
            raise Unknown
        raise Forbidden("not-yours", "Another department leads", f"This is for the hub or department:{one.lead}.")

    def speaks_for(self, units: Set[str]) -> bool:
        """Whether they are one of these: departments by code, or the hub."""
        return (self.is_hub and HUB in units) or not units.isdisjoint(self.share.departments)

    def bring_tickets(self, field: str) -> None:
        """Raises Forbidden unless they may bring any ticket into a matter. Whose ticket it is, intake alone knows."""
        if not self.is_hub:
            why = "is for the hub to bring in: tell it which ticket belongs here"
            raise Forbidden("not-yours", "The hub brings tickets in", why, field)
