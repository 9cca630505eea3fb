"""What each step from the unit's work on makes of a ticket (docs/domain.md §2.5, §10.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.contracts.ticket_events import Satisfaction
from services.intake.domain.dispatched_ticket import DispatchedTicket
from services.intake.domain.review import ReviewReason
from services.intake.domain.steps import TicketState, TicketStep
from services.intake.domain.ticket_record import Extension

UNREACHED_ENOUGH = 3
"""After so many vain tries to reach the caller a ticket may be archived without their word (docs/domain.md §10.1)."""


class NotIndependent(ValueError):
    """Whoever handled a ticket may not ask its caller how it went (docs/domain.md §10.1)."""


@dataclass(slots=True)
class Ticket(DispatchedTicket):
    """Each method is one step. Raises IllegalTicketStep when the table or a guard refuses it; nothing has changed then.

    `words` are what the actor wrote, redacted.
    """

    # --- the unit's work --------------------------------------------------------------------------------------------

    def sign(self, at: datetime, actor: str) -> None:
        self.take(TicketStep.SIGN, at, actor)
        self.signed_at = at

    def contact(self, at: datetime, actor: str, words: str) -> None:
        """The unit spoke with the caller (先行联系); the first time counts."""
        self.take(TicketStep.CONTACT, at, actor, words)
        self.signed_at, self.contacted_at = self.signed_at or at, self.contacted_at or at
        self.unreached = 0

    def miss_contact(self, at: datetime, actor: str, result: str) -> None:
        """The unit called in vain; `result` is the code of why. The limit of the first contact runs on."""
        self.take(TicketStep.MISS_CONTACT, at, actor, result=result)
        self.unreached += 1

    def report(self, at: datetime, actor: str, words: str) -> None:
        """Interim report (中途汇报)."""
        self.take(TicketStep.REPORT, at, actor, words)
        self.signed_at = self.signed_at or at

    def assist(self, at: datetime, actor: str, unit: str, words: str, *, contacted: bool) -> None:
        """A co-handler reports its part (协办反馈), or that it spoke with the caller; the lead's duties stand."""
        if unit not in self.co_handlers:
            raise self.refused(TicketStep.ASSIST, f"{unit} is no co-handler")
        self.take(TicketStep.ASSIST, at, actor, words, unit=unit, contacted=contacted)

    def request_return(self, at: datetime, actor: str, words: str) -> None:
        self.take(TicketStep.REQUEST_RETURN, at, actor, words)
        self.returns += 1

    def uphold_return(self, at: datetime, actor: str, words: str) -> None:
        """It was not the unit's duty: its deadlines never counted. A dispatch to another unit follows at once."""
        self.take(TicketStep.UPHOLD_RETURN, at, actor, words)
        self.review_reason = ReviewReason(words=words)

    def refuse_return(self, at: datetime, actor: str, words: str) -> None:
        self.take(TicketStep.REFUSE_RETURN, at, actor, words)

    def request_extension(self, at: datetime, actor: str, words: str) -> None:
        if self.extension is not None:
            why = f"an extension was {self.extension} before; there is one"
            raise self.refused(TicketStep.REQUEST_EXTENSION, why)
        self.take(TicketStep.REQUEST_EXTENSION, at, actor, words)
        self.extension = Extension.REQUESTED

    def grant_extension(self, at: datetime, actor: str, words: str) -> None:
        self._decide_extension(TicketStep.GRANT_EXTENSION, Extension.GRANTED, at, actor, words)

    def refuse_extension(self, at: datetime, actor: str, words: str) -> None:
        self._decide_extension(TicketStep.REFUSE_EXTENSION, Extension.REFUSED, at, actor, words)

    def _decide_extension(self, step: TicketStep, outcome: Extension, at: datetime, actor: str, words: str) -> None:
        if self.extension is not Extension.REQUESTED:
            raise self.refused(step, "none is requested")
        self.take(step, at, actor, words)
        self.extension = outcome

    def pause(self, at: datetime, actor: str, words: str) -> None:
        """A procedure with a time of its own, such as an appraisal, pauses the settle deadline.

        See docs/domain.md §2.2.
        """
        if self.paused_at:
            raise self.refused(TicketStep.PAUSE, "it is paused already")
        self.take(TicketStep.PAUSE, at, actor, words)
        self.paused_at = at

    def resume(self, at: datetime, actor: str, words: str) -> None:
        if not self.paused_at:
            raise self.refused(TicketStep.RESUME, "it is not paused")
        self.take(TicketStep.RESUME, at, actor, words)
        self.paused_at = None

    def supervise(self, at: datetime, actor: str, words: str) -> None:
        """Somebody above looks after it (督办); may be ordered again."""
        self.take(TicketStep.SUPERVISE, at, actor, words)
        self.supervised = True

    def warn(self, at: datetime, actor: str, clock: str, due_at: datetime) -> None:
        """The end of a deadline is near; `clock` is its kind."""
        self.take(TicketStep.WARN, at, actor, clock=clock, due=due_at.isoformat())

    def breach(self, at: datetime, actor: str, clock: str, due_at: datetime) -> None:
        """A deadline has passed; `clock` is its kind."""
        self.take(TicketStep.BREACH, at, actor, clock=clock, due=due_at.isoformat())

    def recount(self, at: datetime, actor: str, clock: str, was: datetime, due_at: datetime, taken_back: bool) -> None:
        """A deadline was counted anew, because the holidays of its year became known; `clock` is its kind.

        `taken_back`: its breach had been recorded and was none.
        """
        breach: dict[str, Any] = {"breach_taken_back": True} if taken_back else {}
        self.take(TicketStep.RECOUNT, at, actor, clock=clock, was=was.isoformat(), due=due_at.isoformat(), **breach)

    # --- one matter, many tickets -----------------------------------------------------------------------------------

    def merge(self, at: datetime, actor: str, into: str, words: str | None) -> None:
        """Links it to the ticket of the same matter (并单): this one keeps its caller and gets its own answer.

        `words` None: the caller joined what was known when they called.
        """
        self.take(TicketStep.MERGE, at, actor, words, into=into, **({"joins": True} if words is None else {}))
        self.merged_into = into

    def unmerge(self, at: datetime, actor: str, words: str) -> None:
        self.take(TicketStep.UNMERGE, at, actor, words)
        self.merged_into = None

    # --- the end ----------------------------------------------------------------------------------------------------

    def settle(self, at: datetime, actor: str, unit_solved: bool, words: str | None = None) -> None:
        """The unit's word. A later one, after a redo, counts in place of the first, but not for when it was settled:
        the redo has a limit of its own.
        """
        self.take(TicketStep.SETTLE, at, actor, words, solved=unit_solved)
        self.settled_at, self.settled_by, self.unit_solved = self.settled_at or at, actor, unit_solved
        self.unreached, self.paused_at, self.came_from = 0, None, None

    @property
    def on_time(self) -> bool:
        """Whether it was settled before its settle deadline."""
        return self.settled_at is not None and self.settle_by is not None and self.settled_at <= self.settle_by

    def miss(self, at: datetime, actor: str, words: str) -> None:
        """The caller was tried and not reached."""
        self.take(TicketStep.MISS, at, actor, words)
        self.unreached += 1

    def visit(
        self,
        at: datetime,
        actor: str,
        caller_solved: bool,
        satisfaction: Satisfaction | None,
        words: str | None = None,
    ) -> None:
        """Raises NotIndependent if the actor settled the ticket."""
        if self.state is TicketState.SETTLED and actor == self.settled_by:
            raise NotIndependent(f"{actor} settled the ticket and cannot ask its caller")
        self.take(TicketStep.VISIT, at, actor, words, solved=caller_solved)
        self.visited_at, self.caller_solved, self.satisfaction = at, caller_solved, satisfaction

    def order_redo(self, at: datetime, actor: str, words: str, city_by: datetime | None = None) -> None:
        """The unit does it again (重办); the indicators keep what its caller said when they are asked again.

        The city's deadline was for the first time; `city_by` is its new one, if it sets one.
        """
        self.take(TicketStep.ORDER_REDO, at, actor, words)
        self.city_by = city_by
        self.redos += 1

    def archive(self, at: datetime, actor: str) -> None:
        """After the caller's word, or when they could not be reached often enough."""
        if self.state is TicketState.SETTLED and self.unreached < UNREACHED_ENOUGH:
            why = f"the caller was tried {self.unreached} times; {UNREACHED_ENOUGH} are needed"
            raise self.refused(TicketStep.ARCHIVE, why)
        self.take(TicketStep.ARCHIVE, at, actor)
