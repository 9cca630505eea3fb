"""A standard (办法、标准) with its versions: what is in force on a day, as far as it was known at a moment.

A version is called an edition here, so that it is not mistaken for the version of the aggregate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.projects.domain.consultation.meetings import MeetingKind
from services.projects.domain.menu import MenuContent
from services.projects.domain.months import months_later_day
from services.projects.domain.standards.clauses import Clause
from services.projects.domain.works.gated_works import Gated
from services.projects.domain.works.papers import PaperKind


class EditionState(StrEnum):
    DRAFT = "draft"
    CONSULTED = "consulted"
    ISSUED = "issued"


class StandardState(StrEnum):
    """Of the whole: `revised` has a draft beside what is issued."""

    DRAFT = "draft"
    CONSULTED = "consulted"
    ISSUED = "issued"
    REVISED = "revised"
    RETIRED = "retired"


class FormTemplate(NamedTuple):
    """A form that comes with the standard; `sha256` of its file."""

    title: str
    sha256: str


@dataclass(frozen=True, slots=True)
class EditionContent:
    """`elements`: the works that it rules; none: all. `menu`: rows that take the place of those of the base menu.

    `papers`, `meetings`: without which a step of works is not taken, beside what the rules of works ask for.
    """

    text: str
    clauses: tuple[Clause, ...]
    elements: tuple[str, ...] = ()
    menu: tuple[MenuContent, ...] = ()
    papers: Mapping[Gated, frozenset[PaperKind]] = field(default_factory=dict)
    meetings: Mapping[Gated, frozenset[MeetingKind]] = field(default_factory=dict)
    templates: tuple[FormTemplate, ...] = ()


@dataclass(slots=True)
class Edition:
    """`effective_to`: the last day, if it was said at its issue. `menu_versions`: of its rows, given at the issue.

    `adopt_by`: the day by which the sub-districts adopt it. `supersedes`: the number of the one in force before.
    """

    number: int
    content: EditionContent
    state: EditionState = EditionState.DRAFT
    supersedes: int | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    adopt_by: date | None = None
    issued_at: datetime | None = None
    issued_by: str | None = None
    menu_versions: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_issued(self) -> bool:
        return self.issued_at is not None


class Retirement(NamedTuple):
    """`last`: the last day in force. `at`: when it was decided."""

    last: date
    at: datetime
    reason: str


@dataclass(slots=True)
class Standard:
    """`types`: the types of problem that it rules. `review_on`: when somebody looks whether it does what it should."""

    id: str
    title: str
    lead: str
    types: tuple[str, ...]
    opened_at: datetime
    case_id: str | None = None
    editions: list[Edition] = field(default_factory=list)
    retirement: Retirement | None = None
    review_on: date | None = None
    review_overdue: bool = False
    version: int = 0

    @property
    def state(self) -> StandardState:
        newest = self.editions[-1].state
        if self.retirement:
            return StandardState.RETIRED
        if self.issued() and newest is not EditionState.ISSUED:
            return StandardState.REVISED
        return StandardState(newest)

    def issued(self) -> list[Edition]:
        return [one for one in self.editions if one.is_issued]

    def draft(self) -> Edition | None:
        """The edition that is not issued yet."""
        return self.editions[-1] if not self.editions[-1].is_issued else None

    def edition(self, number: int) -> Edition | None:
        return self.editions[number - 1] if 1 <= number <= len(self.editions) else None

    def in_force(self, day: date, known: datetime) -> Edition | None:
        """The edition in force on a day, as far as it was known at a moment; there is one answer, or none."""
        begun = [
            one
            for one in self.editions
            if one.issued_at and one.issued_at <= known and one.effective_from and one.effective_from <= day
        ]
        if not begun:
            return None
        last = begun[-1]
        ended = last.effective_to is not None and day > last.effective_to
        retired = self.retirement is not None and self.retirement.at <= known and day > self.retirement.last
        return None if ended or retired else last

    def rules_between(self, first: date, last: date | None) -> bool:
        """Whether it is in force on any day from the first to the last; None: without end."""
        if not (issued := self.issued()):
            return False
        begin = issued[0].effective_from
        ends = (issued[-1].effective_to, self.retirement.last if self.retirement else None)
        end = min((one for one in ends if one is not None), default=None)
        assert begin
        return (last is None or begin <= last) and (end is None or first <= end)

    def term_fault(self, effective_from: date, effective_to: date | None, today: date) -> tuple[str, str] | None:
        """The field and why, if the draft may not be in force from and to these days: editions never overlap or gap."""
        if effective_from < today:
            return "effective_from", f"is over: a rule binds from the day it is issued on, {today} at the earliest"
        if effective_to is not None and effective_to < effective_from:
            return "effective_to", "lies before effective_from"
        if not (issued := self.issued()):
            return None
        before = issued[-1]
        assert before.effective_from
        if before.effective_to is None:
            if effective_from <= before.effective_from:
                return "effective_from", _overlaps(before, before.effective_from + timedelta(days=1))
            return None
        follows = before.effective_to + timedelta(days=1)
        if effective_from < follows:
            return "effective_from", _overlaps(before, follows)
        if effective_from > follows:
            why = f"leaves a gap: version {before.number} ends on {before.effective_to}; begin on {follows}"
            return "effective_from", why
        return None

    def end_fault(self, last: date, today: date) -> str | None:
        """Why this may not be the last day in force, if it may not."""
        latest = months_later_day(today, 12)
        if last < today:
            return "is over: a rule ends today at the earliest"
        if last > latest:
            return f"is more than a year ahead: give {latest} at the latest, and retire it later if it is to stay"
        for one in self.issued():
            if one.effective_from and one.effective_from > last:
                return f"lies before version {one.number} begins, on {one.effective_from}: give that day or a later one"
        return None


def _overlaps(before: Edition, earliest: date) -> str:
    return f"overlaps version {before.number}, in force from {before.effective_from}; begin on {earliest} or later"
