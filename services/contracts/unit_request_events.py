"""Events of intake about what a unit asks of the hub, to hand a ticket back or for more time (topic `tickets`)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime

from services.contracts.ticket_events import DepartmentCode, TicketEvent


class TicketReturnRequested(TicketEvent):
    """The lead unit says that it is not its duty (退单); its clocks run on until somebody has decided."""

    type: ClassVar[str] = "ticket.return_requested.v1"
    lead: DepartmentCode


class TicketReturnUpheld(TicketEvent):
    """It was not `returned_by`'s duty. A TicketDispatched to the new lead follows."""

    type: ClassVar[str] = "ticket.return_upheld.v1"
    returned_by: DepartmentCode


class TicketReturnRefused(TicketEvent):
    """It stays with its lead unit, whose clocks ran on meanwhile."""

    type: ClassVar[str] = "ticket.return_refused.v1"
    lead: DepartmentCode


class TicketExtensionRequested(TicketEvent):
    """The lead unit asks for more time (延期)."""

    type: ClassVar[str] = "ticket.extension_requested.v1"


class TicketExtensionGranted(TicketEvent):
    """The settle clock ends later: `settle_by`."""

    type: ClassVar[str] = "ticket.extension_granted.v1"
    settle_by: AwareDatetime


class TicketExtensionRefused(TicketEvent):
    """The settle clock ends when it did."""

    type: ClassVar[str] = "ticket.extension_refused.v1"
