"""Hot issues and projects as projects tells of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from services.contracts.event import Envelope, Event
from services.contracts.hot_issue_events import (
    HotIssueAssigned,
    HotIssueConfirmed,
    HotIssueCureStarted,
    HotIssueDecided,
    HotIssueMemberJoined,
    HotIssueNotShown,
    HotIssueObserved,
    HotIssueReopened,
    HotIssueVerified,
    HotIssueWithdrawn,
)
from services.contracts.project_events import ProjectAdvanced
from services.contracts.ticket_events import Place
from tests.integration.intake.conftest import NOW, Intake

ASK = timedelta(days=90, seconds=1)

EVENTS_BY_STATE: Mapping[str, type[Event]] = {
    "confirmed": HotIssueConfirmed,
    "assigned": HotIssueAssigned,
    "decided": HotIssueDecided,
    "explained": HotIssueDecided,
    "merged": HotIssueDecided,
    "in cure": HotIssueCureStarted,
    "observing": HotIssueObserved,
    "verified": HotIssueVerified,
    "not shown": HotIssueNotShown,
    "reopened": HotIssueReopened,
    "withdrawn": HotIssueWithdrawn,
}
HERE = Place(sub_district="310109016", estate="liangcheng-2", estate_name="凉城二村")


@dataclass
class Issue:
    """Numbers its facts as projects would; `project_id` is its project's."""

    id: str = field(default_factory=lambda: str(uuid4()))
    project_id: str = field(default_factory=lambda: str(uuid4()))
    state: str = "confirmed"
    version: int = 0

    def becomes(self, state: str, at: datetime = NOW, **facts: Any) -> Envelope:
        self.state = state
        if state not in ("confirmed", "assigned", "reopened"):
            facts = {"decision": "project", "project_id": self.project_id} | facts
        return self._event(EVENTS_BY_STATE[state], at, **facts)

    def joined(self, ticket_id: str, at: datetime = NOW) -> Envelope:
        return self._event(HotIssueMemberJoined, at, ticket_id=ticket_id, reason="in the window")

    def _event(self, kind: type[Event], at: datetime, **facts: Any) -> Envelope:
        self.version += 1
        known: dict[str, Any] = {
            "version": self.version,
            "hot_issue_id": self.id,
            "state": self.state,
            "type_code": "MJ01",
            "place": HERE,
            "lead": "housing",
            "callers": 5,
            "calls": 6,
            "first_at": NOW,
            "last_at": NOW,
            "confirmed_at": NOW,
            "decide_by": NOW + timedelta(days=14),
        }
        return Envelope(uuid4(), "/310109/projects", at, kind(**(known | facts)))


def advanced(issue: Issue, state: str, version: int, after: str = "need", **facts: Any) -> Envelope:
    """The issue's project took a step."""
    known: dict[str, Any] = {
        "version": version,
        "project_id": issue.project_id,
        "state": state,
        "previous_state": after,
        "hot_issues": (issue.id,),
        "place": HERE,
        "lead": "housing",
    }
    event = ProjectAdvanced(**known | facts)
    return Envelope(uuid4(), "/310109/projects", NOW, event)


def take(intake: Intake, *envelopes: Envelope) -> None:
    """One batch in one transaction, without the inbox: the tables must guard themselves."""
    (subscription,) = [one for one in intake.wiring.subscriptions if "hot-issues" in one.topics]
    with intake.workshop.open() as work:
        subscription.apply(envelopes, work)


def take_one_by_one(intake: Intake, envelopes: Sequence[Envelope]) -> None:
    for one in envelopes:
        take(intake, one)


def follow_ups(intake: Intake, **asked: Any) -> list[dict[str, Any]]:
    answer = intake.client("hub").get("/follow-ups", params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def stages(intake: Intake) -> list[str]:
    return sorted(one["stage"] for one in follow_ups(intake))


def messages(intake: Intake) -> list[tuple[str, str]]:
    """(ticket, stage) in the order of the call list."""
    answer = intake.client("hub").get("/follow-ups/messages", params={"limit": 200})
    assert answer.status_code == 200, answer.text
    return [(one["ticket_id"], one["stage"]) for one in answer.json()["items"]]


def calls(intake: Intake, *numbers: int) -> list[str]:
    """A ticket of each caller by number; 0 is anonymous."""
    filed = []
    for number in numbers:
        caller = {"caller": {"name": "王小明", "phone": f"1381234{number:04}"}} if number else {}
        filed.append(intake.file(**caller))
        intake.clock.advance(timedelta(seconds=1))
    return filed


def asked(intake: Intake, *numbers: int) -> tuple[Issue, list[str]]:
    """An issue whose works were accepted 90 days ago, its callers just to be asked."""
    issue, tickets = Issue(), calls(intake, *numbers)
    take(intake, issue.becomes("confirmed"), *(issue.joined(one) for one in tickets))
    take_one_by_one(intake, [issue.becomes(state) for state in ("decided", "in cure", "observing")])
    intake.clock.advance(ASK)
    assert intake.fire_timers() == len(tickets)
    return issue, tickets
