"""Defects of works: found, cured, and closed by somebody else."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.commands import Conflict, Unfit
from services.chassis.database.work import Work
from services.contracts.works_events import WorksDefectChanged
from services.projects.app.works.desk import TOPIC, Who, WorksDesk
from services.projects.app.works.ports import Done
from services.projects.domain.works.acts import Act
from services.projects.domain.works.defects import (
    CheckedByItself,
    Defect,
    DefectState,
    IllegalDefectStep,
    Severity,
    WorksParty,
)


@dataclass(frozen=True, slots=True)
class FoundDefect:
    """`id` is the finder's own, so that a repeated request finds one defect. `ticket`: the complaint that showed it."""

    id: str
    item_id: str
    severity: Severity
    note: str
    ticket: str | None = None


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

    def find(self, work: Work, project_id: str, found: FoundDefect, who: Who) -> Defect:
        """Opens a defect; one that is there already is answered and changes nothing."""
        site = self.desk.open(work, project_id, who, Act.FIND_DEFECT)
        there = next((one for one in site.works.defects if one.id == found.id), None)
        if there is not None:
            return there
        item = site.item(found.item_id, "item_id")
        defect = Defect(found.id, item.id, found.severity, ticket=found.ticket, note=found.note)
        if not self.desk.book.open_defect(work, project_id, defect, site.done):
            raise Unfit("id", "is another defect's; give each defect an id of its own")
        _publish(work, project_id, defect, found.note, site.done)
        return defect

    def step(self, work: Work, project_id: str, defect_id: str, step: DefectStep, who: Who) -> Defect:
        """Raises Conflict when it is in another state by now, and Unfit for a step that it cannot take."""
        site = self.desk.open(work, project_id, who, Act.FIND_DEFECT)
        defect = next((one for one in site.works.defects if one.id == defect_id), None)
        if defect is None:
            raise Unfit("defect_id", "is no defect of these works; take an id of GET /projects/{id}/works")
        if defect.state is not step.state:
            raise Conflict(f"it is {defect.state} by now", defect.version, defect.state)
        try:
            taken = defect.take(step.to, step.party)
        except IllegalDefectStep as error:
            raise Unfit("to", str(error)) from None
        except CheckedByItself:
            raise Unfit("party", "cured it; another party says whether it is cured") from None
        self.desk.book.save_defect(work, taken)
        _publish(work, project_id, taken, step.note, site.done)
        return taken


def _publish(work: Work, project_id: str, defect: Defect, note: str, done: Done) -> None:
    work.publish(
        TOPIC,
        WorksDefectChanged(
            version=defect.version,
            project_id=project_id,
            defect_id=defect.id,
            item_id=defect.item,
            severity=defect.severity,
            state=defect.state,
            cured_by=defect.cured_by,
            ticket_id=defect.ticket,
            note=note,
            **done._asdict(),
        ),
    )
