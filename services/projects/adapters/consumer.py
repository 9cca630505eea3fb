"""What projects reads: the facts of tickets and their classifications, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from services.chassis.metrics import TICKETS_COUNTED
from services.chassis.subscription import Subscription
from services.chassis.work import Work
from services.contracts.classification_events import TicketClassified, TicketReadAgain
from services.contracts.event import Envelope
from services.projects.adapters import cell_locks, matters, sightings
from services.projects.adapters.citywide import event_driven, settle
from services.projects.adapters.hot_issues import lock_issues_of
from services.projects.adapters.loop import loop
from services.projects.domain.citywide import type_day
from services.projects.domain.detection import Sighted
from services.projects.domain.evidence import Reading, TicketFact
from services.projects.domain.rules import RuleBook


def lock_cells(envelopes: Sequence[Envelope], work: Work) -> None:
    events = [envelope.event for envelope in envelopes if isinstance(envelope.event, TicketFact | Reading)]
    matters.lock(work.connection, events)
    lock_issues_of(work.connection, cell_locks.lock(work.connection, events, loop().book))


def on_ticket(envelope: Envelope, work: Work) -> None:
    assert isinstance(envelope.event, TicketFact)
    change = sightings.tell_fact(work.connection, envelope.event)
    _count(change, work)
    if change.read_of_known:
        matters.place(work, envelope.event.ticket_id)


def on_read(envelope: Envelope, work: Work) -> None:
    assert isinstance(envelope.event, Reading)
    change = sightings.tell_reading(work.connection, envelope.event)
    _count(change, work)
    matters.tell(work.connection, envelope.event)
    if change.read_of_known:
        matters.place(work, envelope.event.ticket_id)


def _count(change: sightings.Change, work: Work) -> None:
    before, after = change.before, change.after
    if after and not before:
        if after.call.caller_ref is None:
            outcome = "anonymous"
        else:
            outcome = "known_caller" if sightings.is_repeat(work.connection, after) else "new_caller"
        work.after_commit(TICKETS_COUNTED.labels(outcome).inc)
    if before == after:
        return
    detect, book = loop().detect, loop().book
    if before and not event_driven(work.connection, before, book):
        detect(work, before, None)
    for sighted in _flipped(work, change, book):
        detect(work, *sighted)
    if after and not event_driven(work.connection, after, book):
        detect(work, None, after)


def _flipped(work: Work, change: sightings.Change, book: RuleBook) -> list[tuple[Sighted | None, Sighted | None]]:
    """What else the change makes event-driven, or no longer, as (before, after) of each other call."""
    moved: list[tuple[Sighted | None, Sighted | None]] = []
    own = {one.call.ticket_id for one in (change.before, change.after) if one}
    days = {type_day(one.cell.type_code, one.call.occurred_at) for one in (change.before, change.after) if one}
    for day in sorted(days):
        settled = settle(work.connection, day, book)
        if settled:
            calls, now_event_driven = settled
            others = [call for call in calls if call.call.ticket_id not in own]
            moved += [(call, None) if now_event_driven else (None, call) for call in others]
    return moved


SUBSCRIPTION = Subscription(
    consumer="projects",
    topics=("tickets", "classifications"),
    handlers={
        **dict.fromkeys(get_args(TicketFact), on_ticket),
        TicketClassified: on_read,
        TicketReadAgain: on_read,
    },
    lock_cells=lock_cells,
)
