"""Where disturbances are kept. A call works inside the transaction of `work`, whose project is locked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from services.chassis.database.work import Work
from services.contracts.impact_events import WorksImpactChanged, WorksImpactsPlanned
from services.projects.domain.works.disturbance import Disturbance
from services.projects.domain.works.impact import ImpactPlan


class KeptPlan(NamedTuple):
    """`version` 0: nothing was planned yet, and the plan is the usual one."""

    plan: ImpactPlan
    version: int


class ImpactBook(Protocol):
    def plan(self, work: Work, project_id: str) -> KeptPlan | None:
        """What the project promised; without the days of `data/works.yaml`."""

    def save_plan(self, work: Work, event: WorksImpactsPlanned) -> None:
        """As in its event, in place of the one before."""

    def disturbances(self, work: Work, project_id: str) -> Sequence[Disturbance]:
        """The earliest first."""

    def save(self, work: Work, event: WorksImpactChanged) -> None:
        """As in its event, in place of an older version of the same."""
