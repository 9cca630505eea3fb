"""Records whether the cure solved the caller's problem; if not, opens a ticket that continues theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from services.chassis import metrics
from services.chassis.commands import Unknown, must_be_at
from services.chassis.database.work import Work
from services.chassis.working_days import SHANGHAI
from services.contracts.ticket_events import Channel
from services.intake.app.ports import FollowUps, NewTicket
from services.intake.app.receive_ticket import add_and_publish
from services.intake.app.ticket_desk import TicketDesk
from services.intake.domain.follow_up import MOVES, IllegalMove, Stage
from services.intake.domain.ticket import Ticket

GOES_ON = "\n【接续】"
"""Begins the addition to the text, at its end: the classifier gives most weight to how a text begins."""


@dataclass(frozen=True, slots=True)
class CallerAnswer:
    """`version` is the follow-up's, as seen by the person who asked the caller."""

    version: int
    actor: str
    solved: bool
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerFollowUp:
    desk: TicketDesk
    follow_ups: FollowUps
    new_id: Callable[[], str]

    def __call__(self, work: Work, follow_up_id: str, answer: CallerAnswer) -> None:
        """Takes one answer for each time the caller was asked. Raises Unknown, Conflict, IllegalMove."""
        follow_up = self.follow_ups.lock(work, follow_up_id)
        if follow_up is None:
            raise Unknown
        must_be_at(answer.version, follow_up.version, follow_up.stage)
        if Stage.SOLVED not in MOVES[follow_up.stage]:
            raise IllegalMove(follow_up.stage, follow_up.version, Stage.SOLVED)
        original = self.desk.tickets.find(work, follow_up.ticket_id)
        assert original
        note = answer.note and self.desk.redacted(work, original, answer.note)
        goes_on = None if answer.solved else self._go_on(work, original, answer, note)
        follow_up.answer(work.clock.now(), answer.solved, goes_on)
        self.follow_ups.save(work, [follow_up])
        self.follow_ups.keep_answer(work, follow_up, answer.actor, note)
        work.after_commit(metrics.FOLLOW_UPS.labels(follow_up.stage).inc)

    def _go_on(self, work: Work, original: Ticket, answer: CallerAnswer, note: str | None) -> str:
        """Opens a ticket of the same caller with the same text, to be classified and dispatched like any other."""
        now = work.clock.now()
        ticket = Ticket(
            id=self.new_id(),
            channel=Channel.PHONE,
            caller_ref=original.caller_ref,
            occurred_at=now,
            received_at=now,
            continues=original.id,
            about_unit=original.about_unit,
            reach=original.reach,
            confidential=original.confidential,
        )
        text, address = self.desk.tickets.words(work, original.id)
        called = original.occurred_at.astimezone(SHANGHAI)
        begun = f"{called.year}年{called.month}月{called.day}日来电的诉求，回访时仍未解决。"
        words = f"{text.partition(GOES_ON)[0]}{GOES_ON}{begun}{note or ''}"
        add_and_publish(self.desk.tickets, work, [NewTicket(ticket, answer.actor, words, address)])
        caller = self.desk.vault.reveal(work, original.id)
        if caller:
            said = replace(caller, text=answer.note or caller.text)
            self.desk.vault.keep(work, [(ticket.id, ticket.caller_ref, said)])
        work.after_commit(metrics.TICKETS_RECEIVED.labels(ticket.channel).inc)
        return ticket.id
