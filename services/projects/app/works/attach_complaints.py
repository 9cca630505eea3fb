"""Attaches complaints to the works that they are about, whichever of the two was known first.

Two transactions may decide at once: one on a ticket, one on a project that starts. Both hold the lock of the cell of
estate and type, so the second sees what the first did. A ticket's transaction never locks a project.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.messaging.timers import Timer
from services.contracts.complaint_events import WorksComplaintChanged
from services.contracts.event import Event
from services.contracts.ticket_events import TicketRedoOrdered, TicketSettled
from services.projects.app.counting_ports import CellCalls
from services.projects.app.works.complaint_ports import Answer, ComplaintBook
from services.projects.app.works.desk import TOPIC
from services.projects.domain.evidence import Cell
from services.projects.domain.sighting import Sighting
from services.projects.domain.works.complaints import Complaint, about
from services.projects.domain.works.rules import WorksRules

ATTACH = "attach-complaints"
"""The kind of the timer that a project's step sets: its complaints are to be looked for."""
SHOWS_A_DEFECT = "works-complaint"
"""The kind of the timer of a complaint that may open a defect."""
ACTOR = "projects"

TicketAnswer = TicketSettled | TicketRedoOrdered


@dataclass(frozen=True, slots=True)
class AttachComplaints:
    book: ComplaintBook
    cells: CellCalls
    rules: WorksRules

    def answered(self, work: Work, events: Sequence[Event]) -> None:
        """Keeps which complaints were answered, and which are to be done again."""
        if newest := newest_answers(events, self.rules.complaint_rules):
            self.book.keep_answers(work, newest)

    def counted(self, work: Work, changed: Sequence[tuple[Sighting, Sighting]]) -> None:
        """Each ticket as it counted before the batch, and as it counts now; the caller holds the locks of its cells."""
        concerned = [now for was, now in changed if self._is_complaint(was) or self._is_complaint(now)]
        if concerned:
            self._decide(work, concerned)

    def on_works_moved(self, due: Sequence[Timer], work: Work) -> None:
        """Handles the timers ATTACH, whose subject is `project|version`: looks at all complaints of the estates."""
        estates = self.book.estates_of(work, {timer.subject.partition("|")[0] for timer in due})
        types = sorted(self.rules.complaint_rules)
        if estates:
            self.cells.lock(work, {Cell(estate, type_code) for estate in estates for type_code in types})
            self._decide(work, self.book.in_estates(work, estates, types))

    def _is_complaint(self, sighting: Sighting) -> bool:
        counted = sighting.counted
        return counted is not None and counted.cell.type_code in self.rules.complaint_rules

    def _decide(self, work: Work, sightings: Sequence[Sighting]) -> None:
        estates = {counted.cell.estate for one in sightings if (counted := one.counted)}
        spans = self.book.spans(work, estates) if estates else {}
        kept = self.book.kept(work, [one.ticket_id for one in sightings])
        changed = []
        for one in sightings:
            counted, known = one.counted, kept.get(one.ticket_id)
            project_id = about(one, spans.get(counted.cell.estate, ()), self.rules.complaint_rules) if counted else None
            if project_id is None and (known is None or known.project_id is None):
                continue
            if project_id is None or counted is None:
                assert known
                changed.append(replace(known, project_id=None, version=known.version + 1))
                continue
            now = Complaint(
                one.ticket_id,
                project_id,
                counted.cell.type_code,
                counted.call.occurred_at,
                known.version if known else 0,
            )
            if now != known:
                changed.append(replace(now, version=now.version + 1))
        if changed:
            self._keep(work, sorted(changed, key=lambda one: one.ticket_id))

    def _keep(self, work: Work, changed: Sequence[Complaint]) -> None:
        self.book.save(work, changed)
        now = work.clock.now()
        for one in changed:
            work.publish(
                TOPIC,
                WorksComplaintChanged(
                    version=one.version,
                    project_id=one.project_id,
                    ticket_id=one.ticket_id,
                    type_code=one.type_code,
                    occurred_at=one.occurred_at,
                    at=now,
                ),
            )
        in_warranty = [one for one in changed if one.project_id and one.type_code in self.rules.defect_complaints]
        timers.start_all(work, SHOWS_A_DEFECT, [(f"{one.ticket_id}|{one.version}", now) for one in in_warranty])


def newest_answers(events: Iterable[Event], types: Collection[str]) -> list[Answer]:
    """One for each ticket of these types, in the order of their ids."""
    newest: dict[str, Answer] = {}
    for event in events:
        if isinstance(event, TicketAnswer) and event.type_code in types:
            known = newest.get(event.ticket_id)
            if known is None or known.version < event.version:
                at = event.settled_at if isinstance(event, TicketSettled) else None
                newest[event.ticket_id] = Answer(event.ticket_id, event.version, at)
    return [newest[one] for one in sorted(newest)]


def works_moved(work: Work, project_id: str, version: int) -> None:
    """To be called in the transaction of each step of a project: it may change which complaints are about it."""
    timers.start(work, ATTACH, f"{project_id}|{version}", work.clock.now())
