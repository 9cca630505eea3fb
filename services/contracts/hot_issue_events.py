"""What projects tells of a concentrated problem (topic `hot-issues`), domain.md §3.2, §10.2."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field, StringConstraints

from services.contracts.event import Event, TicketId
from services.contracts.ticket_events import DepartmentCode, Place, TypeCode

HotIssueId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
ProjectId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]


class DecisionKind(StrEnum):
    """What is to become of a hot issue (domain.md §3.2)."""

    SERVICE = "service"
    PROJECT = "project"
    RULE = "rule"
    EXPLAIN = "explain"
    MERGE = "merge"


class _HotIssueEvent(Event):
    """The whole public state of a hot issue; its members are told one event each, never as a list."""

    hot_issue_id: HotIssueId
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
    decision: DecisionKind | None = None
    decision_reason: str | None = None
    project_id: ProjectId | None = None
    merged_into: HotIssueId | None = None
    verdict: str | None = Field(None, description="What the comparison of the same months before and after showed.")

    @property
    def aggregate_id(self) -> str:
        return self.hot_issue_id


class HotIssueConfirmed(_HotIssueEvent):
    """Enough distinct callers at one place with one type of problem: somebody must decide."""

    type: ClassVar[str] = "hot_issue.confirmed.v1"


class HotIssueMemberJoined(_HotIssueEvent):
    """One more ticket belongs to the issue."""

    type: ClassVar[str] = "hot_issue.member_joined.v1"
    ticket_id: TicketId
    reason: str


class HotIssueDecisionOverdue(_HotIssueEvent):
    """The days to decide are over, and nobody has."""

    type: ClassVar[str] = "hot_issue.decision_overdue.v1"


class HotIssueDecided(_HotIssueEvent):
    """A person decided what is to become of it."""

    type: ClassVar[str] = "hot_issue.decided.v1"
    decision: DecisionKind


class HotIssueCureStarted(_HotIssueEvent):
    """The works of its project, or the service ordered, have begun."""

    type: ClassVar[str] = "hot_issue.cure_started.v1"


class HotIssueObserved(_HotIssueEvent):
    """The works are accepted; from now on it is watched whether the complaints fall."""

    type: ClassVar[str] = "hot_issue.observed.v1"


class HotIssueVerified(_HotIssueEvent):
    """Complaints fell in the same months of the year: the cause is cured."""

    type: ClassVar[str] = "hot_issue.verified.v1"


class HotIssueNotShown(_HotIssueEvent):
    """The comparison shows no cure, or there were too few complaints to judge."""

    type: ClassVar[str] = "hot_issue.not_shown.v1"


class HotIssueReopened(_HotIssueEvent):
    """The rule was fulfilled again while it was observed, or within the year after."""

    type: ClassVar[str] = "hot_issue.reopened.v1"


class HotIssueWithdrawn(_HotIssueEvent):
    """Late facts showed that the rule was never fulfilled."""

    type: ClassVar[str] = "hot_issue.withdrawn.v1"
