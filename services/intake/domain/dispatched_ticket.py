"""What the steps before a unit's work make of a ticket: what it is, and whose it is (docs/domain.md §2.2, §2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.contracts.ticket_events import Place, RequestKind, Urgency
from services.intake.domain.review import ReviewReason
from services.intake.domain.scope import helpers_of
from services.intake.domain.steps import TicketStep
from services.intake.domain.ticket_record import TicketRecord

NOBODY = "nobody"
"""In place of the unit that a ticket is about: it is about none."""


@dataclass(slots=True)
class DispatchedTicket(TicketRecord):
    """The steps of receipt, reading, review and dispatch. `words` are what the actor wrote, redacted."""

    # --- what it is -------------------------------------------------------------------------------------------------

    def receive(self, actor: str, number: str) -> None:
        self.take(TicketStep.RECEIVE, self.received_at, actor)
        self.number = number

    def classify(
        self,
        at: datetime,
        actor: str,
        type_code: str,
        place: Place,
        urgency: Urgency,
        kind: RequestKind | None = None,
        *,
        confidence: float | None = None,
        signs: Sequence[str] = (),
    ) -> None:
        """By a model, which gives its `confidence` and the `signs` in the text; by a person's word without them."""
        read: dict[str, Any] = {} if confidence is None else {"confidence": confidence, "signs": list(signs)}
        self.take(TicketStep.CLASSIFY, at, actor, type_code=type_code, **read)
        self.type_code, self.kind, self.place, self.urgency = type_code, kind, place, urgency

    def reclassify(
        self,
        at: datetime,
        actor: str,
        words: str,
        *,
        type_code: str | None = None,
        kind: RequestKind | None = None,
        place: Place | None = None,
        urgency: Urgency | None = None,
        about_unit: str | None = None,
    ) -> bool:
        """A person's word on what it is; None leaves what it was, NOBODY as `about_unit` says that it is about none.

        A unit that it is about helps no more. Returns whether the machine's type was confirmed.
        """
        confirmed = type_code in (None, self.type_code)
        named = about_unit not in (None, self.about_unit or NOBODY)
        self.take(TicketStep.RECLASSIFY, at, actor, words, **({"about": about_unit} if named else {}))
        if named:
            self.about_unit = None if about_unit == NOBODY else about_unit
            self.co_handlers = self._helpers(self.co_handlers)
        self.type_code = type_code or self.type_code
        self.kind, self.place, self.urgency = kind or self.kind, place or self.place, urgency or self.urgency
        return confirmed

    def reclassify_like(self, at: datetime, actor: str, target: TicketRecord) -> None:
        """The ticket to which this one is linked was reclassified; this one keeps what it is itself."""
        self.take(TicketStep.RECLASSIFY, at, actor, follows=target.id)
        self.keep_apart(target)

    def keep_apart(self, target: TicketRecord) -> None:
        """Takes over what hides the ticket to which this one is linked: they have one answer, so that whoever may not
        see the one may not see the other."""
        self.restricted = self.restricted or target.restricted
        self.about_unit = self.about_unit or target.about_unit
        self.co_handlers = self._helpers(self.co_handlers)

    def _helpers(self, units: Sequence[str]) -> tuple[str, ...]:
        return helpers_of(units, self.lead or "", restricted=self.restricted, about_unit=self.about_unit)

    def file_away(self, at: datetime, actor: str) -> None:
        self.take(TicketStep.FILE_AWAY, at, actor)

    def send_to_review(self, at: datetime, actor: str, reason: ReviewReason) -> None:
        self.take(TicketStep.SEND_TO_REVIEW, at, actor, reason.words, **reason.facts)
        self.review_reason = reason

    def reject(self, at: datetime, actor: str, words: str) -> None:
        """Not acceptable; the words are the reason that the caller is given."""
        self.take(TicketStep.REJECT, at, actor, words)
        self.review_reason = None

    def transfer(self, at: datetime, actor: str, line: str, words: str) -> None:
        """To an emergency line (110, 119, 120, 122). The unit that had it, if any, has it no more."""
        self.take(TicketStep.TRANSFER, at, actor, words, line=line)
        self.emergency, self.review_reason, self.came_from = True, None, None

    def reconsider(self, at: datetime, actor: str, words: str) -> None:
        self.take(TicketStep.RECONSIDER, at, actor, words)
        self.review_reason = ReviewReason(words=words)

    # --- whose it is ------------------------------------------------------------------------------------------------

    def dispatch(
        self, at: datetime, actor: str, lead: str, co_handlers: Sequence[str], words: str | None = None
    ) -> None:
        """Starts the settle deadline, so that no later quarrel stops it (docs/domain.md §2.2)."""
        self._go_to(TicketStep.DISPATCH, at, actor, lead, co_handlers, words)

    def redispatch(self, at: datetime, actor: str, lead: str, co_handlers: Sequence[str], words: str) -> None:
        self._go_to(TicketStep.REDISPATCH, at, actor, lead, co_handlers, words)

    def _go_to(
        self, step: TicketStep, at: datetime, actor: str, lead: str, co_handlers: Sequence[str], words: str | None
    ) -> None:
        self.take(step, at, actor, words, lead=lead)
        self.lead, self.dispatched_at = lead, at
        self.co_handlers = self._helpers(co_handlers)
        self.review_reason = None
        self.assignee = self.signed_at = self.contacted_at = self.extension = self.paused_at = None
        self.unreached = 0

    def call_in(self, at: datetime, actor: str, unit: str, words: str) -> None:
        """One more unit helps (加派)."""
        if unit == self.lead or unit in self.co_handlers:
            raise self.refused(TicketStep.CALL_IN, f"{unit} has it already")
        if unit not in self._helpers([unit]):
            raise self.refused(TicketStep.CALL_IN, "it is for its lead alone, or about that unit")
        self.take(TicketStep.CALL_IN, at, actor, words, unit=unit)
        self.co_handlers = (*self.co_handlers, unit)

    def assign(self, at: datetime, actor: str, person: str) -> None:
        """To one of the lead's people, by the subject of their token."""
        self.take(TicketStep.ASSIGN, at, actor, person=person)
        self.assignee = person
