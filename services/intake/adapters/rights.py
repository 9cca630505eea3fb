"""Who sees which tickets, and who may act on them (DESIGN §7)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy import Connection

from services.chassis.identity import Actor, Role, require
from services.chassis.problems import Problem
from services.intake.adapters.views import Share, ticket_with_history
from services.intake.app.commands import Authorise
from services.intake.domain.ticket import Ticket

SEE_ALL = (Role.HUB, Role.SUPERVISOR, Role.ADMIN)

Operator = Annotated[Actor, Depends(require(Role.HUB))]
Overseer = Annotated[Actor, Depends(require(*SEE_ALL))]
Reader = Annotated[Actor, Depends(require(*SEE_ALL, Role.DEPARTMENT, Role.SUBDISTRICT))]
Handler = Annotated[Actor, Depends(require(Role.HUB, Role.DEPARTMENT))]


def share_of(actor: Actor) -> Share | None:
    """Whose tickets the actor may see; None means all."""
    return Share(actor.departments, actor.sub_districts) if actor.roles.isdisjoint(SEE_ALL) else None


def no_such_ticket() -> Problem:
    return Problem(404, "not-found", "No such ticket", "ticket_id: take it from the answer to POST /tickets.")


def seen_by(connection: Connection, ticket_id: str, actor: Actor) -> dict[str, Any]:
    """The ticket with its history. Raises Problem 404 when it is not there for the actor."""
    ticket, share = ticket_with_history(connection, ticket_id), share_of(actor)
    if ticket is None or (share and not share.holds(ticket)):
        raise no_such_ticket()
    return ticket


def may_lead(actor: Actor, lead: str | None) -> bool:
    """The hub, or the department that leads."""
    return Role.HUB in actor.roles or lead in actor.departments


def as_lead(actor: Actor) -> Authorise:
    """The hub, or the department that leads; a ticket of others does not exist for a department."""

    def authorise(ticket: Ticket) -> None:
        if may_lead(actor, ticket.lead):
            return
        if actor.departments.isdisjoint(ticket.co_handlers):
            raise no_such_ticket()
        detail = f"This is for the hub and for department:{ticket.lead} to do; tell them what you know."
        raise Problem(403, "not-yours", "Another department leads", detail)

    return authorise


def as_independent(actor: Actor) -> Authorise:
    """Nobody who also speaks for the department that leads; a ticket of the city's is visited back by the city."""

    def authorise(ticket: Ticket) -> None:
        if ticket.city_number:
            detail = "The city's hotline asks this caller and says what came of it; wait for its word."
            raise Problem(403, "city-visits-back", "The city visits back", detail)
        if ticket.lead in actor.departments:
            raise handler_may_not_visit("You speak for the department that handled this ticket")

    return authorise


def anyone(_: Ticket) -> None:
    """Whoever has the route's role."""


def handler_may_not_visit(why: str) -> Problem:
    detail = f"{why}: somebody who had no part in handling it must ask the caller."
    return Problem(403, "handler-may-not-visit", "The handler does not ask the caller", detail)
