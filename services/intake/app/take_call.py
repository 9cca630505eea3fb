"""Records the result of a call that had to deliver a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from services.chassis.commands import Conflict, Unknown
from services.chassis.database.work import Work
from services.intake.domain.calls import After, AfterCall, CallKind, CallResult, MessageByCall, after_call
from services.intake.domain.sending import SendingRules
from services.intake.domain.telling import TellingState


class CallBook(Protocol):
    def lock(self, work: Work, telling_id: str) -> MessageByCall | None:
        """The message, locked against other writers until the transaction ends; None if there is none."""

    def record(self, work: Work, message: MessageByCall, result: CallResult, actor: str, after: AfterCall) -> None:
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
        message = self.book.lock(work, telling_id)
        if message is None:
            raise Unknown
        if not message.open:
            raise Conflict(f"it is {message.state} and nobody need call", message.tries, message.state)
        if message.tries != version:
            why = f"it was tried {message.tries} times by now, not {version}; look at it again"
            raise Conflict(why, message.tries, message.state)
        self.book.record(work, message, result, actor, self._after(work, message, result))
        if result is CallResult.REFUSED:
            self.stop(work, message.person)

    def _after(self, work: Work, message: MessageByCall, result: CallResult) -> AfterCall:
        rule = self.rules.calls[CallKind.TELL]
        match after_call(result, message.missed, rule):
            case After.DONE:
                return AfterCall(TellingState.DELIVERED)
            case After.AGAIN:
                return AfterCall(message.state, result, work.clock.now() + rule.again_after)
            case After.OVER:
                return AfterCall(TellingState.FAILED, result)
