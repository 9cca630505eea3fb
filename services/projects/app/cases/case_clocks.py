"""The clocks of typical cases: each countermeasure's, and that of the standard which must come of a pilot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.messaging.timers import Timer
from services.chassis.working_days import SHANGHAI
from services.contracts.case_events import (
    TypicalCaseChanged,
    TypicalCaseMeasureChanged,
    TypicalCaseStandardOverdue,
)
from services.projects.app.cases.ports import CaseBook
from services.projects.app.cases.publishing import TOPIC, case_facts, measure_facts
from services.projects.app.cure import CLOCK
from services.projects.domain.cases.typical_case import CaseState, TypicalCase
from services.projects.domain.works.repair_project import RepairProject

MEASURE = "measure"
"""The kind of the timer of a countermeasure; its subject is the case and the countermeasure."""
STANDARD_DUE = "standard due"
"""The kind of the timer until a standard must have come of a pilot."""


@dataclass(frozen=True, slots=True)
class CaseClocks:
    cases: CaseBook
    stands: Callable[[Work, str], bool]
    standard_days: int

    def follow(self, work: Work, project: RepairProject) -> None:
        """The works of a project went on, or a step was taken back: its case knows when the pilot was accepted."""
        for case_id in self.cases.of_pilot(work, project.id):
            case = self.cases.lock(work, case_id)
            assert case
            if case.state is not CaseState.PILOT or case.pilot_accepted_at == project.accepted_at:
                continue
            case.pilot_accepted_at = project.accepted_at
            case.version += 1
            self.cases.save(work, case)
            work.publish(TOPIC, TypicalCaseChanged(**case_facts(case), actor=CLOCK))
            start_standard_clock(work, case, self.standard_days)

    def on_measure_due(self, timer: Timer, work: Work) -> None:
        """Handles the timer MEASURE: reports a countermeasure that nobody did in time."""
        case_id, measure_id = timer.subject.split()
        case = self.cases.lock(work, case_id)
        measure = case.measure(measure_id) if case else None
        if case is None or measure is None or measure.done_on or measure.overdue:
            return
        late = measure.late()
        case.put(late)
        case.version += 1
        self.cases.save(work, case)
        work.publish(TOPIC, TypicalCaseMeasureChanged(**case_facts(case), **measure_facts(late), actor=CLOCK))

    def on_standard_due(self, timer: Timer, work: Work) -> None:
        """Handles the timer STANDARD_DUE: reports that no standard followed a pilot in time."""
        case = self.cases.lock(work, timer.subject)
        if case is None or case.standard_overdue or case.standard_due(self.standard_days) != timer.due_at:
            return  # closed, or accepted again since: another acceptance has another timer
        if case.standard_id and self.stands(work, case.standard_id):
            return
        case.standard_overdue = True
        case.version += 1
        self.cases.save(work, case)
        work.publish(TOPIC, TypicalCaseStandardOverdue(**case_facts(case), actor=CLOCK))


def start_standard_clock(work: Work, case: TypicalCase, days: int) -> None:
    """Starts it once the pilot was accepted."""
    if due := case.standard_due(days):
        timers.start(work, STANDARD_DUE, case.id, due)


def end_of(day: date) -> datetime:
    """When a day is over."""
    return datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)
