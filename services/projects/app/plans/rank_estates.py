"""Ranks the estates that have needs: what is known of each, as the values of its rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.chassis.database.work import Work
from services.contracts.taxonomy import Taxonomy
from services.contracts.ticket_events import Urgency
from services.projects.app.measure_heat import MeasureHeat
from services.projects.app.plans.ports import Candidate
from services.projects.domain.plan_rules import RankPart

URGENCIES = (Urgency.NORMAL, Urgency.URGENT, Urgency.CRITICAL)
"""From the least pressing, which is 1; without an open hot issue it is 0."""


@dataclass(frozen=True, slots=True)
class RankEstates:
    heat: MeasureHeat
    taxonomy: Taxonomy

    def values_of(
        self, work: Work, candidate: Candidate, year: int, agreement: int | None
    ) -> Mapping[RankPart, int | None]:
        """`year` is the plan's. None: not known."""
        return {
            RankPart.URGENCY: max(map(self._urgency, (one.cell.type_code for one in candidate.issues)), default=0),
            RankPart.HEAT: round(sum(self._heat(work, candidate))),
            RankPart.AGE: max(0, year - candidate.built) if candidate.built else None,
            RankPart.CALLERS: candidate.callers,
            RankPart.LAST_REPAIR: max(0, year - candidate.repaired) if candidate.repaired else None,
            RankPart.AGREEMENT: agreement,
        }

    def _urgency(self, type_code: str) -> int:
        kind = self.taxonomy.types.get(type_code)
        return URGENCIES.index(kind.urgency if kind else Urgency.NORMAL) + 1

    def _heat(self, work: Work, candidate: Candidate) -> list[float]:
        tallies = [(one, self.heat.issues.tally(work, one)) for one in candidate.issues]
        return [self.heat(work, issue, tally).score for issue, tally in tallies if tally]
