"""Whether a planned message is still true when it is about to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.chassis.database.work import Work
from services.intake.app.ports import EarlierMessages, FollowUps, Tellings, Tickets
from services.intake.app.to_tell import addressee, at_stage, of_ticket
from services.intake.app.works_ports import WorksBook
from services.intake.domain.occasion import Each, Occasion
from services.intake.domain.occasion_rules import Occasions
from services.intake.domain.steps import TicketState
from services.intake.domain.telling import Way
from services.intake.domain.telling_plan import Cause, obstacle
from services.intake.domain.ticket import Ticket


class Waiting(Protocol):
    """A telling that is about to be sent: a row of `tellings`."""

    @property
    def ticket_id(self) -> str: ...
    @property
    def hot_issue_id(self) -> str | None: ...
    @property
    def person(self) -> str: ...
    @property
    def occasion(self) -> str: ...
    @property
    def occurrence(self) -> str: ...
    @property
    def way(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class StillTrue:
    table: Occasions
    tellings: Tellings
    tickets: Tickets
    follow_ups: FollowUps
    works: WorksBook

    def __call__(self, work: Work, telling: Waiting) -> Cause | None:
        """Why a telling that was planned must not leave any more; None if it may. To be asked in the transaction that
        claims it. An occasion that the table has no more is over."""
        occasion = self.table.find(telling.occasion)
        ticket = self.tickets.find(work, telling.ticket_id)
        if occasion is None or ticket is None or not self._holds(work, occasion, ticket, telling):
            return Cause.SUPERSEDED
        if telling.way is None:
            return None
        before = self.tellings.earlier(work, [telling.person], work.clock.now()).get(telling.person, EarlierMessages())
        return obstacle(occasion, addressee(ticket, stopped=before.stopped), Way(telling.way))

    def _holds(self, work: Work, occasion: Occasion, ticket: Ticket, telling: Waiting) -> bool:
        """Whether the message is still true."""
        if occasion.works:
            known = self.works.known(work, occasion.works.of, telling.occurrence.partition("|")[0])
            return known is not None and occasion.works.still_holds(known, work.clock.now())
        if occasion.stages:
            issue_id = telling.hot_issue_id
            follow_up = self.follow_ups.find(work, issue_id, telling.person) if issue_id else None
            if issue_id is None or follow_up is None:
                return False
            start = self._start(work, issue_id) if occasion.when.scheduled else None
            return telling.occurrence == at_stage(issue_id, follow_up.round, follow_up.stage, start)
        counted = occasion.each in (Each.REDO, Each.PAUSE) or (
            occasion.each is Each.LIMIT and ticket.state is not TicketState.REDO
        )
        same = not counted or telling.occurrence == of_ticket(occasion, ticket, ticket.version, ticket.settle_by)
        return ticket.state in occasion.holds_in and same

    def _start(self, work: Work, hot_issue_id: str) -> str | None:
        issue = self.follow_ups.issue(work, hot_issue_id)
        start = self.follow_ups.planned_start(work, issue.project_id) if issue and issue.project_id else None
        return start.isoformat() if start else None
