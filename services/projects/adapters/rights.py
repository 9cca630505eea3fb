"""Who sees what, and who may act: the hub everywhere, a department where it leads, a sub-district in its own area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from sqlalchemy import ColumnElement, FromClause, true

from services.chassis.identity import Actor, Role, require
from services.chassis.problems import Problem

WHOLE_DISTRICT = frozenset({Role.HUB, Role.SUPERVISOR, Role.ADMIN})

Reader = Annotated[Actor, Depends(require(*WHOLE_DISTRICT, Role.DEPARTMENT, Role.SUBDISTRICT))]
Commander = Annotated[Actor, Depends(require(Role.HUB, Role.DEPARTMENT))]


@dataclass(frozen=True, slots=True)
class Share:
    """What of the district an actor sees, by the columns `lead` and `sub_district`."""

    actor: Actor

    def of(self, table: FromClause) -> ColumnElement[bool]:
        return self.of_place(table) | table.c.lead.in_(self.actor.departments)

    def of_place(self, table: FromClause) -> ColumnElement[bool]:
        """Where no department leads."""
        if self.actor.roles & WHOLE_DISTRICT:
            return true()
        return table.c.sub_district.in_(self.actor.sub_districts)

    def holds(self, lead: str, sub_district: str | None) -> bool:
        if self.actor.roles & WHOLE_DISTRICT or lead in self.actor.departments:
            return True
        return sub_district in self.actor.sub_districts


def leads(actor: Actor) -> Callable[[str], None]:
    """Raises Problem 403 for a lead that the actor does not speak for; the hub speaks for all."""

    def authorise(lead: str) -> None:
        if Role.HUB not in actor.roles and lead not in actor.departments:
            raise Problem(403, "not-yours", "Another department leads", f"This is for the hub or department:{lead}.")

    return authorise


def not_found(what: str) -> Problem:
    return Problem(404, "not-found", f"No such {what}", f"Take the id from the list; a {what} of others is not shown.")
