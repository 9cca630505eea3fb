"""Which message the caller of a ticket would get if an occasion came now."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.database.work import Work
from services.intake.app.ports import FollowUps, PlannedTelling
from services.intake.app.tell_callers import TellCallers
from services.intake.app.to_tell import StageReached, StepTaken, of_stage, of_step
from services.intake.domain.history import TicketHistoryEntry
from services.intake.domain.occasion import Occasion
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class TryTelling:
    tell: TellCallers
    follow_ups: FollowUps

    def __call__(self, work: Work, ticket: Ticket, occasion: Occasion) -> PlannedTelling | None:
        """Nothing is stored. None if it is an occasion of a hot issue, and the ticket's caller follows none;
        or of works, whose facts only the event has."""
        if occasion.steps:
            assert ticket.state
            entry = TicketHistoryEntry(ticket.version, work.clock.now(), occasion.steps[0], ticket.state, "")
            return self.tell.would(work, of_step(occasion, StepTaken(ticket, entry, ticket.settle_by)))
        if occasion.works:
            return None
        follow_up = self.follow_ups.of_ticket(work, ticket.id)
        issue = self.follow_ups.issue(work, follow_up.hot_issue_id) if follow_up else None
        if follow_up is None or issue is None:
            return None
        reached = StageReached(issue, ticket, occasion.stages[0], follow_up.round, follow_up.stage)
        return self.tell.would(work, of_stage(occasion, reached))
