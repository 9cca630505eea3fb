"""Events of a concentrated problem (topic `hot-issues`), docs/domain.md §3.2, §10.2."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.contracts.effect import JudgedEffect
from services.contracts.event import Event, HotIssueNumber, TicketId
from services.contracts.ticket_events import DepartmentCode, Place, StepCause, TypeCode

HotIssueId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
ProjectId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]

ISSUE_LEVELS: Final = ("early warning", "short window", "above its usual rate", "long window")
"""The rules by which an issue may be found."""


class DecisionKind(StrEnum):
    """What is to become of a hot issue (docs/domain.md §3.2)."""

    SERVICE = "service"
    PROJECT = "project"
    RULE = "rule"
    EXPLAIN = "explain"
    MERGE = "merge"


class Heat(BaseModel):
    """How pressing an issue is, with the parts it is made of, so that nobody has to believe the score.

    See docs/domain.md §3.2.

    score = callers x severity x (1 + repeat_share + dissatisfied_share) x growth / floor_area_100k_m2
    """

    model_config = ConfigDict(frozen=True)

    score: float = Field(ge=0)
    callers: int = Field(ge=0)
    severity: float = Field(gt=0, description="By the urgency of the type.")
    repeat_share: float = Field(ge=0, le=1, description="Calls of a caller who had called before.")
    dissatisfied_share: float = Field(ge=0, le=1, description="Of the calls, those whose caller was not satisfied.")
    growth: float = Field(gt=0, description="Calls of the window by the mean of windows as long in the year before.")
    floor_area_100k_m2: float | None = Field(None, gt=0, description="Absent where it is not known.")


class EffectFinding(StrEnum):
    """What the same months before and after the works showed, by the rule in use until ADR 48."""

    CURED = "cured"
    NOT_SHOWN = "not_shown"
    TOO_FEW = "too_few"


class Effect(BaseModel):
    """A comparison by the rule until ADR 48, with its numbers."""

    model_config = ConfigDict(frozen=True)

    finding: EffectFinding
    before: int = Field(ge=0, description="Calls in the months before the works.")
    after: int = Field(ge=0, description="Calls in the same months after them.")
    nuisance: int = Field(ge=0, description="Calls about the works while they lasted, which do not count.")
    least_before: int = Field(description="With fewer calls before, nothing can be judged.")
    months_before: tuple[str, ...] = Field(description="As 2027-04.")
    months_after: tuple[str, ...]


class HotIssueEvent(Event):
    """The whole public state of a hot issue; each member has an event of its own; there is no list."""

    hot_issue_id: HotIssueId
    number: HotIssueNumber | None = Field(
        None, description="Absent in events from before there were numbers: made of the id then (ADR 34)."
    )
    state: str
    type_code: TypeCode
    place: Place
    lead: DepartmentCode
    callers: int = Field(ge=0, description="Distinct callers among the members.")
    calls: int = Field(ge=0)
    first_at: AwareDatetime = Field(description="Event time of the first member.")
    last_at: AwareDatetime
    confirmed_at: AwareDatetime = Field(description="Event time of the call that fulfilled the rule.")
    decide_by: AwareDatetime
    decide_from: AwareDatetime | None = Field(
        None, description="From then on the days to decide count; absent once all holidays up to `decide_by` are known."
    )
    decision: DecisionKind | None = None
    decision_reason: str | None = None
    project_id: ProjectId | None = None
    merged_into: HotIssueId | None = None
    verdict: str | None = Field(None, description="What `judged` or `effect` shows, in Chinese and English.")
    title: str | None = Field(None, description="What a person recognises it by, in Chinese.")
    title_en: str | None = None
    summary: str | None = Field(None, description="One line in Chinese: who called, how often, since when.")
    summary_en: str | None = None
    heat: Heat | None = None
    level: str | None = Field(None, description="By which rule it was found.")
    ordinal: int | None = Field(None, ge=0, description="Issues of the same place and type closed before.")
    counts_from: AwareDatetime | None = Field(None, description="Calls up to then are no evidence.")
    rules_version: int | None = None
    window_days: int | None = None
    window_callers: int | None = None
    overdue: bool | None = None
    decided_at: AwareDatetime | None = None
    holds_others: bool | None = Field(None, description="Other issues were merged into it.")
    reopened_at: AwareDatetime | None = None
    cure_started_at: AwareDatetime | None = None
    accepted_at: AwareDatetime | None = None
    observe_until: AwareDatetime | None = None
    before: int | None = None
    after: int | None = None
    actor: str | None = Field(None, description="Who took the step; absent if the event is no step.")
    step_at: AwareDatetime | None = None
    detail: str | None = Field(None, description="Why it was taken, in English; `cause` and `note` are its parts.")
    cause: StepCause | None = None
    note: str | None = Field(None, description="What the person who took the step said.")
    effect: Effect | None = Field(None, description="In events from before there were controls (ADR 48).")
    judged: JudgedEffect | None = Field(None, description="What the last look at the effect showed.")

    @property
    def aggregate_id(self) -> str:
        return self.hot_issue_id


class HotIssueSuspected(HotIssueEvent):
    """An early warning: a few distinct callers within days. Nobody has to decide yet; it is watched until `decide_by`.

    `confirmed_at` is the event time of the call that fulfilled the early rule.
    """

    type: ClassVar[str] = "hot_issue.suspected.v1"


class HotIssueLapsed(HotIssueEvent):
    """An early warning came to nothing: no further call within the quiet days."""

    type: ClassVar[str] = "hot_issue.lapsed.v1"


class HotIssueAssigned(HotIssueEvent):
    """A person named the department that leads, or the department took it."""

    type: ClassVar[str] = "hot_issue.assigned.v1"


class HotIssueCorrected(HotIssueEvent):
    """Late facts or corrections moved the moment, or the evidence, by which it was found; its state stays.

    Or a wrong step of its project was taken back (cause `step_reversed`): its state is the one from before that step.
    """

    type: ClassVar[str] = "hot_issue.corrected.v1"


class HotIssueConfirmed(HotIssueEvent):
    """Enough distinct callers at one place with one type of problem: somebody must decide."""

    type: ClassVar[str] = "hot_issue.confirmed.v1"


class HotIssueMemberJoined(HotIssueEvent):
    """One more ticket belongs to the issue."""

    type: ClassVar[str] = "hot_issue.member_joined.v1"
    ticket_id: TicketId
    reason: str
    joined_at: AwareDatetime | None = None


class HotIssueMemberLeft(HotIssueEvent):
    """A ticket belongs to the issue no more: it was corrected, or late facts moved the window."""

    type: ClassVar[str] = "hot_issue.member_left.v1"
    ticket_id: TicketId


class HotIssueDecisionOverdue(HotIssueEvent):
    """The days to decide are over, and nobody has."""

    type: ClassVar[str] = "hot_issue.decision_overdue.v1"


class HotIssueDecisionMoved(HotIssueEvent):
    """The holidays of a year became known after the days to decide had begun: `decide_by` was counted anew.

    An issue that was overdue by the old count alone is no longer.
    """

    type: ClassVar[str] = "hot_issue.decision_moved.v1"


class HotIssueDecided(HotIssueEvent):
    """A person decided what is to become of it."""

    type: ClassVar[str] = "hot_issue.decided.v1"
    decision: DecisionKind
    planned_start: date | None = Field(
        None,
        description="When its project's works are to start, as planned by then: the project comes by another topic.",
    )


class HotIssueCureStarted(HotIssueEvent):
    """The works of its project, or the service ordered, have begun."""

    type: ClassVar[str] = "hot_issue.cure_started.v1"


class HotIssueObserved(HotIssueEvent):
    """The works are accepted; from now on it is watched whether the complaints fall."""

    type: ClassVar[str] = "hot_issue.observed.v1"


class HotIssueLooked(HotIssueEvent):
    """A look at the effect was due and shows no cure yet: it is observed on until the next (docs/effect.md)."""

    type: ClassVar[str] = "hot_issue.looked.v1"


class HotIssueVerified(HotIssueEvent):
    """Complaints fell against estates that were not repaired: the cause is cured."""

    type: ClassVar[str] = "hot_issue.verified.v1"


class HotIssueNotShown(HotIssueEvent):
    """The comparison shows no cure, or there were too few complaints to judge."""

    type: ClassVar[str] = "hot_issue.not_shown.v1"


class HotIssueRelapseSuspected(HotIssueEvent):
    """After a verified cure complaints rise again; the state stays. Published once after each verdict.

    `cause` names the month, its callers, and what was expected.
    """

    type: ClassVar[str] = "hot_issue.relapse_suspected.v1"


class HotIssueReopened(HotIssueEvent):
    """The rule was fulfilled again while it was observed, or within the year after."""

    type: ClassVar[str] = "hot_issue.reopened.v1"


class HotIssueWithdrawn(HotIssueEvent):
    """Late facts showed that the rule was never fulfilled."""

    type: ClassVar[str] = "hot_issue.withdrawn.v1"
