"""Takes what a caller answers by the link in a message: it counts once, and only for the round that was asked about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.database.work import Work
from services.contracts.ticket_events import Satisfaction
from services.intake.app.answer_follow_up import AnswerFollowUp, CallerAnswer
from services.intake.app.sending_ports import LinkBook
from services.intake.app.settle_ticket import SettleTicket, Visit
from services.intake.app.ticket_desk import Command
from services.intake.domain.follow_up import MOVES, Stage
from services.intake.domain.links import Link, LinkOutcome, LinkPurpose
from services.intake.domain.steps import TicketState

CALLER = "caller"
"""The actor of what came by a link."""
STILL_NOT_SOLVED = "来电人通过短信链接答复：仍未解决"


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """`stop`: the person wants no messages. Otherwise whether it is solved, and a grade if they gave one."""

    stop: bool = False
    solved: bool = False
    satisfaction: Satisfaction | None = None

    @property
    def said(self) -> str:
        if self.stop:
            return "stop"
        return "; ".join(filter(None, ["solved" if self.solved else "not solved", self.satisfaction]))


@dataclass(frozen=True, slots=True)
class AnswerLink:
    links: LinkBook
    settlement: SettleTicket
    follow_up: AnswerFollowUp
    stop: Callable[[Work, str], None]

    def __call__(self, work: Work, token: str, answer: LinkAnswer) -> LinkOutcome | None:
        """Takes the answer; returns what became of it. None for a link that does not work.

        A link that was used before changes nothing and gives ALREADY_ANSWERED.
        """
        link = self.links.lock(work, token)
        if link is None:
            return None
        if link.used_at is not None:
            return LinkOutcome.ALREADY_ANSWERED
        outcome = self._take(work, link, answer)
        self.links.use(work, link, answer.said, outcome)
        work.after_commit(metrics.LINK_ANSWERS.labels(link.purpose, outcome).inc)
        return outcome

    def _take(self, work: Work, link: Link, answer: LinkAnswer) -> LinkOutcome:
        if answer.stop:
            ticket = self.settlement.desk.tickets.find(work, link.ticket_id)
            assert ticket
            self.stop(work, ticket.caller_ref or ticket.id)
            return LinkOutcome.STOPPED
        if link.purpose is LinkPurpose.VISIT:
            return self._visited(work, link, answer)
        if link.purpose is LinkPurpose.FOLLOW_UP:
            return self._followed(work, link, answer)
        return LinkOutcome.NOT_ASKED

    def _visited(self, work: Work, link: Link, answer: LinkAnswer) -> LinkOutcome:
        ticket = self.settlement.desk.tickets.lock(work, link.ticket_id)
        assert ticket
        if ticket.city_number:
            return LinkOutcome.CITY_ASKS
        if str(ticket.redos) != link.subject:
            return LinkOutcome.OLDER_ROUND
        if ticket.state is not TicketState.SETTLED:
            return LinkOutcome.ALREADY_ANSWERED
        # A unit that said itself that it is not solved cannot do more by doing it again: the follow-up goes on.
        again = not answer.solved and ticket.unit_solved and ticket.lead
        visit = Visit(answer.solved, answer.satisfaction, STILL_NOT_SOLVED if again else None)
        self.settlement.visit(work, ticket.id, Command(None, CALLER), visit, lambda _: None)
        return LinkOutcome.COUNTED

    def _followed(self, work: Work, link: Link, answer: LinkAnswer) -> LinkOutcome:
        follow_up_id, _, asked_round = link.subject.partition(":")
        follow_up = self.follow_up.follow_ups.lock(work, follow_up_id)
        assert follow_up
        if str(follow_up.round) != asked_round:
            return LinkOutcome.OLDER_ROUND
        if Stage.SOLVED not in MOVES[follow_up.stage]:
            return LinkOutcome.ALREADY_ANSWERED
        self.follow_up(work, follow_up_id, CallerAnswer(follow_up.version, CALLER, answer.solved))
        return LinkOutcome.COUNTED
