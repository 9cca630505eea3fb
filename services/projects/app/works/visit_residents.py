"""Keeps what came of visits before a warranty ends, and says when one is overdue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from services.chassis.commands import Unfit, must_be_at
from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.messaging.timers import Timer
from services.chassis.working_days import SHANGHAI
from services.contracts.visit_events import VisitMade, WorksWarrantyVisited
from services.projects.app.works.desk import TOPIC, Who, WorksDesk
from services.projects.app.works.mend_defect import CLOCK, FoundDefect, MendDefect
from services.projects.app.works.ports import Done
from services.projects.app.works.visit_ports import VisitBook
from services.projects.domain.works.acts import Act
from services.projects.domain.works.repair_project import ProjectState, RepairProject
from services.projects.domain.works.visits import HomeVisit, RoundKey, VisitFault, VisitResult, VisitRound, rounds_of
from services.projects.domain.works.warranty import Warranty

VISIT = "warranty-visit"
"""The kind of the timer of a round of visits; its subject is `project|block|last day of the warranties`."""


@dataclass(frozen=True, slots=True)
class Visited:
    """`version`: of the round as the person saw it, 0 before the first visit. `defect`: what was found, to be opened.

    `visit` without its defect; its id is the visitor's own, so that a repeated request is one visit.
    """

    block: str | None
    ends: date
    version: int
    visit: HomeVisit
    defect: FoundDefect | None = None


@dataclass(frozen=True, slots=True)
class VisitResidents:
    desk: WorksDesk
    book: VisitBook
    defects: MendDefect

    def __call__(self, work: Work, project_id: str, said: Visited, who: Who) -> VisitRound:
        """Raises Unfit for warranties that do not end then and a visit that cannot be, Conflict for another version."""
        site = self.desk.open(work, project_id, who, Act.VISIT)
        key = RoundKey(project_id, said.block, said.ends)
        if key not in rounds_of(project_id, site.works.warranties):
            raise Unfit(
                "ends", "no warranties of this block end then; take a row of GET /projects/{id}/warranty-visits"
            )
        kept = self.book.round(work, key)
        if any(one.id == said.visit.id for one in kept.visits):
            return kept
        must_be_at(said.version, kept.version, site.project.state or "")
        visit = said.visit
        if (visit.result is VisitResult.DEFECT) is (said.defect is None):
            missing = "is missing: name the item and what is wrong"
            raise Unfit("defect", "is for the result defect; leave it out" if said.defect else missing)
        if said.defect is not None:
            if site.item(said.defect.item_id, "defect.item_id").block != said.block:
                raise Unfit("defect.item_id", "is an item of another block")
            visit = replace(visit, defect=said.defect.id)
        try:
            visited = kept.visit(visit, site.done.at.astimezone(SHANGHAI).date(), self.desk.rules.visit_days)
        except VisitFault as fault:
            raise Unfit(fault.fact, str(fault)) from None
        if said.defect is not None:
            self.defects.find(work, project_id, said.defect, who)
        if visit.again_on:
            timers.start(work, VISIT, _subject(key), _after(visit.again_on))
        self._keep(work, site.project, visited, site.done)
        return visited

    def on_visit_due(self, timer: Timer, work: Work) -> None:
        """Handles the timers VISIT: nobody had an answer in time."""
        project_id, block, ends = timer.subject.split("|")
        project = self.desk.projects.lock(work, project_id)
        if project is None or project.state is ProjectState.CANCELLED:
            return
        kept = self.book.round(work, RoundKey(project_id, block or None, date.fromisoformat(ends)))
        today = timer.due_at.astimezone(SHANGHAI).date()
        if late := kept.fall_due(today, self.desk.rules.visit_late_days):
            self._keep(work, project, late, Done(CLOCK, work.clock.now()))

    def _keep(self, work: Work, project: RepairProject, kept: VisitRound, done: Done) -> None:
        event = WorksWarrantyVisited(
            version=kept.version,
            project_id=project.id,
            round_id=kept.key.id,
            block=kept.key.block,
            ends=kept.key.ends,
            visits=tuple(
                VisitMade(
                    visit_id=one.id,
                    on=one.on,
                    result=one.result,
                    by=one.by,
                    again_on=one.again_on,
                    defect_id=one.defect,
                    photographs=one.photographs,
                )
                for one in kept.visits
            ),
            overdue=kept.overdue,
            lead=project.lead,
            place=project.place,
            **done._asdict(),
        )
        self.book.save(work, event)
        work.publish(TOPIC, event)


def start_visit_clocks(work: Work, rounds: Iterable[VisitRound], late_days: int) -> None:
    """To be called when warranties begin, and for every round whose clocks were lost."""
    due = [(_subject(one.key), _after(one.answer_by(late_days))) for one in rounds if not (one.is_done or one.overdue)]
    timers.start_all(work, VISIT, due)


def new_rounds(project_id: str, warranties: Iterable[Warranty]) -> list[VisitRound]:
    return [VisitRound(key) for key in rounds_of(project_id, warranties)]


def _subject(key: RoundKey) -> str:
    return f"{key.project_id}|{key.block or ''}|{key.ends}"


def _after(day: date) -> datetime:
    """The first moment at which that day is over."""
    return datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)
