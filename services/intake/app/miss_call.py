"""Records that somebody was called in vain: for the first contact, or to be asked after the works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.commands import Unknown, must_be_at
from services.chassis.database.work import Work
from services.intake.app.ports import Authorise, FollowUps
from services.intake.app.ticket_desk import Command, TicketDesk
from services.intake.domain.calls import Calling, CallKind, CallResult
from services.intake.domain.follow_up import Stage
from services.intake.domain.steps import TicketStep


@dataclass(frozen=True, slots=True)
class MissContact:
    desk: TicketDesk

    def __call__(self, work: Work, ticket_id: str, command: Command, result: CallResult, authorise: Authorise) -> None:
        """Raises Unknown, Conflict, IllegalTicketStep, and what `authorise` raises."""
        ticket = self.desk.lock_checked(work, ticket_id, command.version, authorise)
        ticket.miss_contact(work.clock.now(), command.actor, result)
        self.desk.save_and_publish(work, ticket, None)
        work.after_commit(metrics.TICKET_STEPS.labels(TicketStep.MISS_CONTACT).inc)


@dataclass(frozen=True, slots=True)
class MissFollowUp:
    """`stop` takes the wish to get no messages."""

    follow_ups: FollowUps
    rules: Mapping[CallKind, Calling]
    stop: Callable[[Work, str], None]

    def __call__(self, work: Work, follow_up_id: str, version: int, actor: str, result: CallResult) -> None:
        """The caller is called again later, or the follow-up ends as not reached. Raises Unknown, Conflict, and
        IllegalMove when nobody has to ask them."""
        follow_up = self.follow_ups.lock(work, follow_up_id)
        if follow_up is None:
            raise Unknown
        must_be_at(version, follow_up.version, follow_up.stage)
        follow_up.miss(work.clock.now(), result, self.rules[CallKind.ASK])
        self.follow_ups.save(work, [follow_up])
        self.follow_ups.keep_call(work, follow_up, actor, result)
        if result is CallResult.REFUSED:
            self.stop(work, follow_up.caller_ref)
        if follow_up.stage is Stage.NOT_REACHED:
            work.after_commit(metrics.FOLLOW_UPS.labels(follow_up.stage).inc)
