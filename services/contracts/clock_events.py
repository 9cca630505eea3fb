"""Events of intake about the clocks of a ticket (topic `tickets`)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Final

from pydantic import AwareDatetime

from services.contracts.ticket_events import TicketEvent

CLOCKS: Final = ("dispatch", "contact", "on site", "settle", "return", "adjudicate", "supervise", "redo")
"""The clocks that a ticket may have, by name."""


class ClockOwner(StrEnum):
    """Whose clock it is: the lead unit's, or the district operation centre's."""

    UNIT = "unit"
    HUB = "hub"


class TicketClockWarned(TicketEvent):
    """A good part of a clock's time has passed."""

    type: ClassVar[str] = "ticket.clock_warned.v1"
    clock: str
    owner: ClockOwner
    due: AwareDatetime


class TicketClockBreached(TicketEvent):
    """A clock ended before what it waits for was done. Told once for each clock."""

    type: ClassVar[str] = "ticket.clock_breached.v1"
    clock: str
    owner: ClockOwner
    due: AwareDatetime


class TicketClockMoved(TicketEvent):
    """The holidays of a year became known after the clock had started: its end was counted anew."""

    type: ClassVar[str] = "ticket.clock_moved.v1"
    clock: str
    owner: ClockOwner
    was_due: AwareDatetime
    due: AwareDatetime


class TicketClockBreachTakenBack(TicketEvent):
    """The end was counted anew, as in TicketClockMoved, and the breach that had been told was none."""

    type: ClassVar[str] = "ticket.clock_breach_taken_back.v1"
    clock: str
    owner: ClockOwner
    was_due: AwareDatetime
    due: AwareDatetime
