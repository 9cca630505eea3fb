"""Defects of works: found, cured, and closed by somebody else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services.chassis.commands import Conflict, Unfit
from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.messaging.timers import Timer
from services.chassis.working_days import SHANGHAI, Calendar
from services.contracts.event import deterministic_id
from services.contracts.works_events import WorksDefectChanged
from services.projects.app.own_ids import Named, must_be_free
from services.projects.app.works.complaint_ports import ComplaintBook
from services.projects.app.works.desk import TOPIC, Site, Who, WorksDesk
from services.projects.app.works.ports import Done
from services.projects.domain.works.acts import POSSIBLE, Act
from services.projects.domain.works.defects import (
    CLOSE,
    CheckedByItself,
    Defect,
    DefectState,
    IllegalDefectStep,
    NotTheirsToClose,
    Severity,
    WorksParty,
)
from services.projects.domain.works.inspections import Inspection
from services.projects.domain.works.items import WorksItem
from services.projects.domain.works.repair_project import RepairProject

CURE = "cure-defect"
"""The kind of the timer of the cure clock; its subject is the defect."""
CLOCK = "clock"
UNSEEN = Severity.MAJOR
"""Of a defect whose severity nobody has said yet: it holds up the hand-over until somebody has."""


@dataclass(frozen=True, slots=True)
class FoundDefect:
    """`id` is the finder's own, so that a repeated request finds one defect. `ticket`, `inspection`: what showed it."""

    id: str
    item_id: str
    severity: Severity
    note: str
    ticket: str | None = None
    inspection: str | None = None


@dataclass(frozen=True, slots=True)
class DefectStep:
    """`state`: as the person saw it. `party`: for whom they act."""

    state: DefectState
    to: DefectState
    party: WorksParty
    note: str


@dataclass(frozen=True, slots=True)
class MendDefect:
    desk: WorksDesk
    complaints: ComplaintBook
    calendar: Calendar

    def find(self, work: Work, project_id: str, found: FoundDefect, who: Who) -> Defect:
        """Opens a defect; one that is there already is answered and changes nothing."""
        site = self.desk.open(work, project_id, who, Act.FIND_DEFECT)
        there = next((one for one in site.works.defects if one.id == found.id), None)
        if there is not None:
            return there
        item = site.item(found.item_id, "item_id")
        must_be_free(self.desk.named_by, work, found.id, Named.DEFECT)
        if found.ticket is not None:
            complaint = self.complaints.kept(work, [found.ticket]).get(found.ticket)
            if complaint is None or complaint.project_id != project_id:
                raise Unfit("ticket_id", "is no complaint about these works; take one of GET /projects/{id}/complaints")
        return self._open(work, site.project, item, found, site.done)

    def of_inspection(self, work: Work, site: Site, item: WorksItem, made: Inspection) -> None:
        """What was accepted with its block stays accepted: an inspection that refuses it opens a defect, unless one is
        open that another opened."""
        if not any(one.item == item.id and one.inspection and not one.is_closed for one in site.works.defects):
            id = str(deterministic_id("works", made.id, "works.defect"))
            found = FoundDefect(id, item.id, UNSEEN, "", inspection=made.id)
            self._open(work, site.project, item, found, site.done)

    def step(self, work: Work, project_id: str, defect_id: str, step: DefectStep, who: Who) -> Defect:
        """Raises Conflict when it is in another state by now, and Unfit for a step that it cannot take."""
        site = self.desk.open(work, project_id, who, Act.FIND_DEFECT)
        defect = next((one for one in site.works.defects if one.id == defect_id), None)
        if defect is None:
            raise Unfit("defect_id", "is no defect of these works; take an id of GET /projects/{id}/works")
        if defect.state is not step.state:
            raise Conflict(f"it is {defect.state} by now", defect.version, defect.state, "changed")
        try:
            taken = defect.take(step.to, step.party)
        except IllegalDefectStep as error:
            raise Unfit("to", str(error)) from None
        except CheckedByItself:
            raise Unfit("party", "cured it; another party says whether it is cured") from None
        except NotTheirsToClose:
            raise Unfit("party", f"does not close a defect; {', '.join(sorted(CLOSE))} do") from None
        if taken.state is DefectState.OPEN:  # it is there again: another clock
            taken = replace(taken, cure_by=self._start_clock(work, taken), overdue=False)
        self.desk.book.save_defect(work, taken)
        _publish(work, site.project, taken, step.note, site.done)
        return taken

    def on_cure_due(self, timer: Timer, work: Work) -> None:
        """Handles the timers CURE: who is to cure the defect has not."""
        project_id = self.desk.book.project_of_defect(work, timer.subject)
        project = self.desk.projects.lock(work, project_id) if project_id else None
        if project is None:
            return
        works = self.desk.book.works_of(work, project.id)
        defect = next(one for one in works.defects if one.id == timer.subject)
        if late := defect.fall_due(timer.due_at):
            self.desk.book.save_defect(work, late)
            _publish(work, project, late, None, Done(CLOCK, work.clock.now()))

    def on_complaint(self, timer: Timer, work: Work) -> None:
        """Handles the timers SHOWS_A_DEFECT: a complaint opens a defect where one item alone is under warranty.

        Where there are several, a person says which.
        """
        ticket_id, _, version = timer.subject.rpartition("|")
        complaint = self.complaints.kept(work, [ticket_id]).get(ticket_id)
        if complaint is None or complaint.project_id is None or str(complaint.version) != version:
            return
        project = self.desk.projects.lock(work, complaint.project_id)
        if project is None or project.state not in POSSIBLE[Act.FIND_DEFECT]:
            return
        works = self.desk.book.works_of(work, project.id)
        day = complaint.occurred_at.astimezone(SHANGHAI).date()
        covered = {one.item for one in works.warranties if one.covers(day)}
        items = [one for one in works.built() if one.id in covered]
        id = str(deterministic_id("works", ticket_id, "works.defect"))
        known = any(one.ticket == ticket_id for one in works.defects) or self.desk.book.project_of_defect(work, id)
        if len(items) == 1 and not known:
            found = FoundDefect(id, items[0].id, UNSEEN, "", ticket_id)
            self._open(work, project, items[0], found, Done(CLOCK, work.clock.now()))

    def _open(self, work: Work, project: RepairProject, item: WorksItem, found: FoundDefect, done: Done) -> Defect:
        defect = Defect(
            found.id, item.id, found.severity, ticket=found.ticket, note=found.note, inspection=found.inspection
        )
        defect = replace(defect, cure_by=self._start_clock(work, defect))
        self.desk.book.open_defect(work, project.id, defect, done)
        _publish(work, project, defect, found.note, done)
        return defect

    def _start_clock(self, work: Work, defect: Defect) -> datetime:
        days = self.desk.rules.cure_days[defect.severity]
        due = self.calendar.after_working_days(work.clock.now(), days).due
        timers.start(work, CURE, defect.id, due)
        return due


def _publish(work: Work, project: RepairProject, defect: Defect, note: str | None, done: Done) -> None:
    work.publish(
        TOPIC,
        WorksDefectChanged(
            version=defect.version,
            project_id=project.id,
            defect_id=defect.id,
            item_id=defect.item,
            severity=defect.severity,
            state=defect.state,
            cured_by=defect.cured_by,
            ticket_id=defect.ticket,
            inspection_id=defect.inspection,
            note=note or None,
            cure_by=defect.cure_by,
            overdue=defect.overdue,
            lead=project.lead,
            place=project.place,
            **done._asdict(),
        ),
    )
