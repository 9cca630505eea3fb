"""From one problem to one type of problem: all that people do with cases and standards, and their clocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.chassis.messaging.timers import TimerHandler, each
from services.projects.app.cases.case_clocks import MEASURE, STANDARD_DUE, CaseClocks
from services.projects.app.cases.work_on_case import WorkOnCase
from services.projects.app.standards.acts import StandardActs
from services.projects.app.standards.standard_clocks import ADOPT, MEND, REVIEW_STANDARD


@dataclass(frozen=True, slots=True)
class RulesOfTypes:
    cases: WorkOnCase
    clocks: CaseClocks
    standards: StandardActs

    @property
    def timers(self) -> Mapping[str, TimerHandler]:
        return {
            MEASURE: each(self.clocks.on_measure_due),
            STANDARD_DUE: each(self.clocks.on_standard_due),
            ADOPT: each(self.standards.clocks.on_adopt_due),
            MEND: each(self.standards.clocks.on_mend_due),
            REVIEW_STANDARD: each(self.standards.clocks.on_review_due),
        }
