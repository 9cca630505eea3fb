"""What has just happened in the district, in plain sentences made from the departments' messages."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from demo.report.stages import PROJECT_STEPS
from services.contracts.department_events import CaseNotice, HotIssueNotice, ProjectNotice, StandardNotice
from services.contracts.event import Event
from services.contracts.hot_issue_events import (
    DecisionKind,
    HotIssueConfirmed,
    HotIssueCureStarted,
    HotIssueDecided,
    HotIssueNotShown,
    HotIssueObserved,
    HotIssueReopened,
    HotIssueSuspected,
    HotIssueVerified,
    HotIssueWithdrawn,
)
from services.contracts.project_events import TypicalCaseProposed
from services.contracts.standard_events import StandardIssued
from services.contracts.taxonomy import taxonomy

KEPT = 50
UNUSUAL = 4.0
USUAL_AFTER_STEPS = 5
"""A step with so many times the average number of calls is news, once there have been enough steps to compare."""

OPENED = "need"
"""A project's first state: the news is the decision that opened it."""

ISSUE: Mapping[str, str] = {
    HotIssueSuspected.type: "Early warning: {callers} residents of {estate} call about {matter} within days.",
    HotIssueConfirmed.type: "{callers} residents of {estate} call about {matter}: a hot issue, the hub must decide.",
    HotIssueCureStarted.type: "{estate}: work on {matter} begins.",
    HotIssueObserved.type: "{estate}: the work on {matter} is done, complaints are now observed.",
    HotIssueVerified.type: "{estate}: complaints about {matter} have fallen. The cure is proven, the loop closed.",
    HotIssueNotShown.type: "{estate}: complaints about {matter} have not fallen enough to prove a cure.",
    HotIssueReopened.type: "{estate}: {callers} residents call about {matter} again. Reopened, the hub must decide.",
    HotIssueWithdrawn.type: "{estate}: {matter} is no hot issue after all.",
}
DECIDED: Mapping[DecisionKind, str] = {
    DecisionKind.PROJECT: "The hub decides on {matter} in {estate}: a repair project.",
    DecisionKind.SERVICE: "The hub decides on {matter} in {estate}: better service.",
    DecisionKind.RULE: "The hub decides on {matter} in {estate}: a new rule.",
    DecisionKind.EXPLAIN: "The hub explains publicly why {matter} in {estate} cannot be solved now.",
    DecisionKind.MERGE: "The hub merges {matter} in {estate} with another hot issue.",
}

CASE = "The same in several sub-districts, {matter}: a typical case is proposed."
MEASURES = "Measures are issued: {title}. The eight sub-districts adopt them by {adopt_by}."


@dataclass(frozen=True, slots=True)
class Item:
    day: date
    text: str


class News:
    """`items` are the latest, newest last; `count` is how many there have been."""

    def __init__(self) -> None:
        self.items: deque[Item] = deque(maxlen=KEPT)
        self.count = 0
        self._steps = 0
        self._calls = 0
        self._known: set[tuple[str, int]] = set()

    def calls(self, number: int, day: date) -> None:
        """How many calls came in with one step of the clock."""
        if self._steps >= USUAL_AFTER_STEPS and number > UNUSUAL * self._calls / self._steps:
            self._add(day, f"{number} residents call within a few days, far more than usual.")
        self._steps += 1
        self._calls += number

    def message(self, message: Event, day: date) -> None:
        """A message to a department; each fact counts once, however many departments hear of it."""
        if not isinstance(message, HotIssueNotice | ProjectNotice | CaseNotice | StandardNotice):
            return
        fact = message.aggregate_id, message.version
        if fact in self._known:
            return
        self._known.add(fact)
        if isinstance(message, HotIssueNotice):
            sentence = ISSUE.get(message.stage)
            if message.stage == HotIssueDecided.type and message.decision:
                sentence = DECIDED[message.decision]
            if sentence:
                matter = _matter(message.type_code)
                estate = message.place.estate_name or message.place.estate
                said = sentence.format(callers=message.callers, estate=estate, matter=matter)
                self._add(day, _numbered(said, message.number))
        elif isinstance(message, CaseNotice):
            if message.stage == TypicalCaseProposed.type and message.state == "proposed":
                self._add(day, CASE.format(matter=_matter(message.type_code)))
        elif isinstance(message, StandardNotice):
            if message.stage == StandardIssued.type:
                self._add(day, MEASURES.format(title=message.title, adopt_by=message.adopt_by))
        elif message.state in PROJECT_STEPS and message.state != OPENED:
            _, step = PROJECT_STEPS[message.state]
            said = f"Repair project in {message.place.estate_name}: {step[0].lower()}{step[1:]}."
            self._add(day, _numbered(said, message.number))

    def _add(self, day: date, text: str) -> None:
        self.items.append(Item(day, text))
        self.count += 1


def _matter(type_code: str) -> str:
    """A type's name within a sentence."""
    name = taxonomy().types[type_code].name_en
    return name[0].lower() + name[1:]


def _numbered(said: str, number: str | None) -> str:
    return f"{said} ({number})" if number else said
