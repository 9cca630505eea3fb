"""Records the result of a call that had to deliver a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from services.chassis.commands import Conflict, Unknown
from services.chassis.database.work import Work
from services.intake.domain.calls import After, AfterCall, CallKind, CallResult, ToldByCall, after_call
from services.intake.domain.sending import SendingRules
from services.intake.domain.telling import TellingState


class CallBook(Protocol):
    def lock(self, work: Work, telling_id: str) -> ToldByCall | None:
        """The message, locked against other writers until the transaction ends; None if there is none."""

    def record(self, work: Work, told: ToldByCall, result: CallResult, actor: str, after: AfterCall) -> None:
        """Stores the call and how the message stands after it."""


@dataclass(frozen=True, slots=True)
class TakeCall:
    book: CallBook
    rules: SendingRules
    stop: Callable[[Work, str], None]

    def __call__(self, work: Work, telling_id: str, version: int, actor: str, result: CallResult) -> None:
        """Takes one result for each call; `version` is the number of tries that the caller of the person saw.

        Raises Unknown, and Conflict when somebody else has called since, or no call is needed any more.
        """
        told = self.book.lock(work, telling_id)
        if told is None:
            raise Unknown
        if not told.open:
            raise Conflict(f"it is {told.state} and nobody need call", told.tries, told.state)
        if told.tries != version:
            why = f"it was tried {told.tries} times by now, not {version}; look at it again"
            raise Conflict(why, told.tries, told.state)
        self.book.record(work, told, result, actor, self._after(work, told, result))
        if result is CallResult.REFUSED:
            self.stop(work, told.person)

    def _after(self, work: Work, told: ToldByCall, result: CallResult) -> AfterCall:
        rule = self.rules.calls[CallKind.TELL]
        match after_call(result, told.missed, rule):
            case After.DONE:
                return AfterCall(TellingState.DELIVERED)
            case After.AGAIN:
                return AfterCall(told.state, result, work.clock.now() + rule.again_after)
            case After.OVER:
                return AfterCall(TellingState.FAILED, result)
