"""Why a person's command on a ticket is refused."""

from __future__ import annotations

from collections.abc import Callable

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
