"""Who sees which tickets, and who may act on them (ADR 27)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from services.chassis.commands import Forbidden, Unknown
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem
from services.intake.app.ports import Authorise
from services.intake.domain.scope import TicketScope
from services.intake.domain.ticket import Ticket

SEE_ALL = (Role.HUB, Role.SUPERVISOR, Role.ADMIN)

Operator = Annotated[Actor, Depends(require(Role.HUB))]
Overseer = Annotated[Actor, Depends(require(*SEE_ALL))]
Reader = Annotated[Actor, Depends(require(*SEE_ALL, Role.DEPARTMENT, Role.SUBDISTRICT))]
Handler = Annotated[Actor, Depends(require(Role.HUB, Role.DEPARTMENT))]


def sees_all(actor: Actor) -> bool:
    return not actor.roles.isdisjoint(SEE_ALL)


def scope_of(actor: Actor) -> TicketScope | None:
    """The tickets that the actor may see; None means all."""
    if Role.HUB in actor.roles:
        return None
    return TicketScope(actor.departments, actor.sub_districts, sees_all(actor), actor.subject)


def departments_of(actor: Actor, asked: str | None) -> frozenset[str] | None:
    """The departments whose figures the actor gets; None means all. Raises Problem 403 for one of others."""
    if sees_all(actor):
        return frozenset({asked}) if asked else None
    if asked is None:
        return actor.departments
    if asked not in actor.departments:
        remedy = "department: ask for your own, or leave it out."
        raise Problem(403, "not-yours", "Another department's figures", remedy)
    return frozenset({asked})


def inboxes_of(actor: Actor) -> tuple[list[str] | None, list[str]]:
    """The (departments, sub-districts) whose inbox the actor may open; None for every department."""
    return (None if sees_all(actor) else sorted(actor.departments)), sorted(actor.sub_districts)


def inbox_for(actor: Actor, asked: str) -> str:
    """The unit whose inbox is opened; "" is the whole district. Raises Problem 404 for a unit of others."""
    departments, sub_districts = inboxes_of(actor)
    if departments is None:
        return asked
    own = [*departments, *sub_districts]
    if not own or (asked and asked not in own):
        raise no_such_ticket()
    return asked or own[0]


def no_such_ticket() -> Problem:
    return Problem(404, "not-found", "No such ticket", "ticket_id: take it from the answer to POST /tickets.")


def may_lead(actor: Actor, lead: str | None) -> bool:
    """Whether the actor is the hub, or speaks for the department that leads."""
    return Role.HUB in actor.roles or lead in actor.departments


def _must_be_seen(actor: Actor, ticket: Ticket) -> None:
    """Raises Unknown: `admitted` refuses what is hidden like what does not exist, wherever it is named."""
    scope = scope_of(actor)
    if scope is not None and not scope.holds(ticket):
        raise Unknown


def as_lead(actor: Actor) -> Authorise:
    """Allows the hub and the department that leads. To whoever may not see it, the ticket does not exist."""

    def authorise(ticket: Ticket) -> None:
        _must_be_seen(actor, ticket)
        if may_lead(actor, ticket.lead):
            return
        detail = f"This is for the hub and for department:{ticket.lead} to do; tell them what you know."
        raise Forbidden("not-yours", "Another department leads", detail)

    return authorise


def as_co_handler(actor: Actor) -> Authorise:
    """Allows the departments that help. To a department that has no part, the ticket does not exist."""

    def authorise(ticket: Ticket) -> None:
        _must_be_seen(actor, ticket)
        if not actor.departments.isdisjoint(ticket.co_handlers):
            return
        if not may_lead(actor, ticket.lead):
            raise Unknown
        raise Forbidden("not-yours", "For co-handlers", "Report as the lead, or have the unit that helps report.")

    return authorise


def as_independent(actor: Actor) -> Authorise:
    """Refuses whoever speaks for the department that leads, and every ticket of the city's: the city visits back."""

    def authorise(ticket: Ticket) -> None:
        if ticket.city_number:
            detail = "The city's hotline asks this caller and says what came of it; wait for its word."
            raise Forbidden("city-visits-back", "The city visits back", detail)
        if ticket.lead in actor.departments:
            raise handler_may_not_visit("You speak for the department that handled this ticket")

    return authorise


def as_role(_: Actor) -> Authorise:
    """Allows whoever has the route's role."""
    return lambda _: None


def handler_may_not_visit(why: str) -> Forbidden:
    detail = f"{why}: somebody who had no part in handling it must ask the caller."
    return Forbidden("handler-may-not-visit", "The handler does not ask the caller", detail)
