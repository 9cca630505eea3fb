"""Counts tickets: takes their facts and readings, in any order, a batch at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from services.chassis.database.work import Work
from services.chassis.messaging.subscription import traced
from services.chassis.metrics import TICKETS_COUNTED
from services.contracts.event import Envelope
from services.projects.app.detect import Detect
from services.projects.app.locked_batch import LockBatch, LockedBatch
from services.projects.app.needs.tickets import NewTicketNeeds, TicketNeeds
from services.projects.app.place_in_matter import MatterBatch, PlaceInMatter
from services.projects.app.ports import Calls, HotIssues
from services.projects.app.works.attach_complaints import AttachComplaints
from services.projects.domain.citywide import type_day
from services.projects.domain.detection import Sighted
from services.projects.domain.evidence import Reading, TicketFact
from services.projects.domain.sighting import Sighting

Detection = Callable[[Calls, HotIssues], Detect]


@dataclass(frozen=True, slots=True)
class CountTickets:
    """Handles a batch of events as if they came one by one.

    What the batch may change is locked and read at the beginning; it is decided in memory, event by event; and it is
    written at the end, with one statement a table.
    """

    lock: LockBatch
    place: PlaceInMatter
    detection: Detection
    attach: AttachComplaints
    ticket_needs: NewTicketNeeds

    def __call__(self, envelopes: Sequence[Envelope], work: Work) -> None:
        events = [envelope.event for envelope in envelopes if isinstance(envelope.event, TicketFact | Reading)]
        self.attach.answered(work, [envelope.event for envelope in envelopes])
        if not events:
            return
        self.place.lock(work, events)
        locked = self.lock(work, events)
        detect = self.detection(locked.calls, locked.issues)
        matters = self.place.batch(work, {event.ticket_id for event in events}, detect)
        locked.pending.add(matters.write)
        needs = self.ticket_needs()
        locked.pending.add(needs.write)
        counting = _Counting(locked, detect, matters, needs)
        for envelope in traced(envelopes):
            if isinstance(envelope.event, TicketFact | Reading):
                counting.take(work, envelope.event)
        locked.pending.write(work)
        self.attach.counted(work, list(counting.changed.values()))
        work.after_commit(counting.count_metrics)


@dataclass(slots=True)
class _Counting:
    batch: LockedBatch
    detect: Detect
    matters: MatterBatch
    needs: TicketNeeds
    changed: dict[str, tuple[Sighting, Sighting]] = field(default_factory=dict)
    """By ticket: as it was before the batch, and as it is now."""
    _outcomes: Counter[str] = field(default_factory=Counter)

    def take(self, work: Work, event: TicketFact | Reading) -> None:
        was = self.batch.sightings.get(event.ticket_id)
        now = was.record_fact(event) if isinstance(event, TicketFact) else was.record_reading(event)
        if isinstance(event, Reading):
            self.matters.read(event)
        if now is was:
            return
        self.batch.sightings.keep(now)
        self.changed[event.ticket_id] = (self.changed.get(event.ticket_id, (was, was))[0], now)
        self.needs.note(was, now)
        self._recount(work, event.ticket_id, was.counted, now.counted)
        if now.known_to_both:
            self.matters.place(work, now)

    def count_metrics(self) -> None:
        for outcome, count in self._outcomes.items():
            TICKETS_COUNTED.labels(outcome).inc(count)

    def _recount(self, work: Work, ticket_id: str, before: Sighted | None, after: Sighted | None) -> None:
        """`before` and `after`: where the ticket counted, and where it counts now."""
        days = self.batch.days
        self.batch.calls.move(ticket_id, before, after)
        days.move(before, after)
        if after and not before:
            self._outcomes["known" if after.call.caller_ref else "anonymous"] += 1
        if before == after:
            return
        if before and not days.event_driven(before):
            self.detect(work, before, None)
        for others in self._reassessed(before, after):
            self.detect(work, *others)
        if after and not days.event_driven(after):
            self.detect(work, None, after)

    def _reassessed(
        self, before: Sighted | None, after: Sighted | None
    ) -> Iterator[tuple[Sighted | None, Sighted | None]]:
        """The other calls that the change makes event-driven, or countable again, each as (before, after)."""
        own = {one.call.ticket_id for one in (before, after) if one}
        moved: list[tuple[Sighted | None, Sighted | None]] = []
        for day in sorted({type_day(one.cell.type_code, one.call.occurred_at) for one in (before, after) if one}):
            if found := self.batch.days.reassess_day(day):
                others = [one for one in found.calls if one.call.ticket_id not in own]
                moved += [(one, None) if found.citywide else (None, one) for one in others]
        yield from moved
