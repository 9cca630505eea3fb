"""The use cases of a ticket's steps, as every way in takes them: HTTP, pages, departments' replies, the city's line."""

from __future__ import annotations

from dataclasses import dataclass

from services.intake.app.merging import MergeTickets
from services.intake.app.plain_steps import TakePlainStep
from services.intake.app.review import ReviewTicket
from services.intake.app.settle import SettleTicket
from services.intake.app.units import MoveTicket


@dataclass(frozen=True, slots=True)
class TicketSteps:
    plain: TakePlainStep
    review: ReviewTicket
    move: MoveTicket
    merging: MergeTickets
    settlement: SettleTicket
