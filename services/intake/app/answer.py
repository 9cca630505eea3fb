"""A caller says whether the cure solved the matter; if not, another ticket goes on from theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from services.chassis import metrics
from services.chassis.work import Work
from services.chassis.working_days import SHANGHAI
from services.contracts.ticket_events import Channel
from services.intake.app.commands import Unknown, must_be_at
from services.intake.app.ports import FollowUps, Letter, Tickets, Vault
from services.intake.app.receive import take_down
from services.intake.app.redacting import redacted_of
from services.intake.domain.follow_up import MOVES, FollowUp, IllegalMove, Stage
from services.intake.domain.ticket import Ticket

GOES_ON = "\n【接续】"
"""Ends the matter: readings heed most what a text opens with, and a ticket that goes on is read as the first was."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`version` is the follow-up's as the person who asked saw it."""

    version: int
    actor: str
    solved: bool
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerFollowUp:
    tickets: Tickets
    vault: Vault
    follow_ups: FollowUps
    new_id: Callable[[], str]

    def __call__(self, work: Work, follow_up_id: str, answer: Answer) -> None:
        """Once for each time the caller is asked. Raises Unknown, Conflict, IllegalMove."""
        follow_up = self.follow_ups.lock(work, follow_up_id)
        if follow_up is None:
            raise Unknown
        must_be_at(answer.version, follow_up.version, follow_up.stage)
        if Stage.SOLVED not in MOVES[follow_up.stage]:
            raise IllegalMove(follow_up.stage, follow_up.version, Stage.SOLVED)
        note = answer.note and redacted_of(self.vault, work, follow_up.ticket_id, answer.note)
        goes_on = None if answer.solved else self._go_on(work, follow_up, answer, note)
        follow_up.answer(work.clock.now(), answer.solved, goes_on)
        self.follow_ups.save(work, [follow_up])
        self.follow_ups.keep_answer(work, follow_up, answer.actor, note)
        work.after_commit(metrics.FOLLOW_UPS.labels(follow_up.stage).inc)

    def _go_on(self, work: Work, follow_up: FollowUp, answer: Answer, note: str | None) -> str:
        """Opens a ticket on the same matter, of the same caller, that is read and dispatched like any other."""
        original = self.tickets.find(work, follow_up.ticket_id)
        assert original
        now = work.clock.now()
        ticket = Ticket(
            id=self.new_id(),
            channel=Channel.PHONE,
            caller_ref=original.caller_ref,
            occurred_at=now,
            received_at=now,
            continues=original.id,
        )
        text, address = self.tickets.words(work, original.id)
        called = original.occurred_at.astimezone(SHANGHAI)
        begun = f"{called.year}年{called.month}月{called.day}日来电的诉求，回访时仍未解决。"
        words = f"{text.partition(GOES_ON)[0]}{GOES_ON}{begun}{note or ''}"
        take_down(self.tickets, work, [Letter(ticket, answer.actor, words, address)])
        caller = self.vault.reveal(work, original.id)
        if caller:
            said = replace(caller, text=answer.note or caller.text)
            self.vault.keep(work, [(ticket.id, ticket.caller_ref, said)])
        work.after_commit(metrics.TICKETS_RECEIVED.labels(ticket.channel).inc)
        return ticket.id
