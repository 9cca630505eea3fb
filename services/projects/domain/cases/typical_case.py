"""A typical case (典型案例): one type of problem, from its proposal to the standard that ends it.

See docs/domain.md §3.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain

from services.projects.domain.cases.root_causes import Countermeasure, RootCause


class CaseState(StrEnum):
    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    CHOSEN = "chosen"
    ANALYSED = "analysed"
    PILOT = "pilot"
    CLOSED = "closed"


class Criterion(StrEnum):
    """What a case is chosen by: 小切口、高关注、近居民."""

    SMALL_CUT = "small_cut"
    HIGH_ATTENTION = "high_attention"
    CLOSE_TO_RESIDENTS = "close_to_residents"


class Proposer(StrEnum):
    RULE = "rule"
    PERSON = "person"


class CaseAct(StrEnum):
    CHOOSE = "choose"
    FIND_CAUSE = "find_cause"
    DO_MEASURE = "do_measure"
    ANALYSE = "analyse"
    PILOT = "pilot"
    DRAFT_STANDARD = "draft_standard"
    CLOSE = "close"


POSSIBLE: Mapping[CaseAct, frozenset[CaseState]] = {
    CaseAct.CHOOSE: frozenset({CaseState.PROPOSED}),
    CaseAct.FIND_CAUSE: frozenset({CaseState.CHOSEN, CaseState.ANALYSED, CaseState.PILOT}),
    CaseAct.DO_MEASURE: frozenset({CaseState.CHOSEN, CaseState.ANALYSED, CaseState.PILOT, CaseState.CLOSED}),
    CaseAct.ANALYSE: frozenset({CaseState.CHOSEN}),
    CaseAct.PILOT: frozenset({CaseState.ANALYSED, CaseState.PILOT}),
    CaseAct.DRAFT_STANDARD: frozenset({CaseState.ANALYSED, CaseState.PILOT}),
    CaseAct.CLOSE: frozenset({CaseState.PROPOSED, CaseState.CHOSEN, CaseState.ANALYSED, CaseState.PILOT}),
}
"""In which states each act is done. Withdrawn: the rule no longer finds it, and may find it again."""
ENDED = frozenset({CaseState.WITHDRAWN, CaseState.CLOSED})
"""No evidence joins it any more, and its type is free for another."""


@dataclass(slots=True)
class TypicalCase:
    """`version` rises with every change, which is published. `ordinal`: cases of the type that were closed before.

    `hot_issues`: those that it was proposed with; `later_issues`: those of the type since, which are evidence, too.

    `criteria`: the evidence for each. `pilot`: the project in which the cure is tried; `pilot_accepted_at`: when its
    works were accepted. `standard_overdue`: no standard came of it in time. `reason`: why it was closed without one.
    """

    id: str
    type_code: str
    lead: str
    proposed_at: datetime
    hot_issues: tuple[str, ...]
    estates: int
    sub_districts: tuple[str, ...]
    rules_version: int | None
    state: CaseState = CaseState.PROPOSED
    version: int = 0
    ordinal: int = 0
    proposed_by: Proposer = Proposer.RULE
    criteria: Mapping[Criterion, str] = field(default_factory=dict)
    causes: tuple[RootCause, ...] = ()
    pilot: str | None = None
    pilot_accepted_at: datetime | None = None
    standard_id: str | None = None
    standard_overdue: bool = False
    reason: str | None = None
    closed_at: datetime | None = None
    later_issues: tuple[str, ...] = ()

    def measures(self) -> list[Countermeasure]:
        return list(chain.from_iterable(cause.measures for cause in self.causes))

    def measure(self, measure_id: str) -> Countermeasure | None:
        return next((one for one in self.measures() if one.id == measure_id), None)

    def put(self, measure: Countermeasure) -> None:
        """In place of the countermeasure of its id."""
        self.causes = tuple(cause.with_measure(measure) for cause in self.causes)

    def standard_due(self, days: int) -> datetime | None:
        """When a standard must have come of the pilot; None while nothing is due."""
        open_pilot = self.state is CaseState.PILOT and self.pilot_accepted_at is not None
        return self.pilot_accepted_at + timedelta(days=days) if open_pilot and self.pilot_accepted_at else None
