"""What projects reads: the facts of tickets and their classifications, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from services.chassis.metrics import TICKETS_COUNTED
from services.chassis.subscription import Subscription
from services.chassis.work import Work
from services.contracts.classification_events import TicketClassified
from services.contracts.event import Envelope
from services.projects.adapters import sightings
from services.projects.adapters.hot_issues import lock_issues_of
from services.projects.adapters.loop import loop
from services.projects.domain.evidence import TicketFact, finding_of


def lock_cells(envelopes: Sequence[Envelope], work: Work) -> None:
    events = [envelope.event for envelope in envelopes if isinstance(envelope.event, TicketFact | TicketClassified)]
    claimed = {cell for event in events if (cell := finding_of(event).cell)}
    touched = sightings.lock(work.connection, {event.ticket_id for event in events}, claimed)
    lock_issues_of(work.connection, touched)


def on_ticket(envelope: Envelope, work: Work) -> None:
    assert isinstance(envelope.event, TicketFact)
    _count(sightings.tell_fact(work.connection, envelope.event), work)


def on_classified(envelope: Envelope, work: Work) -> None:
    assert isinstance(envelope.event, TicketClassified)
    _count(sightings.tell_reading(work.connection, envelope.event), work)


def _count(change: sightings.Change, work: Work) -> None:
    if change.after and not change.before:
        if change.after.call.caller_ref is None:
            outcome = "anonymous"
        else:
            outcome = "known_caller" if sightings.is_repeat(work.connection, change.after) else "new_caller"
        work.after_commit(TICKETS_COUNTED.labels(outcome).inc)
    loop().detect(work, change.before, change.after)


SUBSCRIPTION = Subscription(
    consumer="projects",
    topics=("tickets", "classifications"),
    handlers={**dict.fromkeys(get_args(TicketFact), on_ticket), TicketClassified: on_classified},
    lock_cells=lock_cells,
)
