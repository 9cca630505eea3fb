"""What a ticket is evidence of: which type of problem, in which estate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from services.contracts.classification_events import TicketClassified, TicketReadAgain
from services.contracts.ticket_events import (
    EVIDENCE_KINDS,
    Place,
    RequestKind,
    Satisfaction,
    TicketDispatched,
    TicketFiledAway,
    TicketMerged,
    TicketReceived,
    TicketReclassified,
    TicketRejected,
    TicketSentToReview,
    TicketTransferred,
    TicketUnmerged,
    TicketVisited,
    TypeCode,
)

TicketFact = (
    TicketReceived
    | TicketDispatched
    | TicketSentToReview
    | TicketRejected
    | TicketTransferred
    | TicketReclassified
    | TicketMerged
    | TicketUnmerged
    | TicketVisited
    | TicketFiledAway
)
"""The facts that may change what is counted; each carries the whole state, so that no other event is needed."""

Reading = TicketClassified | TicketReadAgain
"""What a model read in a text."""

NO_EVIDENCE: frozenset[TypeCode] = frozenset({"OT"})
"""Types that name no problem of a place: such tickets are kept and never counted (docs/domain.md §8)."""


class Cell(NamedTuple):
    """Where calls add up."""

    estate: str
    type_code: TypeCode


@dataclass(frozen=True, slots=True)
class Finding:
    """What one source says a ticket is about: intake's dispatch, or the classifier's reading."""

    type_code: TypeCode | None = None
    sub_district: str | None = None
    estate: str | None = None
    estate_name: str | None = None
    kind: RequestKind | None = None

    @property
    def cell(self) -> Cell | None:
        """None when the calls cannot add up: no estate is known, or type or kind are no evidence.

        See docs/domain.md §2.6.
        """
        if self.estate is None or self.type_code is None or self.type_code in NO_EVIDENCE:
            return None
        if self.kind is not None and self.kind not in EVIDENCE_KINDS:
            return None
        return Cell(self.estate, self.type_code)


def finding_of(event: TicketFact | Reading) -> Finding:
    """Type and place as the event gives them, together: a fact without a type has not been decided yet."""
    if event.type_code is None:
        return Finding(kind=event.kind)
    place = event.place or Place()
    return Finding(event.type_code, place.sub_district, place.estate, place.estate_name, event.kind)


def is_dissatisfied(fact: TicketFact) -> bool:
    """Whether the caller said, when asked, that it is not solved or that the service was bad (docs/domain.md §2.5)."""
    return fact.caller_solved is False or fact.satisfaction in (
        Satisfaction.DISSATISFIED,
        Satisfaction.VERY_DISSATISFIED,
    )
