"""Events as projects reads them, and taking a batch of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.chassis.database.work import Workshop
from services.contracts.classification_events import TicketClassified, TicketReadAgain
from services.contracts.event import Envelope, Event
from services.contracts.ticket_events import (
    Channel,
    Place,
    RequestKind,
    TicketDispatched,
    TicketMerged,
    TicketReceived,
    TicketReclassified,
    TicketRejected,
    TicketSentToReview,
    TicketUnmerged,
    Urgency,
)
from tests.integration.projects.wired import REACHED, wired

ESTATES = {"quyang-1": "310109010", "quyang-2": "310109010", "jiaxing-1": "310109014"}
START = datetime(2026, 6, 1, tzinfo=UTC)


def ticket_id(number: int) -> str:
    return str(UUID(int=number))


def caller(number: int) -> str:
    return f"{number:032x}"


def place(estate: str | None) -> Place:
    return Place(sub_district=ESTATES.get(estate, "310109010") if estate else None, estate=estate)


def received(
    ticket: int, *, by: int | None = None, day: float = 10, version: int = 1, history: bool | None = None
) -> TicketReceived:
    at = START + timedelta(days=day)
    return TicketReceived(
        ticket_id=ticket_id(ticket),
        version=version,
        state="received",
        channel=Channel.PHONE,
        caller_ref=None if by is None else caller(by),
        occurred_at=at,
        received_at=at,
        history=history,
    )


def dispatched(
    ticket: int,
    type_code: str,
    estate: str | None,
    *,
    by: int | None = None,
    day: float = 10,
    version: int = 2,
    history: bool | None = None,
    kind: RequestKind | None = None,
) -> TicketDispatched:
    facts = received(ticket, by=by, day=day, version=version, history=history).model_dump()
    decided = {"state": "dispatched", "type_code": type_code, "place": place(estate), "lead": "housing", "kind": kind}
    return TicketDispatched.model_validate(facts | decided)


def corrected(
    what: type[TicketReclassified | TicketMerged | TicketUnmerged],
    ticket: int,
    type_code: str,
    estate: str | None,
    *,
    version: int = 3,
    **more: Any,
) -> TicketReclassified | TicketMerged | TicketUnmerged:
    """A person's correction, link or its undoing, with what the ticket counts as from now on."""
    facts = dispatched(ticket, type_code, estate, version=version, **more).model_dump()
    merged_into = ticket_id(999) if what is TicketMerged else None
    return what.model_validate(facts | {"confirmed": False, "merged_into": merged_into})


def rejected(ticket: int, type_code: str, estate: str | None, *, version: int = 3, **more: Any) -> TicketRejected:
    facts = dispatched(ticket, type_code, estate, version=version, **more).model_dump(exclude={"lead"})
    return TicketRejected.model_validate(facts | {"state": "rejected"})


def considered_again(
    ticket: int, type_code: str, estate: str | None, *, version: int = 4, **more: Any
) -> TicketSentToReview:
    facts = dispatched(ticket, type_code, estate, version=version, **more).model_dump(exclude={"lead"})
    return TicketSentToReview.model_validate(facts | {"state": "in_review", "review_reason": "reconsidered"})


def classified(
    ticket: int, type_code: str, estate: str | None, *, version: int = 1, kind: RequestKind | None = None
) -> TicketClassified:
    return TicketClassified(
        ticket_id=ticket_id(ticket),
        version=version,
        type_code=type_code,
        confidence=0.9,
        kind=kind,
        place=place(estate),
        urgency=Urgency.NORMAL,
        model_version="test",
    )


def read_again(
    ticket: int,
    type_code: str,
    estate: str | None,
    *,
    version: int = 1,
    kind: RequestKind | None = None,
    model: str = "another",
) -> TicketReadAgain:
    first = classified(ticket, type_code, estate, version=version, kind=kind).model_dump()
    return TicketReadAgain.model_validate(first | {"model_version": model})


def envelope(event: Event) -> Envelope:
    return Envelope(uuid4(), "/310109/test", START, event)


def take(workshop: Workshop, *events: Event) -> None:
    """One batch, in one transaction, without the inbox: the tables must guard themselves."""
    with workshop.open() as work:
        wired(workshop).count([envelope(event) for event in events], work)


def begin_with(workshop: Workshop, *events: Event) -> None:
    """Like `take`, for what many tests begin with. Nothing is counted in metrics where it was taken before."""
    REACHED.reach(workshop, ("taken", repr(events)), lambda: take(workshop, *events))


def take_batches(workshop: Workshop, batches: Sequence[Sequence[Event]]) -> None:
    for batch in batches:
        take(workshop, *batch)


def named(fact: TicketDispatched, name: str) -> TicketDispatched:
    place = fact.place or Place()
    return fact.model_copy(update={"place": place.model_copy(update={"estate_name": name})})
