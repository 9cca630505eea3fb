"""Defects (质量缺陷) of works, before acceptance and within the warranty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class WorksParty(StrEnum):
    """For whom somebody acts at works."""

    IMPLEMENTING = "implementing"
    DESIGN = "design"
    CONSTRUCTION = "construction"
    SUPERVISOR = "supervisor"
    RESIDENTS = "residents"


class DefectState(StrEnum):
    OPEN = "open"
    CURED = "cured"
    CLOSED = "closed"


TRANSITIONS: Mapping[DefectState, frozenset[DefectState]] = {
    DefectState.OPEN: frozenset({DefectState.CURED}),
    DefectState.CURED: frozenset({DefectState.CLOSED, DefectState.OPEN}),
    DefectState.CLOSED: frozenset({DefectState.OPEN}),
}
"""Closed: somebody else than who cured it found it good. A closed one that comes back is opened again."""

CLOSE = frozenset({WorksParty.RESIDENTS, WorksParty.SUPERVISOR, WorksParty.IMPLEMENTING})
"""Who may find a cured defect good: for whom it is built, who pays, and who supervises (Construction Law, article 32);
never who builds or designs."""


class IllegalDefectStep(ValueError):
    """The table has no such step from the defect's state."""


class CheckedByItself(ValueError):
    """Whoever cured a defect does not decide that it is cured."""


class NotTheirsToClose(ValueError):
    """The party neither lives there, nor pays, nor supervises."""


@dataclass(frozen=True, slots=True)
class Defect:
    """`cured_by`: the party that says it is cured. `ticket`, `inspection`: the complaint, or the inspection after the
    acceptance, that opened it.

    `note`: what is wrong. `cure_by`: the end of the cure clock; `overdue`: it ended before anybody cured it.
    """

    id: str
    item: str
    severity: Severity
    state: DefectState = DefectState.OPEN
    cured_by: WorksParty | None = None
    ticket: str | None = None
    version: int = 1
    note: str = ""
    cure_by: datetime | None = None
    overdue: bool = False
    inspection: str | None = None

    @property
    def is_closed(self) -> bool:
        return self.state is DefectState.CLOSED

    @property
    def holds_up(self) -> bool:
        """No acceptance while it is so: anything above minor that nobody found good."""
        return not self.is_closed and self.severity is not Severity.MINOR

    def fall_due(self, cure_by: datetime) -> Defect | None:
        """The defect after the end of this clock; None if that changes nothing."""
        if self.state is not DefectState.OPEN or self.overdue or self.cure_by != cure_by:
            return None
        return replace(self, overdue=True, version=self.version + 1)

    def take(self, state: DefectState, party: WorksParty) -> Defect:
        """The defect after a step by a party. Raises IllegalDefectStep, CheckedByItself, NotTheirsToClose."""
        if state not in TRANSITIONS[self.state]:
            raise IllegalDefectStep(f"a defect that is {self.state} cannot become {state}")
        if self.state is DefectState.CURED and party is self.cured_by:
            raise CheckedByItself(f"{party} cured it")
        if state is DefectState.CLOSED and party not in CLOSE:
            raise NotTheirsToClose(f"{party} does not say whether it is cured")
        cured_by = party if state is DefectState.CURED else None
        return replace(self, state=state, cured_by=cured_by, version=self.version + 1)
