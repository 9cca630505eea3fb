"""Events of typical cases, once people work on them (topic `projects`): docs/domain.md §3.3.

What the rule finds is `typical_case.proposed.v1`; it and these count the versions of one case.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.contracts.event import Event, TicketId
from services.contracts.hot_issue_events import HotIssueId, ProjectId
from services.contracts.need_events import NeedId
from services.contracts.ticket_events import DepartmentCode, SubDistrictCode, TypeCode

CaseId = NeedId
CASE_STATES = Literal["proposed", "withdrawn", "chosen", "analysed", "pilot", "closed"]


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class CaseCriterion(_Fact):
    """What the case was chosen by, with the evidence, redacted."""

    code: Literal["small_cut", "high_attention", "close_to_residents"]
    evidence: str


class CaseMeasure(_Fact):
    """A countermeasure: what one unit does until the end of a day. `overdue`: nobody had done it by then."""

    id: CaseId
    unit: DepartmentCode
    what: str
    due: date
    done_on: date | None = None
    overdue: bool = False


class CaseCause(_Fact):
    """A root cause, the tickets that show it, and what is done against it."""

    id: CaseId
    kind: Literal["process", "design", "construction", "management", "rule_gap"]
    what: str
    tickets: tuple[TicketId, ...]
    measures: tuple[CaseMeasure, ...]


class TypicalCaseEvent(Event):
    """The whole public state of a typical case."""

    case_id: CaseId
    type_code: TypeCode
    ordinal: int = Field(0, ge=0, description="Cases of the type that were closed before.")
    state: CASE_STATES
    lead: DepartmentCode
    hot_issues: tuple[HotIssueId, ...]
    later_issues: tuple[HotIssueId, ...] = Field((), description="Of the type, since those that it was proposed with.")
    estates: int = Field(ge=1)
    sub_districts: tuple[SubDistrictCode, ...]
    proposed_at: AwareDatetime
    proposed_by: Literal["rule", "person"]
    rules_version: int | None = Field(None, description="Of the rule that proposed it.")
    criteria: tuple[CaseCriterion, ...] = ()
    causes: tuple[CaseCause, ...] = ()
    pilot: ProjectId | None = Field(None, description="The project in which the cure is tried.")
    pilot_accepted_at: AwareDatetime | None = None
    standard_id: CaseId | None = None
    standard_overdue: bool = Field(False, description="No standard came of the pilot in time.")
    reason: str | None = Field(None, description="Why it was closed without a standard, redacted.")
    closed_at: AwareDatetime | None = None
    actor: str

    @property
    def aggregate_id(self) -> str:
        return self.case_id


class TypicalCaseChanged(TypicalCaseEvent):
    """A person proposed, chose, analysed, piloted or closed a case; or its pilot was accepted."""

    type: ClassVar[str] = "typical_case.changed.v1"


class TypicalCaseMeasureChanged(TypicalCaseEvent):
    """A unit was given a countermeasure, did it, or did not do it in time."""

    type: ClassVar[str] = "typical_case.measure_changed.v1"
    measure_id: CaseId
    unit: DepartmentCode
    what: str
    due: date
    done_on: date | None = None
    overdue: bool = False


class TypicalCaseEvidenceChanged(TypicalCaseEvent):
    """Hot issues of the type joined an open case, or are none any more."""

    type: ClassVar[str] = "typical_case.evidence_changed.v1"
    joined: tuple[HotIssueId, ...] = ()
    left: tuple[HotIssueId, ...] = ()


class TypicalCaseStandardOverdue(TypicalCaseEvent):
    """The pilot's works were accepted, and no standard came of them in time: the supervision office hears it."""

    type: ClassVar[str] = "typical_case.standard_overdue.v1"
