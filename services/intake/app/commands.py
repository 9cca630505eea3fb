"""Why a person's command on a ticket is refused."""

from __future__ import annotations

from collections.abc import Callable

from services.chassis.work import Work
from services.intake.app.ports import Tickets
from services.intake.domain.ticket import Ticket

Authorise = Callable[[Ticket], None]
"""Raises unless the actor may act on this ticket."""


class Unknown(Exception):
    """There is no such thing to command."""


class Conflict(Exception):
    """What stands now is not what the command was meant for; nothing was changed."""

    def __init__(self, why: str, version: int, state: str) -> None:
        super().__init__(why)
        self.version = version
        self.state = state


class Unfit(Exception):
    """A value of the command does not fit; `field` names it, the message says why and what would."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


def must_be_at(version: int, current: int, state: str) -> None:
    """Raises Conflict unless the command was meant for the version that stands."""
    if version != current:
        raise Conflict(f"it has version {current} by now, not {version}; look at it again", current, state)


def held(tickets: Tickets, work: Work, ticket_id: str, version: int, authorise: Authorise) -> Ticket:
    """The ticket, locked, as the actor saw it. Raises Unknown, Conflict, and what `authorise` raises."""
    ticket = tickets.lock(work, ticket_id)
    if ticket is None:
        raise Unknown
    authorise(ticket)
    assert ticket.state
    must_be_at(version, ticket.version, ticket.state)
    return ticket
