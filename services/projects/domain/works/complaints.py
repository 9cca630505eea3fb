"""Complaints about works (施工投诉): which project a ticket is about, and how long it has waited for an answer.

Where a ticket belongs follows from the ticket and from the projects of its estate alone, so it does not matter which of
them was known first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.contracts.districts import SHANGHAI
from services.projects.domain.sighting import Sighting
from services.projects.domain.works.warranty import Warranty


class Edge(StrEnum):
    """Where the time in which complaints are about a project begins or ends."""

    OPENED = "opened"
    STARTED = "started"
    ENDED = "ended"
    WARRANTY = "warranty"


class Colour(StrEnum):
    """Green: answered, or there is time. Yellow: the answer is due soon. Red: the limit is over."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class ComplaintRule:
    """What holds of complaints of one type. Working days count from the call."""

    type_code: str
    since: Edge
    until: Edge
    yellow_days: int
    red_days: int


@dataclass(frozen=True, slots=True)
class Span:
    """A project in time. `ended_at`: accepted or cancelled. `warranted_until`: the last day of its last warranty."""

    project_id: str
    opened_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    cancelled: bool = False
    warranted_until: date | None = None

    def holds(self, at: datetime, rule: ComplaintRule) -> bool:
        """Whether a complaint made then is about this project."""
        since = self.started_at if rule.since is Edge.STARTED else self.opened_at
        if since is None or at < since:
            return False
        if self.ended_at is None or at <= self.ended_at:
            return True
        if rule.until is not Edge.WARRANTY or self.cancelled or self.warranted_until is None:
            return False
        return at.astimezone(SHANGHAI).date() <= self.warranted_until


class WhyNoDefect(StrEnum):
    """Why a ticket of a type that shows defects opened none."""

    ENQUIRY = "enquiry"
    """Read as a mere question: it is no complaint, until somebody corrects its kind."""
    OF_ANOTHER_PROJECT = "of_another_project"
    AFTER_WARRANTY = "after_warranty"
    AFTER_WORKS = "after_works"
    NOT_COVERED = "not_covered"
    """Of these works, and none of their items is under warranty on that day."""
    SEVERAL_ITEMS = "several_items"
    """Several are: a person says which."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """A ticket that is about a project, or was. `project_id` None: it is about none any more."""

    ticket_id: str
    project_id: str | None
    type_code: str
    occurred_at: datetime
    version: int = 1


def about(sighting: Sighting, spans: Iterable[Span], rules: dict[str, ComplaintRule]) -> str | None:
    """The project that a ticket complains of: of several the one that began last."""
    counted = sighting.counted
    rule = rules.get(counted.cell.type_code) if counted else None
    if counted is None or rule is None:
        return None
    fitting = [span for span in spans if span.holds(counted.call.occurred_at, rule)]
    latest = max(fitting, key=lambda span: (span.started_at or span.opened_at, span.project_id), default=None)
    return latest.project_id if latest else None


def why_apart(
    evidence: bool, of_another: bool, occurred_at: datetime, span: Span, rule: ComplaintRule
) -> WhyNoDefect | None:
    """Why a ticket of the estate is not about this project; None where it is from before the works.

    `evidence`: its kind says that something is wrong. `of_another`: it is about another project.
    """
    since = span.started_at if rule.since is Edge.STARTED else span.opened_at
    if since is None or occurred_at < since:
        return None
    if not evidence:
        return WhyNoDefect.ENQUIRY
    if of_another:
        return WhyNoDefect.OF_ANOTHER_PROJECT
    return WhyNoDefect.AFTER_WARRANTY if span.warranted_until and not span.cancelled else WhyNoDefect.AFTER_WORKS


def why_no_defect(occurred_at: datetime, warranties: Iterable[Warranty]) -> WhyNoDefect | None:
    """Why a complaint that is about a project opened no defect; None where one item alone is covered."""
    day = occurred_at.astimezone(SHANGHAI).date()
    covered = sum(one.covers(day) for one in warranties)
    if covered == 1:
        return None
    return WhyNoDefect.SEVERAL_ITEMS if covered else WhyNoDefect.NOT_COVERED


def colour(
    occurred_at: datetime,
    answered: bool,
    now: datetime,
    rule: ComplaintRule,
    after_working_days: Callable[[datetime, int], datetime],
) -> Colour:
    if answered or now < after_working_days(occurred_at, rule.yellow_days):
        return Colour.GREEN
    return Colour.YELLOW if now < after_working_days(occurred_at, rule.red_days) else Colour.RED
