"""Finds the matter of each ticket without a registered estate."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from services.chassis.database.work import Work
from services.contracts.fingerprint import TermKey
from services.projects.app.detect import Detect
from services.projects.app.matter_ports import Matters
from services.projects.app.ports import CurrentRules
from services.projects.domain.commonness import Commonness
from services.projects.domain.detection import Call, Sighted
from services.projects.domain.evidence import Reading, TicketFact
from services.projects.domain.joining import JoinedMatter, Joiner, Matter
from services.projects.domain.likeness import Likeness, Trace, trace_of
from services.projects.domain.matters import Core
from services.projects.domain.sighting import Sighting
from services.projects.domain.unplaced import Unplaced, speaks_of_a_matter, text_of

WARMED_BY: Final = 3_000
"""Newest texts from which a process first learns how common terms are; then it learns from each new text."""


class CommonTerms:
    """How common terms are, as learnt by this process."""

    def __init__(self, matters: Matters, key: TermKey) -> None:
        self._matters = matters
        self._key = key
        self._learnt: Commonness | None = None

    def get(self, work: Work) -> Commonness:
        if self._learnt is None:
            self._learnt = Commonness()
            for fingerprint in self._matters.newest_fingerprints(work, WARMED_BY):
                self._learnt.learn(self._key.decode(fingerprint))
        return self._learnt


@dataclass(frozen=True, slots=True)
class PlaceInMatter:
    matters: Matters
    rules: CurrentRules
    likeness: Likeness
    common: CommonTerms

    def lock(self, work: Work, events: Collection[TicketFact | Reading]) -> None:
        """Takes the lock, before all others, if an event may change which ticket is of which matter."""
        readings = any(isinstance(event, Reading) and speaks_of_a_matter(event) for event in events)
        facts = [event.ticket_id for event in events if isinstance(event, TicketFact)]
        if readings or (facts and self.matters.any_of(work, facts)):
            self.matters.lock(work)

    def batch(self, work: Work, ticket_ids: Collection[str], detect: Detect) -> MatterBatch:
        """The caller holds the locks of the tickets."""
        return MatterBatch(self, detect, self.matters.unplaced(work, ticket_ids))


@dataclass(slots=True)
class MatterBatch:
    """Places the tickets of one batch. Texts that are not compared yet are stored in one statement at the end."""

    place_in: PlaceInMatter
    detect: Detect
    _known: dict[str, Unplaced]
    _unwritten: set[str] = field(default_factory=set)

    def read(self, reading: Reading) -> None:
        """Keeps the text of a reading that names no registered estate."""
        known = self._known.get(reading.ticket_id)
        now = known.read_again(reading) if known else text_of(reading)
        if now is not None and now is not known:
            self._known[reading.ticket_id] = now
            self._unwritten.add(reading.ticket_id)

    def place(self, work: Work, sighting: Sighting) -> None:
        """Joins a ticket that both sources know to its matter, or takes it out when it counts elsewhere."""
        text = self._known.get(sighting.ticket_id)
        if text is None or sighting.occurred_at is None:
            return
        if not sighting.may_be_of_a_matter:
            self._leave(work, text)
        elif text.compared is None:
            call = Call(sighting.ticket_id, sighting.caller_ref, sighting.occurred_at, sighting.history)
            self._join(work, text, call, sighting)

    def write(self, work: Work) -> None:
        if self._unwritten:
            self.place_in.matters.keep_texts(work, [self._known[one] for one in sorted(self._unwritten)])
            self._unwritten.clear()

    def _join(self, work: Work, text: Unplaced, call: Call, sighting: Sighting) -> None:
        matters, book, likeness = self.place_in.matters, self.place_in.rules.book(), self.place_in.likeness
        terms, common = likeness.key.decode(text.fingerprint), self.place_in.common.get(work)
        if not text.learnt:
            common.learn(terms)
        trace = trace_of(call, text.place_words, terms, likeness.key, common.rarity)
        matters.keep_compared(work, text, trace, sighting.found.sub_district)
        self._unwritten.discard(text.ticket_id)
        self._known[text.ticket_id] = replace(text, compared=call, learnt=True)
        store = matters.store_for(work, call, sighting.found.type_code or "OT", book)
        if text.chosen:  # a person chose the matter, so nothing is compared
            chosen = Matter(text.chosen, Core(frozenset(), {}))
            joined: JoinedMatter | None = JoinedMatter(chosen, store.settle(chosen, [trace]), None)
        else:
            joined = Joiner(store, book, likeness).take(trace)
        if joined:
            self._settled(joined.matter.id, joined.traces)
            # When a matter begins, counting this one ticket raises its issue with all tickets of the matter.
            self._count(work, joined.matter.id, [call] if joined.begun else [one.call for one in joined.traces])

    def _settled(self, matter_id: str, traces: Iterable[Trace]) -> None:
        for trace in traces:
            if known := self._known.get(trace.call.ticket_id):
                self._known[known.ticket_id] = replace(known, matter_id=matter_id)

    def _count(self, work: Work, matter_id: str, calls: Iterable[Call]) -> None:
        cell = self.place_in.matters.cell(work, matter_id)
        for call in calls:
            self.detect(work, None, Sighted(cell, call))

    def _leave(self, work: Work, text: Unplaced) -> None:
        """Undoes the comparison; the ticket is compared again if it comes back."""
        if text.compared is None:
            return
        matters = self.place_in.matters
        matters.release(work, text.ticket_id)
        self._known[text.ticket_id] = replace(text, compared=None, matter_id=None)
        if text.matter_id is not None:
            self.detect(work, Sighted(matters.cell(work, text.matter_id), text.compared), None)
